import { describe, expect, test } from '@jest/globals';
import { review, wanted } from '../../src/core/review.ts';
import { evidenceOf } from '../support/samples.ts';

const push = (name: string): Record<string, string> => ({
  '.github/workflows/release.yml': `on: {push: {tags: ['v*']}}
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker build -t ${name} . && docker push ${name}
`,
  Dockerfile: '# SPDX-License-Identifier: MIT\nFROM debian:12.12\n',
});

describe('whose registry it is', () => {
  const policy = 'version: 1\nregistries: {internal: [ghcr.io/acme]}\n';

  test.each(['ghcr.io/${{ github.repository }}', 'ghcr.io/$GITHUB_REPOSITORY_OWNER/x', 'ghcr.io/acme/x'])(
    '%s of acme/product is in the namespace that policy names',
    (name) => {
      const { facts } = review(evidenceOf({ title: 'push', files: push(name), policy }));
      expect(facts.deliveries[0]?.delivery.destination.class).toBe('internal');
    },
  );

  test.each([
    ['ghcr.io/${{ vars.NAMESPACE }}/x', 'unknown'],
    ['ghcr.io/other/x', 'public'],
    ['${{ secrets.REGISTRY }}/acme/x', 'unknown'],
  ])('%s is %s', (name, expected) => {
    const { facts } = review(evidenceOf({ title: 'push', files: push(name), policy }));
    expect(facts.deliveries[0]?.delivery.destination.class).toBe(expected);
  });
});

describe('links', () => {
  test('a Dockerfile that is a link is a gap, named by its path', () => {
    const evidence = evidenceOf({ title: 'link', files: { Dockerfile: 'build/Dockerfile' } });
    const linked = {
      ...evidence,
      head: {
        ...evidence.head,
        entries: evidence.head.entries.map((entry) => ({ ...entry, kind: 'symlink' as const })),
      },
    };
    const { verdict } = review(linked);
    expect(verdict.gaps).toEqual([expect.objectContaining({ kind: 'symbolic-link', subject: 'Dockerfile' })]);
    expect(verdict.outcome).toBe('undecided');
  });

  const linked = (files: Record<string, string>, ...links: readonly string[]) => {
    const evidence = evidenceOf({ title: 'link', files, policy: 'version: 1\n' });
    const entries = evidence.head.entries.map((entry) =>
      links.includes(entry.path) ? { ...entry, kind: 'symlink' as const } : entry,
    );
    return review({ ...evidence, head: { ...evidence.head, entries } });
  };

  test('of two names of one Dockerfile the file itself is judged, once', () => {
    const { facts, verdict } = linked(
      { Dockerfile: 'images/api', 'images/api': 'FROM somebody/base:1\n' },
      'Dockerfile',
    );
    expect(facts.head.dockerfiles.map(({ path }) => path)).toEqual(['images/api']);
    expect(verdict.gaps).toEqual([]);
    expect(facts.head.gaps).toEqual([]);
  });

  test('a delivery that builds a link builds the file at its end', () => {
    const files = { ...push('acme/x'), Dockerfile: 'images/api', 'images/api': 'FROM debian:12.12\n' };
    const { facts } = linked(files, 'Dockerfile');
    expect(facts.deliveries.map(({ delivery }) => delivery.build?.dockerfile)).toEqual(['images/api']);
    expect(facts.deliveries[0]?.about['base images']).toEqual(['debian:12.12']);
  });
});

test('a change of the template a delivered Dockerfile is made from is a change of the delivery', () => {
  const { Dockerfile: _, ...workflow } = push('acme/x');
  const made = (template: string, base: string) =>
    review(
      evidenceOf({
        title: 'template',
        files: { ...workflow, 'Dockerfile.j2': template },
        base: { ...workflow, 'Dockerfile.j2': base },
      }),
    ).facts.deliveries.map(({ change }) => change);
  expect(made('FROM {{ a }}', 'FROM {{ b }}')).toEqual(['changed']);
  expect(made('FROM {{ a }}', 'FROM {{ a }}')).toEqual(['unchanged']);
});

describe('a script that a Dockerfile copies and runs', () => {
  const files = {
    Dockerfile: 'FROM debian:12.12\nCOPY tools/get.sh /\nRUN /get.sh\n',
    'tools/get.sh': 'curl -fsSLO https://example.com/tool.tgz\n',
  };

  test('is asked for, and nothing else that is copied', () => {
    const evidence = evidenceOf({ title: 'script', files: { ...files, 'tools/data.txt': 'x\n' } });
    const oidOf = (path: string) => evidence.head.entries.find((entry) => entry.path === path)?.oid ?? '';
    const { [oidOf('tools/get.sh')]: _, [oidOf('tools/data.txt')]: __, ...blobs } = evidence.blobs;
    expect(wanted({ ...evidence, blobs })).toEqual(['tools/get.sh']);
  });

  test('is judged as it is on either side of the change', () => {
    const older = { ...files, 'tools/get.sh': 'echo\n' };
    const { facts } = review(evidenceOf({ title: 'script', files, base: older }));
    const downloads = [facts.base, facts.head].map((side) =>
      side?.dockerfiles.flatMap(({ imports }) => imports.filter(({ kind }) => kind === 'download')),
    );
    expect(downloads.map((found) => found?.length)).toEqual([0, 1]);
  });

  test('changes the delivery that it is built into', () => {
    const { Dockerfile: _, ...workflow } = push('acme/x');
    const { facts } = review(
      evidenceOf({
        title: 'script',
        files: { ...workflow, ...files },
        base: { ...workflow, ...files, 'tools/get.sh': 'echo\n' },
      }),
    );
    expect(facts.deliveries.map(({ change }) => change)).toEqual(['changed']);
  });
});
