// Which builds, signatures and statements belong to a pushed image.
import type { BuildSource } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { format, isKnown } from '../value.ts';
import type { Act } from './act.ts';
import { imageIdentity } from './image-name.ts';
import { type EffectOf, identityKey, pushesOneImage, type RunActs, textKey } from './run-acts.ts';

type Built = { readonly source: BuildSource; readonly options: EffectOf<'build'>['options'] };

/** The earlier build of this job that made an image of this name, through the tags it was given. */
export function builtAs(run: RunActs, act: Act, name: Value, origins: readonly Value[]): Built | null {
  const job = run.job(act.job);
  const names = [name, ...origins];
  const keys = new Set(names.flatMap((one) => [textKey(one), identityKey(imageIdentity(one))]));
  for (const key of keys) {
    for (const { from } of job.retagged(key)) {
      if (!keys.has(textKey(from))) names.push(from);
      keys.add(textKey(from)).add(identityKey(imageIdentity(from)));
    }
  }
  const exact = names.flatMap((one) => job.named('build', one).slice(0, 1));
  const close =
    exact.length > 0 ? exact : names.flatMap((one) => job.about('build', imageIdentity(one)).slice(0, 1));
  const [first] = [...close].sort((left, right) => left.at - right.at);
  return first === undefined ? copiedFrom(run, origins) : first.effect;
}

/** The source of what a copy or an index is made of, when pushes of this run made all of it from the same one. */
function copiedFrom(run: RunActs, origins: readonly Value[]): Built | null {
  const made = origins.map(
    (origin) => run.named('push', origin).find(({ effect }) => effect.source !== null)?.effect ?? null,
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
 * when the job pushes nothing else. A push that is certain is not signed for certain by a step that may be left out.
 */
export function signedBy(run: RunActs, act: Act, name: Value): Truth {
  const signatures = run.about('sign', imageIdentity(name));
  if (signatures.length > 0) {
    const isSure = signatures.some(
      (each) => each.effect.happens === 'yes' && (each.act.happens === 'yes' || act.happens === 'unknown'),
    );
    return isSure ? 'yes' : 'unknown';
  }
  const open = run.once(`open signature ${act.job}`, () =>
    run
      .job(act.job)
      .of('sign')
      .some(({ effect }) => effect.names.some((subject) => !isKnown(subject) && isOpen(subject))),
  );
  if (!open) return 'no';
  return pushesOneImage(run, act.job) ? 'yes' : 'unknown';
}

function isOpen(subject: Value): boolean {
  return typeof subject[0] === 'object';
}

/** A copy or an index keeps what was attached to the images it is made of. */
export function attestedBy(
  run: RunActs,
  act: Act,
  names: readonly Value[],
  what: 'provenance' | 'sbom',
): Truth {
  const attested = run.once(`attested ${what}`, () => attestedImages(run, what));
  if (names.some((name) => attested.has(imageIdentity(name)))) return 'yes';
  const open = run.once(`open ${what} ${act.job}`, () =>
    run
      .job(act.job)
      .of('attest')
      .some(({ effect }) => effect.what === what && effect.names.some(isOpen)),
  );
  return open && pushesOneImage(run, act.job) ? 'yes' : 'no';
}

/** Images that a build of this run states something about, or that a statement of it names. */
function attestedImages(run: RunActs, what: 'provenance' | 'sbom'): ReadonlySet<string> {
  const built = run.of('push').filter(({ effect }) => effect.options[what] === 'yes');
  const stated = run.of('attest').filter(({ effect }) => effect.what === what);
  return new Set([...built, ...stated].flatMap(({ effect }) => effect.names.map(imageIdentity)));
}
