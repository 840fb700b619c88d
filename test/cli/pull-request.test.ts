// The command line on a pull request at the stand-in GitHub, beside the same content in a checkout.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { main } from '../../src/cli.ts';
import type { JsonReport } from '../../src/core/report/json.ts';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import type { PullStory } from '../support/story.ts';
import { commit, git, removeFolders, repository, temporaryFolder, write } from '../workspace/folders.ts';
import { fakeConsole } from './console.ts';

const BASE = {
  Dockerfile: 'FROM debian:12.7\nRUN curl -sSL http://example.com/old.tgz | tar xz\n',
  'docs/read.me': 'Read me.\nTwice.\nOr three times.\n',
  'tools/Dockerfile': 'FROM debian\n',
};

const CHANGED = {
  'service/Dockerfile':
    'FROM node\nRUN curl -sSL http://example.com/new.tgz | tar xz\nCOPY --from=node / /\n',
  'tools/Dockerfile': '# A comment more.\nFROM debian\n',
};

// Real git processes on a busy machine take their time.
jest.setTimeout(30_000);

/** The organisation's. */
const POLICY = 'version: 1\nowners: [acme]\n';

let gh: StandIn;
let pr: PullStory;

beforeEach(async () => {
  gh = await startStandIn();
  const acme = gh.organization('acme', { members: ['dev'] });
  acme.repository('.github', { files: { '.github/clear-to-ship.yml': POLICY } });
  const product = acme.repository('product', { files: BASE, visibility: 'private' });
  pr = product.openPullRequest({ author: 'dev', branch: 'work', files: CHANGED });
});

afterEach(async () => {
  removeFolders();
  expect(gh.schemaProblems).toEqual([]);
  await gh.close();
});

async function judged(
  args: readonly string[],
  cwd = '/',
): Promise<{ code: number; report: JsonReport; err: string }> {
  const env = { ...fakeConsole().effects.env, GITHUB_TOKEN: gh.token('dev') };
  const { effects, out, err } = fakeConsole({ cwd, env });
  const code = await main(['check', ...args, '--format', 'json'], effects);
  return { code, report: JSON.parse(out()) as JsonReport, err: err() };
}

const address = (): string => `${gh.url}/acme/product/pull/${pr.number}`;

describe('a pull request', () => {
  test('is judged like a checkout with the same content', async () => {
    const folder = repository(BASE);
    git(folder, 'remote', 'add', 'origin', 'git@github.com:acme/product.git');
    git(folder, 'checkout', '-q', '-b', 'work');
    write(folder, CHANGED);
    commit(folder, 'work');

    const remote = await judged([address()]);
    const policy = join(temporaryFolder(), 'organisation.yml');
    writeFileSync(policy, POLICY);
    const local = await judged(['--base', 'main', '--visibility', 'private', '--policy', policy], folder);
    expect(remote.report.subject).toMatchObject({ kind: 'pull-request', headSha: pr.head() });
    const { findings, deliveries, gaps, verdict } = remote.report;
    expect(findings.map(({ rule }) => rule)).toContain('squashed-foreign-layers');
    expect(findings.map(({ standing }) => standing)).toContain('pre-existing');
    expect(findings).toEqual(local.report.findings);
    expect(deliveries).toEqual(local.report.deliveries);
    expect(gaps).toEqual(local.report.gaps);
    expect({ ...verdict, digests: null }).toEqual({ ...local.report.verdict, digests: null });
    expect(remote.code).toBe(1);
    expect(local.code).toBe(1);
  });

  test('is only read: nothing is published', async () => {
    const start = gh.mark();
    await judged([address()]);
    const written = gh.requests
      .slice(start)
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/graphql'));
    expect(written).toEqual([]);
    expect(gh.requests.length).toBeGreaterThan(start);
  });

  test('says that approvals are not seen', async () => {
    expect((await judged([address()])).err).toContain('Approvals live in the App’s ledger');
  });
});
