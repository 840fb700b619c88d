// Bake's functions over values with unknowns. https://docs.docker.com/build/bake/stdlib/
import type { Truth, Value } from '../model/value.ts';
import { both, either, inCase, known, mapKnown, not, split } from '../value.ts';
import {
  choiceDatum,
  type Datum,
  jsonDatum,
  NULL,
  textDatum,
  toJson,
  truthDatum,
  unknownDatum,
} from './datum.ts';
import { callTextFunction } from './hcl-text-functions.ts';
import {
  entriesOf,
  equalHcl,
  indexed,
  joinedParts,
  numberOf,
  plainRecord,
  SIZE_LIMIT,
  truthOfHcl,
} from './hcl-values.ts';

/** Calls that one call with alternative arguments is taken apart into. */
const CALL_ALTERNATIVES = 24;

/** A function that is not carried out (clock, chance, hashes, addresses) is a hole named by its call. */
export function callBuiltin(name: string, args: readonly Datum[], shown: string): Datum {
  const at = args.findIndex((arg) => arg.kind === 'choice');
  const chosen = args[at];
  if (chosen?.kind === 'choice' && alternativesOf(args) <= CALL_ALTERNATIVES)
    return choiceDatum(
      chosen.options.map((option) =>
        callBuiltin(
          name,
          args.map((arg, index) => (index === at ? option : arg)),
          shown,
        ),
      ),
      chosen.hole,
    );
  const found = callList(name, args, shown) ?? callNumber(name, args) ?? callTextFunction(name, args);
  return found ?? unknownDatum(shown, 'the bake file computes it');
}

function alternativesOf(args: readonly Datum[]): number {
  return args.reduce((count, arg) => count * (arg.kind === 'choice' ? arg.options.length : 1), 1);
}

function textOf(datum: Datum | undefined): Value | null {
  if (datum === undefined || datum.kind === 'list' || datum.kind === 'record') return null;
  const joined = joinedParts([datum]);
  return joined.kind === 'text' ? joined.value : null;
}

function knownOf(datum: Datum): string | null {
  const value = textOf(datum);
  return value === null ? null : known(value);
}

function truth(value: Truth, shown: string): Datum {
  return truthDatum(value, shown);
}

function listDatum(items: readonly Datum[]): Datum {
  return { kind: 'list', items };
}

function itemsOf(datum: Datum | undefined): readonly Datum[] | null {
  return datum?.kind === 'list' ? datum.items : null;
}

