import { describe, expect, test } from '@jest/globals';
import type { PolicySource } from '../../../src/core/model/evidence.ts';
import { readPolicy } from '../../../src/core/policy/read.ts';
import { readOnce } from '../../../src/core/policy/read-once.ts';

const source = (text: string): PolicySource => ({
  origin: 'organization',
  label: 'acme/.github:.github/clear-to-ship.yml',
  path: '.github/clear-to-ship.yml',
  oid: 'a'.repeat(40),
  text,
});
const POLICY = 'version: 1\napproval:\n  teams: [acme/ospo]\n';

describe('a policy that was read before', () => {
  const counted = () => {
    let count = 0;
    const read = readOnce((sources, owners) => {
      count += 1;
      return readPolicy(sources, owners, []);
    });
    return { read, count: () => count };
  };

  test('is read once, and says the same as when it is read anew', () => {
    const { read, count } = counted();
    const first = read([source(POLICY)], ['acme']);
    expect(read([source(POLICY)], ['acme'])).toBe(first);
    expect(first).toEqual(readPolicy([source(POLICY)], ['acme'], []));
    expect(count()).toBe(1);
  });

  test('is another one with another text, origin or owner', () => {
    const { read, count } = counted();
    const teams = (text: string, owner: string) => read([source(text)], [owner]).policy.approval.teams;
    expect(teams(POLICY, 'acme')).toEqual(['acme/ospo']);
    expect(teams(POLICY.replace('ospo', 'legal'), 'acme')).toEqual(['acme/legal']);
    teams(POLICY, 'other');
    read([{ ...source(POLICY), isUnderReview: true }], ['acme']);
    expect(count()).toBe(4);
  });

  test('stays at hand beside those of hundreds of organisations', () => {
    const { read, count } = counted();
    for (let round = 0; round < 2; round += 1)
      for (let each = 0; each < 300; each += 1) read([source(`${POLICY}# ${each}\n`)], [`org-${each}`]);
    expect(count()).toBe(300);
  });

  test('can’t be changed by whoever gets it', () => {
    const { read } = counted();
    const { policy } = read([source(POLICY)], ['acme']);
    expect(() => (policy.approval.teams as string[]).push('acme/all')).toThrow(TypeError);
    expect(() => Object.assign(policy.approval, { teams: [] })).toThrow(TypeError);
  });

  test('is forgotten when many others came after it', () => {
    const { read, count } = counted();
    const long = (each: number) => source(`${POLICY}# ${each} ${'-'.repeat(80_000)}\n`);
    for (let each = 0; each < 60; each += 1) read([long(each)], ['acme']);
    read([long(0)], ['acme']);
    read([long(59)], ['acme']);
    expect(count()).toBe(61);
  });
});
