// GitHub's `${{ }}` expressions → data with unknowns: their grammar from @actions/expressions, three-valued meaning here.
import { Lexer, Parser } from '@actions/expressions';
import type { Hole, Truth, Value } from '../model/value.ts';
import { both, hole, isKnown, join, known, not, prefix, suffix, text } from '../value.ts';
import {
  agreed,
  choiceDatum,
  containsText,
  type Datum,
  equals,
  jsonDatum,
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

/** What an expression can see at its place. */
export type Scope = {
  /** Contexts by lower-case name: github, env, inputs, … */
  readonly contexts: ReadonlyMap<string, Datum>;
  /** What `success()` and its like answer here. */
  readonly status: { readonly success: Truth; readonly failure: Truth; readonly cancelled: Truth };
};

type Token = { readonly type: number; readonly lexeme: string };
/** The tree of @actions/expressions by shape: its classes are not exported. */
type Tree = {
  readonly literal?: { readonly kind: number; readonly value?: unknown };
  readonly operator?: Token;
  readonly expr?: Tree;
  readonly left?: Tree;
  readonly right?: Tree;
  readonly args?: readonly Tree[];
  readonly functionName?: Token;
  readonly group?: Tree;
  readonly name?: Token;
  readonly index?: Tree;
};

const CONTEXTS = [
  'github',
  'env',
  'vars',
  'secrets',
  'inputs',
  'matrix',
  'needs',
  'steps',
  'strategy',
  'runner',
  'job',
  'jobs',
];
const STATUS_FUNCTIONS = ['success', 'failure', 'always', 'cancelled'];
const FUNCTIONS = [
  ...STATUS_FUNCTIONS.map((name) => ({ name, minArgs: 0, maxArgs: 0 })),
  { name: 'hashfiles', minArgs: 1, maxArgs: 255 },
];

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

export function usesStatus(condition: string): boolean {
  return /\b(success|failure|always|cancelled)\s*\(/i.test(condition);
}

type TemplatePart = {
  readonly kind: 'text' | 'expression';
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

/** Cuts a text into plain parts and `${{ }}` contents; quotes inside an expression may hold `}}`. */
export function templateParts(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('${{', at);
    const close = open === -1 ? -1 : expressionEnd(template, open + 3);
    if (open === -1 || close === -1) {
      parts.push({ kind: 'text', text: template.slice(at), start: at, end: template.length });
      break;
    }
    if (open > at) parts.push({ kind: 'text', text: template.slice(at, open), start: at, end: open });
    parts.push({ kind: 'expression', text: template.slice(open + 3, close), start: open, end: close + 2 });
    at = close + 2;
  }
  return parts;
}

/** The `${{ }}` of a text as written, braces included. */
export function evaluatedParts(template: string): readonly string[] {
  if (!template.includes('${{')) return [];
  return templateParts(template).flatMap((part) =>
    part.kind === 'expression' ? [template.slice(part.start, part.end)] : [],
  );
}

function expressionEnd(template: string, from: number): number {
  let quoted = false;
  for (let at = from; at < template.length; at += 1) {
    const character = template[at];
    if (character === "'") quoted = !quoted;
    else if (!quoted && character === '}' && template[at + 1] === '}') return at;
  }
  return -1;
}

function parse(expression: string): Tree | null {
  try {
    const tree: unknown = new Parser(new Lexer(expression).lex().tokens, CONTEXTS, FUNCTIONS).parse();
    // An empty expression has no tree at all.
    return (tree as Tree | undefined) ?? null;
  } catch {
    return null;
  }
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

function isStar(tree: Tree): boolean {
  return Object.keys(tree).length === 0;
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

function contains(search: Datum, item: Datum): Truth {
  if (search.kind === 'choice') return agreed(search.options.map((option) => contains(option, item)));
  if (item.kind === 'choice') return agreed(item.options.map((option) => contains(search, option)));
  if (search.kind === 'unknown' || item.kind === 'unknown') return 'unknown';
  if (search.kind === 'list') {
    const outcomes = search.items.map((element) => equals(element, item));
    if (outcomes.includes('yes')) return 'yes';
    return outcomes.includes('unknown') ? 'unknown' : 'no';
  }
  return search.kind === 'record' ? 'no' : containsText(printedValue(search), printedValue(item));
}

function overTexts(left: Datum, right: Datum, decide: (left: Value, right: Value) => Truth): Truth {
  if (left.kind === 'choice') return agreed(left.options.map((option) => overTexts(option, right, decide)));
  if (right.kind === 'choice') return agreed(right.options.map((option) => overTexts(left, option, decide)));
  return decide(lowered(printedValue(left)), lowered(printedValue(right)));
}

function startsWith(subject: Value, start: Value): Truth {
  const wanted = known(start);
  if (wanted === null) return 'unknown';
  const sure = prefix(subject);
  if (sure.startsWith(wanted)) return 'yes';
  return isKnown(subject) || !wanted.startsWith(sure) ? 'no' : 'unknown';
}

function endsWith(subject: Value, end: Value): Truth {
  const wanted = known(end);
  if (wanted === null) return 'unknown';
  const sure = suffix(subject);
  if (sure.endsWith(wanted)) return 'yes';
  return isKnown(subject) || !wanted.endsWith(sure) ? 'no' : 'unknown';
}

function formatted(args: readonly Datum[], expression: string): Datum {
  const pattern = known(printedValue(args[0] ?? NULL));
  if (pattern === null) return textDatum(hole(expression, 'its pattern is decided at run time'));
  const pieces = pattern.split(/(\{\{|\}\}|\{\d{1,3}\})/).map((piece): Value | string => {
    if (piece === '{{') return '{';
    if (piece === '}}') return '}';
    const index = /^\{(\d+)\}$/.exec(piece)?.[1];
    return index === undefined ? piece : printedValue(args[Number(index) + 1] ?? NULL);
  });
  return textDatum(join(pieces));
}

function joined(list: Datum, separator: Value, expression: string): Datum {
  if (list.kind === 'list') {
    return textDatum(
      join(
        list.items.flatMap((item, index) =>
          index === 0 ? [printedValue(item)] : [separator, printedValue(item)],
        ),
      ),
    );
  }
  if (list.kind === 'unknown' || list.kind === 'choice' || list.kind === 'record') {
    return textDatum(hole(expression, 'its items are decided at run time'));
  }
  return textDatum(printedValue(list));
}

function parsed(json: Datum, expression: string): Datum {
  if (json.kind === 'choice') {
    return choiceDatum(
      json.options.map((option) => parsed(option, expression)),
      { expression, why: json.hole.why },
    );
  }
  const value = printedValue(json);
  const content = known(value);
  if (content !== null) return jsonDatum(content) ?? unknownDatum(expression, 'it is not valid JSON');
  const [only] = value;
  return unknownDatum(expression, typeof only === 'object' ? only.why : 'its JSON is made at run time');
}

/** `case(condition, value, …, otherwise)`. */
function chosen(args: readonly Datum[], expression: string): Datum {
  const outcomes: Datum[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    const truth = truthOf(args[at] ?? NULL);
    if (truth !== 'no') outcomes.push(args[at + 1] ?? NULL);
    if (truth === 'yes')
      return choiceDatum(outcomes, { expression, why: 'its condition is decided at run time' });
  }
  outcomes.push(args.at(-1) ?? NULL);
  return choiceDatum(outcomes, { expression, why: 'its condition is decided at run time' });
}

/** The expression in a canonical form: one space around operators, names as written. */
function print(tree: Tree): string {
  if (tree.group !== undefined) return `(${print(tree.group)})`;
  if (tree.literal !== undefined) return printLiteral(tree.literal.value);
  if (tree.functionName !== undefined)
    return `${tree.functionName.lexeme}(${(tree.args ?? []).map(print).join(', ')})`;
  if (tree.index !== undefined && tree.expr !== undefined) {
    const key = tree.index.literal?.value;
    if (isStar(tree.index)) return `${print(tree.expr)}.*`;
    return typeof key === 'string' && /^[A-Za-z_][\w-]*$/.test(key)
      ? `${print(tree.expr)}.${key}`
      : `${print(tree.expr)}[${print(tree.index)}]`;
  }
  if (tree.args !== undefined) return tree.args.map(print).join(` ${tree.operator?.lexeme ?? ''} `);
  if (tree.left !== undefined && tree.right !== undefined) {
    return `${print(tree.left)} ${tree.operator?.lexeme ?? ''} ${print(tree.right)}`;
  }
  if (tree.expr !== undefined) return `!${print(tree.expr)}`;
  return tree.name?.lexeme ?? '';
}

function printLiteral(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return value === undefined || value === null ? 'null' : String(value);
}
