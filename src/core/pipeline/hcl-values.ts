// Values of HCL as far as they are known: texts, truth, numbers, equality and what stands under a key.
import type { Truth, Value } from '../model/value.ts';
import { both, equal, hole, join, known, literalLength } from '../value.ts';
import { agreed, choiceDatum, type Datum, NULL, printedValue, textDatum, unknownDatum } from './datum.ts';

/** Keys as written: HCL minds their case. */
export function plainRecord(entries: ReadonlyMap<string, Datum>, others: string | null = null): Datum {
  return { kind: 'record', entries, others };
}

/** Characters of a text, or of all texts in a list or object, that are kept; longer ones become unknown. */
export const SIZE_LIMIT = 200_000;

/** Parts of a template one after another. */
export function joinedParts(parts: readonly Datum[]): Datum {
  const texts = parts.map(partText);
  const length = texts.reduce((sum, one) => sum + textSize(one), 0);
  if (length > SIZE_LIMIT) return textDatum(hole('…', `the text is longer than ${SIZE_LIMIT} characters`));
  return textDatum(join(texts));
}

/** Parts that are not known count as much as a name. */
function textSize(value: Value): number {
  return literalLength(value) + 16 * value.length;
}

/** Characters and items that a value holds, where it is held more than once counted each time. */
export function sizeOf(datum: Datum, sizes: WeakMap<Datum, number>): number {
  const before = sizes.get(datum);
  if (before !== undefined) return before;
  const inner =
    datum.kind === 'list'
      ? datum.items
      : datum.kind === 'record'
        ? [...datum.entries.values()]
        : datum.kind === 'choice'
          ? datum.options
          : [];
  const own = datum.kind === 'text' ? textSize(datum.value) : 0;
  const size = inner.reduce((sum, one) => sum + sizeOf(one, sizes), own + 1);
  sizes.set(datum, size);
  return size;
}

function partText(datum: Datum): Value {
  if (datum.kind === 'list' || datum.kind === 'record') return hole('…', 'a list or an object is no text');
  return printedValue(datum);
}

/** Texts `true` and `false` count as booleans; other kinds are an error that nobody sees here. */
export function truthOfHcl(datum: Datum): Truth {
  if (datum.kind === 'boolean') return datum.truth;
  if (datum.kind === 'choice') return agreed(datum.options.map(truthOfHcl));
  const content = datum.kind === 'text' ? known(datum.value) : null;
  return content === 'true' || content === '1'
    ? 'yes'
    : content === 'false' || content === '0'
      ? 'no'
      : 'unknown';
}

export function numberOf(datum: Datum): number | null {
  if (datum.kind === 'number') return datum.value;
  const content = datum.kind === 'text' ? known(datum.value) : null;
  return content !== null && /^-?\d+(\.\d+)?$/.test(content) ? Number(content) : null;
}

/** Values of different kinds are never equal. */
export function equalHcl(left: Datum, right: Datum): Truth {
  if (left.kind === 'choice') return agreed(left.options.map((option) => equalHcl(option, right)));
  if (right.kind === 'choice') return agreed(right.options.map((option) => equalHcl(left, option)));
  if (left.kind === 'unknown' || right.kind === 'unknown') return 'unknown';
  if (left.kind === 'text' && right.kind === 'text') {
    return equal(left.value, right.value);
  }
  if (left.kind === 'number' && right.kind === 'number') return left.value === right.value ? 'yes' : 'no';
  if (left.kind === 'boolean' && right.kind === 'boolean')
    return left.truth === 'unknown' || right.truth === 'unknown'
      ? 'unknown'
      : left.truth === right.truth
        ? 'yes'
        : 'no';
  if (left.kind === 'list' && right.kind === 'list')
    return left.items.length === right.items.length
      ? left.items.reduce<Truth>((sum, item, at) => both(sum, equalHcl(item, right.items[at] ?? NULL)), 'yes')
      : 'no';
  if (left.kind === 'record' && right.kind === 'record') return 'unknown';
  return left.kind === right.kind ? 'yes' : 'no';
}

export function indexed(datum: Datum, key: Datum, shown: string): Datum {
  if (datum.kind === 'choice')
    return choiceDatum(
      datum.options.map((option) => indexed(option, key, shown)),
      { expression: shown, why: datum.hole.why },
    );
  if (datum.kind === 'unknown') return unknownDatum(shown, datum.hole.why);
  if (datum.kind === 'list') {
    const at = numberOf(key);
    const item = at === null ? undefined : datum.items[at];
    return item ?? unknownDatum(shown, 'its index is decided at run time or outside the list');
  }
  if (datum.kind !== 'record') return unknownDatum(shown, 'it is no list and no object');
  const name = known(partText(key));
  const found = name === null ? undefined : datum.entries.get(name);
  return found ?? unknownDatum(shown, datum.others ?? 'nothing in sight has this key');
}

/** Keys and values of a list or an object in order; null when they can't be known. */
export function entriesOf(datum: Datum): readonly (readonly [Datum, Datum])[] | null {
  if (datum.kind === 'list')
    return datum.items.map((item, at) => [{ kind: 'number', value: at } as const, item] as const);
  if (datum.kind !== 'record' || datum.others !== null) return null;
  return [...datum.entries]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => [textDatum(key), value] as const);
}
