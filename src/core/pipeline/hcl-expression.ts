// HCL expressions: their syntax tree, and the text of one → the tree.
// https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md

import { DEPTH_LIMIT, type HclReader, matchAt, skipBlank, skipSpace, takeName, takes } from './hcl-reader.ts';
import { readHeredoc, readQuoted } from './hcl-template.ts';

type Shape =
  | { readonly kind: 'template'; readonly parts: readonly (string | HclExpression)[] }
  | { readonly kind: 'literal'; readonly value: number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly HclExpression[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [HclExpression, HclExpression])[] }
  | { readonly kind: 'index'; readonly of: HclExpression; readonly key: HclExpression }
  /** `a[*].b`: what follows is applied to each item, to `EACH` in it. */
  | { readonly kind: 'splat'; readonly of: HclExpression; readonly each: HclExpression }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly HclExpression[];
      /** The last argument is a list of arguments: `f(a...)`. */
      readonly isSpread: boolean;
    }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: HclExpression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: HclExpression;
      readonly right: HclExpression;
    }
  | {
      readonly kind: 'condition';
      readonly test: HclExpression;
      readonly yes: HclExpression;
      readonly no: HclExpression;
    }
  | HclLoop;

export type HclLoop = {
  readonly kind: 'for';
  /** `text`: a loop of a template, whose rounds are joined. */
  readonly makes: 'list' | 'object' | 'text';
  readonly key: string | null;
  readonly value: string;
  readonly collection: HclExpression;
  readonly resultKey: HclExpression | null;
  readonly result: HclExpression;
  readonly only: HclExpression | null;
  readonly isGrouped: boolean;
};

/** `text` is what the author wrote. */
export type HclExpression = Shape & { readonly text: string };

/** The name that stands for one item in the `each` of a splat: no author can write it. */
export const EACH = '*';

export function shaped(reader: HclReader, start: number, shape: Shape): HclExpression {
  return { ...shape, text: reader.source.slice(start, reader.at).trim() };
}

export function failed(reader: HclReader): HclExpression {
  reader.broken = true;
  return { kind: 'literal', value: null, text: '' };
}

function expects(reader: HclReader, mark: string): void {
  if (!takes(reader, mark)) reader.broken = true;
}

export function readExpression(reader: HclReader): HclExpression {
  reader.depth += 1;
  const start = reader.at;
  const test = reader.depth > DEPTH_LIMIT ? failed(reader) : readBinary(reader, 0);
  let found = test;
  if (!reader.broken && takes(reader, '?')) {
    // Between the branches a line may end inside brackets only, which `nested` knows.
    const yes = readExpression(reader);
    expects(reader, ':');
    const no = readExpression(reader);
    found = shaped(reader, start, { kind: 'condition', test, yes, no });
  }
  reader.depth -= 1;
  return found;
}

const OPERATORS = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
] as const;

function readBinary(reader: HclReader, level: number): HclExpression {
  const operators = OPERATORS[level];
  if (operators === undefined) return readUnary(reader);
  const start = reader.at;
  let left = readBinary(reader, level + 1);
  for (;;) {
    if (reader.broken) return left;
    skipSpace(reader);
    const operator = operators.find(
      (one) => reader.source.startsWith(one, reader.at) && !reader.source.startsWith('=>', reader.at),
    );
    // A `%{` here is the next directive of the template around.
    if (operator === undefined || (operator === '%' && reader.source[reader.at + 1] === '{')) return left;
    reader.at += operator.length;
    const right = readBinary(reader, level + 1);
    left = shaped(reader, start, { kind: 'binary', operator, left, right });
  }
}

function readUnary(reader: HclReader): HclExpression {
  skipSpace(reader);
  const start = reader.at;
  const operator = reader.source[start];
  if ((operator === '!' && reader.source[start + 1] !== '=') || operator === '-') {
    reader.at += 1;
    reader.depth += 1;
    const operand = reader.depth > DEPTH_LIMIT ? failed(reader) : readUnary(reader);
    reader.depth -= 1;
    return shaped(reader, start, { kind: 'unary', operator, operand });
  }
  const term = readTerm(reader);
  return readSteps(reader, start, term);
}

/** `.name`, `[key]`, `.*`, `[*]` behind a term. */
function readSteps(reader: HclReader, start: number, term: HclExpression): HclExpression {
  let found = term;
  for (;;) {
    if (reader.broken) return found;
    const splat = matchAt(reader, /\.\*(?!\.?\*)|\[\*\]/y);
    if (splat !== null) {
      const rest: HclExpression = { kind: 'name', name: EACH, text: EACH };
      const each = readSteps(reader, reader.at, rest);
      return shaped(reader, start, { kind: 'splat', of: found, each });
    }
    const attribute = matchAt(reader, /\.([A-Za-z_][\w-]*|\d+)/y)?.[1];
    if (attribute !== undefined) {
      found = shaped(reader, start, { kind: 'index', of: found, key: fixedText(attribute) });
      continue;
    }
    if (reader.source[reader.at] !== '[') return found;
    reader.at += 1;
    const key = nested(reader, () => readExpression(reader));
    expects(reader, ']');
    found = shaped(reader, start, { kind: 'index', of: found, key });
  }
}

