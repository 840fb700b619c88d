// The words of a command → options and operands, keeping unknown words unknown.
import type { Truth, Value } from '../model/value.ts';
import { EMPTY, format, known, prefix, text } from '../value.ts';

export type OptionNames = {
  /** Options that take a value, with their dashes: `--tag`, `-t`. */
  readonly values: readonly string[];
  /** Options without a value; a boolean may still be written `--push=false`. */
  readonly switches: readonly string[];
};

export type CommandLine = {
  /** The last value of any of these names; null when none is given. */
  readonly value: (...names: readonly string[]) => Value | null;
  readonly all: (...names: readonly string[]) => readonly Value[];
  /** Whether a switch is on: `unknown` when an unknown word may be it. */
  readonly on: (...names: readonly string[]) => Truth;
  readonly operands: readonly Value[];
  /** Words that start with an unknown part: they may be options, operands, or vanish. */
  readonly uncertain: readonly Value[];
};

export function readCommandLine(words: readonly Value[], names: OptionNames): CommandLine {
  const takesValue = new Set(names.values);
  const found: { readonly name: string; readonly value: Value | null }[] = [];
  const operands: Value[] = [];
  const uncertain: Value[] = [];
  let literal = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? EMPTY;
    const start = prefix(word);
    if (literal || !start.startsWith('-') || start === '-') {
      operands.push(word);
      if (!literal && start === '' && word.length > 0) uncertain.push(word);
      continue;
    }
    if (known(word) === '--') {
      literal = true;
      continue;
    }
    const [name, value] = cutAtEquals(word);
    if (value !== null) found.push({ name, value });
    else if (takesValue.has(name)) {
      at += 1;
      found.push({ name, value: words[at] ?? null });
    } else if (/^-[A-Za-z0-9]./.test(start) && !start.startsWith('--')) {
      at += readBundle(word, words[at + 1] ?? null, takesValue, found);
    } else found.push({ name, value: null });
  }
  const all = (...wanted: readonly string[]) =>
    found.flatMap((option) => (wanted.includes(option.name) && option.value !== null ? [option.value] : []));
  return {
    all,
    value: (...wanted) => all(...wanted).at(-1) ?? null,
    on: (...wanted) => {
      const last = found.filter((option) => wanted.includes(option.name)).at(-1);
      if (last !== undefined) return last.value === null ? 'yes' : booleanOf(last.value);
      return uncertain.some((word) => mayBeOption(word)) ? 'unknown' : 'no';
    },
    operands,
    uncertain,
  };
}

/** `-xzf FILE`: letters in one word; a letter that takes a value takes the rest of the word or the next one. */
function readBundle(
  word: Value,
  next: Value | null,
  takesValue: ReadonlySet<string>,
  found: { name: string; value: Value | null }[],
): 0 | 1 {
  const letters = prefix(word).slice(1);
  for (let index = 0; index < letters.length; index += 1) {
    const name = `-${letters[index]}`;
    if (!takesValue.has(name)) {
      found.push({ name, value: null });
      continue;
    }
    const rest = [...text(letters.slice(index + 1)), ...word.slice(1)];
    if (rest.length > 0) {
      found.push({ name, value: rest });
      return 0;
    }
    found.push({ name, value: next });
    return 1;
  }
  return 0;
}

function cutAtEquals(word: Value): readonly [string, Value | null] {
  const start = prefix(word);
  const at = start.indexOf('=');
  if (at === -1) return [start, null];
  return [start.slice(0, at), [...text(start.slice(at + 1)), ...word.slice(1)]];
}

/** A boolean as tools written in Go and shell read it. */
export function booleanOf(value: Value): Truth {
  const content = known(value)?.trim().toLowerCase();
  if (content === undefined) return 'unknown';
  return ['', 'false', '0', 'no', 'off', 'f', 'n', 'null'].includes(content) ? 'no' : 'yes';
}

/** An unquoted variable of its own may hold `--push`; a text that merely starts with a variable can't. */
function mayBeOption(word: Value): boolean {
  const [only] = word;
  if (word.length !== 1 || typeof only !== 'object') return false;
  return !/^\$\{?\{?\s*(github\.|GITHUB_(SHA|REPOSITORY|REF))/.test(only.expression);
}

/** `a=b,c=d` → its fields; fields without `=` have the value null. Quotes around a field are taken off. */
export function readFields(value: Value): ReadonlyMap<string, Value | null> {
  const fields = new Map<string, Value | null>();
  for (const field of splitOutsideQuotes(value)) {
    const start = prefix(field);
    const at = start.indexOf('=');
    if (at === -1) fields.set(format(field).trim(), null);
    else
      fields.set(start.slice(0, at).trim().toLowerCase(), [...text(start.slice(at + 1)), ...field.slice(1)]);
  }
  return fields;
}

/** Cuts at commas outside double quotes and drops the quotes, as CSV does. */
function splitOutsideQuotes(value: Value): readonly Value[] {
  const fields: Value[] = [];
  let current: Value = EMPTY;
  let quoted = false;
  for (const part of value) {
    if (typeof part !== 'string') {
      current = [...current, part];
      continue;
    }
    let plain = '';
    for (const character of part) {
      if (character === '"') quoted = !quoted;
      else if (character === ',' && !quoted) {
        fields.push([...current, ...text(plain)]);
        current = EMPTY;
        plain = '';
      } else plain += character;
    }
    current = [...current, ...text(plain)];
  }
  return [...fields, current].filter((field) => field.length > 0);
}
