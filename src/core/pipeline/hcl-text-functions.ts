// Bake's functions on texts, for texts that are known.
import { known } from '../value.ts';
import { type Datum, textDatum } from './datum.ts';
import { joinedParts, plainRecord, SIZE_LIMIT } from './hcl-values.ts';

type TextFunction = (first: string, second: string, third: string) => string | number | boolean | null;

const FUNCTIONS: Readonly<Record<string, TextFunction>> = {
  basename: (path) =>
    path
      .replace(/(?<!\/)\/+$/, '')
      .split('/')
      .at(-1) ?? '',
  dirname: (path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.'),
  chomp: (content) => content.replace(/(?<![\r\n])[\r\n]+$/, ''),
  replace: (content, from, to) => replaced(content, from, to),
  reverse: (content) => [...content].reverse().join(''),
  strlen: (content) => [...content].length,
  title: (content) =>
    content.replace(/(^|\s)(\S)/g, (_, space: string, letter: string) => space + letter.toUpperCase()),
  trim: (content, cut) => trimmed(content, cut),
  trimprefix: (content, start) => (content.startsWith(start) ? content.slice(start.length) : content),
  trimspace: (content) => content.trim(),
  trimsuffix: (content, end) =>
    end !== '' && content.endsWith(end) ? content.slice(0, -end.length) : content,
  urlencode: (content) =>
    encodeURIComponent(content.toWellFormed())
      .replace(/%20/g, '+')
      .replace(/[!'()*]/g, percent),
  regex_replace: (content, pattern, replacement) => regexReplaced(content, pattern, replacement),
  semvercmp: (version, range) => semver(version, range),
};

/** Null where the result would be too long. */
function replaced(content: string, from: string, to: string): string | null {
  const pieces = content.split(from);
  return content.length + pieces.length * to.length > SIZE_LIMIT ? null : pieces.join(to);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Null: not one of these, or its arguments are not known. */
export function callTextFunction(name: string, args: readonly Datum[]): Datum | null {
  const texts = args.map(knownText);
  const [first = null, second = '', third = ''] = texts;
  if (name === 'format') return formatted(args);
  if (first === null || second === null || third === null) return null;
  if (name === 'substr') return substring(first, Number(second), Number(third));
  if (name === 'regex' || name === 'regexall') return found(name, first, second);
  const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  const result = apply?.(first, second, third) ?? null;
  if (result === null) return null;
  if (typeof result === 'number') return { kind: 'number', value: result };
  return typeof result === 'boolean'
    ? { kind: 'boolean', truth: result ? 'yes' : 'no', hole: null }
    : textDatum(result);
}

function knownText(arg: Datum): string | null {
  if (arg.kind === 'list' || arg.kind === 'record') return null;
  const joined = joinedParts([arg]);
  return joined.kind === 'text' ? known(joined.value) : null;
}

function trimmed(content: string, cut: string): string {
  let [start, end] = [0, content.length];
  while (start < end && cut.includes(content[start] ?? '')) start += 1;
  while (end > start && cut.includes(content[end - 1] ?? '')) end -= 1;
  return content.slice(start, end);
}

function substring(content: string, offset: number, length: number): Datum | null {
  if (!Number.isInteger(offset) || !Number.isInteger(length)) return null;
  const all = [...content];
  const start = offset < 0 ? Math.max(0, all.length + offset) : offset;
  return textDatum(all.slice(start, length < 0 ? undefined : start + length).join(''));
}

/** `%s`, `%d`, `%v` and `%%`; widths and other verbs are not carried out. */
function formatted([pattern, ...args]: readonly Datum[]): Datum | null {
  const content = pattern === undefined ? null : knownText(pattern);
  if (content === null) return null;
  let next = 0;
  const parts: Datum[] = [];
  for (const piece of content.split(/(%[sdv%])/)) {
    if (piece === '%%') parts.push(textDatum('%'));
    else if (/^%[sdv]$/.test(piece)) {
      const arg = args[next];
      if (arg === undefined || arg.kind === 'list' || arg.kind === 'record') return null;
      parts.push(arg);
      next += 1;
    } else if (piece.includes('%')) return null;
    else parts.push(textDatum(piece));
  }
  return joinedParts(parts);
}

/** Longest pattern and subject that are matched. */
const MATCH_LIMIT = 256;

/**
 * Patterns come from the repository: those that could take exponential time (a repeated group, a back reference, many
 * repetitions), and RE2's own spellings, are not carried out.
 */
function safePattern(pattern: string, subject: string): RegExp | null {
  if (pattern.length > MATCH_LIMIT || subject.length > MATCH_LIMIT) return null;
  if (/\)[*+{?]|\\[1-9pPzACQ]|\(\?[^:]|\[\[:|([*+}?].*){4}/.test(pattern)) return null;
  try {
    return new RegExp(pattern, 'g');
  } catch {
    return null;
  }
}

function regexReplaced(content: string, pattern: string, replacement: string): string | null {
  const expression = replacement.length > MATCH_LIMIT ? null : safePattern(pattern, content);
  return (
    expression &&
    content.replace(expression, (...matched: readonly unknown[]) =>
      replacement.replace(/\$(?:\{(\w+)\}|(\w+)|\$)/g, (mark, braced?: string, bare?: string) => {
        if (mark === '$$') return '$';
        const at = Number(braced ?? bare);
        const group = Number.isInteger(at) ? matched[at] : '';
        return typeof group === 'string' ? group : '';
      }),
    )
  );
}

/** Without groups its text, with groups their list, with named ones an object. */
function found(name: string, pattern: string, content: string): Datum | null {
  const expression = safePattern(pattern, content);
  if (expression === null) return null;
  const matches = [...content.matchAll(expression)].map((match): Datum => {
    const [whole, ...groups] = match;
    if (match.groups !== undefined)
      return plainRecord(
        new Map(Object.entries(match.groups).map(([key, one]) => [key, textDatum(one ?? '')])),
      );
    if (groups.length === 0) return textDatum(whole);
    return { kind: 'list', items: groups.map((group) => textDatum(group ?? '')) };
  });
  return name === 'regexall' ? { kind: 'list', items: matches } : (matches[0] ?? null);
}

/** `>= 1.2.3` and the like for whole versions; ranges of several parts are not carried out. */
function semver(version: string, range: string): boolean | null {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version.trim());
  const wanted = /^(=|!=|>=|<=|>|<)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(range.trim());
  if (parts === null || wanted === null) return null;
  const order =
    [1, 2, 3]
      .map((at) => Number(parts[at]) - Number(wanted[at + 1] ?? 0))
      .find((difference) => difference !== 0) ?? 0;
  switch (wanted[1] ?? '=') {
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '!=':
      return order !== 0;
    default:
      return wanted[4] === undefined ? null : order === 0;
  }
}