export function fixedText(content: string): HclExpression {
  return { kind: 'template', parts: content === '' ? [] : [content], text: content };
}

/** Reads something in brackets; what stands before the closing one is passed over. */
export function nested<T>(reader: HclReader, read: () => T): T {
  const before = reader.nested;
  reader.nested = before + 1;
  const found = read();
  skipBlank(reader);
  reader.nested = before;
  return found;
}

function readTerm(reader: HclReader): HclExpression {
  const start = reader.at;
  const next = reader.source[start];
  if (next === '"') return readQuoted(reader);
  if (next === '(') {
    reader.at += 1;
    const inner = nested(reader, () => readExpression(reader));
    expects(reader, ')');
    return { ...inner, text: reader.source.slice(start, reader.at) };
  }
  if (next === '[') return readList(reader);
  if (next === '{') return readObject(reader);
  if (reader.source.startsWith('<<', start)) return readHeredoc(reader);
  const number = matchAt(reader, /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y)?.[0];
  if (number !== undefined) return shaped(reader, start, { kind: 'literal', value: Number(number) });
  const name = takeName(reader);
  if (name === null) return failed(reader);
  if (reader.source[reader.at] === '(') return readCall(reader, start, name);
  if (name === 'true' || name === 'false')
    return shaped(reader, start, { kind: 'literal', value: name === 'true' });
  if (name === 'null') return shaped(reader, start, { kind: 'literal', value: null });
  return shaped(reader, start, { kind: 'name', name });
}

function readCall(reader: HclReader, start: number, name: string): HclExpression {
  reader.at += 1;
  const args: HclExpression[] = [];
  let isSpread = false;
  nested(reader, () => {
    for (;;) {
      skipSpace(reader);
      if (reader.broken || reader.source[reader.at] === ')') return;
      args.push(readExpression(reader));
      isSpread = takes(reader, '...');
      if (!takes(reader, ',')) return;
    }
  });
  expects(reader, ')');
  return shaped(reader, start, { kind: 'call', name, args, isSpread });
}

function readList(reader: HclReader): HclExpression {
  const start = reader.at;
  reader.at += 1;
  const items: HclExpression[] = [];
  const loop = nested(reader, () => {
    skipSpace(reader);
    if (isLoop(reader)) return readLoop(reader, 'list');
    for (;;) {
      skipSpace(reader);
      if (reader.broken || reader.source[reader.at] === ']') return null;
      items.push(readExpression(reader));
      if (!takes(reader, ',')) return null;
    }
  });
  expects(reader, ']');
  return shaped(reader, start, loop ?? { kind: 'list', items });
}

function readObject(reader: HclReader): HclExpression {
  const start = reader.at;
  reader.at += 1;
  skipBlank(reader);
  if (isLoop(reader)) {
    const loop = nested(reader, () => readLoop(reader, 'object'));
    expects(reader, '}');
    return shaped(reader, start, loop);
  }
  const before = reader.nested;
  // Line ends part the fields, whatever stands around the braces.
  reader.nested = 0;
  const fields: (readonly [HclExpression, HclExpression])[] = [];
  for (;;) {
    skipBlank(reader);
    if (reader.broken || reader.source[reader.at] === '}') break;
    const written = readExpression(reader);
    const key = written.kind === 'name' ? fixedText(written.name) : written;
    if (!takes(reader, '=') && !takes(reader, ':')) reader.broken = true;
    fields.push([key, readExpression(reader)]);
    takes(reader, ',');
  }
  reader.nested = before;
  if (reader.source[reader.at] === '}') reader.at += 1;
  else reader.broken = true;
  return shaped(reader, start, { kind: 'object', fields });
}

export function isLoop(reader: HclReader): boolean {
  return /^for\s/.test(reader.source.slice(reader.at, reader.at + 4));
}

/** `for k, v in list : key => value if condition`, behind its bracket. */
function readLoop(reader: HclReader, makes: 'list' | 'object'): HclLoop {
  const head = readLoopHead(reader);
  expects(reader, ':');
  const first = readExpression(reader);
  const resultKey = makes === 'object' ? first : null;
  if (resultKey !== null) expects(reader, '=>');
  const result = resultKey === null ? first : readExpression(reader);
  const isGrouped = takes(reader, '...');
  skipSpace(reader);
  const only = matchAt(reader, /if(?![\w-])/y) === null ? null : readExpression(reader);
  return { kind: 'for', makes, ...head, resultKey, result, only, isGrouped };
}

export function readLoopHead(reader: HclReader): Pick<HclLoop, 'key' | 'value' | 'collection'> {
  takeName(reader);
  const first = takeName(reader);
  const second = takes(reader, ',') ? takeName(reader) : null;
  if (takeName(reader) !== 'in' || first === null) reader.broken = true;
  const collection = readExpression(reader);
  return { key: second === null ? null : first, value: second ?? first ?? '', collection };
}
