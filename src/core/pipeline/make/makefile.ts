// What a Makefile holds once it was read, and what has to be known to read one.
import type { Value } from '../../model/value.ts';
import { format } from '../../value.ts';
import type { Files } from '../files.ts';
import type { Environment, Expansion } from './expand.ts';
import type { Assignment, Line } from './statements.ts';

export type RecipeLine = { readonly line: Line; readonly guards: readonly string[] };

export type Rule = {
  readonly targets: readonly Value[];
  readonly needs: string;
  readonly needed: readonly Value[];
  /** Of a static pattern rule: its needs take the stem of each target. */
  readonly pattern: string | null;
  readonly recipe: RecipeLine[];
  readonly guards: readonly string[];
  readonly isDouble: boolean;
};

export type Local = { readonly targets: readonly Value[]; readonly assignment: Assignment };

export type Makefile = {
  readonly path: string;
  readonly rules: readonly Rule[];
  /** Those of the file and of what it includes: files that MAKEFILES names come first and set no default goal. */
  readonly own: readonly Rule[];
  /** Rules by each of their targets as written. */
  readonly named: ReadonlyMap<string, readonly Rule[]>;
  readonly patterns: readonly Rule[];
  readonly locals: readonly Local[];
  /** Names whose values recipes find in their environment; null: all of them. */
  readonly exported: ReadonlySet<string> | null;
  /** How a variable or function expands after the last line. */
  readonly scope: Expansion;
  readonly isOneShell: boolean;
  /** The names of variables anywhere in it: no other can make a difference. */
  readonly words: ReadonlySet<string>;
  /** Caps that were reached. */
  readonly limits: ReadonlySet<string>;
  /** Included files, as written, that are not in sight: they may hold more rules. */
  readonly unread: ReadonlySet<string>;
};

export type Setting = {
  readonly files: Files;
  /** Where make runs, as a folder of the repository; null when it is elsewhere. */
  readonly folder: string | null;
  /** Given on the command line: they win over the file's own. */
  readonly given: ReadonlyMap<string, Value>;
  readonly environment: Environment;
  /** Every variable of the environment is in sight: what nothing sets is empty. */
  readonly isClosed: boolean;
  /** What a command prints; null when that can't be told. */
  readonly shell: (command: Value, environment: Environment) => Value | null;
};

export function byTarget(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const named = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const target of new Set(rule.targets.map(format))) {
      const same = named.get(target);
      if (same === undefined) named.set(target, [rule]);
      else same.push(rule);
    }
  }
  return named;
}
