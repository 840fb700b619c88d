// Redirections of a command: where its input comes from and where its output goes.
import type { Redirection } from 'unbash';
import type { Value } from '../model/value.ts';
import { hole, join, known, text } from '../value.ts';
import { expandJoined, expandParts } from './expand.ts';
import { filePath, readText } from './files.ts';
import { capped, type Scope } from './scope.ts';
import { reveal, span } from './source.ts';
import { reached, type State } from './state.ts';
import { substitute } from './substitution.ts';
import type { FileRedirect } from './trace.ts';
import { assign, fileKey } from './variables.ts';

export type Redirected = {
  /** The scope the command runs in. */
  readonly scope: Scope;
  readonly files: readonly FileRedirect[];
  /** To be called when the command has run: files it wrote become known. */
  readonly finish: () => void;
};

const DISCARDED = new Set(['/dev/null', '/dev/tty']);
const PASSED_ON = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

const NO_FILES: readonly FileRedirect[] = [];
const nothing = (): void => {};

export function redirect(
  scope: Scope,
  state: State,
  redirects: readonly Redirection[],
  start: number,
  end: number,
): Redirected {
  if (redirects.length === 0) return { scope, files: NO_FILES, finish: nothing };
  let stdin = scope.stdin;
  let stdinAt = scope.stdinAt;
  let out = scope.out;
  const files: FileRedirect[] = [];
  const finishers: (() => void)[] = [];
  for (const one of redirects) {
    if (one.type === 'HereDoc') {
      const descriptor = descriptorOf(one.descriptor, 0);
      if (descriptor !== 0) continue;
      const quoted = one.delimiter?.quoted === true || one.body.parts === undefined;
      const body = one.operator === '<<-' ? one.body.text.replace(/^\t+/gm, '') : one.body.text;
      stdin = quoted
        ? reveal(scope.source, body, scope.run.context.expression)
        : expandParts(scope, state, one.body.parts ?? []);
      if (!quoted && one.operator === '<<-')
        stdin = stdin.map((part) => (typeof part === 'string' ? part.replace(/^\t+/gm, '') : part));
      stdinAt = known(stdin) === one.body.text ? one.body.pos + scope.source.shift : null;
      continue;
    }
    if (one.target === undefined) continue;
    const [process, ...beside] = one.target.parts ?? [];
    if (one.operator === '<' && process?.type === 'ProcessSubstitution' && beside.length === 0) {
      const printed = substitute(scope, state, process);
      stdin = printed.some((part) => typeof part === 'string') ? join([printed, '\n']) : null;
      stdinAt = null;
      continue;
    }
    const target = expandJoined(scope, state, one.target);
    if (one.type === 'HereString') {
      stdin = join([target, '\n']);
      stdinAt = null;
      continue;
    }
    const reading = one.operator === '<' || one.operator === '<&' || one.operator === '<>';
    const descriptor = descriptorOf(one.descriptor, reading ? 0 : 1);
    const name = known(target);
    if (one.operator === '>&' || one.operator === '<&') {
      if (descriptor === 1 && name !== null && name !== '1') out = null;
      if (name === null || /^(\d+|-)$/.test(name)) continue;
    }
    files.push({ operator: one.operator, descriptor, target });
    if (reading) {
      if (descriptor === 0) {
        stdin = readText(scope, state, target);
        stdinAt = null;
      }
      continue;
    }
    const covers = descriptor === 1 || one.operator.startsWith('&') || one.operator === '>&';
    if (!covers || (name !== null && PASSED_ON.has(name))) continue;
    const sink = { parts: [] as Value[] };
    out = sink;
    if (name !== null && DISCARDED.has(name)) continue;
    finishers.push(() =>
      writeFile(scope, state, target, join(sink.parts), one.operator.includes('>>'), start, end),
    );
  }
  return {
    scope: { ...scope, stdin, stdinAt, out },
    files,
    finish: () => {
      for (const finisher of finishers) finisher();
    },
  };
}

function descriptorOf(descriptor: Redirection['descriptor'], otherwise: number): number | null {
  if (descriptor === undefined) return otherwise;
  return descriptor.type === 'FileDescriptor' ? descriptor.value : null;
}

/** Notes that text lands in a file, and what the file then holds. */
export function writeFile(
  scope: Scope,
  state: State,
  target: Value,
  content: Value,
  append: boolean,
  start: number,
  end: number,
): void {
  const happens = reached(state);
  if (happens === 'no') return;
  const [from, to] = span(scope.source, start, end);
  const path = scope.source.path;
  scope.run.outputs.push({ target, content, append, happens, path, start: from, end: to });
  const name = filePath(state, target);
  if (name === null) return;
  const before = append ? readText(scope, state, target) : text('');
  const unknown = hole(name, 'the file was there before and its content is not known');
  const value = capped(join([before ?? (append ? unknown : text('')), content]));
  state.variables = assign(state.variables, fileKey(name), { kind: 'text', value });
}
