// What healing may cost: live events come first, and what fails for one keeps no other waiting.
import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createHealing, type HealingOptions, type Memory, type Upkeep } from '../../src/healing.ts';
import type { Doubted, Job, Listed, PullRequestState } from '../../src/ports.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const pull = (installation: number, number = 1) => ({
  installation,
  repositoryId: installation * 10,
  owner: `org-${installation}`,
  repository: 'api',
  number,
});
const listed = (installation: number): Listed => ({
  pull: pull(installation),
  open: true,
  headSha: 'a'.repeat(40),
  baseRef: 'main',
  isDraft: false,
  labels: [],
});

const healing = (upkeep: Partial<Upkeep>, memory: Partial<Memory> = {}) => {
  const jobs: Job[] = [];
  const asked: number[] = [];
  const options: HealingOptions = {
    upkeep: {
      failed: async () => ({ deliveries: [], next: null }),
      redeliver: async () => undefined,
      installations: async () =>
        [1, 2, 3].map((id) => ({ id, login: `org-${id}`, kind: 'org', suspended: id === 3 })),
      changed: async ({ id }) => {
        asked.push(id);
        return [listed(id)];
      },
      quota: () => 1,
      shownRuns: async ({ installation }) => {
        asked.push(installation);
        return new Map();
      },
      ...upkeep,
    },
    memory: {
      takeChore: async (name) => name === 'sweep' || name === 'doubts',
      mayRedeliver: async () => true,
      redelivered: async () => undefined,
      standing: async () => null,
      knows: async () => true,
      expired: async () => [],
      doubted: async () => [],
      endDoubt: async () => undefined,
      tidy: async () => undefined,
      ...memory,
    },
    inbox: {
      accept: async ({ job }) => {
        jobs.push(job);
      },
    },
    log: pino({ level: 'silent' }),
    roundSeconds: 30,
    healed: () => undefined,
  };
  const heal = createHealing(options);
  return { heal: () => heal(NOW), jobs, asked };
};

const installationsOf = (jobs: readonly Job[]): readonly number[] => jobs.map((job) => job.pull.installation);

describe('a sweep', () => {
  test('asks of every installation that is not suspended', async () => {
    const { heal, jobs, asked } = healing({});
    await heal();
    expect([asked, installationsOf(jobs)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(jobs.every(({ cause }) => cause.startsWith('sweep'))).toBe(true);
  });

  test.each([
    [0.29, [2]],
    [0.3, [1, 2]],
  ])('leaves the last of the quota to live events: with %d of it %j', async (quota, swept) => {
    const { heal, asked } = healing({ quota: (installation) => (installation === 1 ? quota : 1) });
    await heal();
    expect(asked).toEqual(swept);
  });

  test.each([
    [1, 500],
    [0.5, 142],
    [0.3, 1],
  ])('stops where the rest of the quota would be gone, and goes on from there: %d', async (quota, most) => {
    const since: string[] = [];
    const many = Array.from({ length: 600 }, (_, index) => ({ ...listed(1), pull: pull(1, index + 1) }));
    const { heal, jobs } = healing({
      quota: () => quota,
      installations: async () => [{ id: 1, login: 'org-1', kind: 'org', suspended: false }],
      changed: async (_, from) => {
        since.push(from.toISOString());
        return many;
      },
    });
    await heal();
    expect(jobs).toHaveLength(most);
    await heal();
    expect(new Set(since).size).toBe(1);
    expect(jobs).toHaveLength(2 * most);
  });

  test('that fails for one installation is made for the others, and for that one from where it was', async () => {
    const since: string[] = [];
    let fails = true;
    const { heal, jobs } = healing({
      changed: async ({ id }, from) => {
        if (id === 1) since.push(from.toISOString());
        if (id === 1 && fails) throw new Error('502');
        return [listed(id)];
      },
    });
    await heal();
    expect(installationsOf(jobs)).toEqual([2]);
    fails = false;
    await heal();
    expect([...installationsOf(jobs)].sort()).toEqual([1, 2, 2]);
    // Three days back both times: what the failed sweep did not see is not taken for seen.
    expect(since).toEqual(['2026-11-18T12:00:00.000Z', '2026-11-18T12:00:00.000Z']);
  });
});

describe('a pull request that the store knows', () => {
  const { pull: at, headSha, baseRef, isDraft, labels } = listed(1);
  const known = { pull: at, open: true, headSha, baseRef, isDraft, labels } as unknown as PullRequestState;
  const judgedAgain = async (state: Partial<PullRequestState>, shown: string | null): Promise<number> => {
    const { heal, jobs } = healing(
      { changed: async ({ id }) => (id === 1 ? [listed(1)] : []) },
      { standing: async () => ({ state: { ...known, ...state }, shown }) },
    );
    await heal();
    return jobs.length;
  };

  test('as GitHub has it is left alone', async () => expect(await judgedAgain({}, headSha)).toBe(0));

  test.each<[string, Partial<PullRequestState>]>([
    ['at another head', { headSha: 'b'.repeat(40) }],
    ['for another base', { baseRef: 'stable' }],
    ['as a draft', { isDraft: true }],
    ['with another label', { labels: ['delivery: approved'] }],
    ['as closed', { open: false }],
    ['in an organisation of another name', { pull: { ...at, owner: 'org-of-old' } }],
    ['in a repository of another name', { pull: { ...at, repository: 'api-of-old' } }],
    ['in another installation', { pull: { ...at, installation: 9 } }],
  ])('%s is judged again', async (_, state) => expect(await judgedAgain(state, headSha)).toBe(1));

  test.each([null, 'b'.repeat(40)])('that shows its verdict on %p is judged again', async (shown) =>
    expect(await judgedAgain({}, shown)).toBe(1),
  );
});

describe('a look at what is shown', () => {
  const doubted = (installation: number): Doubted => ({
    pull: pull(installation),
    until: new Date(NOW.getTime() - 1),
    headSha: 'a'.repeat(40),
    runs: new Map([['clear-to-ship / delivery', 7]]),
  });

  test('waits for quota, and its time does not end before', async () => {
    const ended: number[] = [];
    const { heal, jobs } = healing(
      { quota: (installation) => (installation === 1 ? 0.1 : 1), changed: async () => [] },
      {
        doubted: async () => [doubted(1), doubted(2)],
        endDoubt: async (each) => {
          ended.push(each.pull.installation);
        },
      },
    );
    await heal();
    expect(ended).toEqual([2]);
    expect(jobs).toMatchObject([{ pull: pull(2), again: true, refresh: true }]);
  });
});
