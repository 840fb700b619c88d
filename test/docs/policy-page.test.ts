// The policies that docs/policy.md shows are policies: whoever copies one gets what the page says.
import { describe, expect, test } from '@jest/globals';
import type { PolicySource } from '../../src/core/model/evidence.ts';
import { modeOn } from '../../src/core/policy/schedule.ts';
import { policyFrom } from '../../src/core/review.ts';
import { EXAMPLE, FIRST, policyPage } from './policy-page.ts';

function read(text: string): ReturnType<typeof policyFrom> {
  const source: PolicySource = {
    origin: 'organization',
    label: 'acme/.github:.github/clear-to-ship.yml',
    path: '.github/clear-to-ship.yml',
    oid: 'f'.repeat(40),
    text,
  };
  return policyFrom([source]);
}

describe('the policies of the page', () => {
  test.each([FIRST, EXAMPLE])('can be used as they are', (text) => {
    expect(read(text).gaps).toEqual([]);
    expect(policyPage()).toContain(text);
  });

  test('the first one tells nobody but about Dockerfiles and public pushes, and blocks those from its day on', () => {
    const { policy } = read(FIRST);
    const modes = (day: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries(policy.modes)
          .map(([name, schedule]) => [name, modeOn(schedule, day)] as const)
          .filter(([, mode]) => mode !== 'observe'),
      );
    const advised = { 'flow-05-dockerfile-release': 'advise', 'flow-06-public-registry': 'advise' };
    expect(modes('2027-01-31')).toEqual(advised);
    expect(modes('2027-02-01')).toEqual({ ...advised, 'flow-06-public-registry': 'enforce' });
    expect(policy.approval.teams).toEqual(['acme/ospo']);
  });
});
