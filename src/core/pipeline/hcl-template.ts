// Texts of HCL: quoted ones and here-documents, with `${}` and `%{}` in them → the tree of their parts.
import {
  failed,
  type HclExpression,
  type HclLoop,
  isLoop,
  nested,
  readExpression,
  readLoopHead,
  shaped,
} from './hcl-expression.ts';
import {
  DEPTH_LIMIT,
  type HclReader,
  hclReader,
  matchAt,
  skipBlank,
  skipSpace,
  takeName,
  takes,
} from './hcl-reader.ts';

export function readQuoted(reader: HclReader): HclExpression {
  const start = reader.at;
  reader.at += 1;
  const { parts } = readTemplate(reader, '"');
  if (reader.source[reader.at] === '"') reader.at += 1;
  else reader.broken = true;
  return shaped(reader, start, { kind: 'template', parts });
}

export function readHeredoc(reader: HclReader): HclExpression {
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
