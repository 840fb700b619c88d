// SPDX 2 documents, as JSON and as tag-value → packages. Source: spdx.github.io/spdx-spec/v2.3.
import type { BomComponent } from '../model/facts.ts';
import { records, sha256In, sortedTexts, textOf } from './json.ts';

type Json = Readonly<Record<string, unknown>>;

/** Words of the format for "not known" and "there is none". */
const SILENT = ['NOASSERTION', 'NONE'];

export function spdxPackages(document: Json): readonly BomComponent[] {
  return records(document.packages).flatMap((entry) => {
    const name = textOf(entry.name);
    if (name === null) return [];
    const purl = records(entry.externalRefs).find(({ referenceType }) => referenceType === 'purl');
    return {
      name,
      version: textOf(entry.versionInfo),
      purl: textOf(purl?.referenceLocator),
      addresses: sortedTexts([said(entry.downloadLocation), said(entry.homepage)]),
      licenses: sortedTexts([said(entry.licenseConcluded) ?? said(entry.licenseDeclared)]),
      ...sha256In(entry.checksums, 'algorithm', 'checksumValue'),
    };
  });
}

/** Null when the text is no SPDX document. */
export function spdxTagValuePackages(text: string): readonly BomComponent[] | null {
  if (!/^SPDXVersion:[ \t]*SPDX-2/m.test(text)) return null;
  const packages: Record<string, string>[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, tag = '', value = ''] = /^([A-Za-z]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (tag === 'PackageName') packages.push({});
    const current = packages.at(-1);
    if (current === undefined) continue;
    const checksum = /^SHA256:[ \t]*(\S+)/i.exec(value)?.[1];
    if (tag === 'PackageChecksum' && checksum !== undefined) current.sha256 ??= checksum;
    const key = tag === 'ExternalRef' ? / purl (\S+)$/.exec(value) && 'purl' : tag;
    if (key) current[key] ??= key === 'purl' ? (value.split(' ').at(-1) ?? '') : value.trim();
  }
  return packages.map((entry) => ({
    name: entry.PackageName ?? '',
    version: textOf(entry.PackageVersion),
    purl: textOf(entry.purl),
    addresses: sortedTexts([said(entry.PackageDownloadLocation), said(entry.PackageHomePage)]),
    licenses: sortedTexts([said(entry.PackageLicenseConcluded) ?? said(entry.PackageLicenseDeclared)]),
    ...sha256In([{ algorithm: 'SHA256', value: entry.sha256 }], 'algorithm', 'value'),
  }));
}

function said(value: unknown): string | null {
  const text = textOf(value);
  return text === null || SILENT.includes(text) ? null : text;
}
