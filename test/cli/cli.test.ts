import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Effects } from '../../src/cli/effects.ts';
import { main } from '../../src/cli.ts';
import type { JsonReport } from '../../src/core/report/json.ts';
import { commit, git, removeFolders, repository, temporaryFolder, write } from '../workspace/folders.ts';
import { fakeConsole } from './console.ts';

// Real git processes on a busy machine take their time.
jest.setTimeout(30_000);

afterEach(removeFolders);

type Screen = { readonly code: number; readonly out: string; readonly err: string };

async function run(cwd: string, args: readonly string[], changes: Partial<Effects> = {}): Promise<Screen> {
  const { effects, out, err } = fakeConsole({ cwd, ...changes });
  const code = await main(args, effects);
  return { code, out: out(), err: err() };
}

const LICENSED = '# SPDX-License-Identifier: Apache-2.0\nFROM debian:12.7\n';
const UNVERIFIED =
  'FROM debian:12.7\nRUN curl -sSL http://example.com/tool.tgz | tar xz\nCOPY --from=debian:12.7 / /\n';

describe('check: the exit code is the verdict', () => {
  test('0 clear', async () => {
    const { code, out, err } = await run(repository({ 'README.md': 'Hello.\n' }), ['check', '--quiet']);
    expect([code, out, err]).toEqual([0, 'Clear.\n', '']);
  });

  test('1 blocked', async () => {
    const folder = repository({ Dockerfile: UNVERIFIED });
    const { code, out } = await run(folder, ['check', '--visibility', 'private', '-q']);
    expect(code).toBe(1);
    expect(out).toContain('  Dockerfile:3:1 error squashed-foreign-layers (flow 13)\n');
    expect(out).toContain('      3 | COPY --from=debian:12.7 / /\n        | ^^^^');
    expect(out).toMatch(/^Blocked: \d+ errors?/m);
  });

  test('1 blocked by a policy that is no policy, with the line', async () => {
    const folder = repository({
      Dockerfile: LICENSED,
      '.github/clear-to-ship.yml': 'version: 1\naproval: {}\n',
    });
    const { code, out } = await run(folder, ['check', '-q']);
    expect(code).toBe(1);
    expect(out).toContain('.github/clear-to-ship.yml:2:1 policy');
    expect(out).toContain('      2 | aproval: {}\n        | ^^^^^^^\n');
    expect(out).toContain('The policy has to be corrected first');
  });

  test('2 needs approval: a new Dockerfile in a public repository', async () => {
    const folder = repository({ LICENSE: 'x' });
    write(folder, { Dockerfile: LICENSED });
    const { code, out } = await run(folder, ['check', '--base', 'main', '--visibility', 'public', '-q']);
    expect(out).toContain('needs approval dockerfile-delivery (flow 5)');
    expect(code).toBe(2);
  });

  test('3 undecided: what can’t be read', async () => {
    const folder = repository({ Dockerfile: new Uint8Array([0x46, 0, 0x0a]) });
    const { code, out } = await run(folder, ['check', '--visibility', 'private', '-q']);
    expect(code).toBe(3);
    expect(out).toContain('Could not be read\n\n  Dockerfile binary file\n');
  });

  test('what the base has already is not blamed', async () => {
    const folder = repository({ Dockerfile: UNVERIFIED });
    write(folder, { 'README.md': 'New.\n' });
    const { code, out } = await run(folder, ['check', '--base', 'main', '--visibility', 'private', '-q']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Clear\.\nNot shown: \d+ findings? (was|were) there before\.\n$/);
  });

  test('64 wrong usage', async () => {
    const folder = repository({ a: 'a' });
    for (const [args, said] of [
      [['chek'], "unknown command 'chek'\n(Did you mean check?)"],
      [['check', '--formt', 'json'], "unknown option '--formt'\n(Did you mean --format?)"],
      [['check', '--format', 'xml'], 'Allowed choices are text, json, markdown, sarif.'],
      [['check', '--base', 'nowhere'], 'has no commit called "nowhere"'],
      [['check', 'nowhere'], 'There is no folder'],
      [['check', 'nowhere.json'], "can't be read (ENOENT)"],
      [['check', 'a', 'b'], 'too many arguments'],
      [['check', '--save-evidence', 'nowhere/e.json'], "can't be saved as"],
      [['deliveries', '--format', 'sarif'], 'Allowed choices are text, json.'],
      [['deliveries', '--graph', '--format', 'json'], 'cannot be used with'],
      [['check', 'https://github.com/acme/product'], 'is not the address of a pull request'],
      [['check', 'https://github.com/a/b/pull/1'], 'needs a token'],
      [['check', 'https://github.com/a/b/pull/1', '--base', 'x'], '--base says nothing about a pull request'],
      [[], 'Usage: clear-to-ship'],
    ] as const) {
      const { code, out, err } = await run(folder, args);
      expect([args, code, out]).toEqual([args, 64, '']);
      expect(err).toContain(said);
    }
  });

  test('70 a bug here says so', async () => {
    const now = (): Date => {
      throw new RangeError('no clock');
    };
    const { code, err } = await run(repository({ a: 'a' }), ['check'], { now });
    expect(code).toBe(70);
    expect(err).toContain('internal error, please report it:\nRangeError: no clock');
  });
});

