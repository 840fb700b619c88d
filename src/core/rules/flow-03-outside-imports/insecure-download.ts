// Flow 3: what is downloaded comes over a channel that nobody on the way can change, or is proven by a digest.
import type { Edit } from '../../model/finding.ts';
import type { ImportKind } from '../../model/import.ts';
import { aboutFetched, type Fetched, fetchedBy, ranFrom } from '../downloads.ts';
import { withoutSwitch } from '../edits.ts';
import { findingOf, flows, type Rule } from '../rule.ts';
import { withTls } from '../tls-hosts.ts';

const KINDS: readonly ImportKind[] = [
  'remote-add',
  'download',
  'git-clone',
  'package-url',
  'package-repository',
  'package-manager',
];

export const insecureDownload: Rule = {
  id: 'insecure-download',
  obligation: 'flow-03-outside-imports',
  title: 'Downloads use a secure channel',
  severity: 'error',
  why: 'Over plain HTTP, FTP or git, or with the certificate check switched off, anybody on the way can put other content into the image.',
  remedy:
    'Use `https://` or SSH and leave certificate and signature checks on, or check the content against a digest that is kept in the Dockerfile.',
  guidance: flows(3, 6),
  examples: {
    accepts: [
      {
        title: 'TLS',
        files: { Dockerfile: 'FROM debian:12.7\nADD https://example.com/tool-1.2.tar.gz /opt/\n' },
      },
      {
        title: 'No TLS, but the content is proven by a digest in the file',
        files: {
          Dockerfile: `FROM debian:12.7\nADD --checksum=sha256:${'7c'.repeat(32)} http://example.com/tool-1.2.tar.gz /opt/\n`,
        },
      },
      {
        title: 'A package repository, whose signatures the package manager checks',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN echo "deb http://packages.example.org/debian bookworm main" > /etc/apt/sources.list.d/extra.list\n',
        },
      },
    ],
    rejects: [
      {
        title: 'Plain HTTP from a host that also serves TLS',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN curl -fsSLO http://github.com/acme/tool/releases/download/v1.2/tool.tar.gz\n',
        },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'An index whose packages nobody signs, without TLS',
        files: {
          Dockerfile:
            'FROM python:3.13\nRUN pip install --index-url http://pypi.example.org/simple tool==1.2\n',
        },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'The certificate check is switched off',
        files: { Dockerfile: 'FROM debian:12.7\nRUN wget --no-check-certificate https://example.com/tool\n' },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'The certificate check is switched off among other switches',
        files: { Dockerfile: 'FROM debian:12.7\nRUN curl -fkLO https://example.com/tool\n' },
        expect: { outcome: 'violation', line: 2 },
      },
    ],
  },
  check: (facts) =>
    fetchedBy(facts, KINDS).flatMap((fetched) => {
      const { entry, noun, source } = fetched;
      const switches = entry.weakened.map((each) => `\`${each.option}\``).join(', ');
      // Of a file from an address that nobody can tell, unverified-download asks; a clone has no digest to ask about.
      const isOpen = switches === '' && entry.kind === 'git-clone' && entry.secureChannel === 'unknown';
      const why =
        switches !== ''
          ? `switches checks off (${switches})`
          : isOpen
            ? 'comes from an address that only the build decides'
            : 'comes over a channel without protection';
      if (!(isOpen || isExposed(fetched)) || isProven(fetched)) return [];
      return findingOf(insecureDownload, {
        outcome: isOpen ? 'unknown' : 'violation',
        location: entry.location,
        message: `The ${noun} \`${source}\` ${why}.`,
        remedy: switches === '' ? null : `Leave out ${switches}.`,
        edit: switches === '' ? withTls(fetched) : withChecks(fetched),
        about: { ...aboutFetched(fetched), weakened: entry.weakened.map((each) => each.option).sort() },
        related: [
          ...entry.weakened.map((each) => ({
            location: each.location,
            message: `\`${each.option}\` stands here.`,
          })),
          ...ranFrom(fetched),
        ],
      });
    }),
};

/** Switches that have no value of their own, so that nothing of theirs stays behind. */
const VALUELESS: ReadonlySet<string> = new Set([
  '-k',
  '--insecure',
  '--no-check-certificate',
  '--allow-unauthenticated',
  '--allow-untrusted',
  '--no-gpg-check',
  '--no-gpg-checks',
  '--nogpgcheck',
]);

/** Without its only switch; with several, the author has to go through them. */
function withChecks({ dockerfile, entry: { weakened } }: Fetched): Edit | null {
  const [only, ...others] = weakened;
  if (only === undefined || others.length > 0 || !VALUELESS.has(only.option)) return null;
  return withoutSwitch(dockerfile, only.location, only.option);
}

/**
 * Of an installation only its switches count: where its packages come from stands as a repository of its own, which is
 * proven where the package manager checks signatures.
 */
function isExposed({ entry: { kind, weakened, secureChannel } }: Fetched): boolean {
  return weakened.length > 0 || (kind !== 'package-manager' && secureChannel === 'no');
}

function isProven({ entry }: Fetched): boolean {
  const { method } = entry.verification;
  return method === 'signature' || method === 'pinned-checksum';
}
