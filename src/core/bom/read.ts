// A bill of materials (CycloneDX JSON, SPDX 2 as JSON or tag-value, SPDX 3) → its components; anything else → a gap.
import type { Gap } from '../model/evidence.ts';
import type { Bom } from '../model/facts.ts';
import { cycloneDxComponents } from './cyclonedx.ts';
import { isRecord } from './json.ts';
import { spdxPackages, spdxTagValuePackages } from './spdx.ts';
import { spdx3Packages, spdx3Version } from './spdx3.ts';

/** Largest file that is parsed, in UTF-16 units. */
export const BOM_LIMIT = 5_000_000;

const NAMES = /(?:^|\/)(?:[^/]*[._-])?(?:s?bom|cdx|spdx)\.json$|\.spdx$/i;
/** Deeper down, and among tests and other people's code, they are about something else than the product. */
const DEPTH = 2;
const ELSEWHERE = /(?:^|\/)(?:node_modules|vendor|third_party|tests?|testdata|fixtures|examples)\//;

/**
 * Whether a file is a bill of materials by its name: `bom.json`, `sbom.json`, `*.cdx.json`, `*.spdx.json`, `*.spdx`,
 * at most two folders deep.
 */
export function isBomPath(path: string): boolean {
  return NAMES.test(path) && !ELSEWHERE.test(path) && path.split('/').length <= DEPTH + 1;
}

/** Never throws. A document without components is a bill of materials that lists nothing. */
export function readBom(path: string, text: string): Bom | Gap {
  if (text.length > BOM_LIMIT)
    return gap(path, 'limit', `is longer than ${BOM_LIMIT / 1_000_000} million characters`);
  if (/\.spdx$/i.test(path)) {
    const packages = spdxTagValuePackages(text);
    return packages === null
      ? gap(path, 'syntax', 'has no line `SPDXVersion:`')
      : { path, components: packages };
  }
  const document = parsed(text);
  if (!isRecord(document)) return gap(path, 'syntax', 'is not a JSON object');
  if (document.bomFormat === 'CycloneDX') return { path, components: cycloneDxComponents(document) };
  if (typeof document.spdxVersion === 'string') return { path, components: spdxPackages(document) };
  if (spdx3Version(document) !== null) return { path, components: spdx3Packages(document) };
  return gap(path, 'syntax', 'says neither that it is CycloneDX nor that it is SPDX');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

function gap(path: string, kind: 'limit' | 'syntax', what: string): Gap {
  return {
    kind,
    cause: 'content',
    subject: path,
    location: { path, range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } },
    reason: `The bill of materials ${path} ${what}.`,
    remedy: 'Write it anew as CycloneDX JSON or SPDX 2.3, or rename the file if it is something else.',
  };
}
