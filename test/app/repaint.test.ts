import { describe, expect, test } from '@jest/globals';
import type { Job } from '../../src/ports.ts';
import { showing } from '../../src/repaint.ts';
import { TurnLost } from '../../src/store/queue-turn.ts';

const job: Job = {
  pull: { installation: 1, repositoryId: 2, owner: 'acme', repository: 'api', number: 3 },
  cause: 'pull_request.opened',
  delivery: 'guid',
  refresh: false,
  again: false,
};

/** What was queued by a worker that still holds its job, or does not. */
const queued = async (held: boolean, show: () => Promise<void>, of: Job = job) => {
  const jobs: Job[] = [];
  const ports = {
    hold: {
      check: async () => {
        if (!held) throw new TurnLost('another worker took over');
      },
    },
    inbox: {
      accept: async (event: { readonly job: Job }) => {
        jobs.push(event.job);
      },
    },
  };
  const failure = await showing(of, ports, show).then(
    () => null,
    (error: unknown) => error,
  );
  return { jobs, failure };
};

const fails = (error: Error) => (): Promise<void> => Promise.reject(error);
const shows = async (): Promise<void> => undefined;

describe('a worker that shows something', () => {
  test('and holds its job asks nobody to show it again', async () => {
    expect(await queued(true, shows)).toEqual({ jobs: [], failure: null });
  });

  test('and fails at it, holding its job, is repeated for what went wrong', async () => {
    const error = new Error('502');
    expect(await queued(true, fails(error))).toEqual({ jobs: [], failure: error });
  });

  test.each([
    ['after it', shows],
    ['in the middle of it', fails(new TurnLost('another worker took over'))],
  ])('and lost its job %s has the newest result shown once more', async (_, show) => {
    const { jobs, failure } = await queued(false, show);
    expect(failure).toBeInstanceOf(TurnLost);
    expect(jobs).toMatchObject([{ pull: job.pull, refresh: true, again: true }]);
  });

  test('for a merge group has the group judged again', async () => {
    const errand = {
      kind: 'merge-group',
      headSha: 'a'.repeat(40),
      headRef: 'refs/heads/gh-readonly-queue/main/pr-3-b',
      baseSha: 'b'.repeat(40),
      baseRef: 'refs/heads/main',
      repositoryNodeId: 'R_2',
      server: 'https://github.example',
      visibility: 'private',
      actor: { id: 7, login: 'dev', type: 'User' },
    } as const;
    const { jobs } = await queued(false, shows, { ...job, errand });
    expect(jobs).toMatchObject([{ errand, refresh: false, again: true }]);
  });
});
