// Which builds, signatures and statements belong to a pushed image.
import type { BuildSource } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { format, isKnown, join } from '../value.ts';
import type { Act } from './act.ts';
import { imageIdentity, readImageName } from './image-name.ts';
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
  const subjects = run.once(`open signatures ${act.job}`, () => openSubjects(run, act.job));
  if (subjects.some((subject) => mayBe(subject, imageIdentity(name))))
    return pushesOneImage(run, act.job) ? 'yes' : 'unknown';
  return 'no';
}

/** Images a job signs whose names are not known, without repeats: the literal pieces of each, in order. */
function openSubjects(run: RunActs, job: string): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  for (const { effect } of run.job(job).of('sign')) {
    for (const subject of effect.names) {
      const { registry, repository } = readImageName(subject);
      if (isKnown(subject) || (isKnown(registry) && isKnown(repository))) continue;
      const pieces = isOpen(subject) ? ['', ''] : literalPieces(join([registry, '/', repository]));
      found.set(JSON.stringify(pieces), pieces);
    }
  }
  // Beyond that many a job signs whatever it is told to.
  return found.size > SUBJECT_LIMIT ? [['', '']] : [...found.values()];
}

const SUBJECT_LIMIT = 32;

/** What stands before, between and after the holes of a name. */
function literalPieces(name: Value): readonly string[] {
  const pieces = [''];
  for (const part of name) {
    if (typeof part === 'string') pieces.push(`${pieces.pop() ?? ''}${part.toLowerCase()}`);
    else pieces.push('');
  }
  return pieces;
}

function mayBe(pieces: readonly string[], identity: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  if (!identity.startsWith(first) || !identity.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = identity.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= identity.length - last.length;
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
