// Where make is: what was asked of it, what targets hand down, and the variables that a target sees.
import type { Truth, Value } from '../../model/value.ts';
import type { Invocation } from '../../shell/trace.ts';
import { join, known, suffix, text } from '../../value.ts';
import type { Ledger, Place } from '../act.ts';
import type { Script } from '../script.ts';
import type { Environment, Expansion } from './expand.ts';
import type { Makefile, Rule } from './makefile.ts';
import { listOf } from './words.ts';

export type Making = {
  readonly makefile: Makefile;
  readonly given: ReadonlyMap<string, Value>;
  readonly environment: Environment;
  readonly folder: Value;
  readonly script: Script;
  readonly place: Place;
  readonly ledger: Ledger;
  readonly invocation: Invocation;
  readonly limit: (name: string) => void;
  /** Says that what a target does can't be seen. */
  readonly unseen: (target: string, doubt: string) => void;
};

/** What targets that are being made hand down to what they need. */
export type Level = {
  readonly locals: ReadonlyMap<string, Value>;
  readonly exported: ReadonlySet<string>;
  readonly happens: Truth;
  /** Pattern rules on the way here: make applies none twice in one chain. */
  readonly chain: readonly Rule[];
};

export type Run = Making & {
  readonly seen: Set<string>;
  readonly spend: () => boolean;
};

export function scopeAt({ makefile, environment, spend, limit }: Run, { locals }: Level): Expansion {
  return { ...makefile.scope, environment, locals, spend, limit };
}

export function automatic(level: Level, target: Value, stem: Value, needs: readonly Value[]): Level {
  const first = needs[0] ?? [];
  const all = listOf(needs);
  return {
    ...level,
    locals: new Map([
      ...level.locals,
      ['@', target],
      ['*', stem],
      ['<', first],
      ['^', all],
      ['+', all],
      ['?', all],
      ['@D', folderOf(target)],
      ['@F', fileOf(target)],
      ['*F', fileOf(stem)],
      ['*D', folderOf(stem)],
      ['<D', folderOf(first)],
      ['<F', fileOf(first)],
      ['^F', listOf(needs.map(fileOf))],
    ]),
  };
}

function fileOf(path: Value): Value {
  const end = suffix(path);
  const slash = end.lastIndexOf('/');
  return slash === -1 ? path : text(end.slice(slash + 1));
}

function folderOf(path: Value): Value {
  const end = suffix(path);
  const slash = end.lastIndexOf('/');
  if (slash === -1) return known(path) === null ? path : text('.');
  return join([path.slice(0, -1), end.slice(0, slash)]);
}
