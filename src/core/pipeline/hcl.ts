// HCL as bake files use it → blocks and attribute expressions; what it can't read stays out and is said.
import { FILE_LIMIT } from './files.ts';

export type HclExpression =
  | { readonly kind: 'text'; readonly parts: readonly (string | HclExpression)[] }
  | { readonly kind: 'name'; readonly path: string }
  | { readonly kind: 'list'; readonly items: readonly HclExpression[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [string, HclExpression])[] }
  | { readonly kind: 'literal'; readonly value: number | boolean | null }
  /** A call, an operator, a `for`: its text. */
  | { readonly kind: 'other'; readonly text: string };

type HclBlock = {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: ReadonlyMap<string, HclExpression>;
};

export type HclFile = {
  readonly blocks: readonly HclBlock[];
  readonly attributes: ReadonlyMap<string, HclExpression>;
  readonly broken: boolean;
};

type Token = { readonly kind: 'name' | 'text' | 'number' | 'mark' | 'line'; readonly text: string };

const DEPTH_LIMIT = 60;

export function readHcl(source: string): HclFile {
  const tokens = source.length > FILE_LIMIT ? null : tokenize(source);
  if (tokens === null) return { blocks: [], attributes: new Map(), broken: true };
  const reader = { tokens, at: 0, broken: false };
  const blocks: HclBlock[] = [];
  const attributes = readBody(reader, blocks, 0);
  return { blocks, attributes, broken: reader.broken || reader.at < tokens.length };
}

type Reader = { readonly tokens: readonly Token[]; at: number; broken: boolean };

/** Attributes of one body; its blocks are added to `blocks`. */
function readBody(reader: Reader, blocks: HclBlock[], depth: number): ReadonlyMap<string, HclExpression> {
  const attributes = new Map<string, HclExpression>();
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at];
    if (token === undefined || (token.kind === 'mark' && token.text === '}')) break;
    reader.at += 1;
    if (token.kind === 'line') continue;
    if (token.kind !== 'name' || depth > DEPTH_LIMIT) {
      reader.broken = true;
      return attributes;
    }
    if (peek(reader)?.text === '=' && peek(reader)?.kind === 'mark') {
      reader.at += 1;
      attributes.set(token.text, readExpression(reader, depth));
      continue;
    }
    const labels: string[] = [];
    while (peek(reader)?.kind === 'text' || peek(reader)?.kind === 'name')
      labels.push(reader.tokens[reader.at++]?.text ?? '');
    if (peek(reader)?.text !== '{') {
      reader.broken = true;
      return attributes;
    }
    reader.at += 1;
    const inner: HclBlock[] = [];
    const body = readBody(reader, inner, depth + 1);
    if (peek(reader)?.text === '}') reader.at += 1;
    else reader.broken = true;
    blocks.push({ type: token.text, labels, attributes: body });
  }
  return attributes;
}

function peek(reader: Reader): Token | undefined {
  return reader.tokens[reader.at];
}

function skipLines(reader: Reader): void {
  while (peek(reader)?.kind === 'line') reader.at += 1;
}

/** One expression up to the end of its line, a comma or a closing bracket. */
function readExpression(reader: Reader, depth: number): HclExpression {
  const start = reader.at;
  const first = readTerm(reader, depth);
  const next = peek(reader);
  const ended =
    next === undefined ||
    next.kind === 'line' ||
    (next.kind === 'mark' && [',', ']', '}', ')', ':'].includes(next.text));
  return ended ? first : restAsText(reader, start);
}

function readTerm(reader: Reader, depth: number): HclExpression {
  const token = peek(reader);
  if (token === undefined || depth > DEPTH_LIMIT) return { kind: 'other', text: '' };
  reader.at += 1;
  if (token.kind === 'text') return { kind: 'text', parts: templateParts(token.text) };
  if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
  if (token.kind === 'name') {
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'literal', value: null };
    return { kind: 'name', path: token.text };
  }
  if (token.text === '[') return readList(reader, depth + 1);
  if (token.text === '{') return readObject(reader, depth + 1);
  reader.at -= 1;
  return restAsText(reader, reader.at);
}

