// What registries say in the rules' samples: records of images, as short as they can be.
import { formatReference, parseReference } from '../images/reference.ts';
import type { Gap } from '../model/evidence.ts';
import type { ImageRecord, ImageReference } from '../model/image.ts';
import type { Hop } from '../model/lineage.ts';

/** A digest made of one byte, `00` to `ff`. */
export function sampleDigest(byte: string): string {
  return `sha256:${byte.repeat(32)}`;
}

/** An image known to `scratch`: each name stands on the next. */
export function sampleLineage(byte: string, ...names: readonly string[]): ImageRecord {
  const hops = names.map((name, index) =>
    // Each hop is content of its own.
    sampleHop(
      name,
      sampleDigest(index === 0 ? byte : `${index}${byte.slice(0, 1)}`),
      names[index + 1] ?? 'scratch',
    ),
  );
  return {
    reference: referenceOf(names[0] ?? ''),
    digest: sampleDigest(byte),
    created: '2026-10-01T00:00:00.000Z',
    labels: {},
    askedAt: '2026-11-21T11:59:00.000Z',
    lineage: { platform: 'linux/amd64', hops, end: 'scratch', gaps: [] },
    gaps: [],
  };
}

/** An image whose registry did not answer. */
export function sampleUnreachable(name: string): ImageRecord {
  const reference = referenceOf(name);
  const gap: Gap = {
    kind: 'unreachable',
    cause: 'world',
    subject: formatReference(reference),
    location: null,
    reason: `${reference.registry} did not answer in full within 15000 ms.`,
    remedy: 'Try again in a while.',
  };
  return {
    reference,
    digest: null,
    created: null,
    labels: {},
    askedAt: '2026-11-21T11:59:00.000Z',
    lineage: null,
    gaps: [gap],
  };
}

function referenceOf(name: string): ImageReference {
  const parsed = parseReference(name);
  if ('problem' in parsed) throw new Error(`${name} is no image name: ${parsed.problem}`);
  return parsed;
}

function sampleHop(name: string, digest: string, base: string): Hop {
  return {
    name: formatReference(referenceOf(name)),
    digest,
    manifest: digest,
    platform: 'linux/amd64',
    created: '2026-10-01T00:00:00.000Z',
    distribution: null,
    licenses: null,
    supplier: null,
    source: null,
    layers: { total: 1, own: 1, bytes: 1000, ownBytes: 1000 },
    signed: 'absent',
    signatures: [],
    attestations: [],
    base: base === 'scratch' ? base : formatReference(referenceOf(base)),
    sure: 'proven',
    evidence: [],
    ingredients: [],
    conflicts: [],
  };
}
