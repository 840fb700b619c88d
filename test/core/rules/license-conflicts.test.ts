import { describe, expect, test } from '@jest/globals';
import { type Expression, parseExpression } from '../../../src/core/licenses/expression.ts';
import { holdsTogether, together, togetherAsExpressions } from '../../../src/core/rules/license-conflicts.ts';

function expression(text: string): Expression {
  const parsed = parseExpression(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe('together', () => {
  test.each([
    ['MIT', 'MIT', 'fine'],
    ['MIT', 'Apache-2.0', 'fine'],
    ['MIT', 'GPL-2.0-only', 'fine'],
    ['Apache-2.0', 'GPL-3.0-only', 'fine'],
    ['Apache-2.0', 'GPL-2.0-or-later', 'fine'],
    ['MPL-2.0', 'GPL-2.0-only', 'fine'],
    ['GPL-3.0-only', 'AGPL-3.0-only', 'fine'],
    ['GPL-2.0', 'GPL-2.0-only', 'fine'],
    ['Apache-2.0', 'GPL-2.0-only', 'conflict'],
    ['Apache-2.0', 'GPL-2.0', 'conflict'],
    ['GPL-2.0-only', 'GPL-3.0-or-later', 'conflict'],
    ['CDDL-1.0', 'GPL-3.0-only', 'conflict'],
    ['BSD-4-Clause', 'GPL-2.0-or-later', 'conflict'],
    ['CC-BY-NC-4.0', 'MPL-2.0', 'conflict'],
    ['MIT', 'LicenseRef-Acme', 'unknown'],
    ['EUPL-1.2', 'GPL-3.0-only', 'unknown'],
  ])('%s and %s: %s, both ways', (left, right, verdict) => {
    expect([together(left, right).verdict, together(right, left).verdict]).toEqual([verdict, verdict]);
  });
});

describe('expressions', () => {
  test.each([
    ['GPL-2.0-only OR MIT', 'Apache-2.0', 'fine'],
    ['GPL-2.0-only AND MIT', 'Apache-2.0', 'conflict'],
    ['Apache-2.0 OR MIT', 'GPL-2.0-only OR GPL-3.0-only', 'fine'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'Apache-2.0', 'unknown'],
    ['GPL-2.0+', 'Apache-2.0', 'fine'],
    ['LicenseRef-Acme', 'LicenseRef-Acme', 'fine'],
  ])('%s and %s: %s', (left, right, verdict) => {
    expect(togetherAsExpressions(expression(left), expression(right)).verdict).toBe(verdict);
    expect(togetherAsExpressions(expression(right), expression(left)).verdict).toBe(verdict);
  });

  test.each([
    ['MIT', 'fine'],
    ['MIT AND Apache-2.0', 'fine'],
    ['GPL-2.0-only AND Apache-2.0', 'conflict'],
    ['GPL-2.0-only OR Apache-2.0', 'fine'],
    ['MIT OR (GPL-2.0-only AND Apache-2.0)', 'fine'],
    ['ISC AND (MIT AND LicenseRef-X)', 'unknown'],
  ])('%s by itself: %s', (text, verdict) => {
    expect(holdsTogether(expression(text)).verdict).toBe(verdict);
  });
});
