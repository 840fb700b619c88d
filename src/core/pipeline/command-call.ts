// A command of a trace → the call a tool is given: variables, pipeline neighbours, where its output goes.

import type { Value } from '../model/value.ts';
import type { Invocation, Trace } from '../shell/trace.ts';
import { format, join, known, prefix, text } from '../value.ts';
import { type Files, repositoryPath } from './files.ts';
import type { CommandCall } from './tool.ts';

/** `asked` takes the names of the variables that the tool looks at. */
export function callOf(
  invocation: Invocation,
  trace: Trace,
  files: Files,
  asked: Set<string>,
): Omit<CommandCall, 'command' | 'words'> {
  const chain = pipeline(invocation, trace, (one) => one.pipeTo);
  const before = pipeline(invocation, trace, (one) => one.pipeFrom);
  const argvOf = (one: Invocation): readonly Value[] => one.argv.map((argument) => argument.value);
  const path = (given: Value): Value => inside(invocation.workingDirectory, given);
  return {
    variable: (name) => {
      asked.add(name);
      return invocation.assignments.get(name) ?? invocation.environment.get(name) ?? null;
    },
    output: outputOf([invocation, ...chain]),
    feeds: chain.map(argvOf),
    fedBy: before.map(argvOf),
    stdin: invocation.stdin,
    path,
    files,
  };
}

/** The neighbours in one direction, nearest first. */
function pipeline(
  start: Invocation,
  trace: Trace,
  next: (one: Invocation) => readonly number[],
): readonly Invocation[] {
  const chain: Invocation[] = [];
  let current: Invocation | undefined = start;
  while (current !== undefined && chain.length < 32) {
    const [index] = next(current);
    const following: Invocation | undefined = index === undefined ? undefined : trace.invocations[index];
    if (following === undefined || following === start || chain.includes(following)) break;
    chain.push(following);
    current = following;
  }
  return chain;
}

/** The file that the end of a pipeline writes: a redirect, `tee`, or a compressor's `-o`. */
function outputOf(chain: readonly Invocation[]): Value | null {
  for (const one of chain) {
    const redirect = one.redirects.find(
      (candidate) =>
        (candidate.descriptor === 1 || candidate.descriptor === null) && candidate.operator.includes('>'),
    );
    if (redirect !== undefined) return known(redirect.target)?.startsWith('/dev/') ? null : redirect.target;
    const argv = one.argv.map((argument) => argument.value);
    const name = known(argv[0] ?? []);
    if (name === 'tee') {
      const file = argv.slice(1).find((word) => !prefix(word).startsWith('-'));
      if (file !== undefined) return file;
    }
    if (one !== chain[0] && name !== null) {
      const at = argv.findIndex(
        (word) =>
          known(word) === '-o' || known(word) === '--output' || (known(word) === '-f' && name === 'tar'),
      );
      if (at !== -1) return argv[at + 1] ?? null;
    }
  }
  return null;
}

/** A path as seen from the root of the repository; absolute and computed ones stay as they are. */
export function inside(folder: Value, path: Value): Value {
  const start = prefix(path);
  if (start.startsWith('/') || start.startsWith('~') || known(path) === '-' || typeof path[0] === 'object')
    return path;
  if (/^[a-z][a-z+.-]*:\/\//.test(start) || /^git@/.test(start)) return path;
  const whole =
    folder.length === 0 || known(folder) === '.'
      ? path
      : join([folder, format(folder).endsWith('/') ? '' : '/', path]);
  const content = known(whole);
  if (content !== null) return text(repositoryPath(content) ?? content);
  const [first, ...rest] = whole;
  return typeof first === 'string' ? [...text(first.replace(/^(\.\/)+/, '')), ...rest] : whole;
}
