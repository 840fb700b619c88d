import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Actor, Blob, Decision, Evidence } from '../../src/core/model/evidence.ts';
import type { Verdict } from '../../src/core/model/verdict.ts';
import { sampleLineage } from '../../src/core/rules/image-samples.ts';
import { judge } from '../../src/core/verdict/judge.ts';
import type { Claim, Job, PullRequestRef, PullRequestState } from '../../src/ports.ts';
import { answerCacheOn, blobCacheOn, pruneCache } from '../../src/store/cache.ts';
import { closeClaims, openClaims, pruneClaims } from '../../src/store/claims.ts';
import { latestEvidence } from '../../src/store/kept-evidence.ts';
import { pullHistory } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { openQueue, type Queue } from '../../src/store/queue.ts';
import { startWorker } from '../../src/store/queue-worker.ts';
import { openStore, type Store, tidyStore } from '../../src/store/store.ts';
import { caseOf, evidence, finding, place } from '../core/verdict/cases.ts';
import { onEachEngine } from './support.ts';

let numbers = 0;
const freshPull = (): PullRequestRef => {
  numbers += 1;
  return { installation: 5, repositoryId: 60, owner: 'acme', repository: 'shop', number: numbers };
};

const lin: Actor = { id: 9, login: 'lin', type: 'User' };
const SHA = 'a'.repeat(40);
const AT = '2026-03-01T10:00:00.000Z';

const claimOn = (pull: PullRequestRef, id: string): Claim => ({
  id,
  pull,
  act: 'labeled',
  text: 'delivery: approved',
  actor: lin,
  headSha: SHA,
  at: AT,
});

const stateOf = (pull: PullRequestRef, more: Partial<PullRequestState> = {}): PullRequestState => ({
  pull,
  nodeId: 'PR_1',
  repositoryNodeId: 'R_1',
  server: 'https://github.com',
  open: true,
  title: 'Ship it',
  baseRef: 'main',
  baseSha: SHA,
  headSha: SHA,
  isDraft: false,
  isFork: false,
  visibility: 'private',
  author: lin,
  pushers: [],
  labels: [],
  changedFiles: 1,
  updatedAt: AT,
  ...more,
});

/** Nothing is asked and nothing is wrong. */
const verdict = (): Verdict => judge(caseOf());

const jobOn = (pull: PullRequestRef, cause = 'pull_request.labeled'): Job => ({
  pull,
  cause,
  delivery: 'guid',
  refresh: false,
  again: false,
});

const decisionBy = (id: string, fingerprints: readonly string[]): Decision => ({
  id,
  kind: 'approved',
  actor: lin,
  team: 'acme/ospo',
  at: AT,
  expires: null,
  headSha: SHA,
  fingerprints,
  described: { f: { image: ['debian'] } },
  note: null,
});