function callList(name: string, args: readonly Datum[], shown: string): Datum | null {
  const [first = NULL, second = NULL, third] = args;
  const items = itemsOf(first);
  switch (name) {
    case 'equal':
      return truth(equalHcl(first, second), shown);
    case 'notequal':
      return truth(not(equalHcl(first, second)), shown);
    case 'and':
      return truth(both(truthOfHcl(first), truthOfHcl(second)), shown);
    case 'or':
      return truth(either(truthOfHcl(first), truthOfHcl(second)), shown);
    case 'not':
      return truth(not(truthOfHcl(first)), shown);
    case 'length': {
      const count =
        items?.length ?? (first.kind === 'record' && first.others === null ? first.entries.size : null);
      return count === null ? null : { kind: 'number', value: count };
    }
    case 'coalesce': {
      const present = args.find((arg) => arg.kind !== 'null');
      return present === undefined || present.kind === 'unknown' ? null : present;
    }
    case 'coalescelist':
      return args.every((arg) => arg.kind === 'list')
        ? (args.find((arg) => arg.items.length > 0) ?? null)
        : null;
    case 'concat':
      if (itemCount(args) > SIZE_LIMIT) return null;
      return args.every((arg) => arg.kind === 'list') ? listDatum(args.flatMap((arg) => arg.items)) : null;
    case 'compact':
      return items === null
        ? null
        : listDatum(items.filter((item) => equalHcl(item, textDatum('')) !== 'yes'));
    case 'distinct':
      return items === null ? null : listDatum(distinct(items));
    case 'flatten':
      return items === null ? null : flattened(items, 0);
    case 'reverselist':
      return items === null ? null : listDatum([...items].reverse());
    case 'contains':
    case 'sethaselement':
      return items === null
        ? null
        : truth(
            items.reduce<Truth>((sum, item) => either(sum, equalHcl(item, second)), 'no'),
            shown,
          );
    case 'element': {
      const at = numberOf(second);
      if (items === null || at === null || items.length === 0) return null;
      return items[((at % items.length) + items.length) % items.length] ?? null;
    }
    case 'index':
      return indexed(first, second, shown);
    case 'hasindex':
      return first.kind === 'record' && first.others === null
        ? hasKey(first.entries, second, shown)
        : items === null || numberOf(second) === null
          ? null
          : truth((numberOf(second) ?? 0) < items.length ? 'yes' : 'no', shown);
    case 'lookup': {
      if (first.kind !== 'record' || first.others !== null) return null;
      const key = knownOf(second);
      return key === null ? null : (first.entries.get(key) ?? third ?? null);
    }
    case 'indexof': {
      if (items === null) return null;
      const outcomes = items.map((item) => equalHcl(item, second));
      const at = outcomes.indexOf('yes');
      return at === -1 || outcomes.slice(0, at).includes('unknown') ? null : { kind: 'number', value: at };
    }
    case 'keys':
    case 'values': {
      const entries = first.kind === 'record' ? entriesOf(first) : null;
      return entries === null
        ? null
        : listDatum(entries.map(([key, value]) => (name === 'keys' ? key : value)));
    }
    case 'merge':
      return merged(args);
    case 'zipmap': {
      const values = itemsOf(second);
      const keys = items?.map(knownOf) ?? null;
      if (keys === null || values === null || keys.some((key) => key === null)) return null;
      return plainRecord(new Map(keys.map((key, at) => [key ?? '', values[at] ?? NULL])));
    }
    case 'slice': {
      const [from, to] = [numberOf(second), third === undefined ? null : numberOf(third)];
      return items === null || from === null || to === null ? null : listDatum(items.slice(from, to));
    }
    case 'chunklist': {
      const size = numberOf(second);
      return items === null || size === null || size < 1 ? null : listDatum(chunks(items, size));
    }
    case 'range':
      return ranged(args);
    case 'setproduct':
      return product(args);
    case 'setunion':
      if (itemCount(args) > SIZE_LIMIT) return null;
      return args.every((arg) => arg.kind === 'list')
        ? listDatum(distinct(args.flatMap((arg) => arg.items)))
        : null;
    case 'setintersection':
    case 'setsubtract':
      return difference(first, second, name === 'setintersection');
    case 'sort': {
      const texts = items?.map(knownOf) ?? [null];
      return texts.includes(null)
        ? null
        : listDatum(
            texts
              .map((one) => one ?? '')
              .sort()
              .map((one) => textDatum(one)),
          );
    }
    case 'split': {
      const separator = knownOf(first);
      const content = textOf(second);
      // A hole may hold the separator: then nobody knows how many there are.
      if (separator === null || content === null || known(content) === null) return null;
      return listDatum(split(content, separator).map((one) => textDatum(one)));
    }
    case 'join': {
      const separator = textOf(first);
      const lists = args.slice(1).map(itemsOf);
      if (separator === null || lists.some((list) => list === null)) return null;
      return joinedParts(
        lists
          .flatMap((list) => list ?? [])
          .flatMap((item, at) => (at === 0 ? [item] : [textDatum(separator), item])),
      );
    }
    case 'jsondecode': {
      const content = knownOf(first);
      return content === null ? null : jsonDatum(content);
    }
    case 'jsonencode': {
      const json = toJson(first);
      return json === null ? null : textDatum(json);
    }
    case 'lower':
    case 'upper': {
      const value = textOf(first);
      return value === null
        ? null
        : textDatum(inCase(value, (one) => (name === 'lower' ? one.toLowerCase() : one.toUpperCase())));
    }
    case 'convert':
      return first;
    case 'sanitize': {
      const value = textOf(first);
      const clean = value === null ? null : mapKnown(value, (one) => one.replace(/[^A-Za-z0-9_-]/g, '_'));
      return clean === null ? null : textDatum(clean);
    }
    default:
      return null;
  }
}

function hasKey(entries: ReadonlyMap<string, Datum>, key: Datum, shown: string): Datum | null {
  const name = knownOf(key);
  return name === null ? null : truth(entries.has(name) ? 'yes' : 'no', shown);
}

function distinct(items: readonly Datum[]): readonly Datum[] {
  const kept: Datum[] = [];
  // Lists of a bake file are short; a long one is kept as it is, which repeats nothing but what it says.
  if (items.length > 200) return items;
  for (const item of items) if (!kept.some((one) => equalHcl(one, item) === 'yes')) kept.push(item);
  return kept;
}

