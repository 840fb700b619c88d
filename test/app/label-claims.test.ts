// Labels that come and go → claims: what people do is one, our own clean-up is none.
import { expect, test } from '@jest/globals';
import type { Probot } from 'probot';
import { createApp } from '../../src/app.ts';
import type { Claim } from '../../src/ports.ts';

type Handler = (context: unknown) => Promise<void>;

test.each([
  ['labeled', 'User', 'labeled'],
  ['unlabeled', 'User', 'unlabeled'],
  // An app that labels has its claim refused, with a comment; one that cleans up asks for nothing.
  ['labeled', 'Bot', 'labeled'],
  ['unlabeled', 'Bot', null],
])('%s by a %s claims %s', async (action, type, expected) => {
  const handlers = new Map<string, Handler>();
  const probot = {
    on: (names: string | readonly string[], handler: Handler) => {
      for (const name of [names].flat()) handlers.set(name, handler);
    },
  } as unknown as Probot;
  const claims: (Claim | null)[] = [];
  const inbox = {
    accept: async ({ claim }: { readonly claim: Claim | null }) => {
      claims.push(claim);
    },
  };
  const nothing = {} as never;
  createApp({ appId: 1, inbox, answers: nothing, estate: nothing, policyRepository: '.github' } as never)(
    probot,
  );
  const account = (id: number, login: string, of = 'User') => ({ id, login, type: of });
  const repo = {
    id: 7,
    node_id: 'R_7',
    name: 'shop',
    html_url: 'https://github.com/acme/shop',
    private: true,
    visibility: 'private',
    owner: account(1, 'acme', 'Organization'),
  };
  const pull = {
    id: 70,
    node_id: 'PR_70',
    html_url: 'https://github.com/acme/shop/pull/3',
    number: 3,
    state: 'open',
    title: 'Ship it',
    draft: false,
    merged: false,
    user: account(2, 'dev'),
    labels: [],
    changed_files: 1,
    updated_at: '2026-01-05T00:00:00Z',
    head: { sha: 'a'.repeat(40), ref: 'release', repo },
    base: { sha: 'b'.repeat(40), ref: 'main', repo },
  };
  await handlers.get(`pull_request.${action}`)?.({
    id: 'guid',
    name: 'pull_request',
    payload: {
      action,
      label: { name: 'delivery: approved' },
      pull_request: pull,
      repository: repo,
      installation: { id: 5 },
      sender: account(9, type === 'Bot' ? 'clear-to-ship[bot]' : 'olga', type),
    },
  });
  expect(claims.map((claim) => claim?.act ?? null)).toEqual([expected]);
});
