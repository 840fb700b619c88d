// Goals of make → the recipes of their rules and of all they need, run as shell scripts.
import type { Location } from '../../model/position.ts';
import type { Hole, Truth, Value } from '../../model/value.ts';
import type { Invocation } from '../../shell/trace.ts';
import { both, format, hole, join, known, prefix, same, suffix, text } from '../../value.ts';
import type { Ledger, Place } from '../act.ts';
import { repositoryPath } from '../files.ts';
import { runScript, type Script } from '../script.ts';
import { locate } from '../source-text.ts';
import { type Environment, type Expansion, expand } from './expand.ts';
import { type Makefile, newBudget, type RecipeLine, type Rule } from './reading.ts';
import { markedScript } from './recipe-text.ts';
import type { Assignment } from './statements.ts';
import { hasLiteral, listOf, stemIn, withStem, wordsOf } from './words.ts';

export type Making = {
  readonly makefile: Makefile;
  readonly given: ReadonlyMap<string, Value>;
  readonly environment: Environment;
  readonly folder: Value;
  readonly script: Script;
  readonly place: Place;
  readonly ledger: Ledger;
  readonly invocation: Invocation;
  readonly limit: (name: string) => void;
  /** Says that what a target does can't be seen. */
  readonly unseen: (target: string, doubt: string) => void;
};

const TARGET_LIMIT = 400;

type Match = { readonly rule: Rule; readonly stem: Value };

/** What targets that are being made hand down to what they need. */
type Level = {
  readonly locals: ReadonlyMap<string, Value>;
  readonly exported: ReadonlySet<string>;
  readonly happens: Truth;
  /** Pattern rules on the way here: make applies none twice in one chain. */
  readonly chain: readonly Rule[];
};

type Run = Making & {
  readonly seen: Set<string>;
  readonly spend: () => boolean;
};

export function runTargets(goals: readonly Value[], making: Making): void {
  const { makefile } = making;
  const run: Run = { ...making, seen: new Set(), spend: newBudget(making.limit) };
  const level: Level = { locals: new Map(), exported: new Set(), happens: 'yes', chain: [] };
  const wanted = goals.length > 0 ? goals.flatMap(wordsOf) : defaultGoal(makefile, scopeAt(run, level));
  for (const goal of wanted) {
    const name = format(goal);
    const [lost] = [...makefile.unread].sort();
    if (!makeTarget(goal, run, level)) {
      if (!isFile(name, run)) making.unseen(name, `what make ${name} does: no rule in sight makes it`);
    } else if (lost !== undefined)
      making.unseen(
        name,
        `what else make ${name} does: ${lost}, which the Makefile includes, is not in sight`,
      );
  }
}

function defaultGoal(makefile: Makefile, scope: Expansion): readonly Value[] {
  const named = known(scope.variable('.DEFAULT_GOAL', scope));
  if (named !== null && named !== '') return [text(named)];
  const first = makefile.own
    .flatMap((rule) => rule.targets)
    .find((target) => !/^\.[A-Z]|%/.test(format(target)) && !prefix(target).startsWith('.'));
  return first === undefined ? [] : [first];
}

function isFile(name: string, { folder, place }: Run): boolean {
  const base = known(folder);
  const path = base === null ? null : repositoryPath(base === '' ? name : `${base}/${name}`);
  return path !== null && place.files.has(path);
}

/** False when no rule makes it. */
function makeTarget(target: Value, run: Run, level: Level): boolean {
  const name = format(target);
  if (run.seen.has(name)) return true;
  const matches = rulesFor(target, run, level.chain);
  if (matches.length === 0) return false;
  if (run.seen.size >= TARGET_LIMIT) {
    run.limit(`${TARGET_LIMIT} targets`);
    return true;
  }
  run.seen.add(name);
  const inner = withLocals(target, run, level);
  for (const { rule, stem } of matches) {
    const happens = both(inner.happens, rule.guards.length === 0 ? 'yes' : 'unknown');
    for (const need of needsOf(rule, stem, target, run, inner)) {
      const needed = {
        ...inner,
        happens,
        chain: run.makefile.patterns.includes(rule) ? [...inner.chain, rule] : inner.chain,
      };
      if (known(need) === null && !makeTarget(need, run, needed)) makeLookAlikes(need, run, needed);
      else if (known(need) !== null) makeTarget(need, run, needed);
    }
  }
  const makers = matches.filter(({ rule }) => rule.recipe.length > 0);
  // Of several rules for one target the last recipe counts, unless a condition left it open which one is there.
  const last = makers.at(-1);
  const chosen = makers.filter(
    (one) => one === last || one.rule.isDouble || makers.some(({ rule }) => rule.guards.length > 0),
  );
  for (const { rule, stem } of chosen) runRecipe(rule, stem, target, run, inner);
  return true;
}

