// Flow 1: a Dockerfile that is recognised as a copy of another one says so and keeps the licence it came under.
import { isGnuText, safelyNamed } from '../../licenses/gnu.ts';
import type { KnownFile } from '../../model/copy.ts';
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { Visibility } from '../../model/evidence.ts';
import type { Facts } from '../../model/facts.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import { copiesIn, fileAddress, likenessOf, type Missing, missingFrom, originEdit } from '../originals.ts';
import { firstLine } from '../positions.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

/** Share of both files from which the whole file is a copy and not one part of it. */
const WHOLE = 0.7;
/** Passing it on is what the licence has conditions for. */
const WHOLE_SEVERITY: Record<Visibility, Severity> = {
  public: 'error',
  unknown: 'warning',
  internal: 'warning',
  private: 'warning',
};

const MIRROR = `FROM debian:12.7
RUN set -eu; apt-get update; \\
    apt-get install -y --no-install-recommends rsync cron logrotate xz-utils; \\
    rm -rf /var/lib/apt/lists/*
RUN useradd --system --home-dir /srv/mirror --shell /usr/sbin/nologin mirror; \\
    install -d -o mirror -g mirror -m 0750 /srv/mirror/pool /srv/mirror/dists; \\
    printf '%s\\n' '17 * * * * mirror /usr/local/bin/sync-pool' > /etc/cron.d/sync-pool
COPY sync-pool prune-dists /usr/local/bin/
VOLUME /srv/mirror/pool
HEALTHCHECK CMD test -e /srv/mirror/dists/.last-run
CMD ["cron", "-f", "-L", "2"]
`;
const COPY_OF_MIRROR = MIRROR.replace('debian:12.7', 'debian:13.1')
  .replace('rsync cron logrotate xz-utils', 'cron rsync tini xz-utils logrotate')
  .replace('VOLUME', 'ENV LANG=C.UTF-8\nVOLUME');
const ORIGINAL = {
  repository: 'other/images',
  path: 'mirror/Dockerfile',
  commit: '5d'.repeat(20),
  license: 'MIT',
  copyrights: ['Copyright (c) 2019 Other Authors'],
  text: MIRROR,
} as const;
const ORIGIN = `# Origin: https://github.com/other/images/blob/${ORIGINAL.commit}/mirror/Dockerfile`;

export const copiedDockerfile: Rule = {
  id: 'copied-dockerfile',
  obligation: 'flow-01-dockerfile-provenance',
  title: 'A Dockerfile copied from a known one names its origin and keeps its licence',
  severity: 'warning',
  why: 'Nearly every licence asks those who pass a text on to keep its copyright and licence notice, and without the place of the original its corrections never arrive.',
  remedy:
    'Compare the two. If it was copied, add `# SPDX-License-Identifier: …`, `# SPDX-FileCopyrightText: …` and `# Origin: …` as the original has them; better still, build `FROM` the image that is made of it.',
  guidance: flows(1, 1, 3, 4),
  examples: {
    accepts: [
      {
        title: 'A copy with licence, holder and origin',
        files: {
          Dockerfile: `# SPDX-FileCopyrightText: 2019 Other Authors\n# SPDX-License-Identifier: MIT\n${ORIGIN}\n${COPY_OF_MIRROR}`,
        },
        elsewhere: [ORIGINAL],
      },
      {
        title: 'The steps that everybody writes',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN apt-get update && apt-get install -y curl\nWORKDIR /srv\nCOPY . .\nCMD ["./run"]\n',
        },
        elsewhere: [ORIGINAL],
      },
      {
        title: 'A fork under the licence of the original',
        files: {
          'mirror/Dockerfile': COPY_OF_MIRROR,
          'package.json': '{ "name": "images", "license": "MIT" }\n',
        },
        elsewhere: [{ ...ORIGINAL, repository: 'other/product' }],
      },
      {
        title: 'The original itself, which others have copied',
        files: { 'mirror/Dockerfile': MIRROR },
        elsewhere: [
          { ...ORIGINAL, repository: 'acme/product' },
          { ...ORIGINAL, text: COPY_OF_MIRROR },
        ],
      },
    ],
    rejects: [
      {
        title: 'A copy with another base, a package and a variable of its own',
        files: { Dockerfile: `# syntax=docker/dockerfile:1\n${COPY_OF_MIRROR}` },
        elsewhere: [ORIGINAL],
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'The origin is named, but another licence',
        files: { Dockerfile: `# SPDX-License-Identifier: Apache-2.0\n${ORIGIN}\n${COPY_OF_MIRROR}` },
        elsewhere: [ORIGINAL],
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'A copy of a file whose licence nobody knows',
        files: { 'build/Dockerfile': COPY_OF_MIRROR },
        elsewhere: [{ ...ORIGINAL, license: null, copyrights: [] }],
        expect: { outcome: 'violation', line: 1 },
      },
    ],
  },
  check: (facts, policy) => facts.head.dockerfiles.flatMap((dockerfile) => judge(dockerfile, facts, policy)),
};

function judge(dockerfile: Dockerfile, facts: Facts, policy: Policy): readonly Finding[] {
  const copies = copiesIn(facts, dockerfile);
  // One declared origin explains the others too: they are relatives.
  const copy = copies.find(({ original }) => missingFrom(dockerfile, original).origin === false) ?? copies[0];
  if (copy === undefined) return [];
  const { original } = copy;
  const missing = missingFrom(dockerfile, original);
  if (!missing.origin && !missing.license) return [];
  const isInside = policy.owners.some((owner) => owner.toLowerCase() === ownerOf(original));
  const lacks = missing.origin ? 'does not say so' : `does not keep its licence ${original.license}`;
  return [
    findingOf(copiedDockerfile, {
      outcome: 'violation',
      severity: isInside || copy.same < WHOLE ? 'note' : WHOLE_SEVERITY[facts.subject.visibility],
      location: firstLine(dockerfile.path),
      message: `${likenessOf(copy)} (${original.license ?? 'licence unknown'}), and ${lacks}.`,
      remedy: remedyFor(original, missing),
      edit: originEdit(dockerfile, original),
      about: { dockerfile: [dockerfile.path], original: [`${original.server}/${original.repository}`] },
    }),
  ];
}

function remedyFor(original: KnownFile, missing: Missing): string {
  const address = fileAddress(original);
  const named = original.license === null ? null : safelyNamed(original.license);
  const later =
    original.license !== null && isGnuText(original.license)
      ? ` Its repository holds the text of ${original.license} and does not say whether later versions count; \`${named}\` is right in any case.`
      : '';
  if (!missing.origin)
    return `Add \`# SPDX-License-Identifier: ${named}\`: what was copied stays under the licence it came with.${later}`;
  const license = named === null ? 'the licence you find there' : 'its licence';
  return `Compare it with ${address}. If it was copied, add ${license}, its copyright holders and \`# Origin: ${address}\` at the top.${later}`;
}

function ownerOf({ repository }: KnownFile): string {
  return (repository.split('/')[0] ?? '').toLowerCase();
}
