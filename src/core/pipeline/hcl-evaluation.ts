// HCL expressions → what is known of their values: user functions, loops and conditions carried out, the rest a hole.
import type { Truth, Value } from '../model/value.ts';
import { both, either, hole, known, not } from '../value.ts';
import { choiceDatum, type Datum, NULL, textDatum, truthDatum, unknownDatum } from './datum.ts';
import { EACH, type HclExpression, type HclLoop } from './hcl-expression.ts';
import { callBuiltin } from './hcl-functions.ts';
import {
  entriesOf,
  equalHcl,
  indexed,
  joinedParts,
  numberOf,
  plainRecord,
  SIZE_LIMIT,
  sizeOf,
  truthOfHcl,
} from './hcl-values.ts';

export type HclFunction = {
  readonly params: readonly string[];
  readonly variadic: string | null;
  readonly result: HclExpression;
};

type HclBudget = { steps: number; readonly sizes: WeakMap<Datum, number> };

export type HclScope = {
  /** Null: nothing in sight has this name. */
  readonly variable: (name: string) => Datum | null;
  /** `target.api.tags`; null: there is no such block. */
  readonly attribute: (type: string, label: string, name: string) => Datum | null;
  readonly function: (name: string) => HclFunction | null;
  readonly locals: ReadonlyMap<string, Datum>;
  /** Shared by all of one reading. */
  readonly budget: HclBudget;
  readonly depth: number;
};

/** Expressions evaluated in one reading of bake files, and calls within calls; above them a value stays unknown. */
const STEP_LIMIT = 200_000;
const CALL_DEPTH = 40;
const LOOP_LIMIT = 1_000;

export function evaluate(expression: HclExpression, scope: HclScope): Datum {
  scope.budget.steps += 1;
  if (scope.budget.steps > STEP_LIMIT)
    return unknownDatum(
      shownText(expression),
      `the bake file takes more than ${STEP_LIMIT} steps to evaluate`,
    );
  const value = evaluated(expression, scope);
  // Values that hold themselves twice double with every call.
  if (sizeOf(value, scope.budget.sizes) <= SIZE_LIMIT) return value;
  return unknownDatum(shownText(expression), `it holds more than ${SIZE_LIMIT} characters`);
}

function evaluated(expression: HclExpression, scope: HclScope): Datum {
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'template':
      return templateDatum(expression, scope);
    case 'name':
      return (
        scope.locals.get(expression.name) ??
        scope.variable(expression.name) ??
        unknownDatum(`\${${expression.name}}`, 'nothing in sight sets this variable')
      );
    case 'list':
      return { kind: 'list', items: expression.items.map((item) => evaluate(item, scope)) };
    case 'object':
      return objectDatum(expression.fields, scope);
    case 'index':
      return propertyDatum(expression, scope);
    case 'splat':
      return splatDatum(expression.of, expression.each, scope);
    case 'call':
      return called(expression, scope);
    case 'unary':
      return unary(expression, scope);
    case 'binary':
      return binary(expression, scope);
    case 'condition':
      return conditional(expression, scope);
    case 'for':
      return looped(expression, scope);
  }
}

function shownText(expression: HclExpression): string {
  return expression.text.startsWith('$') ? expression.text : `\${${expression.text}}`;
}

function literal(value: number | boolean | null): Datum {
  if (value === null) return NULL;
  return typeof value === 'number' ? { kind: 'number', value } : truthDatum(value ? 'yes' : 'no', '');
}

/** A template of nothing but one expression is that expression's value, not its text. */
function templateDatum(expression: HclExpression & { readonly kind: 'template' }, scope: HclScope): Datum {
  const [only] = expression.parts;
  if (expression.parts.length === 1 && typeof only === 'object') return evaluate(only, scope);
  return joinedParts(
    expression.parts.map((part) => (typeof part === 'string' ? textDatum(part) : evaluate(part, scope))),
  );
}

function objectDatum(fields: readonly (readonly [HclExpression, HclExpression])[], scope: HclScope): Datum {
  const entries = new Map<string, Datum>();
  let others: string | null = null;
  for (const [key, value] of fields) {
    const name = textOfKey(evaluate(key, scope));
    if (name === null) others = 'its keys are decided at run time';
    else entries.set(name, evaluate(value, scope));
  }
  return { kind: 'record', entries, others };
}

