// A component → the licence that the organisation's policy states for it.
import type { ImageReference } from '../model/image.ts';
import type { Policy, StatedLicense } from '../model/policy.ts';
import { matchesPattern } from '../policy/patterns.ts';
import { bareAddress, barePurl } from './bill-of-materials.ts';
import { listedName } from './images.ts';

/** What is known of a component's name; null where it has none of that kind. */
export type Named = {
  readonly reference: ImageReference | null;
  readonly address: string | null;
  readonly purl: string | null;
};

/** The first entry that names it; null when none does. */
export function statedLicense(named: Named, { licenses }: Policy): StatedLicense | null {
  if (licenses.stated.length === 0) return null;
  const names = namesOf(named);
  return (
    licenses.stated.find(({ component }) => names.some((name) => matchesPattern(component, name))) ?? null
  );
}

function namesOf({ reference, address, purl }: Named): readonly string[] {
  if (reference !== null) return [listedName(reference), `${reference.registry}/${reference.repository}`];
  if (address !== null) return [bareAddress(address)];
  return purl === null ? [] : [barePurl(purl).replace(/^pkg:/, '')];
}
