// What is pushed without a signature is told once for each repository, whatever the tags, and is not new with the next one.
import { expect, test } from '@jest/globals';
import { review } from '../../../src/core/review.ts';
import { evidenceOf } from '../../support/samples.ts';

const pushing = (...images: readonly string[]): Readonly<Record<string, string>> => ({
  Dockerfile: '# SPDX-License-Identifier: MIT\nFROM debian:12.7\n',
  '.github/workflows/image.yml': `on: push\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n${images
    .map((image) => `      - run: docker build -t ${image} . && docker push ${image}\n`)
    .join('')}`,
});

function unsigned(after: readonly string[], before: readonly string[] = []) {
  const { verdict } = review(
    evidenceOf({
      title: '',
      files: pushing(...after),
      ...(before.length === 0 ? {} : { base: pushing(...before) }),
    }),
  );
  return verdict.findings
    .filter(({ finding }) => finding.rule === 'unsigned-delivery')
    .map(({ finding, standing }) => [finding.message, finding.related.length, standing.kind]);
}

test('once for each repository', () => {
  expect(unsigned(['docker.io/acme/api:1', 'docker.io/acme/api:latest', 'docker.io/acme/web:1'])).toEqual([
    ['What is pushed to `docker.io/acme/api` is not signed.', 1, 'open'],
    ['What is pushed to `docker.io/acme/web` is not signed.', 0, 'open'],
  ]);
});

test('not new with another version', () => {
  expect(unsigned(['docker.io/acme/api:2'], ['docker.io/acme/api:1'])).toEqual([
    ['What is pushed to `docker.io/acme/api` is not signed.', 0, 'pre-existing'],
  ]);
});
