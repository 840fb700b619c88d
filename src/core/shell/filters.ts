// Text filters applied to known text: tr, cut, head, tail, sed, awk in their plainest uses.
import type { Value } from '../model/value.ts';
import { inCase, join, known, mapKnown, split, suffix, text } from '../value.ts';
import { unescapeText } from './escapes.ts';

export function printTranslated(words: readonly Value[], stdin: Value | null): Value | null {
  const given = words.map((word) => known(word));
  if (stdin === null || given.some((word) => word === null)) return null;
  const [first, second, third] = given;
  if (first === '-d' && second !== undefined && second !== null && third === undefined) {
    const letters = letterSet(second);
    return letters === null
      ? null
      : mapKnown(stdin, (content) => [...content].filter((letter) => !letters.includes(letter)).join(''));
  }
  if (typeof first !== 'string' || typeof second !== 'string' || first.startsWith('-') || third !== undefined)
    return null;
  const from = letterSet(first);
  const to = letterSet(second);
  if (from === null || to === null || to.length === 0) return null;
  const change = caseChange(from, to);
  if (change !== null) return inCase(stdin, change);
  return mapKnown(stdin, (content) =>
    [...content]
      .map((letter) => (from.includes(letter) ? (to[from.indexOf(letter)] ?? to.at(-1) ?? '') : letter))
      .join(''),
  );
}

/** Whether a translation turns every capital letter into its small one, or the reverse, and nothing else. */
function caseChange(from: readonly string[], to: readonly string[]): ((content: string) => string) | null {
  const changed = new Map(
    from.map((letter, index) => [letter, to[index] ?? to.at(-1) ?? '']).filter(([a, b]) => a !== b) as [
      string,
      string,
    ][],
  );
  if (changed.size !== LOWER.length) return null;
  if ([...LOWER].every((letter) => changed.get(letter.toUpperCase()) === letter)) return smallLetters;
  return [...LOWER].every((letter) => changed.get(letter) === letter.toUpperCase()) ? capitalLetters : null;
}

