// Who may do what: tokens that are wrong, old or narrow, permissions the manifest lacks, teams, strangers.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startWire, type Wire } from './wire.ts';

let wire: Wire;

beforeEach(async () => {
  wire = await startWire();
});

afterEach(async () => {
  await wire.gh.close();
  expect(wire.gh.schemaProblems).toEqual([]);
});

describe('authentication', () => {
  test('only the App’s own, current token opens an installation', async () => {
    const { acme, ask, gh, jwt, wallClock } = wire;
    const path = `/app/installations/${acme.installation?.id}/access_tokens`;
    const stranger = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const seconds = Math.floor(wallClock.now / 1000);
    const answers = [
      await ask('POST', path, jwt({}, stranger.privateKey)),
      await ask('POST', path, jwt({ iss: 1 })),
      await ask('POST', path, jwt({ exp: seconds - 1 })),
      await ask('POST', path, jwt({ exp: seconds + 3600 })),
      await ask('POST', path, null),
      await ask('POST', '/app/installations/999/access_tokens', jwt({})),
      await ask('POST', path, jwt({ iss: gh.app.clientId })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 404, 201]);
  });

  test('an installation token ends after an hour, or at once', async () => {
    const { ask, gh, installationToken, wallClock } = wire;
    const token = await installationToken();
    expect((await ask('GET', '/repos/acme/api', token)).status).toBe(200);
    wallClock.now += 3_600_000;
    expect((await ask('GET', '/repos/acme/api', token)).body.message).toBe('Bad credentials');
    const next = await installationToken();
    gh.expireTokens();
    expect((await ask('GET', '/repos/acme/api', next)).status).toBe(401);
  });

  test('a private repository is not there for strangers', async () => {
    const { ask, gh } = wire;
    expect((await ask('GET', '/repos/acme/api', null)).status).toBe(404);
    expect((await ask('GET', '/repos/acme/api', gh.token('stranger'))).status).toBe(404);
    expect((await ask('GET', '/repos/acme/api', gh.token('dev'))).status).toBe(200);
  });
});

describe('permissions', () => {
  test('what the manifest doesn’t ask for is refused', async () => {
    await wire.gh.close();
    wire = await startWire({
      permissions: { metadata: 'read', contents: 'read', pull_requests: 'read' },
    });
    const { ask, graphql, installationToken, pr } = wire;
    const token = await installationToken();
    const check = await ask('POST', '/repos/acme/api/check-runs', token, { name: 'x', head_sha: pr.head() });
    const label = await ask('POST', `/repos/acme/api/issues/${pr.number}/labels`, token, { labels: ['x'] });
    const team = await ask('GET', '/orgs/acme/teams/ospo/memberships/olga', token);
    expect([check.status, check.body.message]).toEqual([403, 'Resource not accessible by integration']);
    expect([label.status, label.body.message]).toEqual([403, 'Resource not accessible by integration']);
    expect(team.status).toBe(404);
    const answer = await graphql('{ organization(login: "acme") { team(slug: "ospo") { slug } } }');
    expect(answer).toMatchObject({
      data: { organization: { team: null } },
      errors: [{ type: 'FORBIDDEN', path: ['organization', 'team'] }],
    });
  });

  test('a token can be narrowed but not widened', async () => {
    const { acme, ask, installationToken, jwt, pr } = wire;
    const narrow = await installationToken({ permissions: { contents: 'read' } });
    expect((await ask('GET', `/repos/acme/api/pulls/${pr.number}`, narrow)).status).toBe(403);
    const wide = await ask('POST', `/app/installations/${acme.installation?.id}/access_tokens`, jwt({}), {
      permissions: { contents: 'write' },
    });
    expect(wide.status).toBe(422);
  });

  test('team memberships: active, pending, inherited from a child team, none', async () => {
    const { ask, installationToken } = wire;
    const token = await installationToken();
    const of = async (login: string): Promise<unknown> => {
      const { status, body } = await ask('GET', `/orgs/acme/teams/ospo/memberships/${login}`, token);
      return body.state ?? status;
    };
    expect([
      await of('olga'),
      await of('paul'),
      await of('carl'),
      await of('dev'),
      await of('nobody'),
    ]).toEqual(['active', 'pending', 'active', 404, 404]);
  });

  test('people can’t write checks', async () => {
    const { ask, gh, pr } = wire;
    const answer = await ask('POST', '/repos/acme/api/check-runs', gh.token('dev'), {
      name: 'x',
      head_sha: pr.head(),
    });
    expect(answer.body.message).toBe('You must authenticate via a GitHub App.');
  });
});
