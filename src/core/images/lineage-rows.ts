// A hop of a lineage → the rows a reviewer reads, in their order, for whatever shows them.
import type { BuildSource, Hop } from '../model/lineage.ts';
import type { ImageTrust } from '../trust/image-trust.ts';
import { trustRows } from './trust-rows.ts';

export type Row = {
  readonly label: string;
  /** Somebody else's words may be in it. */
  readonly text: string;
  /** An address made by us from checked parts; null when there is none. */
  readonly link: string | null;
};

const SURE: Readonly<Record<Hop['sure'], string>> = {
  proven: 'proven: something names it, and its layers are in this image',
  stated: 'stated by the publisher, not proven',
  inferred: 'inferred: likely, yet nothing of this image’s own says it',
  contradicted: 'contradicted: its layers are not in this image',
  unknown: 'unknown',
};

const AGREES = { yes: 'for it', no: 'against it', unknown: 'open' } as const;

/** `trust` null: nobody looked at what vouches for the image beyond its being there. */
export function rowsOf(hop: Hop, trust: ImageTrust | null): readonly Row[] {
  const row = (label: string, text: string, link: string | null = null): Row => ({ label, text, link });
  return [
    row('digest', hop.digest),
    ...(hop.digest === hop.manifest ? [] : [row(`for ${hop.platform}`, hop.manifest)]),
    row('created', hop.created ?? 'not said'),
    row('distribution', distributionText(hop)),
    row('licences', licenseText(hop)),
    row('supplier', hop.supplier ?? 'not said'),
    sourceRow(hop.source),
    row('layers', layerText(hop)),
    ...(trust === null ? [row('signatures', signatureText(hop))] : trustRows(trust)),
    row(
      'attestations',
      hop.attestations.length === 0 ? 'none listed' : `${hop.attestations.join(', ')} (not verified)`,
    ),
    ...(hop.ingredients.length === 0 ? [] : [row('build used', hop.ingredients.join(', '))]),
    row('base', `${hop.base ?? 'not known'} (${SURE[hop.sure]})`),
    ...hop.evidence.map(({ source, agrees, says }) => row(source, `${AGREES[agrees]}: ${says}`)),
    ...hop.conflicts.map((conflict) => row('conflict', conflict)),
  ];
}

function distributionText({ distribution }: Hop): string {
  if (distribution === null) return 'not known';
  const { name, release, from, supported } = distribution;
  const until = supported === null ? '' : `, updates for everybody until ${supported}`;
  return `${name}${release === null ? '' : ` ${release}`} (by its ${from})${until}`;
}

function licenseText({ licenses }: Hop): string {
  if (licenses === null) return 'none declared';
  return licenses.inherited ? `${licenses.expression} (its base’s label, inherited)` : licenses.expression;
}

function sourceRow(source: BuildSource | null): Row {
  if (source === null) return { label: 'source', text: 'not said', link: null };
  const { repository, commit, path, link, from } = source;
  const what = [
    repository,
    ...(path === null ? [] : [path]),
    commit === null ? 'no commit named' : `commit ${commit}`,
  ];
  return {
    label: 'source',
    text:
      link === null
        ? `${what.join(', ')} (by its ${from})`
        : `by its ${from}${path === null ? '; the Dockerfile is not named' : ''}`,
    link,
  };
}

function layerText({ layers: { total, own, bytes, ownBytes } }: Hop): string {
  if (own === null || ownBytes === null)
    return `${total} (${sizeText(bytes)}), how many are inherited is not known`;
  return `${total} (${sizeText(bytes)}): ${own} own (${sizeText(ownBytes)}), ${total - own} inherited`;
}

/** Compressed sizes, in units of 1000 as registries show them. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** step).toFixed(1)} ${units[step - 1]}`;
}

function signatureText({ signed, signatures }: Hop): string {
  if (signed === 'unknown') return 'not known';
  if (signed === 'absent') return 'none found';
  return `${signatures.map(({ kind, digest }) => `${kind} ${digest}`).join(', ')} (present, not verified)`;
}
