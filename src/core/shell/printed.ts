// What well-known commands print, as far as their words and input are known.
import type { Value } from '../model/value.ts';
import { equal, join, known, mapKnown, text } from '../value.ts';
import { unescapeText } from './escapes.ts';
import { printColumn, printCut, printLines, printSubstituted, printTranslated } from './filters.ts';
import { remove } from './parameter.ts';
import { withoutTrailing } from './trailing.ts';

/** Output on stdout; null when it can't be told. `words` without the command's name. */
export type Printer = (words: readonly Value[], stdin: Value | null) => Value | null;

const PRINTERS: Readonly<Record<string, Printer>> = {
  echo: printEcho,
  printf: printFormatted,
  basename: printBasename,
  dirname: printDirname,
  cat: (words, stdin) => (words.length === 0 || (words.length === 1 && isText(words[0], '-')) ? stdin : null),
  seq: printSequence,
  tee: (_, stdin) => stdin,
  base64: printDecoded,
  tr: printTranslated,
  cut: printCut,
  head: (words, stdin) => printLines(words, stdin, (lines, count) => lines.slice(0, count)),
  tail: (words, stdin) => printLines(words, stdin, (lines, count) => lines.slice(-count)),
  sed: printSubstituted,
  awk: printColumn,
  xargs: (words, stdin) =>
    words.length === 0 && stdin !== null
      ? mapKnown(stdin, (content) => `${content.trim().split(/\s+/).join(' ')}\n`)
      : null,
};

export function printerFor(name: string): Printer | null {
  return Object.hasOwn(PRINTERS, name) ? (PRINTERS[name] ?? null) : null;
}

function isText(value: Value | undefined, content: string): boolean {
  return value !== undefined && known(value) === content;
}

function printEcho(words: readonly Value[]): Value {
  let at = 0;
  let newline = true;
  let escapes = false;
  for (; at < words.length; at += 1) {
    const flag = known(words[at] ?? []);
    if (flag === null || !/^-[neE]+$/.test(flag)) break;
    if (flag.includes('n')) newline = false;
    if (flag.includes('e')) escapes = true;
  }
  const line = spaced(words.slice(at));
  return join([
    escapes ? line.map((part) => (typeof part === 'string' ? unescapeText(part) : part)) : line,
    newline ? '\n' : '',
  ]);
}

/** `base64 -d` over text that is written out: what it hides is read like any other. */
function printDecoded(words: readonly Value[], stdin: Value | null): Value | null {
  const [only, ...others] = words;
  if (stdin === null || others.length > 0 || !/^(-d|-D|--decode)$/.test(known(only ?? []) ?? '')) return null;
  const given = known(stdin)?.replace(/\s/g, '') ?? null;
  if (given === null || given.length % 4 !== 0 || !/^[\w+/]*={0,2}$/.test(given) || given.includes('_'))
    return null;
  return text(new TextDecoder().decode(Uint8Array.from(atob(given), (letter) => letter.charCodeAt(0))));
}

function spaced(values: readonly Value[]): Value {
  return join(values.flatMap((value, index): (Value | string)[] => (index === 0 ? [value] : [' ', value])));
}

function printFormatted(words: readonly Value[]): Value | null {
  const [first, ...rest] = words[0] !== undefined && isText(words[0], '--') ? words.slice(1) : words;
  const format = first === undefined ? null : known(first);
  if (format === null) return null;
  const pieces = format.split(/(%%|%-?\d*(?:\.\d+)?[a-zA-Z])/);
  const directives = pieces.filter((piece, index) => index % 2 === 1 && piece !== '%%');
  const parts: (Value | string)[] = [];
  let used = 0;
  do {
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 0) parts.push(unescapeText(piece));
      else if (piece === '%%') parts.push('%');
      else {
        if (!/^%[sbdi]$/.test(piece)) return null;
        const word = rest[used] ?? [];
        parts.push(
          piece === '%b' ? word.map((part) => (typeof part === 'string' ? unescapeText(part) : part)) : word,
        );
        used += 1;
      }
    }
  } while (directives.length > 0 && used < rest.length);
  return join(parts);
}

/** Numbers of a sequence that is short enough to go through. */
const MAX_SEQUENCE = 64;

/** `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST` on whole numbers. */
function printSequence(words: readonly Value[]): Value | null {
  const numbers = words.map((word) => known(word) ?? '');
  if (numbers.length < 1 || numbers.length > 3 || !numbers.every((one) => /^-?\d{1,6}$/.test(one)))
    return null;
  const last = Number(numbers.at(-1));
  const first = numbers.length > 1 ? Number(numbers[0]) : 1;
  const by = numbers.length > 2 ? Number(numbers[1]) : 1;
  if (by === 0 || Math.floor((last - first) / by) >= MAX_SEQUENCE) return null;
  const made: number[] = [];
  for (let one = first; by > 0 ? one <= last : one >= last; one += by) made.push(one);
  return text(made.map((one) => `${one}\n`).join(''));
}

function printBasename(words: readonly Value[]): Value | null {
  const [path, ending] = words;
  if (path === undefined || words.length > 2) return null;
  const whole = mapKnown(path, (content) => withoutTrailing(content, '/') || content.slice(0, 1)) ?? path;
  const base = remove(whole, '##', '*/', '');
  const cut = ending === undefined ? base : remove(base, '%', known(ending), '');
  return usable(cut) ? join([cut, '\n']) : null;
}

function printDirname(words: readonly Value[]): Value | null {
  const [path] = words;
  if (path === undefined || words.length !== 1) return null;
  const content = known(path);
  if (content !== null) {
    const slash = withoutTrailing(content, '/').lastIndexOf('/');
    return text(`${slash < 0 ? '.' : slash === 0 ? '/' : content.slice(0, slash)}\n`);
  }
  const folder = remove(path, '%', '/*', '');
  return usable(folder) && equal(folder, path) !== 'yes' ? join([folder, '\n']) : null;
}

// Operations that can't be done leave a hole without a name here.
function usable(value: Value): boolean {
  return value.every((part) => typeof part === 'string' || part.expression !== '');
}
