import { describe, expect, test } from '@jest/globals';
import type { DeliveryChange, Trigger } from '../../../src/core/model/delivery.ts';
import { definesDeliveries, startedByPush } from '../../../src/core/pipeline/pushed.ts';
import { delivery, started } from '../verdict/cases.ts';

const on = (filter: string | null, event: Trigger['event'] = 'push-branch'): DeliveryChange => ({
  ...started(),
  delivery: delivery({ triggers: [{ event, filter, happens: 'unknown' }] }),
});

describe('what a push to a branch sets in motion', () => {
  test.each<[string | null, string, boolean]>([
    [null, 'anything', true],
    ['main', 'main', true],
    ['main', 'mainline', false],
    ['release/*', 'release/1', true],
    ['release/*', 'release/1/2', false],
    ['release/**', 'release/1/2', true],
    ['main, dev', 'dev', true],
    ['!docs/**', 'docs/a', false],
    ['!docs/**', 'code', true],
    // What is no plain glob may let it through, and does not keep it out.
    ['v[0-9]+', 'topic', true],
    ['/^release/', 'topic', true],
    ['!v[0-9]+', 'v1', true],
  ])('with the filter %s and the branch %s: %s', (filter, branch, expected) => {
    expect(startedByPush([on(filter)], branch)).toBe(expected);
  });

  test('is neither what waits for another event nor what was there before', () => {
    expect(startedByPush([on(null, 'push-tag'), on(null, 'pull_request')], 'main')).toBe(false);
    expect(startedByPush([{ ...on(null), change: 'unchanged' }], 'main')).toBe(false);
    expect(startedByPush([{ ...on(null), change: 'changed' }], 'main')).toBe(true);
  });
});

test.each([
  ['.github/workflows/a.yml', true],
  ['.github/workflows/a.yaml', true],
  ['sub/.github/workflows/a.yml', false],
  ['.gitlab-ci.yml', true],
  ['Jenkinsfile', true],
  ['Dockerfile', false],
  ['README.md', false],
])('%s says when something is shipped: %s', (path, expected) => {
  expect(definesDeliveries(path)).toBe(expected);
});
