// Days on which a policy says something else come without an event: what is shown changes with them, in ten minutes.
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { COMPLIANCE, DELIVERY, type Gate, POLICY, startGate } from '../app/harness.ts';
import { createClock } from '../support/clock.ts';
import type { PullStory } from '../support/story.ts';
import { APPROVED, DOCKERFILE, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

let gate: Gate | null = null;
afterEach(async () => {
  await gate?.stop();
  gate = null;
});

/** Opened in the evening before the 23rd (UTC). */
const opened = async (policy: string, dockerfile: string): Promise<PullStory> => {
  gate = await startGate({
    policy: `${POLICY}${policy}`,
    standIn: { clock: createClock('2026-11-22T20:00:00Z') },
  });
  const pull = gate.repository('shop').openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { Dockerfile: dockerfile, '.github/workflows/release.yml': RELEASE },
  });
  await gate.settled();
  return pull;
};

/** Rounds every 30 seconds, as the server makes them, for ten minutes from that time on. */
const tenMinutesFrom = async (instant: string): Promise<void> => {
  gate?.github.clock.set(instant);
  for (let round = 0; round < 20; round += 1) {
    gate?.github.clock.advance(30);
    await gate?.server.heal();
  }
  await gate?.settled();
};

const INSECURE = `${DOCKERFILE}RUN curl -fsSLo /tool http://downloads.example.com/tool\n`;

describe('at midnight', () => {
  test('advice becomes a question, and not before', async () => {
    const pull = await opened('mode: {mode: advise, next: enforce, from: 2026-11-23}\n', DOCKERFILE);
    expect(pull.check(DELIVERY)?.conclusion).toBe('success');
    await tenMinutesFrom('2026-11-22T23:45:00Z');
    expect(pull.check(DELIVERY)?.conclusion).toBe('success');
    await tenMinutesFrom('2026-11-23T00:00:00Z');
    expect(pull.check(DELIVERY)?.conclusion).toBe('action_required');
  });

  test('an exception ends after its last day', async () => {
    const rules = ['insecure-download', 'unverified-download', 'unlisted-import'];
    const lines = rules.map(
      (rule) =>
        `  - {rule: ${rule}, reason: replaced soon, owner: acme/platform, expires: 2026-11-22, paths: ['**']}`,
    );
    const pull = await opened(`exceptions:\n${lines.join('\n')}\n`, INSECURE);
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
    await tenMinutesFrom('2026-11-22T23:45:00Z');
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
    await tenMinutesFrom('2026-11-23T00:00:00Z');
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('failure');
  });

  test('a base image that was accepted for a time is asked about', async () => {
    const base = 'docker.io/library/debian';
    const pull = await opened(
      `base-images:\n  allow:\n    - {image: '${base}', owner: acme/platform, reason: on trial, expires: 2026-11-22}\n`,
      DOCKERFILE,
    );
    await pull.label(APPROVED, { as: 'olga' });
    await gate?.settled();
    expect(pull.checks().map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
    await tenMinutesFrom('2026-11-22T23:45:00Z');
    expect(pull.checks().map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
    await tenMinutesFrom('2026-11-23T00:00:00Z');
    expect(pull.checks().map(({ conclusion }) => conclusion)).not.toEqual(['success', 'success']);
  });
});
