import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import satisfies from 'spdx-satisfies';
import {
  formatLeaf,
  judgeLicense,
  leavesOf,
  parseExpression,
} from '../../../src/core/licenses/expression.ts';

const judge = (expression: string, allow: readonly string[], deny: readonly string[] = []) =>
  judgeLicense(expression, { allow: [allow], deny });

describe('expressions', () => {
  test.each([
    ['MIT', ['MIT']],
    ['mit', ['MIT']],
    [
      'apache-2.0 AND (gpl-2.0-only with Classpath-exception-2.0)',
      ['Apache-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0'],
    ],
    ['MIT OR Apache-2.0 AND ISC', ['MIT', 'Apache-2.0', 'ISC']],
    ['LicenseRef-Acme-1 OR DocumentRef-x:LicenseRef-y', ['LicenseRef-Acme-1', 'DocumentRef-x:LicenseRef-y']],
    ['Apache-1.1+', ['Apache-1.1+']],
  ])('%s', (source, leaves) => {
    const parsed = parseExpression(source);
    expect('problem' in parsed ? parsed.problem : leavesOf(parsed).map(formatLeaf)).toEqual(leaves);
  });

  test('AND binds tighter than OR', () => {
    expect(parseExpression('MIT OR Apache-2.0 AND ISC')).toMatchObject({
      kind: 'or',
      right: { kind: 'and' },
    });
  });

  test.each([
    ['', 'empty'],
    ['NONE', 'NONE'],
    ['NOASSERTION', 'NOASSERTION'],
    ['UNLICENSED', 'unexpected'],
    ['BSD', 'unexpected'],
    ['GPLv3', 'unexpected'],
    ['MIT AND', 'breaks off'],
    ['(MIT AND ISC', 'expected'],
    ['MIT ISC', 'syntax error'],
    ['(MIT', 'expected'],
    ['MIT WITH', 'exception'],
    ['MIT WITH AdditionRef-x', 'unexpected'],
    ['Apache-2.0 +', 'before'],
    ['MIT; rm', '";" is not allowed'],
    ['МIT', 'not allowed'],
    ['MIT\nOR ISC', 'not allowed'],
    ['M'.repeat(9000), '8192'],
    [Array.from({ length: 300 }, () => 'MIT').join(' OR '), '256'],
    [`${'('.repeat(40)}MIT${')'.repeat(40)}`, '32'],
  ])('%j is none', (source, problem) => {
    expect(parseExpression(source)).toEqual({ problem: expect.stringContaining(problem) });
    expect(judge(source, ['MIT'])).toMatchObject({ verdict: 'unknown', leaf: null });
  });
});

describe('single licences against an allow list', () => {
  test.each([
    ['MIT', 'MIT', true],
    ['MIT', 'ISC', false],
    ['MIT-0', 'MIT', false],
    ['GPL-2.0', 'GPL-2.0-only', true],
    ['GPL-2.0-only', 'GPL-2.0', true],
    ['GPL-2.0+', 'GPL-2.0-or-later', true],
    ['GPL-2.0-or-later', 'GPL-3.0-only', true],
    ['GPL-2.0-only', 'GPL-3.0-only', false],
    ['GPL-3.0-only', 'GPL-2.0-or-later', true],
    ['GPL-2.0-only', 'GPL-3.0-or-later', false],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'GPL-2.0-only', false],
    ['GPL-2.0-only', 'GPL-2.0-only WITH Classpath-exception-2.0', false],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'GPL-2.0 WITH Classpath-exception-2.0', true],
    // Ids of eight characters, which the library alone takes for "or later".
    ['LGPL-2.1', 'LGPL-3.0', false],
    ['LGPL-2.1', 'LGPL-2.1-only', true],
    ['LGPL-2.1+', 'LGPL-3.0-only', true],
    ['CDDL-1.0', 'CDDL-1.1', false],
    ['CDDL-1.0', 'CDDL-1.0', true],
    ['AGPL-1.0', 'AGPL-3.0', false],
    ['AGPL-3.0', 'AGPL-3.0-only', true],
    ['GFDL-1.3', 'GFDL-1.2', false],
    ['EUPL-1.1', 'EUPL-1.2', false],
    ['LicenseRef-a', 'LicenseRef-a', true],
    ['LicenseRef-a', 'LicenseRef-b', false],
    ['LicenseRef-MIT', 'MIT', false],
    ['DocumentRef-x:LicenseRef-a', 'LicenseRef-a', false],
    ['Apache-2.0', 'MIT OR Apache-2.0', false],
    ['Apache-2.0', 'not a licence', false],
  ])('%s on [%s]: %s', (license, entry, allowed) => {
    expect(judge(license, [entry]).verdict).toBe(allowed ? 'allowed' : 'unknown');
  });
});

