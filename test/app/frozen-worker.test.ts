// A worker process that is frozen in the middle of its work, outlives its claim, and comes back: nothing doubled, nothing regressed.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/store/database.ts';
import { pullHistory } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { freePort, manifest, startApp } from '../bench/app-process.ts';
import { APPROVED, DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../store/postgres.ts';
import { startStandIn } from '../support/stand-in.ts';
import { COMPLIANCE, DELIVERY, POLICY } from './harness.ts';

if (!hasPostgres)
  process.stderr.write(
    'SKIPPED: the frozen worker needs Postgres: set TEST_DATABASE_URL or install postgresql\n',
  );

/** A claim lives for twenty seconds without a sign of life, and is looked for every five. */
const OUTLIVED_MS = 90_000;

const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + OUTLIVED_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

(hasPostgres ? describe : describe.skip)('a frozen worker', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.stop(), 60_000);

  test('comes back behind its successor and changes nothing', async () => {
    const github = await startStandIn(manifest());
    const acme = github.organization('acme', { members: ['dev', 'olga'], teams: { ospo: ['olga'] } });
    acme.repository('.github', { files: { '.github/clear-to-ship.yml': POLICY } });
    const repository = acme.repository('shop', {
      files: { Dockerfile: DOCKERFILE },
      collaborators: { dev: 'write', olga: 'triage' },
    });
    const url = await postgres.createDatabase();
    const start = async () =>
      startApp({
        identity: github.app,
        api: github.url,
        store: { url },
        port: await freePort(),
        slots: 2,
        heal: 0,
      });
    // Pushed before anybody listens, so that the opening is the only thing to hear of.
    await repository.push('release', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
    const first = await start();
    github.app.listen(`${first.url}/api/github/webhooks`);
    const thaw = github.faults.add({
      on: ({ path }) => path.includes('/compare/'),
      failure: { latency: 3_000 },
      times: 1,
    });
    const pull = repository.openPullRequest({ author: 'dev', branch: 'release', commits: [] });
    await until('the first worker reads', () =>
      github.requests.some(({ path }) => path.includes('/compare/')),
    );
    // In the middle of its turn: it has the job, and an answer is on its way to it.
    process.kill(first.pid, 'SIGSTOP');
    thaw();
    const second = await start();
    github.app.listen(`${second.url}/api/github/webhooks`);
    const database = await openDatabase({ url });
    try {
      await until(
        'the second worker takes over',
        () => pull.check(DELIVERY)?.conclusion === 'action_required',
      );
      await pull.label(APPROVED, { as: 'olga' });
      await until('the approval counts', () => pull.check(DELIVERY)?.conclusion === 'success');
      const {
        repository: { id },
        number,
      } = pull.pull;
      const kinds = async (): Promise<readonly string[]> =>
        (await pullHistory(database.handle, id, number)).map(({ kind }) => kind);
      const idle = async (): Promise<boolean> => (await second.metric('clear_to_ship_queue_jobs')) === 0;
      await until('nothing is left to do', idle);
      const [history, shown, said] = [
        await kinds(),
        pull.checks().map(({ id: run }) => run),
        pull.comments(),
      ];
      process.kill(first.pid, 'SIGCONT');
      // It reads its late answer, judges what was open before the approval, and finds that the job is not its own.
      const mark = github.mark();
      await until('the first worker knows that it lost its job', async () =>
        (await first.metrics()).includes('clear_to_ship_failures_total{kind="lost"} 1'),
      );
      await until('nothing is left to do', idle);
      expect(await kinds()).toEqual(history);
      expect(history.filter((kind) => kind === 'approved')).toHaveLength(1);
      expect(pull.checks().map(({ id: run }) => run)).toEqual(shown);
      expect(pull.check(DELIVERY)?.conclusion).toBe('success');
      expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
      expect(pull.comments()).toEqual(said);
      expect(pull.labels()).toEqual([APPROVED]);
      expect(
        github.requests.slice(mark).filter(({ operation }) => /^(checks|issues)\//.test(operation)),
      ).toEqual([]);
      expect(await verifyLedger(database, acme.installation?.id ?? 0)).toMatchObject({ ok: true });
    } finally {
      process.kill(first.pid, 'SIGCONT');
      await first.end('SIGKILL');
      await second.end('SIGTERM');
      await database.close();
      await github.close();
    }
  }, 300_000);
});
