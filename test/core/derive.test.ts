import { describe, expect, test } from '@jest/globals';
import { review } from '../../src/core/review.ts';
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
});