describe('whole expressions', () => {
  test.each([
    ['MIT AND ISC', ['MIT', 'ISC'], [], { verdict: 'allowed' }],
    ['MIT AND Zlib', ['MIT'], [], { verdict: 'unknown', leaf: 'Zlib' }],
    ['MIT AND GPL-3.0-only', ['MIT'], ['GPL-3.0-only'], { verdict: 'denied', leaf: 'GPL-3.0-only' }],
    ['Zlib AND GPL-3.0-only', ['MIT'], ['GPL-3.0-only'], { verdict: 'denied', leaf: 'GPL-3.0-only' }],
    ['GPL-3.0-only OR MIT', ['MIT'], ['GPL-3.0-only'], { verdict: 'allowed' }],
    ['GPL-3.0-only OR Zlib', ['MIT'], ['GPL-3.0-only'], { verdict: 'unknown', leaf: 'Zlib' }],
    ['(MIT OR GPL-3.0-only) AND (ISC OR Zlib)', ['MIT', 'ISC'], [], { verdict: 'allowed' }],
    ['MIT', [], [], { verdict: 'unknown', leaf: 'MIT' }],
  ])('%s', (expression, allow, deny, expected) => {
    expect(judge(expression, allow, deny)).toMatchObject(expected);
  });

  test('an open denial covers later versions, a closed one leaves the choice', () => {
    expect(judge('GPL-3.0-only', ['GPL-3.0-only'], ['GPL-2.0-or-later'])).toMatchObject({
      verdict: 'denied',
    });
    expect(judge('GPL-2.0-or-later', ['GPL-2.0-only', 'GPL-2.0-or-later'], ['GPL-3.0-only'])).toEqual({
      verdict: 'allowed',
    });
    expect(judge('AGPL-3.0', ['AGPL-3.0'], ['AGPL-3.0-only'])).toMatchObject({
      verdict: 'denied',
      leaf: 'AGPL-3.0',
    });
  });

  test('every list has to allow it; no list allows nothing', () => {
    const terms = { allow: [['MIT', 'ISC'], ['ISC']], deny: [] };
    expect(judgeLicense('ISC', terms)).toEqual({ verdict: 'allowed' });
    expect(judgeLicense('MIT', terms)).toMatchObject({ verdict: 'unknown', leaf: 'MIT' });
    expect(judgeLicense('MIT', { allow: [], deny: [] })).toMatchObject({ verdict: 'unknown' });
  });

  test('agrees with the library on small expressions of licences it reads right', () => {
    const id = fc.constantFrom('MIT', 'ISC', 'Apache-2.0', 'GPL-2.0-only', 'GPL-3.0-or-later', 'MPL-2.0');
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 3 },
        id,
        fc
          .tuple(tie('expression'), fc.constantFrom('AND', 'OR'), tie('expression'))
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
      ),
    }));
    fc.assert(
      fc.property(expression, fc.uniqueArray(id, { minLength: 1 }), (source, allow) => {
        expect(judge(source, allow).verdict === 'allowed').toBe(satisfies(source, allow));
      }),
    );
  });

  test('what takes the library ten seconds takes none', () => {
    const source = Array.from({ length: 100 }, () => '(MIT OR ISC)').join(' AND ');
    const start = performance.now();
    expect(judge(source, ['ISC'])).toEqual({ verdict: 'allowed' });
    expect(performance.now() - start).toBeLessThan(500);
  });
});
