// A worker that lost its job shows nothing and records nothing: another one has it.
import { describe, expect, test } from '@jest/globals';
import type { CheckReport } from '../../src/core/model/report.ts';
import type { Api } from '../../src/github/api.ts';
import { createGitHubPublisher } from '../../src/github/publisher.ts';
import type { Claim, CommitRange, PullRequestState } from '../../src/ports.ts';
import { TurnLost } from '../../src/store/queue-turn.ts';
import { holdOf } from '../../src/worker.ts';

const pull = { installation: 1, repositoryId: 2, owner: 'acme', repository: 'api', number: 3 };
const person = { id: 7, login: 'olga', type: 'User' as const };
const state: PullRequestState = {
  pull,
  nodeId: 'PR_3',
  repositoryNodeId: 'R_2',
  server: 'https://github.example',
  open: true,
  title: 'Ship it',
  baseRef: 'main',
  baseSha: 'b'.repeat(40),
  headSha: 'a'.repeat(40),
  isDraft: false,
  isFork: false,
  visibility: 'private',
  author: person,
  pushers: [],
  labels: ['delivery: approved'],
  changedFiles: 1,
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const check: CheckReport = {
  name: 'clear-to-ship / delivery',
  outcome: 'clear',
  conclusion: 'success',
  title: 'Nothing new leaves the company',
  summary: 'Nothing.',
  text: '',
  annotations: [],
};
const claim: Claim = {
  id: 'x labeled',
  pull,
  act: 'labeled',
  text: 'delivery: approved',
  actor: person,
  headSha: state.headSha,
  at: state.updatedAt,
};

test('a publisher whose worker loses its job while it writes keeps no record of what it wrote', async () => {
  const kept: unknown[] = [];
  let written = 0;
  const api = {
    graphql: async () => {
      written += 1;
      return { r0: { checkRun: { id: 'CR_1', databaseId: 1 } } };
    },
  } as unknown as Api;
  const publisher = createGitHubPublisher({
    apiFor: async () => api,
    hold: {
      check: async () => {
        if (written > 0) throw new TurnLost('another worker has it');
      },
    },
    stateOf: async () => state,
    published: {
      checkDigests: async () => new Map(),
      keepChecks: async () => undefined,
      keepShown: async (...record) => {
        if (written > 0) throw new TurnLost('another worker has it');
        kept.push(record);
        return [];
      },
      comment: async () => null,
      keepComment: async () => undefined,
      share: async () => ({ others: [], digests: new Map(), comments: new Map() }),
      leave: async () => undefined,
    },
    clock: () => new Date(0),
  });
  await expect(publisher.publishChecks(pull, [check])).rejects.toThrow(TurnLost);
  expect([written, kept]).toEqual([1, []]);
});

const range: CommitRange = {
  pull: { ...pull, number: 0 },
  baseSha: 'b'.repeat(40),
  headSha: state.headSha,
  ref: 'refs/heads/gh-readonly-queue/main/pr-3-b',
  repositoryNodeId: 'R_2',
  server: state.server,
  visibility: 'private',
} as CommitRange;

/** A publisher that may write `times` times before its worker loses the job; what it wrote and what it kept. */
const losing = (times: number, others: readonly CheckReport[] = []) => {
  const [written, kept]: [string[], string[]] = [[], []];
  const api = {
    graphql: async () => {
      written.push('checks');
      return { r0: { checkRun: { id: 'CR_1', databaseId: 1 } } };
    },
  } as unknown as Api;
  const publisher = createGitHubPublisher({
    apiFor: async () => api,
    hold: {
      check: async () => {
        if (written.length >= times) throw new TurnLost('another worker has it');
      },
    },
    stateOf: async () => state,
    published: {
      checkDigests: async () => new Map(),
      keepChecks: async () => {
        kept.push('checks');
      },
      keepShown: async () => [{ number: 4, checks: others }],
      comment: async () => null,
      keepComment: async () => undefined,
      share: async () => ({ others: [], digests: new Map(), comments: new Map() }),
      leave: async () => undefined,
    },
    clock: () => new Date(0),
  });
  return { publisher, written, kept };
};

test('a neighbour’s stricter result is shown only as long as the job is held', async () => {
  const stricter: CheckReport = { ...check, outcome: 'blocked', conclusion: 'failure' };
  const { publisher, written } = losing(1, [stricter]);
  await expect(publisher.publishChecks(pull, [check])).rejects.toThrow(TurnLost);
  expect(written).toEqual(['checks']);
});

test('a merge group’s checks are neither shown nor remembered once the job is lost', async () => {
  const before = losing(0);
  await expect(before.publisher.publishRange(range, [check], false)).rejects.toThrow(TurnLost);
  expect([before.written, before.kept]).toEqual([[], []]);
  const after = losing(1);
  await expect(after.publisher.publishRange(range, [check], false)).rejects.toThrow(TurnLost);
  expect([after.written, after.kept]).toEqual([['checks'], []]);
  const held = losing(2);
  await held.publisher.publishRange(range, [check], false);
  expect([held.written, held.kept]).toEqual([['checks'], ['checks']]);
});

/** A publisher whose worker lost its job, and everything it sent nevertheless. */
const lost = () => {
  const sent: string[] = [];
  const api = new Proxy(
    {},
    {
      get: (_, name) => {
        sent.push(String(name));
        throw new Error(`sent ${String(name)}`);
      },
    },
  ) as Api;
  const publisher = createGitHubPublisher({
    // A promise asks whatever it resolves to for `then`.
    apiFor: () => Promise.resolve({ graphql: api, rest: api } as unknown as Api).then((it) => it),
    hold: { check: () => Promise.reject(new TurnLost('another worker has it')) },
    stateOf: async () => state,
    published: {
      checkDigests: async () => new Map(),
      keepChecks: async () => undefined,
      keepShown: () => Promise.reject(new TurnLost('another worker has it')),
      comment: async () => null,
      keepComment: async () => undefined,
      share: () => Promise.reject(new TurnLost('another worker has it')),
      leave: async () => undefined,
    },
    clock: () => new Date(0),
  });
  return { publisher, sent };
};

describe('a publisher whose worker lost its job', () => {
  test.each<[string, (publisher: ReturnType<typeof lost>['publisher']) => Promise<unknown>]>([
    ['a verdict', (publisher) => publisher.publishChecks(pull, [check])],
    [
      'a whole report',
      (publisher) =>
        publisher.publish(
          pull,
          {
            headSha: state.headSha,
            checks: [check],
            packet: 'x',
            reviewComments: [],
            labels: { add: ['y'], remove: [] },
          },
          true,
        ),
    ],
    ['the refusal of a claim', (publisher) => publisher.refuse(pull, claim, 'why')],
    ['an issue', (publisher) => publisher.raise(pull, 'push', { title: 't', body: 'b' })],
  ])('does not show %s', async (_, act) => {
    const { publisher, sent } = lost();
    await expect(act(publisher)).rejects.toThrow(TurnLost);
    expect(sent).toEqual([]);
  });
});

describe('the hold of a turn', () => {
  const turn = (signal: AbortSignal, fence: () => Promise<void>) => ({
    job: { pull, cause: 'test', delivery: null, refresh: false, again: false },
    attempt: 1,
    failure: null,
    signal,
    fence,
  });

  test('asks the database, and believes it', async () => {
    const held = holdOf(
      turn(new AbortController().signal, async () => undefined),
      (work) => work(undefined as never),
    );
    await expect(held.check()).resolves.toBeUndefined();
    const gone = holdOf(
      turn(new AbortController().signal, () => Promise.reject(new TurnLost('gone'))),
      (work) => work(undefined as never),
    );
    await expect(gone.check()).rejects.toThrow(TurnLost);
  });

  test('ends at once when its end was heard of', async () => {
    let asked = 0;
    const hold = holdOf(
      turn(AbortSignal.abort(new TurnLost('aborted')), async () => undefined),
      async () => {
        asked += 1;
      },
    );
    await expect(hold.check()).rejects.toThrow(TurnLost);
    expect(asked).toBe(0);
  });
});