function textOfKey(datum: Datum): string | null {
  const parts = joinedParts([textDatum(''), datum]);
  return parts.kind === 'text' ? known(parts.value) : null;
}

function propertyDatum(expression: HclExpression & { readonly kind: 'index' }, scope: HclScope): Datum {
  const { of, key } = expression;
  if (of.kind === 'index' && of.of.kind === 'name' && !scope.locals.has(of.of.name)) {
    const [label, name] = [textOfKey(evaluate(of.key, scope)), textOfKey(evaluate(key, scope))];
    const found = label === null || name === null ? null : scope.attribute(of.of.name, label, name);
    if (found !== null) return found;
  }
  return indexed(evaluate(of, scope), evaluate(key, scope), shownText(expression));
}

function splatDatum(of: HclExpression, each: HclExpression, scope: HclScope): Datum {
  const whole = evaluate(of, scope);
  const apply = (item: Datum): Datum =>
    evaluate(each, { ...scope, locals: new Map([...scope.locals, [EACH, item]]) });
  if (whole.kind === 'unknown' || whole.kind === 'choice')
    return unknownDatum(shownText(of), 'its items are decided at run time');
  if (whole.kind === 'null') return { kind: 'list', items: [] };
  // A single value is a list of one.
  return { kind: 'list', items: (whole.kind === 'list' ? whole.items : [whole]).map(apply) };
}

function called(expression: HclExpression & { readonly kind: 'call' }, scope: HclScope): Datum {
  const { name } = expression;
  const shown = shownText(expression);
  if (name === 'try' || name === 'can') return tried(expression, scope);
  const args: Datum[] = [];
  expression.args.forEach((arg, at) => {
    const value = evaluate(arg, scope);
    if (expression.isSpread && at === expression.args.length - 1 && value.kind === 'list')
      args.push(...value.items);
    else args.push(value);
  });
  const own = scope.function(name);
  // What a function goes through costs steps as well.
  scope.budget.steps += Math.ceil(args.reduce((sum, arg) => sum + sizeOf(arg, scope.budget.sizes), 0) / 64);
  if (own === null) return callBuiltin(name, args, shown);
  if (scope.depth >= CALL_DEPTH)
    return unknownDatum(shown, `its functions call each other more than ${CALL_DEPTH} deep`);
  const locals = new Map<string, Datum>();
  for (const [at, param] of own.params.entries()) locals.set(param, args[at] ?? NULL);
  if (own.variadic !== null) locals.set(own.variadic, { kind: 'list', items: args.slice(own.params.length) });
  return evaluate(own.result, { ...scope, locals, depth: scope.depth + 1 });
}

/** What fails is not told from what is not known, so only a first value that is known settles `try`. */
function tried(expression: HclExpression & { readonly kind: 'call' }, scope: HclScope): Datum {
  const [first = NULL, ...others] = expression.args.map((arg) => evaluate(arg, scope));
  const shown = shownText(expression);
  if (expression.name === 'can')
    return truthDatum(first.kind === 'unknown' ? 'unknown' : 'yes', shown, 'whether it fails is not known');
  if (first.kind !== 'unknown' || others.length === 0) return first;
  return unknownDatum(shown, first.hole.why);
}

function unary(expression: HclExpression & { readonly kind: 'unary' }, scope: HclScope): Datum {
  const value = evaluate(expression.operand, scope);
  const shown = shownText(expression);
  if (expression.operator === '!') return truthDatum(not(truthOfHcl(value)), shown);
  const number = numberOf(value);
  return number === null ? unknownDatum(shown, 'it is computed') : { kind: 'number', value: -number };
}

function binary(expression: HclExpression & { readonly kind: 'binary' }, scope: HclScope): Datum {
  const left = evaluate(expression.left, scope);
  const right = evaluate(expression.right, scope);
  const shown = shownText(expression);
  const truth = (value: Truth): Datum => truthDatum(value, shown);
  switch (expression.operator) {
    case '&&':
      return truth(both(truthOfHcl(left), truthOfHcl(right)));
    case '||':
      return truth(either(truthOfHcl(left), truthOfHcl(right)));
    case '==':
      return truth(equalHcl(left, right));
    case '!=':
      return truth(not(equalHcl(left, right)));
    default: {
      const [a, b] = [numberOf(left), numberOf(right)];
      if (a === null || b === null) return unknownDatum(shown, 'it is computed from what is not known');
      return arithmetic(expression.operator, a, b, shown);
    }
  }
}

