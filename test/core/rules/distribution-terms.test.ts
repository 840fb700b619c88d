import { describe, expect, test } from '@jest/globals';
import type { DistributionId } from '../../../src/core/images/distribution-support.ts';
import { distributionName, dutiesOf, sourceOf } from '../../../src/core/rules/distribution-terms.ts';

/** Complete by its type: a distribution that is added is asked about here. */
const ALL: Record<DistributionId, { readonly hasMark: boolean; readonly isOpen?: false }> = {
  debian: { hasMark: true },
  ubuntu: { hasMark: true },
  // Publishes no rules for its name.
  alpine: { hasMark: false },
  fedora: { hasMark: true },
  centos: { hasMark: true },
  'centos-stream': { hasMark: true },
  rocky: { hasMark: true },
  alma: { hasMark: true },
  'opensuse-leap': { hasMark: true },
  'opensuse-tumbleweed': { hasMark: true },
  amazon: { hasMark: true },
  oracle: { hasMark: true },
  rhel: { hasMark: true },
  // Nobody gets its sources.
  windows: { hasMark: false, isOpen: false },
};

describe.each(Object.entries(ALL))('%s', (id, { hasMark, isOpen = true }) => {
  const duties = dutiesOf(id as DistributionId);

  test('says what to keep, what to offer and what the name may be used for', () => {
    expect(distributionName(id as DistributionId)).toMatch(/^[A-Za-z]/);
    expect(
      duties.some((duty) => /notices|copyright files|licence files|hand (?:it )?on only/.test(duty)),
    ).toBe(true);
    expect(duties.some((duty) => /offer the exact sources/.test(duty))).toBe(isOpen);
    expect(duties.some((duty) => /\bname\b|trademark/.test(duty))).toBe(hasMark);
    for (const duty of duties) expect(duty).toMatch(/^[a-z].*[^.]$/);
  });

  test('says where that can be read', () => {
    expect(sourceOf(id as DistributionId)).toMatch(/^https:\/\/\S+(?:, not compared yet)?$/);
  });
});
