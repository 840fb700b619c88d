import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Job as Token } from 'pg-boss';
import type { Job, PullRequestRef, PullRequestState } from '../../src/ports.ts';
import { acceptingOn, type Event, enqueue } from '../../src/store/enqueue.ts';
import { appendToLedger, ledgerRecords } from '../../src/store/ledger.ts';
import { appendOne } from '../../src/store/ledger-append.ts';
import type { NewEntry } from '../../src/store/ledger-entry.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { openQueue, type Queue, REVIEW } from '../../src/store/queue.ts';
import { type TokenData, takeJob } from '../../src/store/queue-take.ts';
import { askHeld, type Fence, fenceOf, settleDone, TurnLost } from '../../src/store/queue-turn.ts';
import { openStore } from '../../src/store/store.ts';
import { onEachEngine } from './support.ts';

let numbers = 0;
const freshPull = (): PullRequestRef => {
  numbers += 1;
  return { installation: 1, repositoryId: 70, owner: 'acme', repository: 'shop', number: numbers };
};
const jobOf = (pull: PullRequestRef, cause = 'opened'): Job => ({
  pull,
  cause,
  delivery: null,
  refresh: false,
  again: false,
});
const person = (id: number) => ({ id, login: `dev-${id}`, type: 'User' as const });
const stateOf = (pull: PullRequestRef, minute: number, pusher: number): PullRequestState => ({
  pull,
  nodeId: `PR_${pull.number}`,
  repositoryNodeId: 'R_70',
  server: 'https://github.com',
  open: true,
  title: `minute ${minute}`,
  baseRef: 'main',
  baseSha: 'b'.repeat(40),
  headSha: 'a'.repeat(40),
  isDraft: false,
  isFork: false,
  visibility: 'private',
  author: person(1),
  pushers: [person(pusher)],
  labels: [],
  changedFiles: 1,
  updatedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
});
const event = (pull: PullRequestRef, minute: number): Event => ({
  state: stateOf(pull, minute, minute),
  claim: null,
  job: jobOf(pull, `minute ${minute}`),
  urgency: 'live',
});