/** Rules that name the target; where none of these has a recipe, the pattern rules with the shortest stem as well. */
function rulesFor(target: Value, run: Run, chain: readonly Rule[]): readonly Match[] {
  const named = (run.makefile.named.get(format(target)) ?? []).map(
    (rule): Match => ({ rule, stem: stemOf(rule, target) }),
  );
  if (named.some(({ rule }) => rule.recipe.length > 0)) return named;
  const fitting = run.makefile.patterns.flatMap((rule): readonly Match[] => {
    if (chain.includes(rule)) return [];
    for (const pattern of rule.targets) {
      const stem = stemIn(known(pattern) ?? '', target);
      if (stem !== 'no' && stem !== 'unknown') return [{ rule, stem }];
    }
    return [];
  });
  const lengths = fitting.map(({ stem }) => format(stem).length);
  return [...named, ...fitting.filter((_, at) => lengths[at] === Math.min(...lengths))];
}

function stemOf(rule: Rule, target: Value): Value {
  const stem = rule.pattern === null ? 'no' : stemIn(rule.pattern, target);
  return stem === 'no' || stem === 'unknown' ? [] : stem;
}

/** A need that is not known in full may be any target that is written alike: those are made, perhaps. */
function makeLookAlikes(need: Value, run: Run, level: Level): void {
  if (!hasLiteral(need)) return;
  const [start, end] = [prefix(need), suffix(need)];
  for (const rule of run.makefile.rules) {
    for (const target of rule.targets) {
      const content = known(target);
      if (content === null || content.includes('%') || content.startsWith('.')) continue;
      if (content.startsWith(start) && content.endsWith(end) && content.length > start.length + end.length)
        makeTarget(target, run, { ...level, happens: 'unknown' });
    }
  }
}

function needsOf(rule: Rule, stem: Value, target: Value, run: Run, level: Level): readonly Value[] {
  const hasStem = rule.pattern !== null || rule.targets.some((one) => format(one).includes('%'));
  // Variables of the target count in what it needs only when the list is expanded a second time.
  const needed = rule.needs.includes('$$')
    ? wordsOf(
        expand(
          format(expand(rule.needs, scopeAt(run, level))),
          scopeAt(run, automatic(level, target, stem, [])),
        ),
      )
    : rule.needed;
  return needed.flatMap((need) => alternativesOf(hasStem ? withStem(need, stem) : need));
}

function alternativesOf(need: Value): readonly Value[] {
  const [only] = need;
  return need.length === 1 && typeof only === 'object' && only.choices !== undefined
    ? only.choices.flatMap(wordsOf)
    : [need];
}

/** Variables that the Makefile sets for this target hold for it and for all it needs. */
function withLocals(target: Value, run: Run, level: Level): Level {
  let locals = level.locals;
  let exported = level.exported;
  for (const { targets, assignment } of run.makefile.locals) {
    const fits = targets.some((one) => {
      const pattern = known(one);
      if (pattern?.includes('%') !== true) return same(one, target);
      const stem = stemIn(pattern, target);
      return stem !== 'no' && stem !== 'unknown';
    });
    if (!fits) continue;
    const scope = scopeAt(run, { ...level, locals });
    const { name } = assignment;
    if (run.given.has(name) && !assignment.isOverride) continue;
    locals = new Map([...locals, [name, localValue(assignment, scope, locals)]]);
    if (assignment.isExported) exported = new Set([...exported, name]);
  }
  return locals === level.locals ? level : { ...level, locals, exported };
}

function localValue(assignment: Assignment, scope: Expansion, locals: ReadonlyMap<string, Value>): Value {
  const value = expand(assignment.value, scope);
  const before = scope.variable(assignment.name, { ...scope, locals });
  const isUnset = before.length === 1 && format(before) === `$(${assignment.name})`;
  if (assignment.operator === '?=') return isUnset ? value : before;
  if (assignment.operator === '+=') return isUnset ? value : join([before, ' ', value]);
  return value;
}

function automatic(level: Level, target: Value, stem: Value, needs: readonly Value[]): Level {
  const first = needs[0] ?? [];
  const all = listOf(needs);
  return {
    ...level,
    locals: new Map([
      ...level.locals,
      ['@', target],
      ['*', stem],
      ['<', first],
      ['^', all],
      ['+', all],
      ['?', all],
      ['@D', folderOf(target)],
      ['@F', fileOf(target)],
      ['*F', fileOf(stem)],
      ['*D', folderOf(stem)],
      ['<D', folderOf(first)],
      ['<F', fileOf(first)],
      ['^F', listOf(needs.map(fileOf))],
    ]),
  };
}

function fileOf(path: Value): Value {
  const end = suffix(path);
  const slash = end.lastIndexOf('/');
  return slash === -1 ? path : text(end.slice(slash + 1));
}

function folderOf(path: Value): Value {
  const end = suffix(path);
  const slash = end.lastIndexOf('/');
  if (slash === -1) return known(path) === null ? path : text('.');
  return join([path.slice(0, -1), end.slice(0, slash)]);
}

function scopeAt({ makefile, environment, spend, limit }: Run, { locals }: Level): Expansion {
  return { ...makefile.scope, environment, locals, spend, limit };
}

function runRecipe(rule: Rule, stem: Value, target: Value, run: Run, level: Level): void {
  const needs = needsOf(rule, stem, target, run, level);
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
