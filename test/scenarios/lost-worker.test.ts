// A worker that was lost at its job and shows what it knew long after somebody else went on, told with the stand-in's clock.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, startGate } from '../app/harness.ts';
import type { PullStory } from '../support/story.ts';
import { createCheckRun } from '../support/world/checks.ts';
import { APPROVED, DOCKERFILE, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

let gate: Gate;
/** Attempts that end like a worker that dies: nobody hears of them again. */
let deaths = 0;

beforeAll(async () => {
  gate = await startGate({
    around: (ports) => ({
      ...ports,
      source: {
        ...ports.source,
        collect: (...args) => {
          if (deaths === 0) return ports.source.collect(...args);
          deaths -= 1;
          throw new Error('killed');
        },
      },
    }),
  });
  await gate.server.heal();
  await gate.settled();
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const opened = async (name: string, dying: number): Promise<PullStory> => {
  const repository = gate.repository(name, { files: { Dockerfile: DOCKERFILE } });
  await repository.push('release', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
  await gate.settled();
  deaths = dying;
  const pull = repository.openPullRequest({ author: 'dev', branch: 'release', commits: [] });
  await gate.settled();
  expect(delivery(pull)).toBe('action_required');
  return pull;
};

const delivery = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;

/** What the lost worker sends when it comes back, before it dies for good. */
const shownLate = (pull: PullStory): void => {
  const output = { title: 'Nothing new leaves the company', summary: 'As it was.' };
  const write = { conclusion: 'success', output } as const;
  createCheckRun(gate.github.world, pull.pull.repository, pull.head(), DELIVERY, write);
  expect(delivery(pull)).toBe('success');
};

const minutes = async (count: number): Promise<void> => {
  for (let half = 0; half < count * 2; half += 1) {
    gate.github.clock.advance(30);
    await gate.server.heal();
  }
  await gate.settled();
};

const looks = (from: number): number =>
  gate.github.requests
    .slice(from)
    .filter(({ method, path }) => method === 'GET' && path.includes('/check-runs')).length;

test('what a lost worker shows late is replaced within ten minutes, however late within the hour', async () => {
  const pull = await opened('late', 1);
  shownLate(pull);
  await minutes(10);
  expect(delivery(pull)).toBe('action_required');
  await minutes(45);
  await pull.label(APPROVED, { as: 'olga' });
  await gate.settled();
  expect(pull.check(DELIVERY)?.title).toBe('Approved by olga');
  shownLate(pull);
  await minutes(10);
  expect(pull.check(DELIVERY)?.title).toBe('Approved by olga');
});

test('where what is shown is the newest result, nothing is written, and nobody looks any more after the hour', async () => {
  const pull = await opened('quiet', 1);
  const shown = pull.checks().map(({ id }) => id);
  const mark = gate.github.mark();
  await minutes(10);
  expect(looks(mark)).toBeGreaterThan(0);
  await minutes(75);
  const later = gate.github.mark();
  await minutes(20);
  expect(looks(later)).toBe(0);
  expect(pull.checks().map(({ id }) => id)).toEqual(shown);
});

test('a check of that name by another App is not taken for what we show', async () => {
  const pull = await opened('beside', 1);
  const shown = pull.checks().map(({ id }) => id);
  const mark = gate.github.mark();
  await pull.postCheck(gate.github.otherApp('helper'), DELIVERY, {
    conclusion: 'success',
    output: { title: 'Approved by olga', summary: 'As it was.' },
  });
  await minutes(20);
  expect(looks(mark)).toBeGreaterThan(0);
  expect(pull.checks().map(({ id }) => id)).toEqual(shown);
  shownLate(pull);
  await minutes(10);
  expect(delivery(pull)).toBe('action_required');
});

test('what can’t be seen does not keep others waiting', async () => {
  const [hidden, pull] = [await opened('hidden', 1), await opened('seen', 1)];
  shownLate(pull);
  const mend = gate.github.faults.add({
    on: ({ method, path }) => method === 'GET' && path.includes(`/commits/${hidden.head()}/check-runs`),
    failure: { status: 404 },
  });
  await minutes(10);
  mend();
  expect(delivery(pull)).toBe('action_required');
});
