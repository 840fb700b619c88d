// HCL expressions: their syntax tree, and the text of one → the tree.
// https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md

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

export type HclReader = {
  readonly source: string;
  at: number;
  broken: boolean;
  /** Brackets around: inside them a line end means nothing. */
  nested: number;
  depth: number;
};

export function hclReader(source: string): HclReader {
  return { source, at: 0, broken: false, nested: 0, depth: 0 };
}

const DEPTH_LIMIT = 60;
const NAME = /[A-Za-z_][\w-]*(?:::[A-Za-z_][\w-]*)*/y;
const SPACE = /(?:[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/y;
const BLANK = /(?:[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/y;

export function matchAt(reader: HclReader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.source);
  if (match !== null) reader.at = pattern.lastIndex;
  return match;
}

export function skipSpace(reader: HclReader): void {
  matchAt(reader, reader.nested > 0 ? BLANK : SPACE);
}

export function skipBlank(reader: HclReader): void {
  matchAt(reader, BLANK);
}

/** Takes a mark if it stands next. */
export function takes(reader: HclReader, mark: string): boolean {
  skipSpace(reader);
  if (!reader.source.startsWith(mark, reader.at)) return false;
  reader.at += mark.length;
  return true;
}

export function takeName(reader: HclReader): string | null {
  skipSpace(reader);
  return matchAt(reader, NAME)?.[0] ?? null;
}

function shaped(reader: HclReader, start: number, shape: Shape): HclExpression {
  return { ...shape, text: reader.source.slice(start, reader.at).trim() };
}

function failed(reader: HclReader): HclExpression {
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
function nested<T>(reader: HclReader, read: () => T): T {
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

function isLoop(reader: HclReader): boolean {
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

function readLoopHead(reader: HclReader): Pick<HclLoop, 'key' | 'value' | 'collection'> {
  takeName(reader);
  const first = takeName(reader);
  const second = takes(reader, ',') ? takeName(reader) : null;
  if (takeName(reader) !== 'in' || first === null) reader.broken = true;
  const collection = readExpression(reader);
  return { key: second === null ? null : first, value: second ?? first ?? '', collection };
}

function readQuoted(reader: HclReader): HclExpression {
  const start = reader.at;
  reader.at += 1;
  const { parts } = readTemplate(reader, '"');
  if (reader.source[reader.at] === '"') reader.at += 1;
  else reader.broken = true;
  return shaped(reader, start, { kind: 'template', parts });
}

function readHeredoc(reader: HclReader): HclExpression {
  const start = reader.at;
  const opening = matchAt(reader, /<<(-?)([A-Za-z_][\w-]*)[ \t]*\r?\n/y);
  if (opening === null) return failed(reader);
  const lines: string[] = [];
  for (;;) {
    const end = reader.source.indexOf('\n', reader.at);
    const line = reader.source.slice(reader.at, end === -1 ? reader.source.length : end);
    if (line.trim() === opening[2]) {
      reader.at += line.length;
      break;
    }
    if (end === -1) return failed(reader);
    lines.push(line.replace(/\r$/, ''));
    reader.at = end + 1;
  }
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const indent = opening[1] === '-' ? indents.reduce((least, one) => Math.min(least, one), 1_000) : 0;
  const inner = hclReader(lines.map((line) => `${line.slice(indent)}\n`).join(''));
  inner.depth = reader.depth;
  const { parts } = readTemplate(inner, null);
  if (inner.broken || inner.at < inner.source.length) reader.broken = true;
  return shaped(reader, start, { kind: 'template', parts });
}

/** A whole text as a template: what JSON files hold. */
export function templateOf(content: string): HclExpression | null {
  const reader = hclReader(content);
  const { parts } = readTemplate(reader, null);
  return reader.broken || reader.at < content.length ? null : { kind: 'template', parts, text: content };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const QUOTED_RUN = /[^"\\$%\n]+/y;
const OPEN_RUN = /[^$%]+/y;

type Directive = 'else' | 'endif' | 'endfor';

/** The parts of a template up to its quote, the end, or the directive that ends its block. */
function readTemplate(
  reader: HclReader,
  quote: '"' | null,
): { readonly parts: readonly (string | HclExpression)[]; readonly ended: Directive | null } {
  const parts: (string | HclExpression)[] = [];
  let trims = false;
  reader.depth += 1;
  const add = (content: string): void => {
    const shown = trims ? content.trimStart() : content;
    if (trims && shown === '') return;
    trims = false;
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + shown;
    else parts.push(shown);
  };
  const trimEnd = (): void => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last.trimEnd();
  };
  const close = (): void => {
    trims = takes(reader, '~');
    if (reader.source[reader.at] === '}') reader.at += 1;
    else reader.broken = true;
  };
  if (reader.depth > DEPTH_LIMIT) reader.broken = true;
  while (!reader.broken && reader.at < reader.source.length) {
    const { source, at } = reader;
    const next = source[at] ?? '';
    if (quote !== null && (next === quote || next === '\n')) break;
    const run = matchAt(reader, quote === null ? OPEN_RUN : QUOTED_RUN)?.[0];
    if (run !== undefined) add(run);
    else if (quote !== null && next === '\\') {
      const unicode = matchAt(reader, /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/y);
      const code = Number.parseInt(unicode?.[1] ?? unicode?.[2] ?? '', 16);
      if (unicode === null) reader.at += 2;
      add(unicode === null ? (ESCAPES[source[at + 1] ?? ''] ?? source.slice(at, at + 2)) : character(code));
    } else if (source.startsWith(`${next}${next}{`, at)) {
      reader.at += 3;
      add(`${next}{`);
    } else if (source[at + 1] !== '{') {
      reader.at += 1;
      add(next);
    } else {
      reader.at += 2;
      if (source[reader.at] === '~') {
        reader.at += 1;
        trimEnd();
      }
      if (next === '$') {
        parts.push(nested(reader, () => readExpression(reader)));
        close();
        continue;
      }
      skipBlank(reader);
      const word = matchAt(reader, /(?:else|endif|endfor)\b/y)?.[0];
      skipBlank(reader);
      if (word !== undefined) {
        close();
        reader.depth -= 1;
        return { parts, ended: word as Directive };
      }
      const block = nested(reader, () => readDirective(reader));
      close();
      const read = readTemplate(reader, quote);
      parts.push(directiveOf(reader, at, quote, block, read));
    }
  }
  reader.depth -= 1;
  return { parts, ended: null };
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

type Block = { readonly test: HclExpression } | Pick<HclLoop, 'key' | 'value' | 'collection'>;

function readDirective(reader: HclReader): Block {
  skipSpace(reader);
  if (isLoop(reader)) return readLoopHead(reader);
  if (takeName(reader) !== 'if') reader.broken = true;
  return { test: readExpression(reader) };
}

function directiveOf(
  reader: HclReader,
  start: number,
  quote: '"' | null,
  block: Block,
  read: ReturnType<typeof readTemplate>,
): HclExpression {
  const body: HclExpression = { kind: 'template', parts: read.parts, text: '' };
  if ('collection' in block) {
    if (read.ended !== 'endfor') reader.broken = true;
    return shaped(reader, start, {
      kind: 'for',
      makes: 'text',
      ...block,
      resultKey: null,
      result: body,
      only: null,
      isGrouped: false,
    });
  }
  const other = read.ended === 'else' ? readTemplate(reader, quote) : null;
  if ((other ?? read).ended !== 'endif') reader.broken = true;
  const no: HclExpression = { kind: 'template', parts: other?.parts ?? [], text: '' };
  return shaped(reader, start, { kind: 'condition', test: block.test, yes: body, no });
}
