// Deliveries of obligations that policy calls strict → the same, with the build context's content among what they are about.
import type { Delivery, DeliveryChange } from './model/delivery.ts';
import type { Snapshot } from './model/evidence.ts';
import type { Obligation } from './model/policy.ts';
import { byCodeUnit, repositoryPath } from './pipeline/files.ts';
import { known } from './value.ts';
import { digest } from './verdict/fingerprint.ts';

const CONTEXT = 'content of the build context';

/** An approval of such a delivery lapses with any file that the build may copy (DESIGN, section 6). */
export function withStrictContext(
  changes: readonly DeliveryChange[],
  strict: readonly Obligation[],
  base: Snapshot | null,
  head: Snapshot,
): readonly DeliveryChange[] {
  if (strict.length === 0) return changes;
  return changes.map((each) => {
    if (!strict.includes(obligationOf(each.delivery)) || each.change === 'stopped') return each;
    const now = contextDigest(head, each.delivery);
    const before = base === null ? null : contextDigest(base, each.delivery);
    const about = { ...each.about, [CONTEXT]: [now] };
    if (each.change === 'started') return { ...each, about };
    const previously = { ...(each.previously ?? each.about), [CONTEXT]: before === null ? [] : [before] };
    return each.change === 'unchanged' && before === now
      ? { ...each, about }
      : { ...each, about, change: 'changed', previously };
  });
}

/** Which obligation a delivery falls under; what can't be told counts as a push to a public registry. */
function obligationOf({ kind, destination }: Delivery): Obligation {
  switch (kind) {
    case 'dockerfile-release':
      return 'flow-05-dockerfile-release';
    case 'image-archive':
      return 'flow-08-image-archive';
    case 'registry-push':
    case 'opaque':
      return destination.class === 'own' ? 'flow-07-own-registry' : 'flow-06-public-registry';
    default:
      return kind satisfies never;
  }
}

/** Over paths, kinds and contents below the context; over the whole repository when the context is not known to be a part of it. */
function contextDigest({ entries }: Snapshot, { build }: Delivery): string {
  const context = build?.context ? known(build.context) : null;
  const folder = context === null ? '' : (repositoryPath(context) ?? '');
  const inside = entries.filter(({ path }) => path.startsWith(`${folder}/`));
  // An address, or a folder that only exists during the build: too much is compared rather than too little.
  const files = inside.length === 0 ? entries : inside;
  return digest(
    [...files].sort((a, b) => byCodeUnit(a.path, b.path)).map(({ path, kind, oid }) => [path, kind, oid]),
  );
}
