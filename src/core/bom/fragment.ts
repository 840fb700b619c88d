// Components that a bill of materials lacks → the CycloneDX 1.6 document that lists them. Source: cyclonedx.org/docs/1.6/json.
import { parseExpression } from '../licenses/expression.ts';

export type FragmentComponent = {
  readonly type: 'container' | 'application' | 'library';
  readonly name: string;
  readonly version: string | null;
  readonly purl: string | null;
  /** Where it is got from; null for what a package manager resolves. */
  readonly address: string | null;
  /** As somebody states it; null when nobody does. */
  readonly license: string | null;
};

/** The document in parts: what stands before, each component by itself without a comma, and what stands behind. */
export type Fragment = {
  readonly before: string;
  readonly components: readonly string[];
  readonly behind: string;
};

/** Indented JSON once the components are joined by `,\n`; in the order given, the same one once. */
export function bomFragment(components: readonly FragmentComponent[]): Fragment {
  const entries = new Map(components.map((component) => [JSON.stringify(component), entryOf(component)]));
  return {
    before: '{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.6",\n  "version": 1,\n  "components": [',
    components: [...entries.values()].map((entry) =>
      JSON.stringify(entry, null, 2)
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n'),
    ),
    behind: '  ]\n}',
  };
}

function entryOf({ type, name, version, purl, address, license }: FragmentComponent): object {
  return {
    type,
    name,
    ...(version === null ? {} : { version }),
    ...(purl === null ? {} : { purl }),
    ...(license === null ? {} : { licenses: [licenseEntry(license)] }),
    ...(address === null ? {} : { externalReferences: [{ type: referenceType(address), url: address }] }),
  };
}

/** What is no SPDX expression may only be given as a name. */
function licenseEntry(license: string): object {
  return 'problem' in parseExpression(license) ? { license: { name: license } } : { expression: license };
}

function referenceType(address: string): 'vcs' | 'distribution' {
  return /^git(?:\+|@|:)|\.git(?:[#@?/]|$)/.test(address) ? 'vcs' : 'distribution';
}
