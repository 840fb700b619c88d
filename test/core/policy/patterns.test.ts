import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesPattern } from '../../../src/core/policy/patterns.ts';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';

describe('patterns', () => {
  test.each([
    ['ghcr.io/acme/*', 'ghcr.io/acme/api', true],
    ['ghcr.io/acme/*', 'ghcr.io/acme/team/api', false],
    ['ghcr.io/acme/**', 'ghcr.io/acme/team/api', true],
    ['ghcr.io/acme/**', 'ghcr.io/acme', false],
    ['docs/**/Dockerfile', 'docs/Dockerfile', true],
    ['docs/**/Dockerfile', 'docs/a/b/Dockerfile', true],
    ['docs/**/Dockerfile', 'docs/xDockerfile', false],
    ['**/Dockerfile', 'Dockerfile', true],
    ['**/Dockerfile', 'a/notDockerfile', false],
    ['quay.io/a/b:26.*', 'quay.io/a/b:26.4', true],
    ['quay.io/a/b:26.*', 'quay.io/a/b:264', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a?c', 'ac', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['(a|b)+$', '(a|b)+$', true],
    ['(a|b)+$', 'aab', false],
    ['*.local', 'line\nbreak.local', true],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['docs/**/Dockerfile', 'docsDockerfile', false],
    ['\ud83d*', '\ud83d\ude00', false],
    ['*\ude00', '\ud83d\ude00', false],
    ['\u{1f600}*', '\u{1f600}', true],
  ])('%j on %j is %j', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  test('means what the regular expression of the same pattern means', () => {
    const piece = fc.constantFrom('a', 'b', '/', '*', '**', '**/', '?', '.');
    const subject = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), subject, (pieces, text) => {
        const pattern = pieces.join('');
        const source = pattern
          .split(/(\*\*\/|\*\*|\*|\?|\.)/)
          .map(
            (part) =>
              ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '.': '\\.' })[part] ?? part,
          );
        expect(matchesPattern(pattern, text)).toBe(new RegExp(`^${source.join('')}$`, 's').test(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('takes no time on patterns that make a backtracking matcher explode', () => {
    const pattern = `${'**a'.repeat(40)}b`;
    expect(matchesPattern(pattern, 'a'.repeat(2000))).toBe(false);
    expect(processorTime(() => matchesPattern(pattern, 'a'.repeat(2000)))).toBeLessThan(EXPLODES);
  });
});
