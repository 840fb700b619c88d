// GitHub's `${{ }}` expressions → data with unknowns: their grammar from @actions/expressions, three-valued meaning here.
import type { Hole, Truth, Value } from '../model/value.ts';
import { both, hole, join, known, not, text } from '../value.ts';
import {
  agreed,
  choiceDatum,
  type Datum,
  equals,
  lowered,
  NULL,
  numbersOf,
  printedValue,
  propertyOf,
  textDatum,
  toJson,
  truthDatum,
  truthOf,
  unknownDatum,
  wrapped,
} from './datum.ts';
import {
  chosen,
  contains,
  endsWith,
  formatted,
  joined,
  overTexts,
  parsed,
  startsWith,
} from './expression-functions.ts';
import { templateParts, usesStatus } from './expression-text.ts';
import { isStar, parse, print, type Tree } from './expression-tree.ts';

/** What an expression can see at its place. */
export type Scope = {
  /** Contexts by lower-case name: github, env, inputs, … */
  readonly contexts: ReadonlyMap<string, Datum>;
  /** What `success()` and its like answer here. */
  readonly status: { readonly success: Truth; readonly failure: Truth; readonly cancelled: Truth };
};

export function evaluate(expression: string, scope: Scope): Datum {
  const tree = parse(expression);
  if (tree === null) return unknownDatum(wrapped(expression.trim()), 'GitHub could not read this expression');
  return visit(tree, scope);
}

/** A text with `${{ }}` in it; kept as data (a list, a boolean) when it is one expression and nothing else. */
export function evaluateTemplate(template: string, scope: Scope): Datum {
  const parts = templateParts(template);
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'expression') return evaluate(first.text, scope);
  return textDatum(join(parts.map((part) => (part.kind === 'text' ? part.text : printed(part.text, scope)))));
}

export function evaluateText(template: string, scope: Scope): Value {
  if (!template.includes('${{')) return text(template);
  const parts = templateParts(template);
  return join(parts.map((part) => (part.kind === 'text' ? part.text : printed(part.text, scope))));
}

/** An expression's value as text. Where it is unknown, the hole shows what the author wrote here. */
function printed(expression: string, scope: Scope): Value {
  return printedValue(evaluate(expression, scope));
}

/** An `if:`; without a status function `success() &&` is understood, as GitHub does. */
export function evaluateCondition(condition: string, scope: Scope): Truth {
  const parts = templateParts(condition);
  const [first] = parts;
  // A text around `${{ }}` is a non-empty string for GitHub, hence true: a known trap.
  if (parts.length > 1) return truthOf(evaluateTemplate(condition, scope));
  const expression = first?.kind === 'expression' ? first.text : condition;
  const outcome = truthOf(evaluate(expression, scope));
  return usesStatus(expression) ? outcome : both(scope.status.success, outcome);
}

function visit(tree: Tree, scope: Scope): Datum {
  if (tree.group !== undefined) return visit(tree.group, scope);
  if (tree.literal !== undefined) return literal(tree.literal);
  if (tree.functionName !== undefined) return call(tree, scope);
  if (tree.index !== undefined && tree.expr !== undefined) return access(tree, scope);
  if (tree.operator !== undefined && tree.args !== undefined) return logical(tree, scope);
  if (tree.operator !== undefined && tree.left !== undefined && tree.right !== undefined) {
    return compare(
      tree.operator.lexeme,
      visit(tree.left, scope),
      visit(tree.right, scope),
      wrapped(print(tree)),
    );
  }
  if (tree.expr !== undefined) return truthDatum(not(truthOf(visit(tree.expr, scope))), wrapped(print(tree)));
  if (tree.name !== undefined) {
    const name = tree.name.lexeme.toLowerCase();
    return (
      scope.contexts.get(name) ?? unknownDatum(wrapped(name), `the ${name} context is filled at run time`)
    );
  }
  return NULL;
}

function literal(data: { readonly value?: unknown }): Datum {
  if (typeof data.value === 'string') return textDatum(data.value);
  if (typeof data.value === 'number') return { kind: 'number', value: data.value };
  if (typeof data.value === 'boolean') return truthDatum(data.value ? 'yes' : 'no', '');
  return NULL;
}

