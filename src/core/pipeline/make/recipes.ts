// The recipe of a rule, for one of its targets → shell scripts, run one after the other.
import type { Location } from '../../model/position.ts';
import type { Hole, Value } from '../../model/value.ts';
import { both, format, hole, join, known, text } from '../../value.ts';
import { runScript } from '../script.ts';
import { locate } from '../source-text.ts';
import { type Expansion, expand } from './expand.ts';
import type { RecipeLine, Rule } from './makefile.ts';
import { automatic, type Level, type Run, scopeAt } from './making.ts';
import { markedScript } from './recipe-text.ts';

export function runRecipe(
  rule: Rule,
  stem: Value,
  target: Value,
  needs: readonly Value[],
  run: Run,
  level: Level,
): void {
  const scope = scopeAt(run, automatic(level, target, stem, needs));
  const lines = run.makefile.isOneShell ? oneScript(rule.recipe) : rule.recipe;
  const environment = environmentOf(run, level, scope);
  for (const line of lines) {
    const whole = expand(line.line.text, scope);
    for (const part of run.makefile.isOneShell ? [whole] : commandLines(whole))
      runLine(part, line, rule, target, run, level, scope, environment);
  }
}

/** `.ONESHELL`: all lines are one script. */
function oneScript(recipe: readonly RecipeLine[]): readonly RecipeLine[] {
  const [first] = recipe;
  if (first === undefined) return [];
  const whole = recipe.map(({ line }) => line.text).join('\n');
  return [{ line: { ...first.line, text: whole }, guards: first.guards }];
}

/** A variable of several lines in a recipe is several commands; a line that ends in a backslash goes on. */
function commandLines(whole: Value): readonly Value[] {
  const lines: Value[][] = [[]];
  for (const part of whole) {
    if (typeof part !== 'string') {
      lines.at(-1)?.push([part]);
      continue;
    }
    part.split(/(?<!\\)\n/).forEach((piece, at) => {
      if (at > 0) lines.push([]);
      lines.at(-1)?.push([piece]);
    });
  }
  return lines.map((parts) => join(parts)).filter((one) => format(one).trim() !== '');
}

function runLine(
  written: Value,
  { line, guards }: RecipeLine,
  rule: Rule,
  target: Value,
  run: Run,
  level: Level,
  scope: Expansion,
  environment: ReadonlyMap<string, Value>,
): void {
  const { place, ledger, script, makefile } = run;
  const [first, ...rest] = written;
  const command = typeof first === 'string' ? [first.replace(/^[\t ]*[@+-][\t @+-]*/, ''), ...rest] : written;
  const { source, expression } = markedScript(withoutUnset(join([command])), script.expression);
  if (source.trim() === '') return;
  const conditions = [...rule.guards, ...guards];
  const happens = both(place.happens, both(level.happens, conditions.length === 0 ? 'yes' : 'unknown'));
  if (happens === 'no') return;
  const location = locate(line.source, line.start, line.start + line.text.length);
  const shell = known(scope.variable('SHELL', scope)) ?? '';
  runScript(
    {
      text: source,
      locate: located(source, line),
      environment,
      expression,
      workingDirectory: run.folder,
      shell: /(^|\/)(ba|z|k|da)sh\b/.test(shell) ? 'bash' : 'sh',
    },
    {
      ...place,
      conditions: [...place.conditions, ...conditions],
      happens,
      path: [...place.path, { label: `make ${format(target)}`, location }],
      open: [...place.open, makefile.path],
    },
    ledger,
  );
}

/** Where a part of the command stands; all of it where what is written in brings lines of its own. */
function located(source: string, line: RecipeLine['line']): (start: number, end: number) => Location {
  const starts = [0, ...[...line.text.matchAll(/\n/g)].map((match) => match.index + 1)];
  const linesBefore = (offset: number): number => source.slice(0, offset).split('\n').length - 1;
  const isSame = linesBefore(source.length) === starts.length - 1;
  return (start, end) => {
    const from = isSame ? (starts[linesBefore(start)] ?? 0) : 0;
    const until = isSame ? starts[linesBefore(Math.max(start, end - 1)) + 1] : undefined;
    const stop = until === undefined ? line.text.length : until - 1;
    return locate(line.source, line.start + from, line.start + stop);
  };
}

/** An unset variable that stands alone is nothing; one that is part of a word stays to be read. */
function withoutUnset(command: Value): Value {
  return join(
    command.map((part, at): Value => {
      if (typeof part === 'string' || !isUnset(part)) return [part];
      const [before, after] = [command[at - 1], command[at + 1]];
      const isAlone =
        (before === undefined || (typeof before === 'string' && /[\s"']$/.test(before))) &&
        (after === undefined || (typeof after === 'string' && /^[\s"';)]/.test(after)));
      return isAlone ? [] : hole(part.expression, part.why);
    }),
  );
}

function isUnset({ choices }: Hole): boolean {
  return choices?.length === 1 && choices[0]?.length === 0;
}

/** What recipes find in their environment: the caller's, what the Makefile exports, and what make was given. */
function environmentOf(run: Run, level: Level, scope: Expansion): ReadonlyMap<string, Value> {
  const { invocation, given, makefile } = run;
  const environment = new Map([...invocation.environment, ...invocation.assignments]);
  const names = makefile.exported ?? makefile.words;
  for (const name of new Set([...names, ...level.exported])) {
    // Only shell names reach a recipe.
    if (!/^[A-Za-z_]\w*$/.test(name)) continue;
    const value = scope.variable(name, scope);
    if (format(value) !== `$(${name})`) environment.set(name, value);
  }
  for (const [name, value] of given) environment.set(name, value);
  if (given.size > 0) environment.set('MAKEOVERRIDES', text([...given.keys()].sort().join(' ')));
  return environment;
}
