// An image and the registers of vetted images → whether somebody inside answers for it, and which copy stands for it.
import type { ImageRecord, ImageReference } from '../model/image.ts';
import type { CalendarDate, VettedImage, Vetting } from '../model/policy.ts';
import { matchesPattern } from '../policy/patterns.ts';
import { formatReference, parseReference } from './reference.ts';

/**
 * `other`: the name is in a register, yet for other digests than the one it stands for. `moved`: a digest is pinned
 * beside a vetted tag, which stands for something else (`digest`). `by-name`: the register names no digest, and policy
 * asks for one. `unknown`: what the name, or the tag, stands for is not known.
 */
export type VettingState =
  | { readonly kind: 'vetted'; readonly entries: readonly VettedImage[] }
  | { readonly kind: 'unlisted' }
  | { readonly kind: 'expired' | 'by-name' | 'unknown'; readonly entry: VettedImage }
  | { readonly kind: 'other' | 'moved'; readonly entry: VettedImage; readonly digest: string };

/** What registries said about exactly a name; null when they were not asked. */
export type RecordOf = (reference: ImageReference) => ImageRecord | null;

/** Every register has to have it; the first that has not decides. */
export function vettingOf(
  reference: ImageReference,
  recordOf: RecordOf,
  { registers, requireDigests }: Omit<Vetting, 'onlyCopies'>,
  today: CalendarDate,
): VettingState {
  const entries: VettedImage[] = [];
  for (const register of registers) {
    const named = register.filter((entry) => names(entry, reference));
    const state = inRegister(reference, recordOf, named, requireDigests, today);
    if (state.kind !== 'vetted') return state;
    entries.push(...state.entries);
  }
  return { kind: 'vetted', entries };
}

/** `named`: the entries that fit its name. */
function inRegister(
  reference: ImageReference,
  recordOf: RecordOf,
  named: readonly VettedImage[],
  requireDigests: boolean,
  today: CalendarDate,
): VettingState {
  const [first] = named;
  if (first === undefined) return { kind: 'unlisted' };
  const current = named.filter(({ expires }) => today <= expires);
  if (current.length === 0) {
    const last = named.reduce((latest, each) => (each.expires > latest.expires ? each : latest), first);
    return { kind: 'expired', entry: last };
  }
  const known = digestsOf(reference, recordOf(reference));
  const exact = current.find(({ digests }) => digests.some((each) => known.includes(each)));
  if (exact !== undefined) return { kind: 'vetted', entries: [exact] };
  const byName = current.filter(({ digests }) => digests.length === 0);
  const whole = byName.find((entry) => namesEveryTag(entry, reference)) ?? byName[0];
  if (whole !== undefined && !requireDigests) return ofTag(whole, reference, recordOf);
  const [entry = first] = current.filter(({ digests }) => digests.length > 0);
  if (entry.digests.length === 0) return { kind: 'by-name', entry };
  return known[0] === undefined ? { kind: 'unknown', entry } : { kind: 'other', entry, digest: known[0] };
}

/** A tag beside a digest decides nothing: whoever vetted the tag has not looked at whatever is pinned beside it. */
function ofTag(entry: VettedImage, reference: ImageReference, recordOf: RecordOf): VettingState {
  const { digest } = reference;
  if (digest === null || namesEveryTag(entry, reference)) return { kind: 'vetted', entries: [entry] };
  const tag = { ...reference, digest: null };
  const known = digestsOf(tag, recordOf(tag));
  if (known.includes(digest)) return { kind: 'vetted', entries: [entry] };
  return known[0] === undefined ? { kind: 'unknown', entry } : { kind: 'moved', entry, digest: known[0] };
}

/** The vetted tag that a pinned digest has to be held against; null where there is nothing to compare. */
export function comparedTag(
  reference: ImageReference,
  { registers, requireDigests }: Vetting,
  today: CalendarDate,
): ImageReference | null {
  if (reference.digest === null || reference.tag === null || requireDigests) return null;
  const isVetted = registers
    .flat()
    .some(
      (entry) =>
        entry.digests.length === 0 &&
        today <= entry.expires &&
        names(entry, reference) &&
        !namesEveryTag(entry, reference),
    );
  return isVetted ? { ...reference, digest: null } : null;
}

/** What the name stands for: an index and the platform's manifest in it are the same image. */
function digestsOf({ digest }: ImageReference, record: ImageRecord | null): readonly string[] {
  const told = digest ?? record?.digest ?? null;
  const top = record?.lineage?.hops[0];
  // A record of the same name says more only about the digest that was asked for.
  const manifest = top !== undefined && top.digest === told ? [top.manifest] : [];
  return told === null ? [] : [told, ...manifest];
}

function namesEveryTag({ image }: VettedImage, { registry, repository }: ImageReference): boolean {
  return matchesPattern(image, `${registry}/${repository}`);
}

/** An entry without a tag names every tag; one with a tag does not name an image that is given by digest alone. */
function names({ image }: VettedImage, { registry, repository, tag }: ImageReference): boolean {
  const name = `${registry}/${repository}`;
  return matchesPattern(image, name) || (tag !== null && matchesPattern(image, `${name}:${tag}`));
}

/**
 * The copy inside of an image that some register names and whose vetting has not run out; null when there is none, or
 * none for an image without a tag.
 */
export function copyOf(
  reference: ImageReference,
  { registers }: Vetting,
  today: CalendarDate,
): ImageReference | null {
  const entry = registers
    .flat()
    .find((each) => each.copy !== null && names(each, reference) && today <= each.expires);
  const copy = entry?.copy ?? null;
  if (copy === null || (copy.includes('{tag}') && reference.tag === null)) return null;
  const parsed = parseReference(copy.replaceAll('{tag}', reference.tag ?? ''));
  return 'problem' in parsed || formatReference(parsed) === formatReference(reference) ? null : parsed;
}

/** The entries of whose images it is the copy inside; empty for what is none. */
export function copiedFrom(
  reference: ImageReference,
  { registers }: Vetting,
  today: CalendarDate,
): readonly VettedImage[] {
  return registers.flat().filter(({ copy, expires }) => {
    if (copy === null || today > expires) return false;
    const parsed = parseReference(copy.replaceAll('{tag}', reference.tag ?? 'latest'));
    if ('problem' in parsed) return false;
    return (
      parsed.registry === reference.registry &&
      parsed.repository === reference.repository &&
      (parsed.tag === null || parsed.tag === reference.tag) &&
      (parsed.digest === null || parsed.digest === reference.digest)
    );
  });
}

/** Of a copy: vetted by the name that policy gives it, or, where policy asks for digests, by what it holds. */
export function vettingOfCopy(
  reference: ImageReference,
  recordOf: RecordOf,
  vetting: Vetting,
  today: CalendarDate,
): VettingState {
  const entries = copiedFrom(reference, vetting, today);
  // One that the register names by digest is the content itself.
  const isPinned = entries.some(({ copy }) => copy?.includes('@') === true);
  if (!vetting.requireDigests || isPinned) return { kind: 'vetted', entries };
  return inRegister(reference, recordOf, entries, true, today);
}
