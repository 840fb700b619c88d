// What got lost is found again within ten minutes, told with the stand-in's clock.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, POLICY, startGate } from '../app/harness.ts';
import type { PullStory, RepositoryStory } from '../support/story.ts';
import { APPROVED, DOCKERFILE, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

let gate: Gate;
let count = 0;

beforeAll(async () => {
  gate = await startGate({
    logLevel: process.env.LOG_LEVEL ?? 'silent',
    policy: POLICY.replace('teams:', 'expires-after-days: 30\n  teams:'),
  });
  await gate.server.heal();
  await gate.settled();
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const freshRepository = (): RepositoryStory => {
  count += 1;
  return gate.repository(`healing-${count}`, { files: { Dockerfile: DOCKERFILE } });
};

const open = (repository: RepositoryStory): PullStory =>
  repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
  });

/** Ten minutes of rounds, as the server makes them every 30 seconds. */
const tenMinutes = async (): Promise<void> => {
  for (let second = 0; second < 600; second += 30) {
    gate.github.clock.advance(30);
    await gate.server.heal();
  }
  await gate.settled();
};

const delivery = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;

/** Events that don't arrive. GitHub lists those that `failed`; of those that are `gone` it knows nothing. */
const lost = async (how: 'failed' | 'gone', act: () => Promise<unknown> | unknown): Promise<void> => {
  gate.github.webhooks.decide(({ redelivery }) => (redelivery ? 'deliver' : 'drop'));
  await act();
  gate.github.webhooks.decide(null);
  for (const entry of gate.github.webhooks.list())
    if (entry.status === 'dropped')
      Object.assign(
        entry,
        how === 'failed' ? { status: 'timed out', statusCode: 504 } : { status: 'OK', statusCode: 200 },
      );
};

describe('an event that never arrived', () => {
  test('and is not listed as failed either: the sweep finds the pull request', async () => {
    const repository = freshRepository();
    let pull: PullStory | null = null;
    await lost('gone', () => {
      pull = open(repository);
    });
    await tenMinutes();
    expect(delivery(pull as unknown as PullStory)).toBe('action_required');
  });

  test('of a push after the approval: the sweep finds the new head', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await lost('gone', () =>
      pull.push({ '.github/workflows/release.yml': RELEASE.replace('acme/api', 'acme/other') }),
    );
    expect(pull.check(DELIVERY)).toBeUndefined();
    await tenMinutes();
    expect(delivery(pull)).toBe('action_required');
  });

  test('of a new base: the sweep finds it', async () => {
    const repository = freshRepository();
    await repository.push('stable', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
    const pull = repository.openPullRequest({
      author: 'dev',
      branch: 'topic',
      base: 'stable',
      files: { 'a.md': 'a\n' },
    });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    await lost('gone', () => pull.retarget('main'));
    await tenMinutes();
    expect(pull.pull.base.ref).toBe('main');
    expect(delivery(pull)).toBe('action_required');
  });

  test('of a label grants nothing, and the label is taken off', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await lost('gone', () => pull.label(APPROVED, { as: 'olga' }));
    await tenMinutes();
    expect(delivery(pull)).toBe('action_required');
    expect(pull.labels()).not.toContain(APPROVED);
  });
});

