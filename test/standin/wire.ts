// A stand-in with one pull request, asked over plain HTTP: what a library would hide can be seen and sent.
import { sign } from 'node:crypto';
import { type StandIn, type StandInOptions, startStandIn } from '../support/stand-in.ts';
import type { OrganizationStory, PullStory, RepositoryStory } from '../support/story.ts';

type Answered = {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
};

export type Wire = {
  readonly gh: StandIn;
  readonly acme: OrganizationStory;
  readonly api: RepositoryStory;
  readonly pr: PullStory;
  readonly ask: (
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answered>;
  /** A token of the App itself, with claims replaced and the key changed as a test wants it. */
  readonly jwt: (claims: Record<string, unknown>, key?: string) => string;
  readonly installationToken: (body?: unknown) => Promise<string>;
  readonly graphql: (query: string, variables?: unknown) => Promise<Record<string, unknown>>;
  /** Real time by which tokens expire, in milliseconds; moves only when told to. */
  readonly wallClock: { now: number };
};

const SEVEN_LINES = (base: string): string => `FROM ${base}\nRUN a\nRUN b\nRUN c\nRUN d\nRUN e\nRUN f\n`;

export const startWire = async (options: StandInOptions = {}): Promise<Wire> => {
  const wallClock = { now: Date.parse('2026-01-05T09:00:00Z') };
  const gh = await startStandIn({ wallClock: () => wallClock.now, ...options });
  const acme = gh.organization('acme', {
    teams: { ospo: { members: ['olga'], pending: ['paul'] }, child: { parent: 'ospo', members: ['carl'] } },
    members: ['dev'],
  });
  const api = acme.repository('api', { files: { Dockerfile: SEVEN_LINES('debian:12') } });
  const pr = api.openPullRequest({
    author: 'dev',
    branch: 'x',
    files: { Dockerfile: SEVEN_LINES('debian:13') },
  });
  const ask: Wire['ask'] = async (method, path, token, body, headers = {}) => {
    const answer = await fetch(`${gh.url}${path}`, {
      method,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  };
  const jwt: Wire['jwt'] = (claims, key = gh.app.privateKey) => {
    const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const seconds = Math.floor(wallClock.now / 1000);
    const all = { iat: seconds - 30, exp: seconds + 540, iss: gh.app.id, ...claims };
    const head = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(all)}`;
    return `${head}.${sign('RSA-SHA256', Buffer.from(head), key).toString('base64url')}`;
  };
  const installationToken: Wire['installationToken'] = async (body) => {
    const path = `/app/installations/${acme.installation?.id}/access_tokens`;
    return String((await ask('POST', path, jwt({}), body)).body.token);
  };
  const graphql: Wire['graphql'] = async (query, variables = {}) =>
    (await ask('POST', '/graphql', await installationToken(), { query, variables })).body;
  return { gh, acme, api, pr, ask, jwt, installationToken, graphql, wallClock };
};
