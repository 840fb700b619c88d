// A program from outside run abstractly: what it would print and write, as far as its words and input tell.
import type { Value } from '../model/value.ts';
import { hole, join, known, prefix } from '../value.ts';
import { assignmentIn, isQuestion, runTest, setText } from './builtins.ts';
import type { Prepared } from './command.ts';
import { absolute, checkoutRoot, readText } from './files.ts';
import { printerFor } from './printed.ts';
import { writeFile } from './redirects.ts';
import { print, type Scope, type Status } from './scope.ts';
import { written } from './source.ts';
import type { State } from './state.ts';
import { printTree } from './tree.ts';
import { overChoices } from './variables.ts';

/** What the command prints goes to whoever reads it; its files are written. */
export function runProgram(scope: Scope, state: State, command: Prepared, name: string | null): Status {
  const base = name === null ? null : name.slice(name.lastIndexOf('/') + 1);
  const printing = base !== null && mayPrint(base);
  const values = printing ? command.words.slice(1).map((word) => word.value) : [];
  if (base === 'test' || base === '[')
    return scope.run.context.openConditions === true ? 'unknown' : runTest(command.words);
  const printed = printing ? printedBy(scope, state, base, values) : null;
  if (base === 'printf' && known(values[0] ?? []) === '-v' && values[1] !== undefined) {
    const target = assignmentIn(values[1]);
    const content = printerFor('printf')?.(values.slice(2), null);
    if (target !== null)
      setText(
        state,
        target.name,
        content ?? hole(`$${target.name}`, 'printf makes it from unknown parts'),
        false,
      );
    return 'yes';
  }
  if (base === 'tee') teeFiles(scope, state, command, printed);
  if (printed === null && scope.out !== null && LOCATES.has(base ?? '')) {
    // `$(command -v docker)` is that program wherever it lies, or nothing.
    const program = command.words.slice(1).find((word) => !prefix(word.value).startsWith('-'))?.value ?? [];
    const expression = `$(${written(scope.source, command.start, command.end)})`;
    print(scope, [{ expression, why: 'it depends on what is installed', fallback: join([program, '\n']) }]);
    return 'unknown';
  }
  if (printed !== null) print(scope, printed);
  else if (scope.out !== null && (base === null || !SILENT.has(base)))
    print(
      scope,
      hole(`$(${written(scope.source, command.start, command.end)})`, 'it is what a command prints'),
    );
  if (base === 'echo' || base === 'printf') return 'yes';
  return isQuestion(command.words) ? 'unknown' : 'assumed';
}

/** Commands without a printer of their own whose answer can still be told. */
const ANSWERING = new Set(['find', 'ls', 'git', 'realpath', 'readlink']);

function mayPrint(base: string): boolean {
  return printerFor(base) !== null || ANSWERING.has(base);
}

const LOCATES = new Set(['command', 'which', 'type', 'whereis']);

const SILENT = new Set([
  'mkdir',
  'rm',
  'touch',
  'chmod',
  'chown',
  'cp',
  'mv',
  'ln',
  'sleep',
  'let',
  'rmdir',
  'install',
]);

function printedBy(scope: Scope, state: State, base: string, values: readonly Value[]): Value | null {
  if (base === 'cat' && values.length > 0) {
    const contents = values.map((value) =>
      known(value) === '-' ? scope.stdin : readText(scope, state, value),
    );
    return contents.some((content) => content === null)
      ? null
      : join(contents.map((content) => content ?? []));
  }
  const line = `${base} ${values.map((value) => known(value) ?? '?').join(' ')}`;
  if (line === 'git rev-parse --show-toplevel') return join([checkoutRoot, '\n']);
  if (/^(realpath|readlink -f|readlink -e) [^-\s]+$/.test(line)) {
    const path = values.at(-1) ?? [];
    return prefix(path).startsWith('/') ? null : join([absolute(state.directory), '/', path, '\n']);
  }
  const named = printTree(scope, state, base, values);
  if (named !== null) return named;
  const printer = printerFor(base);
  if (printer === null) return null;
  const expression = `$(… | ${base})`;
  const at = values.findIndex((value) =>
    value.some((part) => typeof part === 'object' && part.choices !== undefined),
  );
  const over = (stdin: Value | null) =>
    overChoices(values[at] ?? [], expression, (one) =>
      printer(at < 0 ? values : values.with(at, one), stdin),
    );
  // Printers that join texts keep alternatives by themselves.
  if (scope.stdin === null) return printer(values, null);
  return overChoices(scope.stdin, expression, over);
}

function teeFiles(scope: Scope, state: State, command: Prepared, printed: Value | null): void {
  const content = printed ?? hole('<stdin>', 'it is what a command prints');
  let append = false;
  for (const word of command.words.slice(1)) {
    const flag = prefix(word.value);
    if (flag.startsWith('-')) append ||= flag === '--append' || /^-[a-z]*a/.test(flag);
    else writeFile(scope, state, word.value, content, append, command.start, command.end);
  }
}
