// The server as a process: asked to end, it takes nothing more, finishes what is at work, and loses nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/store/database.ts';
import { freePort, manifest, startApp } from '../bench/app-process.ts';
import { DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import { DELIVERY, POLICY } from './harness.ts';

const PATIENCE_MS = 100_000;

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

let github: StandIn;
const folder = mkdtempSync(join(tmpdir(), 'stopping-'));
beforeAll(async () => {
  github = await startStandIn(manifest());
});
afterAll(async () => {
  await github.close();
  rmSync(folder, { recursive: true, force: true });
});

test('SIGTERM loses nothing: the job at work is finished or left to the next process, what comes later is refused', async () => {
  const acme = github.organization('acme', { members: ['dev', 'olga'], teams: { ospo: ['olga'] } });
  acme.repository('.github', { files: { '.github/clear-to-ship.yml': POLICY } });
  const repository = acme.repository('shop', {
    files: { Dockerfile: DOCKERFILE },
    collaborators: { dev: 'write', olga: 'triage' },
  });
  const store = join(folder, 'store');
  const app = await startApp({
    identity: github.app,
    api: github.url,
    store: { folder: store },
    port: await freePort(),
    slots: 2,
    heal: 0,
  });
  github.app.listen(`${app.url}/api/github/webhooks`);
  const slow = github.faults.add({ on: 'graphql', failure: { latency: 1_500 } });
  const open = (branch: string) =>
    repository.openPullRequest({
      author: 'dev',
      branch,
      files: { [`.github/workflows/${branch}.yml`]: RELEASE },
    });
  const pull = open('release');
  await until('the job is at work', () => github.requests.some(({ operation }) => operation === 'graphql'));
  expect(pull.checks()).toEqual([]);
  const ended = app.end('SIGTERM');
  await ended;
  slow();
  const late = open('late');
  await github.settled({ idle: async () => true });
  expect(github.webhooks.list().at(-1)?.statusCode).not.toBe(200);
  // Finished before the end, or left to the next process, for which the folder is free: on a busy machine the time that
  // a process takes for its end may not do.
  const database = await openDatabase({ folder: store });
  const left = await database.handle.selectFrom('pending_jobs').select('key').execute();
  await database.close();
  const isShown = pull.check(DELIVERY)?.conclusion === 'action_required';
  expect(left.filter(({ key }) => key.endsWith(`/${pull.number}`))).toHaveLength(isShown ? 0 : 1);
  expect(late.checks()).toEqual([]);
}, 200_000);
