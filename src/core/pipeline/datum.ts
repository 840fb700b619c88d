// Values of GitHub expressions as far as they are known: the domain on which conditions are decided.
import type { Hole, Truth, Value } from '../model/value.ts';
import { EMPTY, equal, format, hole, isKnown, join, known, literalLength, text } from '../value.ts';
import { alternatives } from './alternatives.ts';

export type Datum =
  /** A text, perhaps with holes. */
  | { readonly kind: 'text'; readonly value: Value }
  | { readonly kind: 'number'; readonly value: number }
  /** `unknown` keeps the expression that decides it. */
  | { readonly kind: 'boolean'; readonly truth: Truth; readonly hole: Hole | null }
  | { readonly kind: 'null' }
  | { readonly kind: 'list'; readonly items: readonly Datum[] }
  /** `others`: null when other keys are surely absent, otherwise why they can't be known. */
  | { readonly kind: 'record'; readonly entries: ReadonlyMap<string, Datum>; readonly others: string | null }
  /** One of these, decided at run time by `hole`. Never nested, at least two. */
  | { readonly kind: 'choice'; readonly options: readonly Datum[]; readonly hole: Hole }
  /** Anything at all. */
  | { readonly kind: 'unknown'; readonly hole: Hole };

/** Alternatives that are kept apart; more become unknown. */
const CHOICE_LIMIT = 24;

export const NULL: Datum = { kind: 'null' };
const YES: Datum = { kind: 'boolean', truth: 'yes', hole: null };
const NO: Datum = { kind: 'boolean', truth: 'no', hole: null };

export function textDatum(value: Value | string): Datum {
  return { kind: 'text', value: typeof value === 'string' ? text(value) : value };
}

export function truthDatum(truth: Truth, expression: string, why = 'it depends on the run'): Datum {
  if (truth !== 'unknown') return truth === 'yes' ? YES : NO;
  return { kind: 'boolean', truth, hole: { expression, why } };
}

export function unknownDatum(expression: string, why: string): Datum {
  return { kind: 'unknown', hole: { expression, why } };
}

export function recordDatum(
  entries: Iterable<readonly [string, Datum]>,
  others: string | null = null,
): Datum {
  return {
    kind: 'record',
    entries: new Map([...entries].map(([key, value]) => [key.toLowerCase(), value])),
    others,
  };
}

/** One of several; equal ones are merged, too many become unknown. */
export function choiceDatum(options: readonly Datum[], decidedBy: Hole): Datum {
  const flat = options.flatMap((option) => (option.kind === 'choice' ? option.options : [option]));
  const distinct = new Map(flat.map((option) => [signature(option), option]));
  const [only] = distinct.values();
  if (distinct.size === 1 && only !== undefined) return only;
  if (distinct.size === 0 || distinct.size > CHOICE_LIMIT) return { kind: 'unknown', hole: decidedBy };
  if (flat.some((option) => option.kind === 'unknown')) return { kind: 'unknown', hole: decidedBy };
  return { kind: 'choice', options: [...distinct.values()], hole: decidedBy };
}

/** Equal signatures mean equal data; used for merging and as a cache key. */
export function signature(datum: Datum): string {
  switch (datum.kind) {
    case 'text':
      return `t${isKnown(datum.value) ? '' : '?'}${format(datum.value)}`;
    case 'number':
      return `n${datum.value}`;
    case 'boolean':
      return datum.truth === 'unknown' ? `b?${datum.hole?.expression}` : `b${datum.truth}`;
    case 'null':
      return '0';
    case 'list':
      return `[${datum.items.map(signature).join('\u0000')}]`;
    case 'record':
      return `{${[...datum.entries].map(([key, value]) => `${key}=${signature(value)}`).join('\u0000')}|${datum.others ?? ''}}`;
    case 'choice':
      return `c(${datum.options.map(signature).join('\u0001')})`;
    case 'unknown':
      return `?${datum.hole.expression}`;
  }
}

export function truthOf(datum: Datum): Truth {
  switch (datum.kind) {
    case 'text':
      if (isKnown(datum.value)) return datum.value.length > 0 ? 'yes' : 'no';
      return literalLength(datum.value) > 0 ? 'yes' : 'unknown';
    case 'number':
      return datum.value !== 0 && !Number.isNaN(datum.value) ? 'yes' : 'no';
    case 'boolean':
      return datum.truth;
    case 'null':
      return 'no';
    case 'list':
    case 'record':
      return 'yes';
    case 'choice':
      return agreed(datum.options.map(truthOf));
    case 'unknown':
      return 'unknown';
  }
}

/** The truth all alternatives share. */
export function agreed(truths: readonly Truth[]): Truth {
  const first = truths[0] ?? 'unknown';
  return truths.every((truth) => truth === first) ? first : 'unknown';
}

/** As GitHub prints it into a text: booleans as words, null as nothing, objects as their kind. */
export function printedValue(datum: Datum): Value {
  switch (datum.kind) {
    case 'text':
      return datum.value;
    case 'number':
      return text(String(datum.value));
    case 'boolean':
      if (datum.truth !== 'unknown') return text(datum.truth === 'yes' ? 'true' : 'false');
      return datum.hole === null ? EMPTY : [datum.hole];
    case 'null':
      return EMPTY;
    case 'list':
      return text('Array');
    case 'record':
      return datum.others === null ? text('Object') : hole('object', datum.others);
    case 'choice':
      return [{ ...datum.hole, choices: datum.options.map(printedValue) }];
    case 'unknown':
      return [datum.hole];
  }
}