onEachEngine('what a turn does in single statements', ({ database }) => {
  let queue: Queue;
  const pending = (pull: PullRequestRef) =>
    database()
      .handle.selectFrom('pending_jobs')
      .select(['generation', 'job'])
      .where('key', '=', `${pull.repositoryId}/${pull.number}`)
      .executeTakeFirst();
  const fetched = async (): Promise<Token<TokenData>> => {
    const [token] = await queue.boss.fetch<TokenData>(REVIEW);
    if (token === undefined) throw new Error('nobody is called');
    return token;
  };

  beforeAll(async () => {
    queue = await openQueue(database());
  }, 60_000);
  beforeEach(async () => {
    await queue.boss.deleteAllJobs();
    await database().handle.deleteFrom('pending_jobs').execute();
  });
  afterAll(() => queue.close());

  test('events of one pull request that two processes take at once are all kept', async () => {
    const pull = freshPull();
    const processes = [acceptingOn(queue), acceptingOn(queue)];
    const minutes = Array.from({ length: 12 }, (_, each) => (each * 7) % 12);
    await Promise.all(minutes.map((minute) => processes[minute % 2]?.(event(pull, minute))));
    const state = await openStore(database(), queue).pulls.recall(pull);
    expect(state?.title).toBe('minute 11');
    expect(state?.pushers.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, each) => each));
    expect((await pending(pull))?.generation).toBe(12);
  });

  test('a state that another process changed since is not overwritten by what was known before', async () => {
    const pull = freshPull();
    const [one, other] = [acceptingOn(queue), acceptingOn(queue)];
    await one(event(pull, 1));
    await other(event(pull, 5));
    await one(event(pull, 3));
    const state = await openStore(database(), queue).pulls.recall(pull);
    expect(state?.title).toBe('minute 5');
    expect(state?.pushers.map(({ id }) => id)).toEqual([1, 3, 5]);
  });

  test('a job that is done is forgotten; what came in while it was worked on stays, and calls a worker', async () => {
    const pull = freshPull();
    await enqueue(queue, jobOf(pull));
    const first = await fetched();
    const taken = await takeJob(queue, first);
    await enqueue(queue, jobOf(pull, 'synchronize'));
    await settleDone(queue, first, taken?.generation ?? null);
    expect(JSON.parse((await pending(pull))?.job ?? '{}').cause).toBe('synchronize');
    const second = await fetched();
    await settleDone(queue, second, (await takeJob(queue, second))?.generation ?? null);
    expect(await pending(pull)).toBeUndefined();
    expect(await queue.boss.fetch(REVIEW)).toEqual([]);
  });

  test('whoever lost a job can’t settle it away from its successor', async () => {
    const pull = freshPull();
    await enqueue(queue, jobOf(pull));
    const frozen = await fetched();
    const taken = await takeJob(queue, frozen);
    await queue.boss.fail(REVIEW, frozen.id, { message: 'not heard of' });
    await queue.boss.update(REVIEW, undefined, { singletonKey: frozen.data.key, startAfter: 0 });
    const successor = await fetched();
    expect(successor.retryCount).toBe(frozen.retryCount + 1);
    await expect(settleDone(queue, frozen, taken?.generation ?? null)).rejects.toThrow(TurnLost);
    expect(await pending(pull)).toBeDefined();
    await expect(askHeld(database(), fenceOf(frozen))).rejects.toThrow(TurnLost);
    await askHeld(database(), fenceOf(successor));
  });

  test('entries recorded by one statement continue the chain of those recorded by many', async () => {
    const installation = 4_242;
    await enqueue(queue, jobOf({ ...freshPull(), installation }));
    const { claimed } = fenceOf(await fetched());
    if (claimed === undefined) throw new Error('a fence names its claim');
    const entry = (text: string): NewEntry => ({
      installation,
      at: '2026-01-02T03:04:05.678Z',
      kind: 'verdict',
      repository: { id: 70, name: 'acme/shop' },
      pull: 3,
      headSha: 'a'.repeat(40),
      body: { text },
    });
    const evidence = { hash: 'e'.repeat(64), content: '{}' };
    const { alone } = database();
    expect(await appendOne(alone, claimed, entry('first of all "\u0000" 🚢 \\'), evidence)).toBe(1);
    await database().transaction((tx) => appendToLedger(tx, [entry('second'), entry('third')]));
    expect(await appendOne(alone, claimed, entry('fourth'), evidence)).toBe(4);
    const lost = { ...claimed, retryCount: claimed.retryCount + 1 };
    expect(await appendOne(alone, lost, entry('of a lost worker'), evidence)).toBeNull();
    const texts: unknown[] = [];
    for await (const record of ledgerRecords(database().handle, installation)) texts.push(record.body.text);
    expect(texts).toEqual(['first of all "\u0000" 🚢 \\', 'second', 'third', 'fourth']);
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: true });
  });

  test('a worker that loses its job between two looks moves nobody, where somebody is left behind', async () => {
    const [pull, neighbour] = [freshPull(), freshPull()];
    const store = openStore(database(), queue);
    const [before, after] = ['1'.repeat(40), '2'.repeat(40)];
    for (const each of [pull, neighbour]) {
      await store.inbox.accept({ state: stateOf(each, 1, 1), claim: null, job: jobOf(each) });
      await store.published.share(each, before, []);
    }
    const { claimed } = fenceOf(await fetched());
    const lost = Object.assign(() => Promise.reject(new TurnLost('just now')), { claimed });
    await expect(store.publishedBehind(lost as Fence).share(pull, after, [])).rejects.toThrow(TurnLost);
    expect(await store.estate.showing(pull.repositoryId, after)).toEqual([]);
    expect((await store.estate.showing(pull.repositoryId, before)).map(({ number }) => number)).toEqual(
      expect.arrayContaining([pull.number, neighbour.number]),
    );
  });

  test('a worker that lost its job shares and keeps nothing of what it shows', async () => {
    const pull = freshPull();
    const store = openStore(database(), queue);
    await store.inbox.accept({ state: stateOf(pull, 1, 1), claim: null, job: jobOf(pull) });
    const fence = fenceOf(await fetched());
    const head = 'c'.repeat(40);
    const mine = store.publishedBehind(fence);
    expect((await mine.share(pull, head, [])).others).toEqual([]);
    const run = { name: 'one', id: 1, digest: 'd1' };
    expect(await mine.keepShown(pull, head, [run])).toEqual([]);
    await queue.boss.fail(REVIEW, fence.claimed?.id ?? '', { message: 'not heard of' });
    await expect(mine.share(pull, 'd'.repeat(40), [])).rejects.toThrow(TurnLost);
    await expect(mine.keepShown(pull, head, [{ ...run, digest: 'd2' }])).rejects.toThrow(TurnLost);
    expect(await store.published.checkDigests(pull.repositoryId, head)).toEqual(new Map([['one', 'd1']]));
    expect((await store.estate.showing(pull.repositoryId, head)).map(({ number }) => number)).toEqual([
      pull.number,
    ]);
  });
});