describe('a delivery that failed', () => {
  test('is asked for again, once, and counts as what it was: an approval', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await lost('failed', () => pull.label(APPROVED, { as: 'olga' }));
    const before = gate.github.webhooks.list().length;
    // Before the sweep looks, the redelivery brings the signed event itself.
    gate.github.clock.advance(125);
    await gate.server.heal();
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    await tenMinutes();
    const again = gate.github.webhooks
      .list()
      .slice(before)
      .filter(({ redelivery }) => redelivery);
    expect(again.filter(({ action }) => action === 'labeled')).toHaveLength(1);
    expect(delivery(pull)).toBe('success');
  });

  /** One round of redeliveries, before any sweep. */
  const redelivered = async (): Promise<void> => {
    gate.github.clock.advance(125);
    await gate.server.heal();
    await gate.settled();
  };

  test('of reviews counts as what they said', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await lost('failed', () => pull.review('APPROVE', { as: 'olga' }));
    await redelivered();
    expect(delivery(pull)).toBe('success');
    await lost('failed', () => pull.review('REQUEST_CHANGES', { as: 'otto', body: 'Not to this registry.' }));
    await redelivered();
    expect(delivery(pull)).toBe('failure');
  });

  test('of a push past the gate raises its issue', async () => {
    const repository = freshRepository();
    await gate.settled();
    await lost('failed', () =>
      repository.push('main', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' }),
    );
    expect(repository.issues()).toEqual([]);
    await redelivered();
    expect(repository.issues()).toHaveLength(1);
  });

  test('of a merge group gets its checks', async () => {
    const repository = freshRepository();
    const pull = open(repository);
    await gate.settled();
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    const heads: string[] = [];
    await lost('failed', async () => {
      heads.push((await pull.enqueue({ as: 'dev' })).headSha);
    });
    const checks = () => repository.checks(heads[0] ?? '').map(({ conclusion }) => conclusion);
    expect(checks()).toEqual([]);
    await redelivered();
    expect(checks()).toEqual(['success', 'success']);
  });

  test('of a push to the policy has everything judged by the new one', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    const path = '.github/clear-to-ship.yml';
    await lost('failed', () =>
      gate.policies.push('main', { [path]: `${POLICY}mode: off\n` }, { as: 'olga' }),
    );
    expect(delivery(pull)).toBe('action_required');
    await redelivered();
    expect(delivery(pull)).toBe('success');
    await lost('failed', () =>
      gate.policies.push(
        'main',
        { [path]: POLICY.replace('teams:', 'expires-after-days: 30\n  teams:') },
        { as: 'olga' },
      ),
    );
    await redelivered();
    expect(delivery(pull)).toBe('action_required');
  });

  const REDELIVER = '/app/hook/deliveries/{delivery_id}/attempts';

  test('is not given up because the request for it failed', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await lost('failed', () => pull.label(APPROVED, { as: 'olga' }));
    const mend = gate.github.faults.add({ on: REDELIVER, failure: { status: 500 } });
    gate.github.clock.advance(125);
    await gate.server.heal();
    mend();
    gate.github.clock.advance(125);
    await gate.server.heal();
    await gate.settled();
    expect(delivery(pull)).toBe('success');
  });

  test('does not wait for one that GitHub has forgotten', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await lost('failed', async () => {
      await pull.label(APPROVED, { as: 'olga' });
      await pull.label('unrelated', { as: 'dev' });
    });
    // Failures are listed newest first.
    const newest = gate.github.webhooks.list().findLast(({ statusCode }) => statusCode === 504);
    const mend = gate.github.faults.add({
      on: ({ path }) => path.endsWith(`/${newest?.id}/attempts`),
      failure: { status: 404 },
    });
    gate.github.clock.advance(125);
    await gate.server.heal();
    await gate.settled();
    mend();
    expect(delivery(pull)).toBe('success');
  });
});

describe('an approval', () => {
  test('ends on its day without any event, and the check says so', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    gate.github.clock.advance(29 * 86_400);
    await tenMinutes();
    expect(delivery(pull)).toBe('success');
    gate.github.clock.advance(86_400);
    await tenMinutes();
    expect(delivery(pull)).toBe('action_required');
    expect(pull.check(DELIVERY)?.summary).toContain('has expired');
    expect(pull.labels()).not.toContain(APPROVED);
  });
});

describe('healing', () => {
  test('leaves what is current alone', async () => {
    const pull = open(freshRepository());
    await gate.settled();
    await tenMinutes();
    const mark = gate.github.mark();
    await tenMinutes();
    const written = gate.github.requests
      .slice(mark)
      .filter(({ method, operation }) => method !== 'GET' && operation !== 'graphql');
    expect(written.filter(({ path }) => !path.includes('access_tokens'))).toEqual([]);
    expect(delivery(pull)).toBe('action_required');
  });
});
