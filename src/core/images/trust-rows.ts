// What vouches for an image → the rows a reviewer reads of it.
import type { SbomPackage, SbomState, SignatureState } from '../model/trust.ts';
import type { ImageTrust } from '../trust/image-trust.ts';
import type { Row } from './lineage-rows.ts';

/** Sentences, licences and packages that are written out; the JSON has them all. */
const WRITTEN_OUT = 6;

export function trustRows({ signature, sbom, unmet, licenses }: ImageTrust): readonly Row[] {
  const row = (label: string, text: string): Row => ({ label, text, link: null });
  return [
    row('signatures', signatureText(signature)),
    ...few(signature.evidence, 'signatures').map((text) => row('signature', text)),
    ...unmet.map(({ image, by }) =>
      row('not met', `Policy asks for a signature by ${by.join(' or ')} on ${image}.`),
    ),
    row('packages', packagesText(sbom)),
    ...(sbom.packages === 0 ? [] : [row('licences of packages', licensesText(sbom))]),
    ...few(sbom.evidence, 'documents').map((text) => row('packages by', text)),
    ...licenses.map(({ license, verdict, reason, packages }) =>
      row(
        verdict === 'denied' ? 'denied' : 'not allowed',
        `${license ?? 'no licence'}: ${reason} (${packageNames(packages)}).`,
      ),
    ),
  ];
}

const SIGNATURES: Readonly<Record<Exclude<SignatureState['state'], 'verified'>, string>> = {
  present: 'present, not verified',
  absent: 'none found',
  unknown: 'not known',
};

function signatureText({ state, by }: SignatureState): string {
  return state === 'verified' ? `verified: by ${by.join(', ')}` : SIGNATURES[state];
}

function packagesText({ state, packages, formats, by }: SbomState): string {
  if (state === 'absent') return 'no bill of materials found';
  const counted = `${packages} listed (${formats.join(', ')}), ${by.length === 0 ? 'nobody of the policy vouches for it' : `vouched for by ${by.join(', ')}`}`;
  if (state === 'unknown') return packages === 0 ? 'not known' : `not all known: ${counted}`;
  return counted;
}

function licensesText({ licenses }: SbomState): string {
  const told = licenses.filter(({ license }) => license !== null);
  const rest = licenses.find(({ license }) => license === null)?.packages.length ?? 0;
  const first = told.slice(0, WRITTEN_OUT).map(({ license, packages }) => `${packages.length} ${license}`);
  return [
    ...first,
    ...(told.length > WRITTEN_OUT ? [`${told.length - WRITTEN_OUT} further licences`] : []),
    ...(rest > 0 ? [`${rest} without a licence`] : []),
  ].join('; ');
}

function packageNames(packages: readonly SbomPackage[]): string {
  const named = packages
    .slice(0, WRITTEN_OUT)
    .map(({ name, version }) => (version === null ? name : `${name} ${version}`));
  const more = packages.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function few(sentences: readonly string[], noun: string): readonly string[] {
  return sentences.length <= WRITTEN_OUT
    ? sentences
    : [...sentences.slice(0, WRITTEN_OUT), `${sentences.length - WRITTEN_OUT} more ${noun} are not shown.`];
}
