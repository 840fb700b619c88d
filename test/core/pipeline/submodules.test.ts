import { expect, test } from '@jest/globals';
import { withSubmodules } from '../../../src/core/pipeline/submodules.ts';
import { delivery } from '../verdict/cases.ts';

const VENDOR = { path: 'third/vendor', oid: 'a'.repeat(40) };
const bound = [`third/vendor ${'a'.repeat(40)}`];

test.each([
  ['./third/vendor/ship.sh', true],
  ['bash third/vendor/ship.sh --now', true],
  ['make -C third/vendor', true],
  ['third/vendored/ship.sh', false],
  ['third/vendor.sh', false],
  ['a-third/vendor/x', false],
  ['./ship.sh', false],
])('what runs %s is bound to the submodule: %s', (written, isBound) => {
  const { unseen } = withSubmodules(delivery({ unseen: [written] }), [VENDOR]);
  expect(unseen).toEqual(isBound ? [...[written], ...bound].sort() : [written]);
});

test.each([
  ['its context', { context: ['third/vendor'] }],
  ['its Dockerfile', { dockerfile: 'third/vendor/Dockerfile' }],
])('so is what is built by %s', (_, build) => {
  const made = delivery({
    build: { dockerfile: null, context: null, target: null, arguments: {}, contexts: {}, ...build },
  });
  expect(withSubmodules(made, [VENDOR]).unseen).toEqual(bound);
});

test('what has nothing to do with it stays as it is', () => {
  const made = delivery();
  expect(withSubmodules(made, [VENDOR])).toBe(made);
});
