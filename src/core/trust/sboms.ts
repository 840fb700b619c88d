// The bills of materials on an image, and whom policy believes → packages by licence, and who vouches for the list.
import { judgeLicense, type LicenseTerms, type LicenseVerdict } from '../licenses/expression.ts';
import type { Instant } from '../model/evidence.ts';
import type { ImageSbom, ImageVouchers, SbomPackage, SbomState, Signer } from '../model/trust.ts';
import { isSbomType, mergedPackages, readImageSbom } from './sbom.ts';
import { isSigning, type JudgedSignature, judgeEach } from './signatures.ts';
import { readSigned } from './signed.ts';

type Document = { readonly sbom: ImageSbom; readonly by: readonly string[] };

export function judgeSboms(vouchers: ImageVouchers, signers: readonly Signer[], at: Instant): SbomState {
  const judged = judgeEach(vouchers, signers, at);
  const attested = judged.flatMap((each) => attestedSbom(each, vouchers.digests));
  const documents: readonly Document[] = [
    ...vouchers.sboms.map((sbom) => ({ sbom, by: sbom.listed ? indexSigners(judged, vouchers) : [] })),
    ...attested.flatMap((each) => ('sbom' in each ? [each] : [])),
  ];
  const problems = [
    ...attested.flatMap((each) => ('problem' in each ? [each.problem] : [])),
    ...[...vouchers.gaps, ...vouchers.sbomGaps].map(({ subject, reason }) => `${subject}: ${reason}`),
  ];
  const packages = mergedPackages(documents.flatMap(({ sbom }) => sbom.packages));
  return {
    state: problems.length > 0 ? 'unknown' : documents.length > 0 ? 'read' : 'absent',
    formats: [...new Set(documents.map(({ sbom }) => sbom.format))].sort(),
    by: everybodys(documents.map(({ by }) => by)),
    packages: packages.length,
    licenses: byLicense(packages),
    evidence: [...documents.map(sentenceOf), ...problems],
  };
}

/** A signature on the index covers everything that the index lists. */
function indexSigners(judged: readonly JudgedSignature[], { digests }: ImageVouchers): readonly string[] {
  const [index = ''] = digests;
  const covering = judged.filter((each) => isSigning(each) && each.about.includes(index));
  return [...new Set(covering.flatMap(({ by }) => by))].sort();
}

function attestedSbom(
  { found, means, by }: JudgedSignature,
  digests: readonly string[],
): readonly (Document | { readonly problem: string })[] {
  const { material, digest, kind } = found;
  if (kind === 'notation' || kind === 'cosign') return [];
  const unread = 'problem' in material ? material.problem : means === null ? 'it can’t be read' : null;
  if (unread !== null)
    return [{ problem: `What ${digest} attests is not known, maybe a bill of materials: ${unread}.` }];
  if ('problem' in material || material.kind === 'notation' || !isSbomType(means ?? '')) return [];
  const signed = readSigned(material);
  if ('problem' in signed) return [];
  const sbom = readImageSbom(signed.statement, digests, { digest, listed: false });
  return 'problem' in sbom
    ? [{ problem: `The bill of materials ${digest} can’t be used: ${sbom.problem}.` }]
    : [{ sbom, by }];
}

/** Who vouches for all of them. */
function everybodys(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...rest] = lists;
  return first.filter((name) => rest.every((list) => list.includes(name))).toSorted();
}

function sentenceOf({ sbom: { digest, format, packages }, by }: Document): string {
  const who = by.length === 0 ? 'nobody of the policy vouches for it' : `vouched for by ${by.join(', ')}`;
  return `The bill of materials ${digest} (${format}) lists ${packages.length} packages; ${who}.`;
}

function byLicense(packages: readonly SbomPackage[]): SbomState['licenses'] {
  const groups = Map.groupBy(packages, ({ license }) => license);
  return [...groups]
    .map(([license, own]) => ({ license, packages: own }))
    .sort((a, b) => {
      if (a.license === null || b.license === null) return a.license === null ? 1 : -1;
      return b.packages.length - a.packages.length || (a.license < b.license ? -1 : 1);
    });
}

/** Packages whose licence the policy denies or can't tell, the denied first. */
export type LicenseTrouble = {
  readonly license: string | null;
  readonly verdict: Exclude<LicenseVerdict['verdict'], 'allowed'>;
  /** One clause, lower case. */
  readonly reason: string;
  readonly packages: readonly SbomPackage[];
};

/** Distributions name licences in words of their own, too, so that `unknown` is common; `denied` is beyond doubt. */
export function licenseTroubles({ licenses }: SbomState, terms: LicenseTerms): readonly LicenseTrouble[] {
  const troubles = licenses.flatMap(({ license, packages }): readonly LicenseTrouble[] => {
    if (license === null) return [{ license, verdict: 'unknown', reason: 'no licence is given', packages }];
    const judged = judgeLicense(license, terms);
    return judged.verdict === 'allowed'
      ? []
      : [{ license, verdict: judged.verdict, reason: judged.reason, packages }];
  });
  return troubles.toSorted((a, b) => Number(b.verdict === 'denied') - Number(a.verdict === 'denied'));
}