function flattened(items: readonly Datum[], depth: number): Datum {
  return listDatum(
    items.flatMap((item): readonly Datum[] => {
      if (item.kind !== 'list' || depth > 10) return [item];
      const inner = flattened(item.items, depth + 1);
      return inner.kind === 'list' ? inner.items : [];
    }),
  );
}

function itemCount(args: readonly Datum[]): number {
  return args.reduce(
    (sum, arg) =>
      sum + (arg.kind === 'list' ? arg.items.length : arg.kind === 'record' ? arg.entries.size : 0),
    0,
  );
}

function merged(args: readonly Datum[]): Datum | null {
  if (itemCount(args) > SIZE_LIMIT) return null;
  const entries = new Map<string, Datum>();
  for (const arg of args) {
    if (arg.kind === 'null') continue;
    if (arg.kind !== 'record' || arg.others !== null) return null;
    for (const [key, value] of arg.entries) entries.set(key, value);
  }
  return plainRecord(entries);
}

function chunks(items: readonly Datum[], size: number): readonly Datum[] {
  const found: Datum[] = [];
  for (let at = 0; at < items.length; at += size) found.push(listDatum(items.slice(at, at + size)));
  return found;
}

const LIST_LIMIT = 1_000;

function ranged(args: readonly Datum[]): Datum | null {
  const numbers = args.map(numberOf);
  if (numbers.some((number) => number === null)) return null;
  const [start = 0, end = 0, step = 1] =
    numbers.length === 1 ? [0, numbers[0] ?? 0] : numbers.map((one) => one ?? 0);
  if (step <= 0 || (end - start) / step > LIST_LIMIT) return null;
  const items: Datum[] = [];
  for (let at = start; at < end; at += step) items.push({ kind: 'number', value: at });
  return listDatum(items);
}

function product(args: readonly Datum[]): Datum | null {
  let rows: readonly (readonly Datum[])[] = [[]];
  for (const arg of args) {
    if (arg.kind !== 'list' || rows.length * arg.items.length > LIST_LIMIT) return null;
    rows = rows.flatMap((row) => arg.items.map((item) => [...row, item]));
  }
  return listDatum(rows.map(listDatum));
}

function difference(first: Datum, second: Datum, keepsCommon: boolean): Datum | null {
  if (first.kind !== 'list' || second.kind !== 'list' || first.items.length > 200) return null;
  const kept: Datum[] = [];
  for (const item of first.items) {
    const isIn = second.items.reduce<Truth>((sum, one) => either(sum, equalHcl(one, item)), 'no');
    if (isIn === 'unknown') return null;
    if ((isIn === 'yes') === keepsCommon) kept.push(item);
  }
  return listDatum(kept);
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  modulo: (a, b) => a % b,
  pow: (a, b) => a ** b,
};
const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  greaterthan: (a, b) => a > b,
  greaterthanorequalto: (a, b) => a >= b,
  lessthan: (a, b) => a < b,
  lessthanorequalto: (a, b) => a <= b,
};
const ROUNDINGS: Readonly<Record<string, (a: number) => number>> = {
  absolute: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  int: Math.trunc,
  negate: (a) => -a,
  signum: Math.sign,
};

function callNumber(name: string, args: readonly Datum[]): Datum | null {
  const numbers = args.map(numberOf).filter((one) => one !== null);
  const [a, b] = numbers;
  if (numbers.length !== args.length || a === undefined) return null;
  if (name === 'max' || name === 'min')
    return numberDatum(name === 'max' ? Math.max(...numbers) : Math.min(...numbers));
  const rounding = Object.hasOwn(ROUNDINGS, name) ? ROUNDINGS[name] : undefined;
  if (rounding !== undefined) return numberDatum(rounding(a));
  if (b === undefined) return null;
  const compare = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
  if (compare !== undefined) return truthDatum(compare(a, b) ? 'yes' : 'no', '');
  if (name === 'parseint') return numberDatum(Number.parseInt(String(a), b));
  const compute = Object.hasOwn(ARITHMETIC, name) ? ARITHMETIC[name] : undefined;
  return compute === undefined ? null : numberDatum(compute(a, b));
}

function numberDatum(value: number): Datum | null {
  return Number.isFinite(value) ? { kind: 'number', value } : null;
}