/** GitHub's loose equality: same kinds directly, texts without regard to case, different kinds as numbers. */
export function equals(left: Datum, right: Datum): Truth {
  if (left.kind === 'choice') return agreed(left.options.map((option) => equals(option, right)));
  if (right.kind === 'choice') return agreed(right.options.map((option) => equals(left, option)));
  if (left.kind === 'unknown' || right.kind === 'unknown') return 'unknown';
  if (left.kind === 'text' && right.kind === 'text') return equalTexts(left.value, right.value);
  if (left.kind === 'boolean' && right.kind === 'boolean') {
    if (left.truth === 'unknown' || right.truth === 'unknown') return 'unknown';
    return left.truth === right.truth ? 'yes' : 'no';
  }
  if (left.kind === 'null' && right.kind === 'null') return 'yes';
  if (left.kind === 'record' || left.kind === 'list' || right.kind === 'record' || right.kind === 'list') {
    return left.kind === right.kind ? 'unknown' : 'no';
  }
  return equalNumbers(numbersOf(left), numbersOf(right));
}

function equalTexts(left: Value, right: Value): Truth {
  const outcomes = alternatives(left).flatMap((one) =>
    alternatives(right).map((other) => equal(lowered(one), lowered(other))),
  );
  return agreed(outcomes);
}

function equalNumbers(left: readonly number[] | null, right: readonly number[] | null): Truth {
  if (left === null || right === null) return 'unknown';
  const outcomes = left.flatMap((one) => right.map((other): Truth => (one === other ? 'yes' : 'no')));
  return agreed(outcomes);
}

/** The numbers a primitive may be as GitHub coerces it; null when they can't be listed. */
export function numbersOf(datum: Datum): readonly number[] | null {
  switch (datum.kind) {
    case 'number':
      return [datum.value];
    case 'null':
      return [0];
    case 'boolean':
      return datum.truth === 'unknown' ? [0, 1] : [datum.truth === 'yes' ? 1 : 0];
    case 'text': {
      const content = known(datum.value);
      if (content !== null) return [content.trim() === '' ? 0 : Number(content)];
      // A text that surely holds a letter is no number, whatever its holes are.
      return /[g-z]/i.test(datum.value.filter((part) => typeof part === 'string').join(''))
        ? [Number.NaN]
        : null;
    }
    default:
      return null;
  }
}

export function lowered(value: Value): Value {
  return value.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
}

export function propertyOf(datum: Datum, key: Datum, expression: string): Datum {
  if (datum.kind === 'choice') {
    return choiceDatum(
      datum.options.map((option) => propertyOf(option, key, expression)),
      { expression: wrapped(expression), why: datum.hole.why },
    );
  }
  if (datum.kind === 'unknown') return unknownDatum(wrapped(expression), datum.hole.why);
  const name = known(printedValue(key));
  if (datum.kind === 'list') {
    const [index] = numbersOf(key) ?? [];
    return index === undefined || key.kind === 'unknown'
      ? unknownDatum(wrapped(expression), 'its index is decided at run time')
      : (datum.items[index] ?? NULL);
  }
  if (datum.kind !== 'record') return NULL;
  if (name === null) return unknownDatum(wrapped(expression), 'its key is decided at run time');
  const found = datum.entries.get(name.toLowerCase());
  if (found !== undefined) return found;
  return datum.others === null ? NULL : unknownDatum(wrapped(expression), datum.others);
}

export function wrapped(expression: string): string {
  return `\${{ ${expression} }}`;
}

/** Whether `needle` occurs in `haystack`, without regard to case. */
export function containsText(haystack: Value, needle: Value): Truth {
  const inner = known(lowered(needle));
  if (inner === '') return 'yes';
  if (inner === null) return known(haystack) === '' ? 'unknown' : 'unknown';
  if (lowered(haystack).some((part) => typeof part === 'string' && part.includes(inner))) return 'yes';
  return isKnown(haystack) ? 'no' : 'unknown';
}

/** JSON → data; null when it is not JSON. */
export function jsonDatum(content: string): Datum | null {
  try {
    return plainDatum(JSON.parse(content));
  } catch {
    return null;
  }
}

function plainDatum(plain: unknown): Datum {
  if (plain === null || plain === undefined) return NULL;
  if (typeof plain === 'string') return textDatum(plain);
  if (typeof plain === 'number') return { kind: 'number', value: plain };
  if (typeof plain === 'boolean') return plain ? YES : NO;
  if (Array.isArray(plain)) return { kind: 'list', items: plain.map(plainDatum) };
  return recordDatum(
    Object.entries(plain as Record<string, unknown>).map(([key, value]) => [key, plainDatum(value)] as const),
  );
}

/** Data → JSON as GitHub's toJSON prints it; holes stay holes, null when even the shape is unknown. */
export function toJson(datum: Datum): Value | null {
  switch (datum.kind) {
    case 'text': {
      const parts = datum.value.map((part) =>
        typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part,
      );
      return join(['"', parts, '"']);
    }
    case 'null':
      return text('null');
    case 'number':
    case 'boolean':
      return printedValue(datum);
    case 'list': {
      const items = datum.items.map(toJson);
      if (items.some((item) => item === null)) return null;
      return join(['[', ...items.flatMap((item, index) => [index === 0 ? '' : ',', item ?? EMPTY]), ']']);
    }
    case 'record': {
      if (datum.others !== null) return null;
      const fields: (Value | string)[] = [];
      for (const [key, value] of datum.entries) {
        const json = toJson(value);
        if (json === null) return null;
        fields.push(fields.length === 0 ? '' : ',', `${JSON.stringify(key)}:`, json);
      }
      return join(['{', ...fields, '}']);
    }
    case 'choice':
    case 'unknown':
      return null;
  }
}