describe('check: formats', () => {
  const blocked = (): string => repository({ Dockerfile: UNVERIFIED });

  test('json', async () => {
    const { out, code } = await run(blocked(), ['check', '--format', 'json', '--visibility', 'private']);
    const report = JSON.parse(out) as JsonReport;
    expect(code).toBe(1);
    expect(report).toMatchObject({
      version: 1,
      verdict: { outcome: 'blocked' },
      deliveries: [],
      gaps: [],
    });
    expect(report.findings.map(({ rule }) => rule)).toContain('squashed-foreign-layers');
  });

  test('sarif', async () => {
    const { out, code } = await run(blocked(), ['check', '--format', 'sarif', '--visibility', 'private']);
    const log = JSON.parse(out) as { version: string; runs: { results: { ruleId: string }[] }[] };
    expect([code, log.version]).toEqual([1, '2.1.0']);
    expect(log.runs[0]?.results.map(({ ruleId }) => ruleId)).toContain('squashed-foreign-layers');
  });

  test('markdown', async () => {
    const { out, code } = await run(blocked(), ['check', '--format', 'markdown', '--visibility', 'private']);
    expect(code).toBe(1);
    expect(out).toMatch(/^# Blocked\n\n## clear-to-ship \/ compliance: /);
    expect(out).toContain('\n## clear-to-ship / delivery: ');
    expect(out).toContain('`squashed-foreign-layers`');
  });

  test('the same input gives the same bytes', async () => {
    const folder = blocked();
    for (const format of ['text', 'json', 'markdown', 'sarif'])
      expect((await run(folder, ['check', '--format', format])).out).toBe(
        (await run(folder, ['check', '--format', format])).out,
      );
  });
});

describe('saved evidence', () => {
  test('is judged like the checkout it came from', async () => {
    const folder = repository({ Dockerfile: UNVERIFIED });
    write(folder, { 'other/Dockerfile': UNVERIFIED });
    const file = join(temporaryFolder(), 'evidence.json');
    const common = ['--format', 'json', '-q'];
    const first = await run(folder, ['check', '--base', 'main', '--save-evidence', file, ...common]);
    const second = await run('/', ['check', file, ...common]);
    expect(second).toEqual(first);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
  });

  test('brings its own base and policy', async () => {
    const { code, err } = await run('/', ['check', 'e.json', '--policy', 'p.yml']);
    expect([code, err]).toEqual([
      64,
      'clear-to-ship: --policy says nothing about saved evidence, which brings its own.\nLeave --policy away.\n',
    ]);
  });
});

describe('notes go to stderr', () => {
  test('what was taken for what', async () => {
    const { err } = await run(repository({ 'a/b': 'x' }), ['check', 'a']);
    expect(err.replace(/\/\S*workspace-test-\w+/g, 'ROOT')).toBe(
      [
        'Checking the whole repository ROOT, not only ROOT/a.',
        'No policy file (.github/clear-to-ship.yml or --policy): judged by the built-in defaults.',
        'Who may read the repository can’t be seen from here: --visibility public, internal or private says it.',
        '',
      ].join('\n'),
    );
  });

  test('the organisation’s policy is named', async () => {
    const folder = repository({ 'org.yml': 'version: 1\n' });
    const { err } = await run(folder, ['check', '--policy', 'org.yml', '--visibility', 'public']);
    expect(err).toBe('Judged by org.yml.\n');
  });
});

describe('deliveries', () => {
  test('none', async () => {
    const { code, out } = await run(repository({ a: 'a' }), ['deliveries', '-q']);
    expect([code, out]).toEqual([0, 'Nothing in this repository delivers container material.\n']);
  });

  const RELEASE = [
    'on:',
    '  push:',
    "    tags: ['v*']",
    'jobs:',
    '  image:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - name: Push',
    '        run: |',
    '          docker build -t docker.io/acme/api:1 .',
    '          docker push docker.io/acme/api:1',
    '',
  ].join('\n');

  const shipping = (): string =>
    repository({ Dockerfile: LICENSED, '.github/workflows/release.yml': RELEASE });

  test('a push, with the way that proves it', async () => {
    const { out } = await run(shipping(), ['deliveries', '-q']);
    expect(out).toMatch(/^Delivers\n\n {2}pushes docker\.io\/acme\/api:1 when a tag v\* is pushed\n/);
    expect(out).toMatch(/^ {4}\.github\/workflows\/release\.yml:5 +job image$/m);
    expect(out).toMatch(/\n\n1 delivery\.\n$/);
  });

  test('a push in the report of a check, as what merging it would start', async () => {
    const folder = shipping();
    git(folder, 'rm', '-q', '.github/workflows/release.yml');
    commit(folder, 'without');
    write(folder, { '.github/workflows/release.yml': RELEASE });
    const { code, out } = await run(folder, ['check', '--base', 'HEAD', '--visibility', 'private', '-q']);
    expect(code).toBe(2);
    expect(out).toContain('What merging this would ship\n\n  new      pushes docker.io/acme/api:1 when a');
    expect(out).toContain('needs approval public-registry-delivery (flow 6)');
  });

  test('as a graph', async () => {
    const { code, out } = await run(shipping(), ['deliveries', '--graph', '-q']);
    expect(code).toBe(0);
    expect(out).toMatch(/^flowchart LR\n[\s\S]*docker\.io\/acme\/api[\s\S]*\n$/);
  });

  test('as JSON', async () => {
    const { out } = await run(shipping(), ['deliveries', '--format', 'json', '-q']);
    expect(JSON.parse(out)).toMatchObject({
      deliveries: [{ kind: 'registry-push', happens: 'yes', destination: { class: 'public' } }],
    });
  });

  test('none, as JSON', async () => {
    const { code, out } = await run(repository({ a: 'a' }), ['deliveries', '--format', 'json', '-q']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ version: 1, deliveries: [], gaps: [] });
  });
});