function arithmetic(operator: string, a: number, b: number, shown: string): Datum {
  const number = (value: number): Datum =>
    Number.isFinite(value) ? { kind: 'number', value } : unknownDatum(shown, 'it is no number');
  switch (operator) {
    case '+':
      return number(a + b);
    case '-':
      return number(a - b);
    case '*':
      return number(a * b);
    case '/':
      return number(a / b);
    case '%':
      return number(a % b);
    case '<':
      return truthDatum(a < b ? 'yes' : 'no', shown);
    case '<=':
      return truthDatum(a <= b ? 'yes' : 'no', shown);
    case '>':
      return truthDatum(a > b ? 'yes' : 'no', shown);
    default:
      return truthDatum(a >= b ? 'yes' : 'no', shown);
  }
}

function conditional(expression: HclExpression & { readonly kind: 'condition' }, scope: HclScope): Datum {
  const test = evaluate(expression.test, scope);
  const truth = truthOfHcl(test);
  if (truth !== 'unknown') return evaluate(truth === 'yes' ? expression.yes : expression.no, scope);
  const [part] = test.kind === 'text' ? test.value.filter((one) => typeof one !== 'string') : [];
  const why = 'hole' in test && test.hole !== null ? test.hole.why : (part?.why ?? 'it depends on the run');
  return choiceDatum([evaluate(expression.yes, scope), evaluate(expression.no, scope)], {
    expression: shownText(expression),
    why,
  });
}

function looped(loop: HclExpression & HclLoop, scope: HclScope): Datum {
  const shown = shownText(loop);
  const rounds = entriesOf(evaluate(loop.collection, scope));
  if (rounds === null) return unknownDatum(shown, 'what it goes through is decided at run time');
  if (rounds.length > LOOP_LIMIT) return unknownDatum(shown, `it has more than ${LOOP_LIMIT} rounds`);
  const results: (readonly [Datum, Datum])[] = [];
  for (const [key, value] of rounds) {
    const locals = new Map(scope.locals);
    if (loop.key !== null) locals.set(loop.key, key);
    locals.set(loop.value, value);
    const inner = { ...scope, locals };
    const wanted = loop.only === null ? 'yes' : truthOfHcl(evaluate(loop.only, inner));
    if (wanted === 'no') continue;
    if (wanted === 'unknown' && loop.makes !== 'list')
      return unknownDatum(shown, 'which of its rounds count is decided at run time');
    const result = evaluate(loop.result, inner);
    results.push([
      loop.resultKey === null ? NULL : evaluate(loop.resultKey, inner),
      wanted === 'yes' ? result : maybe(result, shown),
    ]);
  }
  if (loop.makes === 'list') return { kind: 'list', items: results.map(([, result]) => result) };
  if (loop.makes === 'text') return joinedParts(results.map(([, result]) => result));
  return keyed(results, loop.isGrouped);
}

/** An item that is there or not is the item or the empty text: image names and outputs that are empty count as none. */
function maybe(item: Datum, shown: string): Datum {
  return choiceDatum([item, textDatum('')], {
    expression: shown,
    why: 'its condition is decided at run time',
  });
}

function keyed(results: readonly (readonly [Datum, Datum])[], isGrouped: boolean): Datum {
  const entries = new Map<string, Datum>();
  let others: string | null = null;
  for (const [key, value] of results) {
    const name = textOfKey(key);
    const before = name === null ? undefined : entries.get(name);
    if (name === null) others = 'its keys are decided at run time';
    else if (!isGrouped) entries.set(name, value);
    else
      entries.set(name, { kind: 'list', items: [...(before?.kind === 'list' ? before.items : []), value] });
  }
  return plainRecord(entries, others);
}

/** A value as a text: lists and objects can't be one. */
export function textOfHcl(datum: Datum): Value {
  const joined = joinedParts([textDatum(''), datum]);
  return joined.kind === 'text' ? joined.value : hole('…', 'it is not a text');
}
