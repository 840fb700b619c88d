// A worker that dies between the packet on the forge and the record of it: the next one finds it instead of writing another.
import { expect, test } from '@jest/globals';
import type { Report } from '../../src/core/model/report.ts';
import { PACKET_MARK } from '../../src/core/report/packet.ts';
import type { Api } from '../../src/github/api.ts';
import { createGitHubPublisher } from '../../src/github/publisher.ts';
import type { KeptComment, PullRequestState } from '../../src/ports.ts';

const pull = { installation: 1, repositoryId: 2, owner: 'acme', repository: 'api', number: 3 };
const head = 'a'.repeat(40);
const state = {
  pull,
  repositoryNodeId: 'R_2',
  open: true,
  headSha: head,
  isDraft: false,
  labels: [],
} as unknown as PullRequestState;
const reportOf = (words: string): Report => ({
  headSha: head,
  checks: [],
  packet: `${PACKET_MARK}\n${words}`,
  reviewComments: [],
  labels: { add: [], remove: [] },
});

/** A forge with one conversation and a record of it; `dieAfterCreating` loses what was to be remembered of a new comment. */
const conversation = () => {
  const comments = new Map<number, string>();
  const kept = new Map<string, KeptComment>();
  let dies = false;
  let ids = 0;
  const api = {
    rest: {
      issues: {
        listComments: async () => ({
          data: [...comments].map(([id, body]) => ({ id, body, user: { type: 'Bot' } })),
        }),
        createComment: async ({ body }: { readonly body: string }) => {
          ids += 1;
          comments.set(ids, body);
          return { data: { id: ids } };
        },
        updateComment: async ({
          comment_id: id,
          body,
        }: {
          readonly comment_id: number;
          readonly body: string;
        }) => {
          if (!comments.has(id)) throw Object.assign(new Error('Not Found'), { status: 404 });
          comments.set(id, body);
        },
      },
    },
  } as unknown as Api;
  const publisher = createGitHubPublisher({
    apiFor: async () => api,
    hold: { check: async () => undefined },
    stateOf: async () => state,
    published: {
      checkDigests: async () => new Map(),
      keepChecks: async () => undefined,
      keepShown: async () => [],
      comment: async (_, key) => kept.get(key) ?? null,
      keepComment: async (_, key, id, digest) => {
        if (dies && id !== null) throw new Error('killed');
        kept.set(key, { id, digest });
      },
      share: async () => ({ others: [], digests: new Map(), comments: new Map(kept) }),
      leave: async () => undefined,
    },
    clock: () => new Date(0),
  });
  return {
    comments,
    show: (words: string) => publisher.publish(pull, reportOf(words), false),
    dying: async (words: string) => {
      dies = true;
      await expect(publisher.publish(pull, reportOf(words), false)).rejects.toThrow('killed');
      dies = false;
    },
  };
};

test('a first packet is not written a second time', async () => {
  const { comments, show, dying } = conversation();
  await dying('first');
  await show('first');
  expect([...comments.values()]).toEqual([`${PACKET_MARK}\nfirst`]);
});

test('neither is one in place of a packet that somebody deleted', async () => {
  const { comments, show, dying } = conversation();
  await show('first');
  comments.clear();
  await dying('second');
  await show('second');
  expect([...comments.values()]).toEqual([`${PACKET_MARK}\nsecond`]);
});
