// GitHub slows the app down: it waits as long as it is told, tries again, and shows everything once.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import type { Failure } from '../support/faults.ts';
import { DELIVERY, type Gate, startGate } from './harness.ts';

jest.setTimeout(60_000);

let gate: Gate;
beforeAll(async () => {
  gate = await startGate();
});
afterAll(() => gate.stop());

let count = 0;
const slowedDown = async (failure: Failure, on: string) => {
  count += 1;
  const repository = gate.repository(`slow-${count}`, { files: { Dockerfile: DOCKERFILE } });
  await repository.push('release', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
  await gate.settled();
  const mark = gate.github.mark();
  const mend = gate.github.faults.add({ on, failure, times: 1 });
  const pull = repository.openPullRequest({ author: 'dev', branch: 'release', commits: [] });
  await gate.settled();
  mend();
  const requests = gate.github.requests.slice(mark).filter(({ operation }) => operation === on);
  return { pull, requests };
};

test.each<[string, Failure, string]>([
  ['the secondary limit at a query', { secondaryRateLimit: { retryAfter: 1 } }, 'graphql'],
  [
    'the secondary limit at a comparison',
    { secondaryRateLimit: { retryAfter: 1 } },
    'repos/compare-commits-with-basehead',
  ],
  ['the secondary limit at a comment', { secondaryRateLimit: { retryAfter: 1 } }, 'issues/create-comment'],
  ['the hourly limit', { primaryRateLimit: { resetIn: 1 } }, 'repos/compare-commits-with-basehead'],
])('%s is obeyed, and nothing is shown twice', async (_, failure, on) => {
  const { pull, requests } = await slowedDown(failure, on);
  const [refused, next] = requests;
  expect(refused?.status).toBe(403);
  // As long as GitHub said, by its own clock of requests.
  expect((next?.start ?? 0) - (refused?.end ?? 0)).toBeGreaterThanOrEqual(950);
  expect(pull.check(DELIVERY)?.conclusion).toBe('action_required');
  expect(pull.comments()).toHaveLength(1);
  const runs = pull.pull.repository.suites.flatMap((suite) => suite.runs);
  expect(runs.filter(({ sha }) => sha === pull.head())).toHaveLength(2);
});