function readList(reader: Reader, depth: number): HclExpression {
  const start = reader.at - 1;
  const items: HclExpression[] = [];
  for (;;) {
    skipLines(reader);
    const token = peek(reader);
    if (token === undefined) {
      reader.broken = true;
      return { kind: 'list', items };
    }
    if (token.text === ']' && token.kind === 'mark') {
      reader.at += 1;
      return { kind: 'list', items };
    }
    if (token.kind === 'name' && token.text === 'for') {
      reader.at = start;
      return restAsText(reader, start);
    }
    const before = reader.at;
    items.push(readExpression(reader, depth));
    skipLines(reader);
    if (peek(reader)?.text === ',') reader.at += 1;
    else if (reader.at === before) {
      reader.broken = true;
      return { kind: 'list', items };
    }
  }
}

function readObject(reader: Reader, depth: number): HclExpression {
  const fields: (readonly [string, HclExpression])[] = [];
  for (;;) {
    skipLines(reader);
    const key = peek(reader);
    if (key === undefined) {
      reader.broken = true;
      return { kind: 'object', fields };
    }
    reader.at += 1;
    if (key.text === '}' && key.kind === 'mark') return { kind: 'object', fields };
    if (peek(reader)?.text === '=' || peek(reader)?.text === ':') reader.at += 1;
    const before = reader.at;
    fields.push([key.text, readExpression(reader, depth)]);
    skipLines(reader);
    if (peek(reader)?.text === ',') reader.at += 1;
    else if (reader.at === before) {
      reader.broken = true;
      return { kind: 'object', fields };
    }
  }
}

/** What is not a plain term is kept as its text, up to the end of the line outside brackets. */
function restAsText(reader: Reader, start: number): HclExpression {
  let open = 0;
  reader.at = start;
  const words: string[] = [];
  for (;;) {
    const token = peek(reader);
    if (token === undefined) break;
    if (token.kind === 'mark' && '([{'.includes(token.text)) open += 1;
    if (token.kind === 'mark' && ')]}'.includes(token.text)) {
      if (open === 0) break;
      open -= 1;
    }
    if (open === 0 && (token.kind === 'line' || (token.kind === 'mark' && token.text === ','))) break;
    words.push(token.kind === 'text' ? JSON.stringify(token.text) : token.text);
    reader.at += 1;
  }
  return { kind: 'other', text: words.join(' ') };
}

/** `a${b}c` → its parts; `%{…}` stays opaque. */
function templateParts(content: string): readonly (string | HclExpression)[] {
  return content
    .split(/(\$\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part): string | HclExpression => {
      const name = /^\$\{\s*([A-Za-z_][\w.-]*)\s*\}$/.exec(part)?.[1];
      if (name !== undefined) return { kind: 'name', path: name };
      return part.startsWith('${') ? { kind: 'other', text: part } : part;
    });
}

/** Null when a text or comment never ends. */
function tokenize(source: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const pattern =
    /[ \t\r]+|(?<line>\n)|(?<comment>#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|"(?<text>(?:[^"\\$\n]|\\.|\$(?!\{)|\$\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\})*)"|<<-?(?<tag>[A-Za-z_]\w*)\n|(?<number>\d[\d.]*)|(?<name>[A-Za-z_][\w.-]*)|(?<mark>&&|\|\||==|!=|<=|>=|=>|[^\s])/y;
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match === null) return null;
    at = pattern.lastIndex;
    const { groups = {} } = match;
    if (groups.line !== undefined) tokens.push({ kind: 'line', text: '\n' });
    else if (groups.text !== undefined) tokens.push({ kind: 'text', text: unescaped(groups.text) });
    else if (groups.tag !== undefined) {
      const end = source.indexOf(`\n`, at) === -1 ? -1 : heredocEnd(source, at, groups.tag);
      if (end === -1) return null;
      tokens.push({ kind: 'text', text: source.slice(at, end) });
      at = source.indexOf('\n', end + 1) === -1 ? source.length : source.indexOf('\n', end + 1);
    } else if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number });
    else if (groups.name !== undefined) tokens.push({ kind: 'name', text: groups.name });
    else if (groups.mark !== undefined) tokens.push({ kind: 'mark', text: groups.mark });
  }
  return tokens;
}

function heredocEnd(source: string, from: number, tag: string): number {
  for (let at = from - 1; at !== -1; at = source.indexOf('\n', at + 1)) {
    const next = source.indexOf('\n', at + 1);
    if (source.slice(at + 1, next === -1 ? source.length : next).trim() === tag) return at;
  }
  return -1;
}

function unescaped(content: string): string {
  return content.replace(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 't' ? '\t' : character,
  );
}
