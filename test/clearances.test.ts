// A judgement asks the ledger about other projects only where something comes from one, and looks again in time.
import { describe, expect, test } from '@jest/globals';
import { lookAgain, reviewCleared } from '../src/clearances.ts';
import type { Clearance } from '../src/core/model/evidence.ts';
import { evidenceOf } from './support/samples.ts';

const PULL = { installation: 1, repositoryId: 2, owner: 'acme', repository: 'product', number: 7 };
const CLEARED: Clearance = { project: 'acme/library', at: '2026-11-20T09:00:00.000Z', destinations: [] };

async function judged(dockerfile: string, known: readonly Clearance[]) {
  const asked: (readonly string[])[] = [];
  const of = async (_: unknown, projects: readonly string[]) => {
    asked.push(projects);
    return known.filter(({ project }) => projects.includes(project));
  };
  const evidence = evidenceOf({ title: 'x', files: { Dockerfile: dockerfile } });
  const { verdict, evidence: seen } = await reviewCleared(PULL, evidence, { of });
  const rules = verdict.findings.map(({ finding }) => finding.rule);
  return { asked, seen, isAsked: rules.includes('uncleared-inside-import') };
}

const INSIDE = 'FROM scratch\nADD https://github.com/acme/library.git#v1 /lib\n';

describe('the ledger', () => {
  test('is not asked where nothing comes from inside', async () => {
    const { asked, seen, isAsked } = await judged('FROM debian:13.1\n', [CLEARED]);
    expect([asked, seen.clearances, isAsked]).toEqual([[], undefined, false]);
  });

  test('answers for people, and its answer is part of the evidence', async () => {
    const { asked, seen, isAsked } = await judged(INSIDE, [CLEARED]);
    expect([asked, seen.clearances, isAsked]).toEqual([[['acme/library']], [CLEARED], false]);
  });

  test('leaves the question to people where it knows nothing', async () => {
    const { seen, isAsked } = await judged(INSIDE, []);
    expect([seen.clearances, isAsked]).toEqual([[], true]);
  });
});

describe('a verdict is made anew', () => {
  const evidence = evidenceOf({ title: 'x', files: {} });
  const cleared = { ...evidence, clearances: [CLEARED] };
  const hour = '2026-11-21T13:00:00.000Z';

  test.each([
    ['when time says so', evidence, '2027-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['never, where it rests on nothing', evidence, null, null],
    ['within the hour, where it rests on a clearance', cleared, null, hour],
    ['also where time says so later', cleared, '2027-01-01T00:00:00.000Z', hour],
    ['earlier, where time says so', cleared, '2026-11-21T12:30:00.000Z', '2026-11-21T12:30:00.000Z'],
  ])('%s', (_, of, next, expected) => {
    expect(lookAgain(of, next)).toBe(expected);
  });
});
