// Flow 3: what is fetched is named by a version or a commit, not by "the newest".
import type { Facts } from '../../model/facts.ts';
import type { ImportKind } from '../../model/import.ts';
import { aboutFetched, type Fetched, fetchedBy, isCheckingMaterial, ranFrom } from '../downloads.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const KINDS: readonly ImportKind[] = ['git-clone', 'download', 'remote-add', 'package-url'];

export const unpinnedSource: Rule = {
  id: 'unpinned-source',
  obligation: 'flow-03-outside-imports',
  title: 'Sources from outside are pinned to a version or a commit',
  severity: 'warning',
  why: 'A branch or a "latest" address brings in other code, and perhaps another licence, with every build; then nobody can say what was shipped.',
  remedy:
    'Name a release or, better, the full commit: `git clone` followed by `git checkout <commit>`, `ADD https://…git#<commit>`, or an address with the version in it.',
  guidance: flows(3, 2, 3),
  examples: {
    accepts: [
      {
        title: 'A commit is checked out',
        files: {
          Dockerfile: `FROM debian:12.7\nRUN git clone https://github.com/other/tool.git && cd tool && git checkout ${'5d'.repeat(20)}\n`,
        },
      },
      {
        title: 'A Go module at a release',
        files: { Dockerfile: 'FROM golang:1.25.1\nRUN go install github.com/other/tool@v1.2.0\n' },
      },
      {
        title: 'A release in the address',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN curl -fsSLO https://github.com/other/tool/releases/download/v1.2.0/tool.tgz\n',
        },
      },
    ],
    rejects: [
      {
        title: 'Whatever the default branch holds',
        files: {
          Dockerfile: 'FROM debian:12.7\nRUN git clone https://github.com/other/tool.git /opt/tool\n',
        },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'Whatever the newest release is',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN curl -fsSLO https://github.com/other/tool/releases/latest/download/tool.tgz\n',
        },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'Whatever a Go module’s newest release is',
        files: { Dockerfile: 'FROM golang:1.25.1\nRUN go install github.com/other/tool@latest\n' },
        expect: { outcome: 'violation', line: 2 },
      },
    ],
  },
  check: (facts) =>
    [...fetchedBy(facts, KINDS), ...goModules(facts)]
      .filter((fetched) => isLoose(fetched) && !isCheckingMaterial(fetched))
      .map((fetched) => {
        const isMoving = fetched.entry.pinning === 'moving';
        return findingOf(unpinnedSource, {
          outcome: isMoving ? 'violation' : 'unknown',
          location: fetched.entry.location,
          message: isMoving
            ? `The ${fetched.noun} \`${fetched.source}\` brings whatever is newest on the day of the build.`
            : `Which version the ${fetched.noun} \`${fetched.source}\` brings is only decided during the build.`,
          about: aboutFetched(fetched),
          related: ranFrom(fetched),
        });
      }),
};

/** A module path with a version query that is no release and no commit (Go Modules Reference, "Version queries"). */
const MOVING_QUERY = /^[^/@]+\.[^/@]+\/[^@]+@(?!v\d|[0-9a-f]{7,40}$|none$)[\w./-]+$/;

/** Go fetches modules from their own repositories, each named by its address. */
function goModules(facts: Facts): readonly Fetched[] {
  return fetchedBy(facts, ['package-manager'])
    .filter(({ entry, source }) => source === 'go' && entry.pinning === 'moving')
    .flatMap((fetched) =>
      fetched.entry.packages
        .filter((module) => MOVING_QUERY.test(module))
        .map((module) => ({ ...fetched, noun: 'module', source: module })),
    );
}

/**
 * A digest in the file makes even a moving address name one content. Of a version that only the build knows, clones
 * alone are asked about here: a file of such a version is either proven by a digest or found by `unverified-download`.
 */
function isLoose({ entry }: Fetched): boolean {
  if (entry.verification.method === 'pinned-checksum') return false;
  return entry.pinning === 'moving' || (entry.pinning === 'unknown' && entry.kind === 'git-clone');
}