function access(tree: Tree, scope: Scope): Datum {
  const object = visit(tree.expr ?? {}, scope);
  const index = tree.index ?? {};
  if (isStar(index)) return starred(object, wrapped(print(tree)));
  if (object.kind === 'list' && index.literal !== undefined && typeof index.literal.value === 'string') {
    // `list.*.name` reads the property of each item.
    return {
      kind: 'list',
      items: object.items.map((item) => propertyOf(item, literal(index.literal ?? {}), print(tree))),
    };
  }
  return propertyOf(object, visit(index, scope), print(tree));
}

function starred(object: Datum, expression: string): Datum {
  if (object.kind === 'list') return object;
  if (object.kind === 'record' && object.others === null)
    return { kind: 'list', items: [...object.entries.values()] };
  return unknownDatum(expression, 'its items are decided at run time');
}

/** `&&` and `||` give one of their operands; an undecided operand leaves a choice. */
function logical(tree: Tree, scope: Scope): Datum {
  const isAnd = tree.operator?.lexeme === '&&';
  const decidedBy: Hole = { expression: wrapped(print(tree)), why: 'its condition is decided at run time' };
  let outcomes: readonly Datum[] = [];
  let pending = true;
  const args = tree.args ?? [];
  for (const [position, arg] of args.entries()) {
    if (!pending) break;
    const datum = visit(arg, scope);
    const options = datum.kind === 'choice' ? datum.options : [datum];
    pending = false;
    for (const option of options) {
      const truth = truthOf(option);
      const stops = isAnd ? truth === 'no' : truth === 'yes';
      if (stops || position === args.length - 1) outcomes = [...outcomes, option];
      else {
        pending = true;
        if (truth === 'unknown') outcomes = [...outcomes, narrowed(option, isAnd ? 'no' : 'yes')];
      }
    }
  }
  return choiceDatum(outcomes, decidedBy);
}

/** An operand that ended `&&` or `||` early: it was false, or it was true. */
function narrowed(option: Datum, truth: Truth): Datum {
  if (option.kind === 'boolean') return truthDatum(truth, '');
  return truth === 'no' && (option.kind === 'text' || option.kind === 'unknown') ? textDatum('') : option;
}

function compare(operator: string, left: Datum, right: Datum, expression: string): Datum {
  if (operator === '==') return truthDatum(equals(left, right), expression);
  if (operator === '!=') return truthDatum(not(equals(left, right)), expression);
  return truthDatum(ordered(operator, left, right), expression);
}

function ordered(operator: string, left: Datum, right: Datum): Truth {
  if (left.kind === 'text' && right.kind === 'text') {
    const one = known(lowered(left.value));
    const other = known(lowered(right.value));
    if (one === null || other === null) return 'unknown';
    return inOrder(operator, one < other ? -1 : one > other ? 1 : 0) ? 'yes' : 'no';
  }
  const ones = numbersOf(left);
  const others = numbersOf(right);
  if (ones === null || others === null) return 'unknown';
  return agreed(
    ones.flatMap((one) =>
      others.map(
        (other): Truth => (!Number.isNaN(one - other) && inOrder(operator, one - other) ? 'yes' : 'no'),
      ),
    ),
  );
}

function inOrder(operator: string, difference: number): boolean {
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

function call(tree: Tree, scope: Scope): Datum {
  const name = tree.functionName?.lexeme.toLowerCase() ?? '';
  const expression = wrapped(print(tree));
  if (name === 'always') return truthDatum('yes', expression);
  if (name === 'success' || name === 'failure' || name === 'cancelled')
    return truthDatum(scope.status[name], expression);
  const args = (tree.args ?? []).map((arg) => visit(arg, scope));
  const [first = NULL, second = NULL] = args;
  switch (name) {
    case 'contains':
      return truthDatum(contains(first, second), expression);
    case 'startswith':
      return truthDatum(overTexts(first, second, startsWith), expression);
    case 'endswith':
      return truthDatum(overTexts(first, second, endsWith), expression);
    case 'format':
      return formatted(args, expression);
    case 'join':
      return joined(first, args.length > 1 ? printedValue(second) : text(','), expression);
    case 'tojson':
      return textDatum(toJson(first) ?? hole(expression, 'its content is decided at run time'));
    case 'fromjson':
      return parsed(first, expression);
    case 'case':
      return chosen(args, expression);
    default:
      return textDatum(hole(expression, 'it is computed at run time'));
  }
}
