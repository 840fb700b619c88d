import type { Value } from '../model/value.ts';
import { hole, known, prefix } from '../value.ts';
import { enter, runSource, runText } from './calls.ts';
import type { Prepared } from './command.ts';
import { filePath, givenText, readText } from './files.ts';
import { type OptionSpec, readOptions } from './options.ts';
import { print, type Scope, type Status } from './scope.ts';
import { exitsOnError, isPosixShell, pipesFail, shellName } from './shells.ts';
import { innerSource, openSource, span } from './source.ts';
import { fork, type State } from './state.ts';
import type { Argument } from './trace.ts';
import { assign } from './variables.ts';

// Options of the common shells; `-c` is looked for among the flags.
const SHELL_OPTIONS: OptionSpec = {
  valued: ['-o', '-O', '+o', '+O', '--rcfile', '--init-file'],
  flags: [
    '-c',
    '-e',
    '-x',
    '-u',
    '-l',
    '-i',
    '-s',
    '-v',
    '-n',
    '--login',
    '--norc',
    '--noprofile',
    '--posix',
  ],
  stopAtOperand: true,
};

/** Whether a command runs a shell script: `sh …`, or a path to a file. */
export function takesScript(words: readonly Argument[]): boolean {
  const name = known(words[0]?.value ?? []);
  if (name === null) return words[0] !== undefined && /\.(sh|bash)$/.test(last(words[0].value));
  return isPosixShell(name) || isLogin(name) || name.includes('/');
}

// `su user -c "…"` hands its text to the user's shell.
function isLogin(name: string): boolean {
  return name === 'su' || name === 'runuser';
}

function last(value: Value): string {
  const part = value.at(-1);
  return typeof part === 'string' ? part : '';
}

export function runScriptFile(
  scope: Scope,
  state: State,
  command: Prepared,
  index: number,
  kind: 'source' | 'script',
): Status {
  const [first, ...rest] = command.words;
  if (first === undefined) return 'yes';
  const name = known(first.value) ?? '';
  if (kind === 'source') return follow(scope, state, command, index, rest[0], rest.slice(1), 'source', true);
  if (isLogin(name)) return runLogin(scope, state, command, index, rest);
  if (!isPosixShell(name))
    return follow(scope, fork(state, PLAIN), command, index, first, rest, 'script', false);
  const options = readOptions(rest, SHELL_OPTIONS);
  const [operand, ...others] = options.operands;
  const values = others.map((word) => word.value);
  const named = new Set((options.values.get('-o') ?? []).map((word) => known(word.value)));
  const own = {
    exitOnError: options.flags.has('-e') || named.has('errexit'),
    pipesFail: named.has('pipefail'),
  };
  if (options.flags.has('-c')) {
    if (operand === undefined) return 'unknown';
    if (operand.value.length === 0 || (prefix(operand.value) === '' && known(operand.value) === null)) {
      return unknownOutput(scope, command);
    }
    mark(scope, index);
    const self = fork(state, own);
    self.variables = assign(self.variables, '0', { kind: 'text', value: values[0] ?? first.value });
    return runText(scope, self, operand.value, command, operand, shellName(name), values.slice(1));
  }
  if (operand !== undefined && !options.flags.has('-s'))
    return follow(scope, fork(state, own), command, index, operand, others, 'script', true);
  if (scope.stdin === null || scope.stdin.length === 0) return unknownOutput(scope, command);
  const inner = enter(scope, 'inline', shellName(name), command);
  if (inner === null) return 'unknown';
  mark(scope, index);
  const place = span(scope.source, command.start, command.end);
  const source = innerSource(scope.source, scope.stdin, ...place, scope.stdinAt);
  return runSource(
    { ...inner, stdin: null, stdinAt: null },
    source,
    fork(state, own),
    options.operands.map((word) => word.value),
  );
}

/** A shell that is started without options. */
const PLAIN = { exitOnError: false, pipesFail: false };

function runLogin(
  scope: Scope,
  state: State,
  command: Prepared,
  index: number,
  rest: readonly Argument[],
): Status {
  const options = readOptions(rest, {
    valued: ['-c', '--command', '-s', '--shell', '-g', '-G', '-w'],
    flags: ['-', '-l', '-m', '-p'],
  });
  const carrier = options.values.get('-c')?.[0] ?? options.values.get('--command')?.[0];
  if (carrier === undefined || (known(carrier.value) === null && prefix(carrier.value) === ''))
    return 'assumed';
  mark(scope, index);
  return runText(scope, fork(state, PLAIN), carrier.value, command, carrier, 'su', []);
}

function mark(scope: Scope, index: number): void {
  const invocation = scope.run.invocations[index];
  if (invocation !== undefined) invocation.entered = true;
}

function unknownOutput(scope: Scope, command: Prepared): Status {
  const name = known(command.words[0]?.value ?? []) ?? 'command';
  print(scope, hole(`$(${name} …)`, 'it is what a command prints'));
  return 'assumed';
}

function follow(
  scope: Scope,
  state: State,
  command: Prepared,
  index: number,
  file: Argument | undefined,
  rest: readonly Argument[],
  kind: 'source' | 'script',
  surely: boolean,
): Status {
  const content = file === undefined || index < 0 ? null : readText(scope, state, file.value);
  const name = file === undefined ? null : filePath(state, file.value);
  const script = content === null ? null : known(content);
  if (
    content === null ||
    name === null ||
    file === undefined ||
    !(surely || isShellScript(name, script ?? prefix(content)))
  ) {
    return unknownOutput(scope, command);
  }
  const inner = enter(scope, kind, name, command);
  if (inner === null) return 'unknown';
  mark(scope, index);
  const positional = rest.map((word) => word.value);
  // A file the script wrote itself has no text of its own in the repository: it stands where it is run.
  const own = script !== null && givenText(scope, name) === script;
  const source = own
    ? openSource(script, name)
    : innerSource(scope.source, content, ...span(scope.source, command.start, command.end), null);
  if (kind === 'source') {
    const before = state.positional;
    if (rest.length > 0) state.positional = positional;
    const { returned } = state;
    const status = runSource(inner, source, state, null);
    state.returned = returned;
    state.positional = before;
    return status;
  }
  const self = fork(state);
  self.variables = assign(self.variables, '0', { kind: 'text', value: file.value });
  self.variables = assign(self.variables, 'BASH_SOURCE', { kind: 'text', value: file.value });
  for (const [variable, value] of command.assignments) {
    self.variables = assign(self.variables, variable, { kind: 'text', value });
  }
  self.functions = new Map();
  const shebang = /^#!.*/.exec(script ?? '')?.[0] ?? '';
  // The options behind `#!` are for a file that is run by its name.
  if (!surely) Object.assign(self, { exitOnError: exitsOnError(shebang), pipesFail: pipesFail(shebang) });
  return runSource(inner, source, self, positional);
}

function isShellScript(name: string, script: string): boolean {
  const first = script.split('\n', 1)[0] ?? '';
  if (first.startsWith('#!'))
    return isPosixShell(
      first
        .slice(2)
        .trim()
        .replace(/^\S*\/env\s+(-S\s+)?/, ''),
    );
  return /\.(sh|bash|ksh|ash)$/.test(name) || !name.slice(name.lastIndexOf('/') + 1).includes('.');
}
