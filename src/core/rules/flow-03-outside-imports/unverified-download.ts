// Flow 3: a downloaded file is checked against a digest or a signature before it is used.
import type { Bom } from '../../model/facts.ts';
import type { Edit } from '../../model/finding.ts';
import type { ImportKind } from '../../model/import.ts';
import { isKnown } from '../../value.ts';
import { digestOfAddress } from '../bill-of-materials.ts';
import { aboutFetched, type Fetched, fetchedBy, isCheckingMaterial, ranFrom } from '../downloads.ts';
import { withOption } from '../edits.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

/** Package managers and git check what they fetch against their own index or commit; these have nothing. */
const KINDS: readonly ImportKind[] = ['remote-add', 'download', 'package-url'];

export const unverifiedDownload: Rule = {
  id: 'unverified-download',
  obligation: 'flow-03-outside-imports',
  title: 'Downloads are checked against a digest or a signature',
  severity: 'error',
  why: 'A server can hand out something else tomorrow; only a digest in the Dockerfile or a signature shows that the file is the one that was looked at.',
  remedy:
    'Use `ADD --checksum=sha256:…` or follow the download with `echo "<digest>  <file>" | sha256sum -c -` or `gpg --verify` in the same `RUN`.',
  guidance: flows(3, 2, 6),
  examples: {
    accepts: [
      {
        title: '`ADD` with a digest',
        files: {
          Dockerfile: `FROM debian:12.7\nADD --checksum=sha256:${'7c'.repeat(32)} https://example.com/tool-1.2.tar.gz /opt/\n`,
        },
      },
      {
        title: 'A digest checked in the same command',
        files: {
          Dockerfile: `FROM debian:12.7\nRUN curl -fsSLo tool.tgz https://example.com/tool-1.2.tgz \\\n && echo "${'7c'.repeat(32)}  tool.tgz" | sha256sum -c -\n`,
        },
      },
      {
        title: 'A key, which others are checked with',
        files: {
          Dockerfile: 'FROM debian:12.7\nADD https://example.com/archive-key.asc /etc/apt/keyrings/\n',
        },
      },
    ],
    rejects: [
      {
        title: 'Nothing is checked',
        files: { Dockerfile: 'FROM debian:12.7\nADD https://example.com/tool-1.2.tar.gz /opt/\n' },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'Nothing is checked, though the bill of materials knows the digest',
        files: {
          Dockerfile: 'FROM debian:12.7\nADD https://example.com/tool-1.2.tar.gz /opt/\n',
          'bom.json': JSON.stringify({
            bomFormat: 'CycloneDX',
            specVersion: '1.6',
            components: [
              {
                type: 'application',
                name: 'tool',
                version: '1.2',
                hashes: [{ alg: 'SHA-256', content: '7c'.repeat(32) }],
                externalReferences: [{ type: 'distribution', url: 'https://example.com/tool-1.2.tar.gz' }],
              },
            ],
          }),
        },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'The build goes on when the check fails',
        files: {
          Dockerfile: `FROM debian:12.7\nRUN curl -fsSLo tool.tgz https://example.com/tool-1.2.tgz; echo "${'7c'.repeat(32)}  tool.tgz" | sha256sum -c -; tar xf tool.tgz\n`,
        },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'Nothing is checked in a script that the build copies and runs',
        files: {
          Dockerfile: 'FROM debian:12.7\nCOPY build/*.sh /tmp/\nRUN /tmp/tools.sh\n',
          'build/tools.sh': '#!/bin/sh\nset -e\ncurl -fsSLO https://example.com/tool-1.2.tar.gz\n',
        },
        expect: { outcome: 'violation', line: 3 },
      },
      {
        title: 'A script runs straight from the network',
        files: { Dockerfile: 'FROM debian:12.7\nRUN curl -fsSL https://example.com/install.sh | sh\n' },
        expect: { outcome: 'violation', line: 2 },
      },
    ],
  },
  check: (facts) =>
    fetchedBy(facts, KINDS).flatMap((fetched) => {
      const { entry, noun, source } = fetched;
      const lack = isCheckingMaterial(fetched) ? null : whatIsMissing(fetched);
      if (lack === null) return [];
      return findingOf(unverifiedDownload, {
        outcome: entry.verification.method === 'unknown' ? 'unknown' : 'violation',
        location: entry.location,
        message: `The ${noun} \`${source}\` ${lack}.`,
        ...checksumFrom(fetched, facts.head.boms),
        about: { ...aboutFetched(fetched), verification: [entry.verification.method] },
        related: ranFrom(fetched),
      });
    }),
};

/** A bill of materials of this repository may know the digest that the download has to have. */
function checksumFrom(
  { dockerfile, entry, source }: Fetched,
  boms: readonly Bom[],
): { readonly remedy?: string; readonly edit?: Edit | null } {
  const digest = entry.kind === 'remote-add' && isKnown(entry.source) ? digestOfAddress(boms, source) : null;
  if (digest === null) return {};
  const option = `--checksum=sha256:${digest}`;
  return {
    remedy: `Write \`ADD ${option} …\`, which is what the bill of materials says it has to be.`,
    edit: withOption(dockerfile, entry.instructionLine, option),
  };
}

/** A checksum from the same server proves only that the transfer was whole: it takes a secure channel to count. */
function whatIsMissing({ entry }: Fetched): string | null {
  switch (entry.verification.method) {
    case 'signature':
    case 'pinned-checksum':
      return null;
    case 'fetched-checksum':
      return entry.secureChannel === 'yes' ? null : 'is checked only against a digest that came the same way';
    case 'unknown':
      return 'may be checked, but it can’t be seen whether and against what';
    case 'none':
      if (entry.verification.location !== null)
        return `is checked in line ${entry.verification.location.range.start.line}, but a failure there does not stop the build in time`;
      return entry.pipedToShell
        ? 'is run without any check of what arrived'
        : 'is not checked against anything';
  }
}
