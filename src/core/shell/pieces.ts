// Pieces of an expanded word assembled into fields, as the shell splits them.
import type { Value } from '../model/value.ts';
import { hole, join } from '../value.ts';

export type Piece =
  /** `split`: the result of an expansion outside quotes. */
  | { readonly kind: 'text'; readonly value: Value; readonly quoted: boolean; readonly split: boolean }
  /** `"$@"` and `"${A[@]}"`: each item is a field, the ends grow together with their neighbours. */
  | {
      readonly kind: 'list';
      readonly items: readonly Value[];
      readonly quoted: boolean;
      readonly split: boolean;
    }
  /** `{a,b}`: every item with all that stands around it. */
  | { readonly kind: 'braces'; readonly items: readonly Value[]; readonly quoted: boolean };

function quote(value: Value): Piece {
  return { kind: 'text', value, quoted: true, split: false };
}

/** Fields that one word may make. */
const MAX_FIELDS = 2_048;

/** `separators`: the value of IFS; null when it is not known, which keeps texts whole. */
export function fieldsOf(pieces: readonly Piece[], separators: string | null): readonly Value[] {
  const brace = pieces.findIndex((piece) => piece.kind === 'braces');
  const found = pieces[brace];
  if (found?.kind === 'braces') {
    const before = pieces.slice(0, brace);
    const after = pieces.slice(brace + 1);
    const all: Value[] = [];
    for (const item of found.items) {
      if (all.length > MAX_FIELDS) {
        all.push(hole('{…}', `the word makes more than ${MAX_FIELDS} words`));
        break;
      }
      all.push(...fieldsOf([...before, quote(item), ...after], separators));
    }
    return all;
  }
  const builder = fieldList();
  for (const piece of pieces) {
    if (piece.kind === 'braces') continue;
    if (piece.quoted) builder.mark();
    if (piece.kind === 'list') {
      if (piece.quoted && piece.items.length === 0) builder.unmark();
      piece.items.forEach((item, index) => {
        if (index > 0) builder.cut();
        if (piece.quoted) {
          builder.mark();
          builder.add(item);
        } else addSplit(builder, item, separators);
      });
    } else if (piece.split) addSplit(builder, piece.value, separators);
    else builder.add(piece.value);
  }
  return builder.finish();
}

function addSplit(builder: FieldList, value: Value, separators: string | null): void {
  for (const part of value) {
    if (typeof part !== 'string' || separators === null) builder.add([part]);
    else {
      let run = '';
      for (const letter of part) {
        if (!separators.includes(letter)) run += letter;
        else {
          if (run !== '') builder.add([run]);
          run = '';
          builder.cut();
        }
      }
      if (run !== '') builder.add([run]);
    }
  }
}

type FieldList = {
  readonly add: (value: Value) => void;
  /** The field exists even when it is empty. */
  readonly mark: () => void;
  readonly unmark: () => void;
  readonly cut: () => void;
  readonly finish: () => readonly Value[];
};

function fieldList(): FieldList {
  const fields: Value[] = [];
  let parts: Value[] = [];
  let quoted = false;
  const cut = () => {
    const value = join(parts);
    if ((value.length > 0 || quoted) && fields.length < MAX_FIELDS) fields.push(value);
    parts = [];
    quoted = false;
  };
  return {
    add: (value) => {
      parts.push(value);
    },
    mark: () => {
      quoted = true;
    },
    unmark: () => {
      quoted = false;
    },
    cut,
    finish: () => {
      cut();
      return fields;
    },
  };
}
