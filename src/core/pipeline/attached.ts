// Which builds, signatures and statements belong to a pushed image.
import type { BuildSource } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { either, format, isKnown } from '../value.ts';
import type { Act } from './act.ts';
import { imageIdentity } from './image-name.ts';
import { actsOf, type EffectOf, type RunActs } from './run-acts.ts';

/** The earlier build of this job that made an image of this name, through the tags it was given. */
export function builtAs(
  run: RunActs,
  act: Act,
  name: Value,
  origins: readonly Value[],
): { readonly source: BuildSource; readonly options: EffectOf<'build'>['options'] } | null {
  const own = run.byJob.get(act.job) ?? [];
  const names = new Set([name, ...origins].map((one) => format(one)));
  const identities = new Set([name, ...origins].map(imageIdentity));
  for (const { effect } of [...actsOf(own, 'retag')].reverse()) {
    if (!names.has(format(effect.to)) && !identities.has(imageIdentity(effect.to))) continue;
    names.add(format(effect.from));
    identities.add(imageIdentity(effect.from));
  }
  const builds = actsOf(own, 'build');
  const exact = builds.find(({ effect }) => effect.names.some((one) => names.has(format(one))));
  const close =
    exact ?? builds.find(({ effect }) => effect.names.some((one) => identities.has(imageIdentity(one))));
  return close === undefined ? copiedFrom(run, origins) : close.effect;
}

/** The source of what a copy or an index is made of, when pushes of this run made all of it from the same one. */
function copiedFrom(run: RunActs, origins: readonly Value[]): ReturnType<typeof builtAs> {
  const pushed = actsOf(run.acts, 'push');
  const made = origins.map(
    (origin) =>
      pushed.find(
        ({ effect }) =>
          effect.source !== null && effect.names.some((name) => format(name) === format(origin)),
      )?.effect ?? null,
  );
  const [first] = made;
  if (!first?.source) return null;
  const { source, options } = first;
  const isSame = made.every(
    (one) => one?.source?.dockerfile === source.dockerfile && equals(one.source.target, source.target),
  );
  return isSame ? { source, options } : null;
}

function equals(left: Value | null, right: Value | null): boolean {
  return (left === null ? '' : format(left)) === (right === null ? '' : format(right));
}

/**
 * Whether a signature reaches this image. One that names it does; one whose subject is only known when it runs does
 * when the job pushes nothing else.
 */
export function signedBy(run: RunActs, act: Act, name: Value): Truth {
  const identity = imageIdentity(name);
  let answer: Truth = 'no';
  for (const { act: signing, effect } of actsOf(run.acts, 'sign')) {
    for (const subject of effect.names) {
      if (imageIdentity(subject) === identity) return 'yes';
      if (signing.job === act.job && !isKnown(subject) && isOpen(subject))
        answer = either(answer, onlyImage(run, act) ? 'yes' : 'unknown');
    }
  }
  return answer;
}

function isOpen(subject: Value): boolean {
  return typeof subject[0] === 'object';
}

function onlyImage(run: RunActs, act: Act): boolean {
  const pushed = actsOf(run.byJob.get(act.job) ?? [], 'push').flatMap(({ effect }) =>
    effect.names.map(imageIdentity),
  );
  return new Set(pushed).size <= 1;
}

/** A copy or an index keeps what was attached to the images it is made of. */
export function attestedBy(
  run: RunActs,
  act: Act,
  names: readonly Value[],
  what: 'provenance' | 'sbom',
): Truth {
  const identities = new Set(names.map(imageIdentity));
  const made = actsOf(run.acts, 'push').some(
    ({ act: pushing, effect }) =>
      pushing !== act &&
      effect.options[what] === 'yes' &&
      effect.names.some((name) => identities.has(imageIdentity(name))),
  );
  if (made) return 'yes';
  for (const { act: attesting, effect } of actsOf(run.acts, 'attest')) {
    if (effect.what !== what) continue;
    if (effect.names.some((subject) => identities.has(imageIdentity(subject)))) return 'yes';
    if (attesting.job === act.job && effect.names.some((subject) => isOpen(subject)) && onlyImage(run, act))
      return 'yes';
  }
  return 'no';
}
