// A registry of the outside never leads to the inside, even to a host of the inside that is allowed.
import { describe, expect, test } from '@jest/globals';
import { ask } from '../../src/registry/asking.ts';
import { createAuthorization } from '../../src/registry/authorization.ts';
import { type Credential, NO_CREDENTIALS } from '../../src/registry/credentials.ts';
import type { Answer, Outgoing } from '../../src/registry/transport.ts';

const HOSTS = [
  { host: 'outside.example.com', scheme: 'https', private: false },
  { host: 'registry.inside.example', scheme: 'https', private: true },
  { host: 'storage.inside.example', scheme: 'https', private: true },
] as const;

const LIMIT = { bytes: 1000, time: 1000 };

function answers(first: Answer): { sent: Outgoing[]; send: (outgoing: Outgoing) => Promise<Answer> } {
  const sent: Outgoing[] = [];
  return {
    sent,
    send: async (outgoing) => {
      sent.push(outgoing);
      return sent.length === 1 ? first : { status: 200, headers: {}, body: Buffer.from('{"token":"t"}') };
    },
  };
}

describe.each([
  ['outside.example.com', 'storage.inside.example', false],
  ['outside.example.com', 'cdn.example.net', false],
  ['registry.inside.example', 'storage.inside.example', true],
  ['registry.inside.example', 'cdn.example.net', false],
])('%s to %s', (registry, other, mayBePrivate) => {
  const repository = { registry, repository: 'acme/app' };

  test('by a redirect', async () => {
    const headers = { location: `https://${other}/blob` };
    const { sent, send } = answers({ status: 307, headers, body: Buffer.alloc(0) });
    const authorization = {
      current: () => 'Bearer secret',
      foreseen: async () => null,
      answer: async () => 'never asked',
    };
    const tools = {
      hosts: HOSTS,
      authorization,
      send,
      now: () => 0,
      sleep: async () => {},
      signal: new AbortController().signal,
    };
    expect(await ask(repository, 'blobs/x', LIMIT, tools, {})).toMatchObject({ status: 200 });
    expect(sent.map((each) => [each.url.host, each.private, each.headers.authorization])).toEqual([
      [registry, registry.includes('inside'), 'Bearer secret'],
      [other, mayBePrivate, undefined],
    ]);
  });

  test('by a token server', async () => {
    const { sent, send } = answers({ status: 200, headers: {}, body: Buffer.from('{"token":"t"}') });
    const authorization = createAuthorization({
      hosts: HOSTS,
      credentials: NO_CREDENTIALS,
      send,
      now: () => 0,
    });
    const granted = await authorization.answer(repository, `Bearer realm="https://${other}/token"`);
    const isBelieved = other === 'storage.inside.example';
    expect(granted).toEqual(isBelieved ? 'Bearer t' : expect.objectContaining({ failed: true }));
    expect(sent.map((each) => [each.url.host, each.private])).toEqual(
      isBelieved ? [[other, mayBePrivate]] : [],
    );
  });
});

test('a token is not used past its time, and credentials of one registry not for another', async () => {
  let now = 0;
  const token = { status: 200, headers: {}, body: Buffer.from('{"access_token":"t","expires_in":100}') };
  const { sent, send } = answers(token);
  const password: Credential = { kind: 'password', user: 'u', password: 'p' };
  const credentials = { byRegistry: new Map([['registry.inside.example', password]]), notes: [] };
  const authorization = createAuthorization({ hosts: HOSTS, credentials, send, now: () => now });
  const repository = { registry: 'outside.example.com', repository: 'a' };
  expect(authorization.current(repository)).toBeNull();
  await authorization.answer(repository, 'Bearer realm="https://outside.example.com/token"');
  expect(sent[0]?.headers.authorization).toBeUndefined();
  now = 89_000;
  expect(authorization.current(repository)).toBe('Bearer t');
  expect(authorization.current({ ...repository, repository: 'b' })).toBeNull();
  now = 91_000;
  expect(authorization.current(repository)).toBeNull();
});
