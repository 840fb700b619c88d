// An image and the registers of vetted images → whether somebody inside answers for it, and which copy stands for it.
import type { ImageRecord, ImageReference } from '../model/image.ts';
import type { CalendarDate, VettedImage, Vetting } from '../model/policy.ts';
import { matchesPattern } from '../policy/patterns.ts';
import { formatReference, parseReference } from './reference.ts';

/**
 * `other`: the name is in a register, yet for other digests than the one it stands for. `unknown`: the register names
 * digests, and what the name stands for is not known.
 */
export type VettingState =
  | { readonly kind: 'vetted'; readonly entries: readonly VettedImage[] }
  | { readonly kind: 'unlisted' }
  | { readonly kind: 'expired'; readonly entry: VettedImage }
  | { readonly kind: 'other'; readonly entry: VettedImage; readonly digest: string }
  | { readonly kind: 'unknown'; readonly entry: VettedImage };

/** Every register has to have it; the first that has not decides. */
export function vettingOf(
  reference: ImageReference,
  record: ImageRecord | null,
  { registers }: Vetting,
  today: CalendarDate,
): VettingState {
  const entries: VettedImage[] = [];
  for (const register of registers) {
    const state = inRegister(reference, record, register, today);
    if (state.kind !== 'vetted') return state;
    entries.push(...state.entries);
  }
  return { kind: 'vetted', entries };
}

function inRegister(
  reference: ImageReference,
  record: ImageRecord | null,
  register: readonly VettedImage[],
  today: CalendarDate,
): VettingState {
  const named = register.filter((entry) => names(entry, reference));
  const [first] = named;
  if (first === undefined) return { kind: 'unlisted' };
  const current = named.filter(({ expires }) => today <= expires);
  if (current.length === 0) {
    const last = named.reduce((latest, each) => (each.expires > latest.expires ? each : latest), first);
    return { kind: 'expired', entry: last };
  }
  const good = current.find(({ digests }) => digests.length === 0);
  if (good !== undefined) return { kind: 'vetted', entries: [good] };
  const known = digestsOf(reference, record);
  const exact = current.find(({ digests }) => digests.some((each) => known.includes(each)));
  if (exact !== undefined) return { kind: 'vetted', entries: [exact] };
  const [entry = first] = current;
  return known[0] === undefined ? { kind: 'unknown', entry } : { kind: 'other', entry, digest: known[0] };
}

/** What the name stands for: an index and the platform's manifest in it are the same image. */
function digestsOf({ digest }: ImageReference, record: ImageRecord | null): readonly string[] {
  const told = digest ?? record?.digest ?? null;
  const top = record?.lineage?.hops[0];
  // A record of the same name says more only about the digest that was asked for.
  const manifest = top !== undefined && top.digest === told ? [top.manifest] : [];
  return told === null ? [] : [told, ...manifest];
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

/** Whether the image is one of the copies themselves. */
export function isCopy(reference: ImageReference, { registers }: Vetting, today: CalendarDate): boolean {
  return registers.flat().some(({ copy, expires }) => {
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
