// The acts of one run under one event, found by job, by kind, and by the image names they are about.
import type { Value } from '../model/value.ts';
import { format, join } from '../value.ts';
import type { Act } from './act.ts';
import type { Effect } from './effect.ts';
import { imageIdentity, readImageName } from './image-name.ts';

export type EffectOf<K extends Effect['kind']> = Extract<Effect, { readonly kind: K }>;

/** An act with its effect known by kind; `at` orders acts as they happen. */
type Found<K extends Effect['kind']> = {
  readonly act: Act;
  readonly effect: EffectOf<K>;
  readonly at: number;
};

type NamedKind = 'push' | 'build' | 'sign' | 'attest';

/** Every question is answered from a table that is made once: joining is linear in the acts. */
export type ActIndex = {
  readonly of: <K extends Effect['kind']>(kind: K) => readonly Found<K>[];
  /** Acts about exactly this name as written. */
  readonly named: <K extends NamedKind>(kind: K, name: Value) => readonly Found<K>[];
  /** Acts about this image, whatever the tag. */
  readonly about: <K extends NamedKind>(kind: K, identity: string) => readonly Found<K>[];
  /** New names given to images, by what they were given as text or as identity. */
  readonly retagged: (key: string) => readonly EffectOf<'retag'>[];
};

export type RunActs = ActIndex & {
  readonly job: (name: string) => ActIndex;
  /** The answer to a question about the whole run, worked out once. */
  readonly once: <T>(question: string, answer: () => T) => T;
};

export function runActs(acts: readonly Act[]): RunActs {
  const jobs = new Map(groupBy(acts, (act) => act.job).map(([job, own]) => [job, actIndex(own)]));
  const nothing = actIndex([]);
  const job = (name: string): ActIndex => jobs.get(name) ?? nothing;
  const answers = new Map<string, unknown>();
  const once = <T>(question: string, answer: () => T): T => {
    if (!answers.has(question)) answers.set(question, answer());
    return answers.get(question) as T;
  };
  return { ...actIndex(acts), job, once };
}

/** Whether a job pushes to one place only. */
export function pushesOneImage(run: RunActs, job: string): boolean {
  return run.once(`one image ${job}`, () => {
    const pushed = run
      .job(job)
      .of('push')
      .flatMap(({ effect }) => effect.names.map(imageIdentity));
    return new Set(pushed).size <= 1;
  });
}

function actIndex(acts: readonly Act[]): ActIndex {
  const kinds = new Map<Effect['kind'], Found<Effect['kind']>[]>();
  acts.forEach((act, at) => {
    const { kind } = act.effect;
    const list = kinds.get(kind) ?? [];
    list.push({ act, effect: act.effect, at });
    kinds.set(kind, list);
  });
  const of = <K extends Effect['kind']>(kind: K) => (kinds.get(kind) ?? []) as unknown as readonly Found<K>[];
  const tables = new Map<NamedKind, ReadonlyMap<string, readonly Found<NamedKind>[]>>();
  const table = (kind: NamedKind): ReadonlyMap<string, readonly Found<NamedKind>[]> => {
    const made =
      tables.get(kind) ??
      byKeys(of(kind), ({ effect }) =>
        effect.names.flatMap((name) => [textKey(name), identityKey(imageIdentity(name))]),
      );
    tables.set(kind, made);
    return made;
  };
  let retags: ReadonlyMap<string, readonly Found<'retag'>[]> | null = null;
  return {
    of,
    named: <K extends NamedKind>(kind: K, name: Value) =>
      (table(kind).get(textKey(name)) ?? []) as unknown as readonly Found<K>[],
    about: <K extends NamedKind>(kind: K, identity: string) =>
      (table(kind).get(identityKey(identity)) ?? []) as unknown as readonly Found<K>[],
    retagged: (key) => {
      retags ??= byKeys(of('retag'), ({ effect }) => [
        textKey(effect.to),
        identityKey(imageIdentity(effect.to)),
      ]);
      return (retags.get(key) ?? []).map(({ effect }) => effect);
    },
  };
}

export function textKey(name: Value): string {
  return `=${format(name)}`;
}

export function identityKey(identity: string): string {
  return `~${identity}`;
}

function byKeys<T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const tables = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const list = tables.get(key);
      if (list === undefined) tables.set(key, [item]);
      else list.push(item);
    }
  }
  return tables;
}

export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  return [...byKeys(items, (item) => [keyOf(item)])];
}

/**
 * The registry a job logs in to, when it is one only. A push that is certain can't rest on a log-in that may be left
 * out: where that one does not happen, it goes elsewhere.
 */
export function onlyLogin(job: ActIndex, isCertain = false): Value | null {
  const logins = job.of('login');
  if (isCertain && logins.some(({ act }) => act.happens !== 'yes')) return null;
  const registries = logins.map(({ effect }) => readImageName(join([effect.registry, '/x'])).registry);
  const [only] = registries;
  return only !== undefined && new Set(registries.map(format)).size === 1 ? only : null;
}
