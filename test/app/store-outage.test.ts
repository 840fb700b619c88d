// The store stops taking writes (a full disk, a fail-over to a standby): nothing is acknowledged that is not kept.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../store/postgres.ts';
import { DELIVERY, type Gate, startGate } from './harness.ts';

jest.setTimeout(90_000);

(hasPostgres ? describe : describe.skip)('a store that takes no writes', () => {
  let server: PostgresServer | null = null;
  let url = '';
  let gate: Gate | null = null;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
    gate = await startGate({ settings: { databaseUrl: url } });
    await gate.settled();
  });
  afterAll(async () => {
    await gate?.stop();
    await server?.stop();
  });

  /** From the next connection on, which each one has to make at once. */
  const readOnly = async (isReadOnly: boolean): Promise<void> => {
    const admin = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=off' });
    await admin.connect();
    const name = new URL(url).pathname.slice(1);
    await admin.query(
      `alter database ${name} set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`,
    );
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and datname = current_database()`,
    );
    await admin.end();
  };

  const readiness = async (): Promise<number> => (await fetch(`${gate?.server.url}/readyz`)).status;

  test('is told to operators and to GitHub, and everything is made up for when it does again', async () => {
    if (gate === null) throw new Error('the app runs');
    const { github } = gate;
    const repository = gate.repository('shop', { files: { Dockerfile: DOCKERFILE } });
    await gate.settled();
    expect(await readiness()).toBe(200);
    await readOnly(true);
    const pull = repository.openPullRequest({
      author: 'dev',
      branch: 'release',
      files: { '.github/workflows/release.yml': RELEASE },
    });
    await github.settled({ idle: async () => true });
    expect(await readiness()).toBe(503);
    expect((await fetch(`${gate.server.url}/livez`)).status).toBe(200);
    const opened = github.webhooks.list().filter(({ action }) => action === 'opened');
    expect(opened.map(({ statusCode }) => statusCode)).toEqual([500]);
    expect(pull.checks()).toEqual([]);
    await readOnly(false);
    github.clock.advance(130);
    // Whatever connection was lost with the change is made anew.
    for (let round = 0; round < 3 && pull.checks().length === 0; round += 1) {
      await gate.server.heal();
      await gate.settled();
      github.clock.advance(130);
    }
    expect(await readiness()).toBe(200);
    expect(pull.check(DELIVERY)?.conclusion).toBe('action_required');
  });
});
