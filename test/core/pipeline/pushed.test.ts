import { describe, expect, test } from '@jest/globals';
import type { DeliveryChange, Trigger } from '../../../src/core/model/delivery.ts';
import {
  definesDeliveries,
  type PushedRef,
  pushedRef,
  startedByPush,
} from '../../../src/core/pipeline/pushed.ts';
import { delivery, started } from '../verdict/cases.ts';

const branch = (name: string): PushedRef => ({ kind: 'branch', name });
const tag = (name: string): PushedRef => ({ kind: 'tag', name });

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
  ])('with the filter %s and the branch %s: %s', (filter, name, expected) => {
    expect(startedByPush([on(filter)], branch(name))).toBe(expected);
  });

  test('is neither what waits for another event nor what was there before', () => {
    expect(startedByPush([on(null, 'push-tag'), on(null, 'pull_request')], branch('main'))).toBe(false);
    expect(startedByPush([{ ...on(null), change: 'unchanged' }], branch('main'))).toBe(false);
    expect(startedByPush([{ ...on(null), change: 'changed' }], branch('main'))).toBe(true);
  });
});

describe('what a tag sets in motion', () => {
  test.each<[Trigger['event'], string | null, boolean]>([
    ['push-tag', null, true],
    ['push-tag', 'v*', true],
    ['push-tag', 'release-*', false],
    ['release', 'published', true],
    ['push-branch', null, false],
    ['workflow_dispatch', null, false],
  ])('%s with the filter %s: %s', (event, filter, expected) => {
    expect(startedByPush([on(filter, event)], tag('v1.0'))).toBe(expected);
  });
});

test.each([
  ['refs/heads/a/b', branch('a/b')],
  ['refs/tags/v1', tag('v1')],
  ['refs/notes/commits', null],
  ['refs/pull/7/head', null],
  ['refs/heads/', null],
])('%s is %j', (ref, expected) => {
  expect(pushedRef(ref)).toEqual(expected);
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
