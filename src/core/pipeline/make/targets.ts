// Goals of make → the recipes of their rules and of all they need, run as shell scripts.
import type { Value } from '../../model/value.ts';
import { both, format, join, known, prefix, same, suffix, text } from '../../value.ts';
import { repositoryPath } from '../files.ts';
import { type Expansion, expand, newBudget } from './expand.ts';
import type { Makefile, Rule } from './makefile.ts';
import { automatic, type Level, type Making, type Run, scopeAt } from './making.ts';
import { runRecipe } from './recipes.ts';
import type { Assignment } from './statements.ts';
import { hasLiteral, stemIn, withStem, wordsOf } from './words.ts';

const TARGET_LIMIT = 400;

type Match = { readonly rule: Rule; readonly stem: Value };

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
  for (const { rule, stem } of chosen)
    runRecipe(rule, stem, target, needsOf(rule, stem, target, run, inner), run, inner);
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
