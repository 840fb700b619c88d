import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { familiarReference, formatReference, parseReference } from '../../../src/core/images/reference.ts';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';

const HEX = '0123456789abcdef'.repeat(4);
const full = (name: string): string => {
  const parsed = parseReference(name);
  return 'problem' in parsed ? `problem: ${parsed.problem}` : formatReference(parsed);
};

describe('names Docker reads', () => {
  test.each([
    ['debian', 'docker.io/library/debian'],
    ['debian:12-slim', 'docker.io/library/debian:12-slim'],
    ['library/debian', 'docker.io/library/debian'],
    ['acme/api', 'docker.io/acme/api'],
    ['docker.io/debian', 'docker.io/library/debian'],
    ['index.docker.io/library/debian', 'docker.io/library/debian'],
    ['registry-1.docker.io/acme/api:1', 'docker.io/acme/api:1'],
    ['DOCKER.IO/debian', 'docker.io/library/debian'],
    ['GHCR.io/acme/api', 'ghcr.io/acme/api'],
    ['localhost/x', 'localhost/x'],
    ['localhost:5000/x', 'localhost:5000/x'],
    ['registry:5000/x:y', 'registry:5000/x:y'],
    ['reg.example.com:443/a/b/c:1.0_x-y', 'reg.example.com:443/a/b/c:1.0_x-y'],
    ['10.0.0.1:5000/a', '10.0.0.1:5000/a'],
    ['[fd00::1]:5000/a', '[fd00::1]:5000/a'],
    [`a@sha256:${HEX}`, `docker.io/library/a@sha256:${HEX}`],
    [`a:1@sha256:${HEX}`, `docker.io/library/a:1@sha256:${HEX}`],
    ['a__b/c--d/e.f', 'docker.io/a__b/c--d/e.f'],
    [`a:${'t'.repeat(128)}`, `docker.io/library/a:${'t'.repeat(128)}`],
    ['HOST/x', 'host/x'],
    [`example.com/${'a'.repeat(255)}:1`, `example.com/${'a'.repeat(255)}:1`],
    ['xn--bcher-kva.example/a:xn--b', 'xn--bcher-kva.example/a:xn--b'],
    ['10.0.0.1:5000', 'docker.io/library/10.0.0.1:5000'],
    ['host_name/a', 'docker.io/host_name/a'],
    ['a--b/c', 'docker.io/a--b/c'],
  ])('%s', (name, expected) => {
    expect(full(name)).toBe(expected);
  });
});

describe('names Docker refuses', () => {
  test.each([
    ['', 'empty'],
    ['Debian', 'lower case'],
    ['docker.io/Library/debian', 'lower case'],
    ['acme/API:1', 'lower case'],
    ['a b', 'U+0020'],
    ['аlpine', 'U+0430'],
    ['alpine\u200b', 'U+200B'],
    ['a:', 'tag'],
    ['a:-x', 'tag'],
    [`a:${'t'.repeat(129)}`, 'tag'],
    ['a@sha256:12', 'digest'],
    [`a@sha256:${HEX}0`, '64'],
    [`a@sha256:${HEX.toUpperCase()}`, 'lower-case hexadecimal'],
    [`a@md5:${HEX}`, 'md5'],
    ['-a', 'grammar'],
    ['a-/b', 'grammar'],
    ['a_.b/c', 'grammar'],
    [':tag', 'tag'],
    [`@sha256:${HEX}`, 'grammar'],
    ['[fd00::1]', 'grammar'],
    ['[fd00::1%eth0]:5000/a', 'grammar'],
    ['fd00::1:5000/a', 'grammar'],
    ['a..b', 'grammar'],
    ['a___b', 'grammar'],
    ['a/', 'grammar'],
    ['/a', 'grammar'],
    ['a//b', 'grammar'],
    ['https://example.com/a', 'grammar'],
    [HEX, 'image id'],
    [`example.com/${'a'.repeat(256)}`, '255'],
    ['a'.repeat(248), '255'],
    ['a'.repeat(2000), '1024'],
  ])('%j', (name, reason) => {
    const parsed = parseReference(name);
    expect(parsed).toEqual({ problem: expect.stringContaining(reason) });
  });
});

test.each([
  ['debian:12', 'debian:12'],
  ['docker.io/acme/api', 'acme/api'],
  ['ghcr.io/acme/api:1', 'ghcr.io/acme/api:1'],
  ['docker.io/library/a/b', 'library/a/b'],
])('%s is familiar as %s', (name, expected) => {
  const parsed = parseReference(name);
  expect('problem' in parsed ? parsed.problem : familiarReference(parsed)).toBe(expected);
});

test('what is formatted reads the same again, in full and familiar form', () => {
  const component = fc.stringMatching(/^[a-z0-9]+([._-][a-z0-9]+)?$/, { size: 'small' });
  fc.assert(
    fc.property(
      fc.constantFrom('', 'docker.io/', 'ghcr.io/', 'localhost:5000/', 'Registry.Example.com/'),
      fc.array(component, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', ':1', ':latest', ':v1.2_x'),
      fc.constantFrom('', `@sha256:${HEX}`),
      (host, path, tag, digest) => {
        const parsed = parseReference(`${host}${path.join('/')}${tag}${digest}`);
        if ('problem' in parsed) throw new Error(parsed.problem);
        expect(parseReference(formatReference(parsed))).toEqual(parsed);
        expect(parseReference(familiarReference(parsed))).toEqual(parsed);
      },
    ),
  );
});

test('any text is a name or a problem, at once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const parsed = parseReference(name);
      expect('problem' in parsed ? parsed.problem.length : parsed.repository.length).toBeGreaterThan(0);
    }),
  );
  for (const piece of ['a-', 'a.', 'a/', '-', '_', 'A.', 'a:'])
    expect(processorTime(() => parseReference(piece.repeat(500)))).toBeLessThan(EXPLODES);
});