onEachEngine('store', ({ database }) => {
  let queue: Queue;
  let store: Store;
  beforeAll(async () => {
    queue = await openQueue(database());
    store = openStore(database(), queue);
  }, 60_000);
  afterAll(async () => {
    await queue.close();
  });

  describe('inbox', () => {
    test('events that coalesce lose neither their claims nor what they asked for', async () => {
      const pull = freshPull();
      const accept = (id: string, job: Partial<Job> = {}) =>
        store.inbox.accept({
          state: stateOf(pull),
          claim: claimOn(pull, id),
          job: { ...jobOn(pull), ...job },
        });
      await accept(`${pull.number} one`, { again: true });
      await accept(`${pull.number} two`, { refresh: true });
      await accept(`${pull.number} three`);
      const jobs: Job[] = [];
      let claims: readonly Claim[] = [];
      const worker = startWorker(
        queue,
        async (turn) => {
          claims = await store.claims.open(turn.job.pull);
          jobs.push(turn.job);
        },
        { slots: 1, poll: 20 },
      );
      while (jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await worker.stop(1_000);
      expect(claims.map((claim) => claim.id)).toEqual(
        ['one', 'two', 'three'].map((name) => `${pull.number} ${name}`),
      );
      expect(jobs).toEqual([{ ...jobOn(pull), refresh: true, again: true }]);
    });

    test('a redelivered claim is kept once, also after it was handled', async () => {
      const pull = freshPull();
      const claim = claimOn(pull, `${pull.number} same`);
      const accept = () => store.inbox.accept({ state: null, claim, job: jobOn(pull) });
      await accept();
      await accept();
      expect(await store.claims.open(pull)).toEqual([claim]);
      expect(await closeClaims(database().handle, [claim.id])).toBe(1);
      await accept();
      expect(await store.claims.open(pull)).toEqual([]);
      expect(await closeClaims(database().handle, [claim.id])).toBe(0);
    });

    test('nothing of an event is kept when a part of it fails', async () => {
      const pull = freshPull();
      const broken = { ...jobOn(pull), pull: { ...pull, installation: Number.NaN } };
      await expect(
        store.inbox.accept({
          state: stateOf(pull),
          claim: claimOn(pull, `${pull.number} lost`),
          job: broken,
        }),
      ).rejects.toThrow();
      expect(await store.pulls.recall(pull)).toBeNull();
      expect(await openClaims(database().handle, pull)).toEqual([]);
    });

    test('handled claims are forgotten after their time, open ones never', async () => {
      const pull = freshPull();
      for (const id of ['old', 'young', 'open']) {
        await store.inbox.accept({
          state: null,
          claim: claimOn(pull, `${pull.number} ${id}`),
          job: jobOn(pull),
        });
      }
      await closeClaims(database().handle, [`${pull.number} old`, `${pull.number} young`]);
      await sql`update claims set handled_at = now() - interval '40 days' where id = ${`${pull.number} old`}`.execute(
        database().handle,
      );
      await sql`update claims set received_at = now() - interval '40 days' where id = ${`${pull.number} open`}`.execute(
        database().handle,
      );
      expect(await pruneClaims(database().handle, 30)).toBe(1);
      expect((await store.claims.open(pull)).map((claim) => claim.id)).toEqual([`${pull.number} open`]);
    });
  });

  describe('pull requests', () => {
    test('the newest state wins in whatever order events arrive, and pushers add up', async () => {
      const pull = freshPull();
      const [ann, bob]: readonly Actor[] = [
        { id: 1, login: 'ann', type: 'User' },
        { id: 2, login: 'bob', type: 'User' },
      ];
      const newer = stateOf(pull, {
        updatedAt: '2026-03-02T00:00:00.000Z',
        headSha: 'b'.repeat(40),
        pushers: bob === undefined ? [] : [bob],
      });
      await store.pulls.remember(newer);
      await store.pulls.remember(stateOf(pull, { pushers: ann === undefined ? [] : [ann] }));
      expect(await store.pulls.recall(pull)).toEqual({ ...newer, pushers: [ann, bob] });
    });

    test('concurrent events lose no pusher', async () => {
      const pull = freshPull();
      await Promise.all(
        Array.from({ length: 12 }, (_, id) =>
          store.pulls.remember(stateOf(pull, { pushers: [{ id, login: `p${id}`, type: 'User' }] })),
        ),
      );
      expect((await store.pulls.recall(pull))?.pushers.map((actor) => actor.id)).toEqual(
        Array.from({ length: 12 }, (_, id) => id),
      );
    });
  });

  describe('ledger port', () => {
    test('records in order, gives decisions back as they were, and the chain verifies', async () => {
      const pull = freshPull();
      const decision = decisionBy(`${pull.number} d`, [`f${pull.number}`]);
      const claim = claimOn(pull, `${pull.number} c`);
      await store.ledger.record(
        pull,
        [
          { kind: 'refused', claim, reason: 'not in the team' },
          { kind: 'decision', decision },
        ],
        new Date(AT),
      );
      expect(await store.ledger.decisions(pull)).toContainEqual({ ...decision, pull: pull.number });
      const history = await pullHistory(database().handle, pull.repositoryId, pull.number);
      expect(history.map((record) => [record.kind, record.headSha, record.repository?.name])).toEqual([
        ['refused', SHA, 'acme/shop'],
        ['approved', SHA, 'acme/shop'],
      ]);
      expect(await verifyLedger(database(), pull.installation)).toMatchObject({ ok: true });
    });

    test('a claim leads to one decision, even when two workers come to it', async () => {
      const pull = freshPull();
      const claim = claimOn(pull, `${pull.number} twice`);
      await store.inbox.accept({ state: null, claim, job: jobOn(pull) });
      const record = () =>
        store.ledger.record(
          pull,
          [{ kind: 'decision', decision: decisionBy(claim.id, ['f']) }],
          new Date(AT),
          { closes: [claim], jobs: [jobOn({ ...pull, number: 0 }, 'sweep after a decision')] },
        );
      await Promise.all([record(), record(), record()]);
      expect((await pullHistory(database().handle, pull.repositoryId, pull.number)).length).toBe(1);
      expect(await store.claims.open(pull)).toEqual([]);
    });

    test('what ended or was excused without anybody deciding is recorded once, beside the verdict that saw it', async () => {
      const pull = freshPull();
      const given = decisionBy(`${pull.number} given`, [`f${pull.number}`]);
      const seen = evidence();
      const clear = verdict();
      const lapse = {
        decision: given,
        fingerprint: 'f',
        approved: {},
        now: null,
        because: 'expired',
      } as const;
      const by = {
        rule: 'unpinned-base-image',
        owner: 'lin',
        reason: 'r',
        expires: '2026-12-31',
        paths: [],
        location: place('.github/clear-to-ship.yml', 3),
      };
      const excused = {
        finding: finding(),
        obligation: 'flow-02-base-images',
        mode: 'enforce',
        fingerprint: 'g',
        standing: { kind: 'excepted', by },
      } as const;
      const record = (said: Verdict): Promise<void> =>
        store.ledger.record(
          pull,
          [{ kind: 'verdict', verdict: said, cause: 'test', evidence: seen }],
          new Date(AT),
        );
      await record(clear);
      await record({ ...clear, lapses: [lapse], findings: [excused] });
      await record({ ...clear, lapses: [lapse], findings: [excused] });
      await record({ ...clear, lapses: [lapse, { ...lapse, because: 'contributor' }], findings: [excused] });
      const history = await pullHistory(database().handle, pull.repositoryId, pull.number);
      expect(history.map(({ kind }) => kind)).toEqual([
        'verdict',
        'verdict',
        'expired',
        'exception-used',
        'verdict',
        'invalidated',
      ]);
      expect(history[2]?.body).toMatchObject({ decision: given.id, because: 'expired', was: 'f' });
      expect(history[3]?.body).toMatchObject({ was: 'g', exception: { owner: 'lin' } });
      // It is told, not decided: whoever else approved the same still did.
      expect((await store.ledger.decisions(pull)).map(({ id }) => id)).not.toContain('expired');
      expect(await verifyLedger(database(), pull.installation)).toMatchObject({ ok: true });
    });

    test('what registries said is kept once, however often they were asked', async () => {
      const pull = freshPull();
      const image = sampleLineage('a1', 'node:24.1', 'debian:13.1');
      const asked = (askedAt: string): Evidence => ({ ...evidence(), images: [{ ...image, askedAt }] });
      const record = (seen: Evidence, outcome: Verdict['outcome']): Promise<void> =>
        store.ledger.record(
          pull,
          [{ kind: 'verdict', verdict: { ...verdict(), outcome }, cause: 'test', evidence: seen }],
          new Date(AT),
        );
      const pieces = async (): Promise<number> =>
        (await database().handle.selectFrom('evidence_pieces').select('hash').execute()).length;
      await record(asked('2026-11-21T10:00:00.000Z'), 'clear');
      const before = await pieces();
      const later = asked('2026-11-21T11:00:00.000Z');
      await record(later, 'undecided');
      expect(await latestEvidence(database().handle, pull)).toEqual(later);
      expect(await pieces()).toBe(before);
    });

    test('what follows from an entry is queued with it, or neither is there', async () => {
      const pull = freshPull();
      const follow = jobOn({ ...pull, repositoryId: 61, number: 7 }, 'sweep after a decision');
      const settled = { closes: [], jobs: [follow] };
      const entries = [{ kind: 'decision', decision: decisionBy('follow', ['f']) } as const];
      const queued = (): Promise<unknown> =>
        database().handle.selectFrom('pending_jobs').select('key').where('key', '=', '61/7').execute();
      const lost = store.ledgerBehind(() => Promise.reject(new Error('another worker has it')));
      await expect(lost.record(pull, entries, new Date(AT), settled)).rejects.toThrow('another worker');
      expect(await queued()).toEqual([]);
      await store.ledger.record(pull, entries, new Date(AT), settled);
      expect(await queued()).toEqual([{ key: '61/7' }]);
    });
  });

  describe('published', () => {
    test('remembers digests of checks and comments, and whose number is not known yet', async () => {
      const pull = freshPull();
      const { published } = store;
      expect(await published.checkDigests(60, SHA)).toEqual(new Map());
      await published.keepChecks(60, SHA, [
        { name: 'one', id: null, digest: 'd1' },
        { name: 'two', id: 12, digest: 'd2' },
      ]);
      await published.keepChecks(60, SHA, [{ name: 'one', id: 11, digest: 'd3' }]);
      expect(await published.checkDigests(60, SHA)).toEqual(
        new Map([
          ['one', 'd3'],
          ['two', 'd2'],
        ]),
      );
      expect(await published.checkDigests(61, SHA)).toEqual(new Map());
      expect(await published.comment(pull, 'packet')).toBeNull();
      await published.keepComment(pull, 'packet', null, 'c1');
      expect(await published.comment(pull, 'packet')).toEqual({ id: null, digest: 'c1' });
      await published.keepComment(pull, 'packet', 77, 'c1');
      expect(await published.comment(pull, 'packet')).toEqual({ id: 77, digest: 'c1' });
    });

    test('open pull requests on one commit see each other, closed ones do not count', async () => {
      const [one, two, three] = [freshPull(), freshPull(), freshPull()];
      const head = 'c'.repeat(40);
      for (const pull of [one, two, three]) await store.pulls.remember(stateOf(pull, { headSha: head }));
      const seen = async (pull: PullRequestRef): Promise<readonly number[]> =>
        (await store.published.share(pull, head, [])).others.map(({ number }) => number);
      expect((await store.published.share(one, head, [])).others).toEqual([]);
      expect((await store.published.share(two, head, [])).others).toEqual([
        { number: one.number, checks: [] },
      ]);
      expect(await seen(three)).toEqual([one.number, two.number]);
      expect((await store.estate.showing(three.repositoryId, head)).map(({ number }) => number)).toEqual([
        one.number,
        two.number,
        three.number,
      ]);
      await store.pulls.remember(
        stateOf(two, { headSha: head, open: false, updatedAt: '2026-04-01T00:00:00.000Z' }),
      );
      expect(await seen(three)).toEqual([one.number]);
    });

    test('whoever is left on a commit is queued with the leaving, or neither happens', async () => {
      const [one, two, three] = [freshPull(), freshPull(), freshPull()];
      const [head, next] = ['d'.repeat(40), 'e'.repeat(40)];
      for (const pull of [one, two, three]) {
        await store.pulls.remember(stateOf(pull, { headSha: head }));
        await store.published.share(pull, head, []);
      }
      const waiting = async (): Promise<readonly string[]> =>
        (await database().handle.selectFrom('pending_jobs').select('job').orderBy('key').execute())
          .map(({ job }) => JSON.parse(job) as Job)
          .filter(({ cause }) => cause.startsWith('released'))
          .map(({ cause, pull }) => `${cause}: #${pull.number}`)
          .sort();
      const lost = store.publishedBehind(() => Promise.reject(new Error('another worker has it')));
      await expect(lost.share(one, next, [])).rejects.toThrow('another worker');
      await expect(lost.leave(one)).rejects.toThrow('another worker');
      expect(await waiting()).toEqual([]);
      await store.published.share(one, head, []);
      expect(await waiting()).toEqual([]);
      await store.published.share(one, next, []);
      expect(await waiting()).toEqual(
        [`released by #${one.number}: #${two.number}`, `released by #${one.number}: #${three.number}`].sort(),
      );
      await store.published.leave(two);
      await store.published.leave(two);
      expect(await waiting()).toEqual(
        [`released by #${one.number}: #${two.number}`, `released by #${two.number}: #${three.number}`].sort(),
      );
    });
  });

  describe('cache', () => {
    test('gives blobs back as they were, and says nothing about those it has not', async () => {
      const blobs = new Map<string, Blob>([
        ['o1', { kind: 'text', text: 'FROM scratch\u0000\ud800 🚢' }],
        ['o2', { kind: 'binary', bytes: 3 }],
      ]);
      await store.blobs.put(blobs);
      await store.blobs.put(blobs);
      expect(await store.blobs.get(['o2', 'o1', 'o3', 'o1'])).toEqual(blobs);
      expect(await store.blobs.get([])).toEqual(new Map());
    });

    test('keeps thousands at once, but no row that would push out all others', async () => {
      const many = new Map<string, Blob>(
        Array.from({ length: 1_300 }, (_, index) => [`m${index}`, { kind: 'text', text: `${index}` }]),
      );
      await store.blobs.put(many);
      expect(await store.blobs.get([...many.keys()])).toEqual(many);
      await store.blobs.put(new Map([['huge', { kind: 'text', text: 'x'.repeat(9_000_000) }]]));
      expect((await store.blobs.get(['huge'])).size).toBe(0);
    });

    test('what never changes is asked for once, by all processes together', async () => {
      let asked = 0;
      const ask = async (): Promise<readonly number[]> => {
        asked += 1;
        return [asked];
      };
      const elsewhere = answerCacheOn(database());
      expect(await store.answers.always('fixed', ask, () => false)).toEqual([1]);
      expect(await store.answers.always('fixed', ask, () => true)).toEqual([2]);
      expect(await store.answers.always('fixed', ask, () => true)).toEqual([2]);
      expect(await elsewhere.always('fixed', ask, () => true)).toEqual([2]);
      await store.answers.keep('listed', [1]);
      await store.answers.keep('listed', [1, 2]);
      expect(
        await elsewhere.through(
          'listed',
          async () => [],
          () => 0,
        ),
      ).toEqual([1, 2]);
    });

    test('asks once while an answer holds, again when it expired or was forgotten', async () => {
      let asked = 0;
      const ask = async () => {
        asked += 1;
        return { asked, nothing: null };
      };
      const through = (key: string, keep: number) => store.answers.through(key, ask, () => keep);
      expect(await through('team acme/ospo', Number.POSITIVE_INFINITY)).toEqual({ asked: 1, nothing: null });
      expect(await through('team acme/ospo', Number.POSITIVE_INFINITY)).toEqual({ asked: 1, nothing: null });
      expect(await through('never', 0)).toEqual({ asked: 2, nothing: null });
      expect(await through('never', 60_000)).toEqual({ asked: 3, nothing: null });
      await sql`update cache set expires_at = now() - interval '1 second' where key = 'never'`.execute(
        database().handle,
      );
      expect(await through('never', 60_000)).toEqual({ asked: 4, nothing: null });
      await store.answers.forget('team %');
      expect(await through('team acme/ospo', 1)).toEqual({ asked: 1, nothing: null });
      await store.answers.forget('team acme/');
      expect(await through('team acme/ospo', 60_000)).toEqual({ asked: 5, nothing: null });
    });

    test('a failed question is not kept', async () => {
      const fail = () =>
        store.answers.through(
          'fails',
          () => Promise.reject(new Error('503')),
          () => 1_000,
        );
      await expect(fail()).rejects.toThrow('503');
      expect(
        await store.answers.through(
          'fails',
          async () => 'fine',
          () => 1_000,
        ),
      ).toBe('fine');
    });

    test('pruning removes what was used longest ago, down to the bound', async () => {
      await sql`delete from cache`.execute(database().handle);
      const text = 'y'.repeat(1_000);
      for (const name of ['a', 'b', 'c', 'd']) {
        await store.blobs.put(new Map([[name, { kind: 'text', text } as Blob]]));
      }
      for (const [name, hours] of Object.entries({ a: 5, b: 40, c: 3, d: 30 })) {
        await sql`update cache set used_at = now() - make_interval(hours => ${hours}) where key = ${name}`.execute(
          database().handle,
        );
      }
      // Read again by another process: no longer the oldest.
      expect((await blobCacheOn(database()).get(['b'])).size).toBe(1);
      expect(await pruneCache(database().handle, 2_500)).toBe(2);
      const left = await blobCacheOn(database()).get(['a', 'b', 'c', 'd']);
      expect([...left.keys()].sort()).toEqual(['b', 'c']);
    });
  });

  test('tidying up leaves a store that works and verifies', async () => {
    const pull = freshPull();
    await store.ledger.record(
      pull,
      [{ kind: 'decision', decision: decisionBy('tidy', ['tidy']) }],
      new Date(Date.now() - 400 * 86_400_000),
    );
    await tidyStore(database(), { ledgerDays: 1, cacheBytes: 0, workDays: 0 }, new Date());
    expect(await blobCacheOn(database()).get(['b', 'c'])).toEqual(new Map());
    expect(await verifyLedger(database(), pull.installation)).toMatchObject({ ok: true });
    expect((await store.ledger.decisions(pull)).flatMap(({ fingerprints }) => fingerprints)).toContain(
      'tidy',
    );
  });
});
