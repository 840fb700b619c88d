import { describe, expect, test } from '@jest/globals';
import type { About } from '../../../src/core/model/evidence.ts';
import type { JudgedFinding } from '../../../src/core/model/verdict.ts';
import { alike, placesOf } from '../../../src/core/report/alike.ts';
import { at, DECISION, finding, judged } from './verdicts.ts';

const pushed = (
  line: number,
  to: string,
  previously?: About,
  rule = 'public-registry-delivery',
): JudgedFinding =>
  judged(
    finding({
      rule,
      outcome: 'needs-approval',
      location: at('ci.yml', line, 1, 5),
      message: `Pushes ${to}.`,
      about: { destination: [to], packages: ['curl', 'git'] },
      ...(previously === undefined ? {} : { previously: { destination: [to], ...previously } }),
    }),
  );

const ADDED = { packages: ['curl'] };
const told = (findings: readonly JudgedFinding[]) =>
  alike(findings).map(({ first, others }) => [first.finding.message, others.length]);

describe('questions with one cause', () => {
  test('are told once, wherever they stand, in reading order', () => {
    const all = [
      pushed(1, 'a', ADDED),
      pushed(2, 'b', { packages: ['git'] }),
      pushed(3, 'c', ADDED),
      pushed(4, 'd', ADDED),
      pushed(5, 'e', ADDED, 'own-registry-delivery'),
    ];
    expect(told(all)).toEqual([
      ['Pushes a.', 2],
      ['Pushes b.', 0],
      ['Pushes e.', 0],
    ]);
  });

  test('two are told in full; new ones are alike at one place only', () => {
    expect(told([pushed(1, 'a', ADDED), pushed(2, 'b', ADDED)])).toEqual([
      ['Pushes a.', 0],
      ['Pushes b.', 0],
    ]);
    expect(told([1, 1, 1, 2, 3].map((line, index) => pushed(line, `r${index}`)))).toEqual([
      ['Pushes r0.', 2],
      ['Pushes r3.', 0],
      ['Pushes r4.', 0],
    ]);
  });

  test('what the author has to change, and what was rejected, is told each by itself', () => {
    const violations = [1, 1, 1].map((line) => judged(finding({ location: at('Dockerfile', line, 1, 2) })));
    const rejected = [1, 1, 1].map((line) =>
      judged(pushed(line, 'a').finding, { kind: 'rejected', by: DECISION }),
    );
    expect(alike(violations)).toHaveLength(3);
    expect(alike(rejected)).toHaveLength(3);
  });

  test('nothing is lost, whatever the order', () => {
    const all = [pushed(3, 'c', ADDED), pushed(1, 'a', ADDED), pushed(9, 'z'), pushed(2, 'b', ADDED)];
    expect(alike(all).flatMap(({ first, others }) => [first, ...others])).toHaveLength(all.length);
  });
});

test('what can’t be seen into is named by what it is', () => {
  const { finding: one, ...rest } = pushed(4, 'destination/destination');
  const opaque = { ...rest, finding: { ...one, about: { ...one.about, kind: ['opaque'], tool: ['./'] } } };
  expect(placesOf([opaque])).toEqual(['ci.yml:4 → ./']);
});

test('places: one line for each file and destination', () => {
  const many = [1, 2, 3, 4, 5, 6, 7, 7].map((line) => pushed(line, 'docker.io/acme/b'));
  expect(placesOf([...many, pushed(4, 'docker.io/acme/a')])).toEqual([
    'ci.yml:4 → docker.io/acme/a',
    'ci.yml:1, 2, 3, 4, 5, 6, … (7 lines) → docker.io/acme/b, 8 times',
  ]);
});
