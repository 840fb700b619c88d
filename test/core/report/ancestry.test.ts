// Where images come from, as the check and the packet tell it.
import { describe, expect, test } from '@jest/globals';
import type { ImageRecord } from '../../../src/core/model/image.ts';
import type { Hop } from '../../../src/core/model/lineage.ts';
import { render } from '../../../src/core/report/render.ts';
import { RULE_TEXTS, review } from '../../../src/core/review.ts';
import { sampleLineage, sampleUnreachable } from '../../../src/core/rules/image-samples.ts';
import { evidenceOf } from '../../support/samples.ts';
import { rendered } from './rendered.ts';

const WORKFLOW =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker buildx build --push -t docker.io/acme/product:1 .\n';
const POLICY = `version: 1
approval: {teams: [acme/ospo]}
vetting:
  images:
    - {image: 'docker.io/library/node:*', vetted-by: acme/security, on: 2026-10-01, expires: 2026-12-01, scan: 'https://scans.acme.example/7'}
`;

/** A bump of the base of a delivered image, and what the registries said. */
function shown(images: readonly ImageRecord[]): { readonly check: string; readonly packet: string } {
  const evidence = evidenceOf({
    title: 'Bump the base',
    policy: POLICY,
    base: { Dockerfile: 'FROM node:22.1-slim\nCOPY app /app\n' },
    files: { Dockerfile: 'FROM node:24.1-slim\nCOPY app /app\n', '.github/workflows/image.yml': WORKFLOW },
    images,
  });
  const { verdict, facts, policy } = review(evidence);
  const { checks, packet } = render(verdict, facts, policy, evidence.changes, RULE_TEXTS);
  return { check: checks[0]?.summary ?? '', packet: packet ?? '' };
}

function with_(record: ImageRecord, change: (hop: Hop, index: number) => Partial<Hop>): ImageRecord {
  const { lineage } = record;
  if (lineage === null) return record;
  return {
    ...record,
    lineage: { ...lineage, hops: lineage.hops.map((hop, index) => ({ ...hop, ...change(hop, index) })) },
  };
}

const debian = (release: string): Hop['distribution'] => ({
  name: 'debian',
  release,
  from: 'image name',
  supported: '2028-08-09',
});
const OLD = with_(sampleLineage('a1', 'node:22.1-slim', 'debian:12.12-slim'), () => ({
  distribution: debian('12'),
}));
const NEW = with_(sampleLineage('b2', 'node:24.1-slim', 'debian:13.1-slim'), () => ({
  distribution: debian('13'),
}));

describe('a bumped base', () => {
  const { check, packet } = shown([OLD, NEW]);

  test('the check says what changes in the ancestry', () => {
    expect(check).toContain('It changes 1 ancestor; the distribution goes from debian 12 to debian 13.');
    expect(check).toContain('`node:24.1-slim` ← `debian:13.1-slim` ← `scratch`.');
  });

  test('the packet has every hop, who vetted the image, that this ends soon, and a picture', () => {
    expect(packet).toContain(
      'Vetted by `acme/security` on 2026-10-01, until 2026-12-01 ([scan](<https://scans.acme.example/7>)). **The vetting ends in 10 days.**',
    );
    expect(packet).toContain('| `debian:13.1-slim` |');
    expect(packet).toContain('```mermaid\nflowchart LR\n  n0["node:22.1-slim');
    expect(packet).toMatch(/n0 --> n1\n {2}n1 --> n2\n {2}n3 --> n4\n {2}n4 --> n2\n/);
  });

  test('the packet tells of every other platform that is built', () => {
    const other = sampleLineage('c3', 'node:24.1-slim', 'alpine:3.22').lineage;
    const { packet: told } = shown([
      OLD,
      {
        ...NEW,
        elsewhere: [
          { platform: 'linux/arm64', lineage: NEW.lineage },
          { platform: 'linux/s390x', lineage: other },
          { platform: 'linux/386', lineage: null },
        ],
      },
    ]);
    expect(told).toContain('- For `linux/arm64`: the same bases.');
    expect(told).toContain('- For `linux/s390x`: `node:24.1-slim` ← `alpine:3.22` ← `scratch`.');
    expect(told).toContain('- For `linux/386`: it could not be read.');
  });

  test('says nothing of images where nobody was asked', () => {
    const silent = shown([]);
    expect(silent.check).not.toContain('Where the images come from');
    expect(silent.packet).not.toContain('comes from');
  });

  test('says why something is not known, and what it was that cannot be compared', () => {
    const { check: unanswered } = shown([OLD, sampleUnreachable('node:24.1-slim')]);
    expect(unanswered).toMatch(/takes the place of `node:22\.1-slim`\. docker\.io did not answer/);
    const { check: uncompared } = shown([NEW]);
    expect(uncompared).toContain('Where that came from is not known.');
  });

  test('conflicts are told as such', () => {
    const conflict =
      'The label names docker.io/library/alpine:3 as base, other evidence docker.io/library/debian:13.1.';
    const torn = with_(NEW, (_, index) => ({ conflicts: index === 0 ? [conflict] : [] }));
    const gap = {
      ...sampleUnreachable('node:24.1-slim').gaps[0],
      reason: conflict,
    } as ImageRecord['gaps'][number];
    expect(shown([OLD, { ...torn, gaps: [gap] }]).packet).toContain('**Conflict**');
  });
});