describe('explain', () => {
  test('a rule', async () => {
    const { code, out } = await run('/', ['explain', 'squashed-foreign-layers']);
    expect(code).toBe(0);
    expect(out).toMatch(/^squashed-foreign-layers error \(flow 13\)\n/);
    expect(out).toContain('\nwhat to do  ');
  });

  test('a slip of the pen', async () => {
    const { code, out, err } = await run('/', ['explain', 'squashed-foriegn-layers']);
    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(
      /^clear-to-ship: There is no rule "squashed-foriegn-layers"\. Did you mean squashed-foreign-layers\?\nThe rules are:\n/,
    );
  });
});

describe('help', () => {
  test('of the program and of each command says what the exit codes mean', async () => {
    for (const args of [['--help'], ['check', '--help'], ['deliveries', '--help']]) {
      const { code, out, err } = await run('/', args);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('Exit codes:');
    }
    expect((await run('/', ['check', '--help'])).out).toMatchSnapshot();
  });

  test('the version', async () => {
    expect(await run('/', ['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('a pull request', () => {
  let server: Server | undefined;

  afterEach(async () => {
    await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
    server = undefined;
  });

  /** A forge that answers everything with this status; the paths and tokens it was asked with. */
  async function forge(status: number): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"no"}');
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  const env = { GITHUB_TOKEN: 'secret' };

  test('that the token may not read is wrong usage', async () => {
    const { url, asked } = await forge(404);
    const { code, out, err } = await run('/', ['check', `${url}/acme/product/pull/7`], { env });
    expect([code, out]).toEqual([64, '']);
    expect(err).toBe(
      `clear-to-ship: ${url} did not give acme/product#7 (HTTP 404).\nCheck the address, and that the token may read the repository.\n`,
    );
    expect(asked[0]).toBe('/api/v3/repos/acme/product/pulls/7 token secret');
  });

  test('on a forge that is down is undecided', async () => {
    const { url } = await forge(500);
    const { code, err } = await run('/', ['check', `${url}/acme/product/pull/7`], { env });
    expect(code).toBe(3);
    expect(err).toContain('(HTTP 500).\nTry again in a while.');
  }, 30_000);
});
