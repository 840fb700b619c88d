// Image names of a push → one destination each, with what settles an open host.
import type { Unsettled } from '../model/delivery.ts';
import type { Value } from '../model/value.ts';
import { format, join, known, presumed, text } from '../value.ts';
import type { Act } from './act.ts';
import { alternatives, decidingText } from './alternatives.ts';
import type { Classify } from './deliveries.ts';
import { byCodeUnit } from './files.ts';
import { type ImageName, imageIdentity, readImageName } from './image-name.ts';
import { onlyLogin, type RunActs } from './run-acts.ts';

type Names = { readonly same: readonly Value[]; readonly certain: boolean; readonly deciding: string | null };

/** Names of one image together. A name that may be another image, or none, is not certain. */
export function groupNames(names: readonly Value[]): readonly Names[] {
  const groups = new Map<string, { same: Value[]; certain: boolean; deciding: string | null }>();
  for (const name of names) {
    const options = alternatives(name);
    const identities = new Set(options.map((option) => (option.length === 0 ? '' : imageIdentity(option))));
    for (const option of options) {
      if (option.length === 0) continue;
      const group = groups.get(imageIdentity(option)) ?? { same: [], certain: false, deciding: null };
      group.same.push(option);
      if (identities.size === 1) group.certain = true;
      else group.deciding ??= decidingText(name);
      groups.set(imageIdentity(option), group);
    }
  }
  return [...groups.values()].map((group) => (group.certain ? { ...group, deciding: null } : group));
}

type SettledName = ImageName & { readonly unsettled: readonly Unsettled[] };

/**
 * A host that is not written out and not known: the job can only push where it logged in, so a single log-in settles
 * it. A known name without host goes to Docker Hub wherever the log-in went.
 */
export function settled(
  image: ImageName,
  written: Value,
  run: RunActs,
  act: Act,
  isCertain: boolean,
): SettledName {
  if (image.hasHost !== 'unknown') return { ...image, unsettled: [] };
  const registry = onlyLogin(run.job(act.job), isCertain);
  if (registry === null) return { ...image, unsettled: [] };
  const what = `the host of ${format(written)} is taken from the only log-in of the job`;
  const unsettled = [
    { what, settledBy: 'write the registry in front of the image name', location: act.location },
  ];
  if (known(registry) === 'docker.io') {
    const whole = withoutTag(written, image);
    return { ...image, registry, repository: whole, unsettled };
  }
  return { ...image, registry, unsettled };
}

/**
 * A name by what its parts are unless something sets them otherwise (`${IMAGE:-acme/api}`). Only where that is public:
 * what a fallback keeps inside may still be sent out by whoever sets it.
 */
export function presumedName(written: Value, classify: Classify, act: Act): SettledName | null {
  const name = presumed(written);
  if (name === written) return null;
  const image = readImageName(name);
  if (image.hasHost === 'unknown' || classify(image.registry, image.repository) !== 'public') return null;
  const what = `${format(written)} is taken to be ${format(name)}: nothing in sight sets it otherwise`;
  const unsettled = [{ what, settledBy: 'write the name out where it is used', location: act.location }];
  return { ...image, unsettled };
}

function withoutTag(written: Value, image: ImageName): Value {
  if (image.tag === null && image.digest === null) return written;
  const full =
    format(image.registry) === format(image.repository)
      ? image.repository
      : join([image.registry, '/', image.repository]);
  return full;
}

export function tagsOf(names: readonly Value[]): readonly Value[] {
  const tags = new Map<string, Value>();
  for (const name of names) {
    const { tag, digest, hasHost } = readImageName(name);
    const whole = hasHost === 'unknown' && name.length === 1;
    const value = tag ?? (digest === null && !whole ? text('latest') : null);
    if (value !== null) tags.set(format(value), value);
  }
  return [...tags].sort(([left], [right]) => byCodeUnit(left, right)).map(([, value]) => value);
}
