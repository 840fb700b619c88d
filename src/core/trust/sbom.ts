// A bill of materials as it hangs on an image → its packages with their licences; or why it can't be read.
import { cycloneDxComponents } from '../bom/cyclonedx.ts';
import { isRecord, jsonOf, textOf } from '../bom/json.ts';
import { spdxPackages, spdxTagValuePackages } from '../bom/spdx.ts';
import { spdx3Packages, spdx3Version } from '../bom/spdx3.ts';
import type { BomComponent } from '../model/facts.ts';
import type { ImageSbom, SbomPackage } from '../model/trust.ts';
import { subjectsOf } from './signed.ts';

/** More packages than this are no image that anybody could answer for. */
const PACKAGE_LIMIT = 50_000;

const STATEMENT = /^https:\/\/in-toto\.io\/Statement\/v(?:0\.1|1)$/;
/** What statements about bills of materials are called by BuildKit and cosign. */
const SBOM_TYPES = /^https:\/\/(?:spdx\.dev\/Document(?:\/v[\d.]+)?|cyclonedx\.org\/bom(?:\/v[\d.]+)?)$/;

export function isSbomType(predicateType: string): boolean {
  return SBOM_TYPES.test(predicateType);
}

/** `content` is a statement about one of `digests`, or the document itself. */
export function readImageSbom(
  content: unknown,
  digests: readonly string[],
  from: Pick<ImageSbom, 'digest' | 'listed'>,
): ImageSbom | { readonly problem: string } {
  if (!isRecord(content) || !STATEMENT.test(textOf(content._type) ?? '')) return readDocument(content, from);
  if (!subjectsOf(content).some((each) => digests.includes(each)))
    return { problem: 'it is about another image' };
  return isSbomType(textOf(content.predicateType) ?? '')
    ? readDocument(content.predicate, from)
    : { problem: `it is a statement of the type ${textOf(content.predicateType) ?? 'none'}` };
}

function readDocument(
  content: unknown,
  from: Pick<ImageSbom, 'digest' | 'listed'>,
): ImageSbom | { readonly problem: string } {
  // Cosign hands on as a text what it was given as one.
  const document = typeof content === 'string' ? (jsonOf(content) ?? content) : content;
  const read = componentsOf(document);
  if (read === null) return { problem: 'it says neither that it is CycloneDX nor that it is SPDX' };
  if (read.components.length > PACKAGE_LIMIT)
    return {
      problem: `it lists ${read.components.length} packages, where at most ${PACKAGE_LIMIT} are read`,
    };
  const distribution = distributionIn(read.components);
  return {
    format: read.format,
    ...from,
    ...(distribution === null ? {} : { distribution }),
    packages: packagesOf(read.components),
  };
}

function componentsOf(
  document: unknown,
): { readonly format: string; readonly components: readonly BomComponent[] } | null {
  if (typeof document === 'string') {
    const components = spdxTagValuePackages(document);
    const version = /^SPDXVersion:[ \t]*(SPDX-[\d.]+)/m.exec(document)?.[1];
    return components === null ? null : { format: version ?? 'SPDX-2', components };
  }
  if (!isRecord(document)) return null;
  const version = textOf(document.spdxVersion);
  if (version?.startsWith('SPDX-2')) return { format: version, components: spdxPackages(document) };
  const third = spdx3Version(document);
  if (third !== null) return { format: third, components: spdx3Packages(document) };
  if (document.bomFormat !== 'CycloneDX') return null;
  const format = ['CycloneDX', textOf(document.specVersion)].filter(Boolean).join(' ');
  return { format, components: cycloneDxComponents(document) };
}

/** From the `distro` of package URLs, `debian-12` or `alpine-3.20.1`: null unless all that have one say the same. */
function distributionIn(components: readonly BomComponent[]): NonNullable<ImageSbom['distribution']> | null {
  const told = new Set(
    components.flatMap(
      ({ purl }) => /^pkg:(?:deb|rpm|apk)\/[^?]*\?(?:[^#]*&)?distro=([^&#]+)/.exec(purl ?? '')?.[1] ?? [],
    ),
  );
  const [only] = told;
  const [, id, release] = /^([a-z][a-z0-9_-]*?)-(\d[\w.]*)$/.exec(only ?? '') ?? [];
  return told.size !== 1 || id === undefined || release === undefined ? null : { id, release };
}

/** Sorted, each once; a package that is listed with a licence and without one has it. */
function packagesOf(components: readonly BomComponent[]): readonly SbomPackage[] {
  return mergedPackages(
    components.map(({ name, version, licenses }) => ({ name, version, license: joined(licenses) })),
  );
}

export function mergedPackages(packages: readonly SbomPackage[]): readonly SbomPackage[] {
  const licensed = new Set(
    packages.filter(({ license }) => license !== null).map(({ name, version }) => `${name}\n${version}`),
  );
  const kept = packages.filter(
    ({ name, version, license }) => license !== null || !licensed.has(`${name}\n${version}`),
  );
  const distinct = new Map(
    kept.map((each) => [`${each.name}\n${each.version ?? ''}\n${each.license ?? ''}`, each]),
  );
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, each]) => each);
}

function joined(licenses: readonly string[]): string | null {
  if (licenses.length <= 1) return licenses[0] ?? null;
  return licenses.map((each) => (/\s(?:OR|AND)\s/i.test(each) ? `(${each})` : each)).join(' AND ');
}
