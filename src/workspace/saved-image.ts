// The part of saved evidence that registries told: images with their lineages. Strict, as the rest of it.
import { z } from 'zod';
import type { Gap } from '../core/model/evidence.ts';
import type { ImageRecord } from '../core/model/image.ts';
import type { EvidenceSource } from '../core/model/lineage.ts';
import type { ImageVouchers } from '../core/model/trust.ts';

const instant = z.iso.datetime();
const text = z.string().nullable();

/** A record, so that a source the model gains can't be forgotten here. */
const SOURCES: Readonly<Record<EvidenceSource, true>> = {
  provenance: true,
  'index annotation': true,
  'manifest annotation': true,
  label: true,
  layers: true,
  history: true,
  'image name': true,
  dockerfile: true,
  'official library': true,
  'os-release': true,
  packages: true,
};

const source = z.custom<EvidenceSource>(
  (name) => typeof name === 'string' && Object.hasOwn(SOURCES, name),
  'no kind of evidence',
);

const hop = z.strictObject({
  name: z.string(),
  digest: z.string(),
  manifest: z.string(),
  platform: z.string(),
  created: instant.nullable(),
  distribution: z.strictObject({ name: z.string(), release: text, from: source, supported: text }).nullable(),
  licenses: z.strictObject({ expression: z.string(), inherited: z.boolean() }).nullable(),
  supplier: text,
  source: z
    .strictObject({ repository: z.string(), commit: text, path: text, link: text, from: source })
    .nullable(),
  layers: z.strictObject({
    total: z.int(),
    own: z.int().nullable(),
    bytes: z.int(),
    ownBytes: z.int().nullable(),
  }),
  signed: z.enum(['present', 'absent', 'unknown']),
  signatures: z.array(
    z.strictObject({
      kind: z.enum(['cosign', 'sigstore-bundle', 'notation']),
      subject: z.string(),
      digest: z.string(),
    }),
  ),
  attestations: z.array(z.string()),
  base: text,
  sure: z.enum(['proven', 'stated', 'inferred', 'contradicted', 'unknown']),
  evidence: z.array(
    z.strictObject({
      source,
      names: text,
      agrees: z.enum(['yes', 'no', 'unknown']),
      says: z.string(),
    }),
  ),
  ingredients: z.array(z.string()),
  conflicts: z.array(z.string()),
});

const texts = z.record(z.string(), z.string());

const material = z.union([
  z.strictObject({
    kind: z.literal('cosign'),
    payload: z.string(),
    signature: z.string(),
    annotations: texts,
  }),
  z.strictObject({ kind: z.literal('cosign-attestation'), envelope: z.string(), annotations: texts }),
  z.strictObject({ kind: z.literal('sigstore-bundle'), bundle: z.string() }),
  z.strictObject({ kind: z.literal('notation'), mediaType: z.string(), envelope: z.string() }),
  z.strictObject({ problem: z.string() }),
]);

function vouchersShape(gap: z.ZodType<Gap>): z.ZodType<ImageVouchers> {
  return z.strictObject({
    digests: z.array(z.string()),
    signatures: z.array(
      z.strictObject({
        kind: z.enum(['cosign', 'cosign-attestation', 'sigstore-bundle', 'notation']),
        subject: z.string(),
        digest: z.string(),
        material,
      }),
    ),
    sboms: z.array(
      z.strictObject({
        format: z.string(),
        digest: z.string(),
        listed: z.boolean(),
        distribution: z.strictObject({ id: z.string(), release: z.string() }).exactOptional(),
        packages: z.array(z.strictObject({ name: z.string(), version: text, license: text })),
      }),
    ),
    gaps: z.array(gap),
    sbomGaps: z.array(gap),
  });
}

export function imageShape(gap: z.ZodType<Gap>): z.ZodType<ImageRecord> {
  const lineage = z.strictObject({
    platform: text,
    hops: z.array(hop),
    end: z.enum(['scratch', 'unknown']),
    gaps: z.array(gap),
  });
  return z.strictObject({
    reference: z.strictObject({ registry: z.string(), repository: z.string(), tag: text, digest: text }),
    digest: text,
    created: instant.nullable(),
    labels: z.record(z.string(), z.string()),
    askedAt: instant.nullable(),
    lineage: lineage.nullable(),
    elsewhere: z.array(z.strictObject({ platform: z.string(), lineage: lineage.nullable() })).exactOptional(),
    vouchers: vouchersShape(gap).exactOptional(),
    gaps: z.array(gap),
  });
}