describe('what hangs on the images', () => {
  const listing = (
    record: ImageRecord,
    ...packages: readonly (readonly [string, string | null])[]
  ): ImageRecord => ({
    ...record,
    vouchers: {
      digests: [record.digest ?? ''],
      signatures: [],
      sboms: [
        {
          format: 'SPDX-2.3',
          digest: 'sha256:5b',
          listed: true,
          packages: packages.map(([name, license]) => ({ name, version: '1', license })),
        },
      ],
      gaps: [],
      sbomGaps: [],
    },
  });

  test('packages that come, go and change their licence are counted', () => {
    const { check, packet } = shown([
      listing(OLD, ['libc', 'LGPL-2.1-only'], ['tool', 'MIT'], ['old', 'MIT']),
      listing(NEW, ['libc', 'LGPL-2.1-only'], ['tool', 'AGPL-3.0-only'], ['new', null]),
    ]);
    expect(check).toContain(
      'By the bills of materials 1 package changes its licence, 1 package comes, 1 package goes.',
    );
    expect(packet).toContain('- Signatures: none found');
    expect(packet).toContain('1 without a licence');
  });

  test('what is not listed on both sides is not compared', () => {
    expect(shown([OLD, listing(NEW, ['libc', 'MIT'])]).check).not.toContain('bills of materials');
  });
});

describe('layers', () => {
  const table = (packet: string): string => packet.split('### Layers of')[1]?.split('\n\n###')[0] ?? '';

  test('are ours, or those of an image of the lineage, the uppermost first', () => {
    const rows = table(shown([OLD, NEW]).packet)
      .split('\n')
      .slice(4);
    expect(rows.map((row) => row.split(' | ').slice(0, 2).join(' '))).toEqual([
      '| 1 ours',
      '| 1 `docker.io/library/node:24.1-slim`',
      '| 1 `docker.io/library/debian:13.1-slim`',
    ]);
    expect(rows[0]).toContain('`Dockerfile:2`');
  });

  test('are not known where nobody was asked, or the base is not proven', () => {
    expect(table(shown([]).packet)).toContain(
      '| not known | `docker.io/library/node:24.1-slim` | No registry was asked. |',
    );
    const vague = with_(NEW, (hop, index) =>
      index === 0 ? { layers: { ...hop.layers, total: 5, own: null } } : {},
    );
    expect(table(shown([OLD, vague]).packet)).toContain('| 5, with those of the images below |');
  });
});

test('what an image says of itself can’t act as Markdown', () => {
  const evil = '`</td> @acme/ospo [x](https://evil.example) | ✅ <img src=x>';
  const { packet } = shown([
    OLD,
    with_(NEW, () => ({
      licenses: { expression: evil, inherited: false },
      source: {
        repository: evil,
        commit: null,
        path: null,
        link: `https://github.com/a/b/${evil}`,
        from: 'label',
      },
      conflicts: [evil],
    })),
  ]);
  const page = rendered(packet.replace(/^<!--.*?-->\n/, ''));
  expect(page.html.join()).not.toMatch(/<(?:img|td|\/td)/);
  expect(page.images).toEqual([]);
  expect(page.links.filter((link) => link.startsWith('https://evil.example'))).toEqual([]);
});