// `tr` changes bytes: letters beyond ASCII stay as they are.
function smallLetters(content: string): string {
  return content.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function capitalLetters(content: string): string {
  return content.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

function letterSet(written: string): readonly string[] | null {
  const expanded = unescapeText(written)
    .replaceAll('[:upper:]', LOWER.toUpperCase())
    .replaceAll('[:lower:]', LOWER)
    .replaceAll('[:digit:]', DIGITS)
    .replaceAll('[:space:]', ' \t\n\r\v\f');
  if (expanded.includes('[:')) return null;
  return [
    ...expanded.replace(/(\w)-(\w)/g, (whole, first: string, last: string) => range(first, last) ?? whole),
  ];
}

function range(first: string, last: string): string | null {
  const from = first.charCodeAt(0);
  const size = last.charCodeAt(0) - from + 1;
  return size < 1
    ? null
    : Array.from({ length: size }, (_, index) => String.fromCharCode(from + index)).join('');
}

export function printCut(words: readonly Value[], stdin: Value | null): Value | null {
  const given = words.map((word) => known(word) ?? '\uf8f0').join('\uf8f1');
  const delimiter = /(?:^|\uf8f1)-d\uf8f1?([^\uf8f0\uf8f1])(?:\uf8f1|$)/.exec(given)?.[1] ?? '\t';
  const field = /(?:^|\uf8f1)-f\uf8f1?(\d{1,3})(-?)(?:\uf8f1|$)/.exec(given);
  if (stdin === null || field === null) return printCharacters(given, stdin);
  const index = Number(field[1]) - 1;
  const content = known(stdin);
  if (content !== null) {
    return text(
      content
        .split('\n')
        .map((line) => pickField(line.split(delimiter), index, field[2] !== '', delimiter))
        .join('\n'),
    );
  }
  // The first field is known when it ends before the first hole.
  const [first] = split(stdin, delimiter);
  return index === 0 &&
    field[2] === '' &&
    first !== undefined &&
    known(first) !== null &&
    first.length < stdin.length
    ? join([first, '\n'])
    : null;
}

function pickField(fields: readonly string[], index: number, onwards: boolean, delimiter: string): string {
  if (fields.length === 1) return fields[0] ?? '';
  return onwards ? fields.slice(index).join(delimiter) : (fields[index] ?? '');
}

function printCharacters(given: string, stdin: Value | null): Value | null {
  const span = /^-[cb]\uf8f1?(\d{0,4})-?(\d{0,4})$/.exec(given);
  if (span === null || stdin === null) return null;
  const open = given.includes('-', 2);
  const from = Number(span[1] === '' ? 1 : span[1]);
  const to = open ? (span[2] === '' ? Number.MAX_SAFE_INTEGER : Number(span[2])) : from;
  return mapKnown(stdin, (content) =>
    content
      .split('\n')
      .map((line) => line.slice(from - 1, to))
      .join('\n'),
  );
}

export function printLines(
  words: readonly Value[],
  stdin: Value | null,
  pick: (lines: readonly string[], count: number) => readonly string[],
): Value | null {
  const count =
    /^(?:-n)?\s?-?(\d{1,4})$/.exec(words.map((word) => known(word) ?? '?').join(' '))?.[1] ??
    (words.length === 0 ? '10' : null);
  if (count === null || stdin === null) return null;
  return mapKnown(
    stdin,
    (content) => `${pick(content.replace(/\n$/, '').split('\n'), Number(count)).join('\n')}\n`,
  );
}

/** `s/literal/literal/g` and cuts at a literal: patterns of others are never run as regular expressions. */
export function printSubstituted(words: readonly Value[], stdin: Value | null): Value | null {
  const scripts = words
    .map((word) => known(word))
    .filter((word) => word !== '-e' && word !== '-E' && word !== '-r');
  const content = stdin === null ? null : known(stdin);
  if (content === null) return stdin === null ? null : endSubstituted(scripts, stdin);
  if (scripts.length === 0) return null;
  let result = content;
  for (const script of scripts.flatMap((one) => (one === null ? [null] : one.split(';')))) {
    const change = script === null ? null : (literalChange(script) ?? cutAtLiteral(script));
    if (change === null) return null;
    result = result.split('\n').map(change).join('\n');
  }
  return text(result);
}

function literalChange(script: string): ((line: string) => string) | null {
  const match =
    /^\s*s(.)(\^?)((?:(?!\1)[\w\-:@+, /#~]|\\[./])*)(\$?)\1((?:(?!\1)[\w.\-:@+, /#~])*)\1(g?)\s*$/.exec(
      script,
    );
  if (match === null) return null;
  const pattern = (match[3] ?? '').replace(/\\(.)/g, '$1');
  if (pattern === '' && match[2] === '' && match[4] === '') return null;
  return (line) =>
    substituteLine(line, pattern, match[5] ?? '', match[2] !== '', match[4] !== '', match[6] === 'g');
}

/** `s,.*LITERAL,BY,`, `s,.*LITERAL\(.*\),\1,` and `s,LITERAL.*,BY,`: stars take as much as there is. */
function cutAtLiteral(script: string): ((line: string) => string) | null {
  const match =
    /^\s*s(.)(\^?)(\.\*)?((?:(?!\1)[\w\-:@+, /#~]|\\[./])+)((?:\\\(\.\*\\\)|\(\.\*\)|\.\*)\$?)?\1(\\1|(?:(?!\1)[\w.\-:@+, /#~])*)\1\s*$/.exec(
      script,
    );
  if (match === null) return null;
  const [, , anchor, before, written = '', after, by = ''] = match;
  const literal = written.replace(/\\(.)/g, '$1');
  const keepsRest = by === '\\1';
  if (keepsRest !== (after?.includes('(') ?? false)) return null;
  if (before !== undefined) {
    // With a plain star behind it nothing is left; with none, what follows the last literal.
    if (after?.startsWith('.*') === true) return null;
    return (line) => {
      const at = line.lastIndexOf(literal);
      return at < 0 ? line : `${keepsRest ? '' : by}${line.slice(at + literal.length)}`;
    };
  }
  if (after === undefined) return null;
  return (line) => {
    const at = line.indexOf(literal);
    if (at < 0 || (anchor !== '' && at > 0)) return line;
    return line.slice(0, at) + (keepsRest ? line.slice(at + literal.length) : by);
  };
}

/** `s/,$//` on one line that ends in known text, whatever stands before. */
function endSubstituted(scripts: readonly (string | null)[], stdin: Value): Value | null {
  const match = /^s(.)((?:(?!\1)[\w\-:@+, /#~]|\\[./])+)\$\1((?:(?!\1)[\w.\-:@+, /#~])*)\1g?$/.exec(
    scripts.length === 1 ? (scripts[0] ?? '') : '',
  );
  const last = stdin.at(-1);
  if (match === null || typeof last !== 'string') return null;
  const line = last.replace(/\n$/, '');
  const pattern = (match[2] ?? '').replace(/\\(.)/g, '$1');
  const isOneLine = stdin.slice(0, -1).every((part) => typeof part !== 'string' || !part.includes('\n'));
  if (!isOneLine || line.includes('\n') || line.length < pattern.length) return null;
  return join([
    stdin.slice(0, -1),
    substituteLine(line, pattern, match[3] ?? '', false, true, false),
    last.slice(line.length),
  ]);
}

function substituteLine(
  line: string,
  pattern: string,
  by: string,
  atStart: boolean,
  atEnd: boolean,
  every: boolean,
): string {
  if (atStart && atEnd) return line === pattern ? by : line;
  if (atStart) return line.startsWith(pattern) ? by + line.slice(pattern.length) : line;
  if (atEnd) return line.endsWith(pattern) ? line.slice(0, line.length - pattern.length) + by : line;
  if (every) return line.split(pattern).join(by);
  const at = line.indexOf(pattern);
  return at < 0 ? line : line.slice(0, at) + by + line.slice(at + pattern.length);
}

/** `awk '{print $N}'`, with `-F x`, and `awk '{print tolower($0)}'`. */
export function printColumn(words: readonly Value[], stdin: Value | null): Value | null {
  const [program] = words;
  const cased =
    program === undefined || words.length !== 1
      ? null
      : /^\s*\{\s*print\s*\(?\s*(tolower|toupper)\s*\(\s*\$0\s*\)\s*\)?\s*;?\s*\}\s*$/.exec(
          known(program) ?? '',
        );
  if (cased !== null && stdin !== null) {
    const changed = inCase(stdin, cased[1] === 'tolower' ? smallLetters : capitalLetters);
    return suffix(changed).endsWith('\n') ? changed : join([changed, '\n']);
  }
  const given = words.map((word) => known(word) ?? '\uf8f0').join('\uf8f1');
  const match = /^(?:-F\uf8f1?([^\uf8f0\uf8f1[\]\\])\uf8f1)?\s*\{\s*print\s+\$(\d{1,2})\s*;?\s*\}\s*$/.exec(
    given,
  );
  const content = stdin === null ? null : known(stdin);
  if (match === null || content === null) return null;
  const column = Number(match[2]);
  const lines = content.replace(/\n$/, '').split('\n');
  const cells = lines.map((line) => {
    const fields = match[1] === undefined ? line.trim().split(/\s+/) : line.split(match[1]);
    return column === 0 ? line : (fields[column - 1] ?? '');
  });
  return text(`${cells.join('\n')}\n`);
}
