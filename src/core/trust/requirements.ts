// An image and the requirements of the policy → which of them its signatures do not meet.
import type { ImageReference } from '../model/image.ts';
import type { ContentTrust, SignatureRequirement, SignatureState } from '../model/trust.ts';
import { matchesPattern } from '../policy/patterns.ts';

/** `state` null is an image whose signatures nobody looked at: it meets nothing. */
export function unmetRequirements(
  reference: ImageReference,
  state: SignatureState | null,
  trust: ContentTrust,
): readonly SignatureRequirement[] {
  const by = state?.state === 'verified' ? state.by : [];
  return trust.require.filter(
    (requirement) => fits(requirement, reference) && !requirement.by.some((name) => by.includes(name)),
  );
}

/** Whether policy wants to know who signed the image. */
export function asksForSignature(reference: ImageReference, { require }: ContentTrust): boolean {
  return require.some((requirement) => fits(requirement, reference));
}

/** Leaving the tag out is no way around a requirement on tags. */
function fits({ image }: SignatureRequirement, { registry, repository, tag }: ImageReference): boolean {
  const name = `${registry}/${repository}`;
  if (matchesPattern(image, name)) return true;
  return tag === null
    ? matchesPattern(image.replace(/:[^/:]*$/, ''), name)
    : matchesPattern(image, `${name}:${tag}`);
}
