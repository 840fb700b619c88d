import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../src/core/model/verdict.ts';
import { judge } from '../../src/core/verdict/judge.ts';
import type { Ledger, PullRequestRef } from '../../src/ports.ts';
import { enqueue } from '../../src/store/enqueue.ts';
import { pullHistory } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { openQueue, type Queue, REVIEW } from '../../src/store/queue.ts';
import type { TokenData } from '../../src/store/queue-take.ts';
import { type Fence, fenceOf, TurnLost } from '../../src/store/queue-turn.ts';
import { openStore } from '../../src/store/store.ts';
import { caseOf, evidence } from '../core/verdict/cases.ts';
import { onEachEngine } from './support.ts';

const AT = new Date('2026-03-01T10:00:00.000Z');

let numbers = 0;
const freshPull = (): PullRequestRef => {
  numbers += 1;
  return { installation: 15, repositoryId: 150, owner: 'acme', repository: 'shop', number: numbers };
};

const verdictOn = (digit: string): Verdict => {
  const verdict = judge(caseOf());
  return { ...verdict, subject: { ...verdict.subject, headSha: digit.repeat(40) } };
};

onEachEngine('the verdict that follows another', ({ database }) => {
  describe('of a turn', () => {
    let queue: Queue;
    beforeAll(async () => {
      queue = await openQueue(database());
    }, 60_000);
    afterAll(() => queue.close());

    const turn = async (pull: PullRequestRef): Promise<Fence> => {
      await enqueue(queue, { pull, cause: 'opened', delivery: null, refresh: false, again: false });
      for (;;) {
        const [token] = await queue.boss.fetch<TokenData>(REVIEW);
        if (token === undefined) throw new Error('nobody is called');
        if (token.data.key === `${pull.repositoryId}/${pull.number}`) return fenceOf(token);
      }
    };
    const recording = (pull: PullRequestRef, ledger: Ledger) => (verdict: Verdict) =>
      ledger.record(pull, [{ kind: 'verdict', verdict, cause: 'test', evidence: evidence() }], AT);
    const heads = async (pull: PullRequestRef): Promise<readonly (string | null)[]> =>
      (await pullHistory(database().handle, pull.repositoryId, pull.number)).map(({ headSha }) =>
        (headSha ?? '').slice(0, 1),
      );

    test('is recorded once, and again where something else came between', async () => {
      const pull = freshPull();
      const fence = await turn(pull);
      const record = recording(pull, openStore(database(), queue).ledgerBehind(fence));
      for (const digit of ['1', '1', '2', '2', '1']) await record(verdictOn(digit));
      expect(await heads(pull)).toEqual(['1', '2', '1']);
      expect(await verifyLedger(database(), pull.installation)).toMatchObject({ ok: true });
    });

    test('is compared with what another process recorded meanwhile', async () => {
      const pull = freshPull();
      const fence = await turn(pull);
      const [one, other] = [0, 1].map(() =>
        recording(pull, openStore(database(), queue).ledgerBehind(fence)),
      );
      await one?.(verdictOn('1'));
      await other?.(verdictOn('2'));
      // What the first remembers is not the newest any more: this is what the other has recorded already.
      await one?.(verdictOn('2'));
      await one?.(verdictOn('3'));
      await other?.(verdictOn('3'));
      await other?.(verdictOn('1'));
      expect(await heads(pull)).toEqual(['1', '2', '3', '1']);
      expect(await verifyLedger(database(), pull.installation)).toMatchObject({ ok: true });
    });

    test('is not recorded by who lost the job, whatever it remembers', async () => {
      const pull = freshPull();
      const fence = await turn(pull);
      const record = recording(pull, openStore(database(), queue).ledgerBehind(fence));
      await record(verdictOn('1'));
      await queue.boss.fail(REVIEW, fence.claimed?.id ?? '', { message: 'not heard of' });
      await expect(record(verdictOn('2'))).rejects.toThrow(TurnLost);
      expect(await heads(pull)).toEqual(['1']);
    });
  });
});
