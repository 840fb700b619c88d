import { describe, expect, test } from '@jest/globals';
import { paintFor } from '../../src/cli/effects.ts';
import { jsonText, tellProblem } from '../../src/cli/output.ts';
import { progressLine } from '../../src/cli/progress.ts';
import { parseAddress, tokenFor } from '../../src/cli/pull-request.ts';
import { isProblem, problem } from '../../src/workspace/problem.ts';
import { fakeConsole } from './console.ts';

describe('colour', () => {
  const coloured = (stdout: boolean, env: Record<string, string>): boolean =>
    paintFor(fakeConsole({ isTTY: { stdout, stderr: false }, env }).effects)('error', 'x') !== 'x';

  test.each<[string, boolean, Record<string, string>, boolean]>([
    ['on a terminal', true, {}, true],
    ['not elsewhere', false, {}, false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR says nothing', true, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
    ['everywhere with FORCE_COLOR', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['nowhere with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
  ])('%s', (_when, tty, env, expected) => {
    expect(coloured(tty, env)).toBe(expected);
  });

  test('nothing is painted around nothing', () => {
    expect(paintFor(fakeConsole({ env: { FORCE_COLOR: '1' } }).effects)('dim', '')).toBe('');
  });
});

describe('progress', () => {
  const run = (stderr: boolean, step: number, quiet = false): string => {
    let time = 0;
    const { effects, err } = fakeConsole({ isTTY: { stdout: false, stderr }, now: () => new Date(time) });
    const line = progressLine(effects, quiet);
    for (let done = 1; done <= 5; done += 1) {
      time += step;
      line.report('reading', done, 5);
    }
    line.end();
    line.end();
    return err();
  };

  test('short work says nothing', () => {
    expect(run(true, 50)).toBe('');
    expect(run(false, 1000)).toBe('');
  });

  test('on a terminal one line repaints itself and goes away', () => {
    const erase = '\r\u001b[2K';
    expect(run(true, 200)).toBe(`${erase}reading 3/5${erase}reading 4/5${erase}reading 5/5${erase}`);
  });

  test('in a log there is a line now and then', () => {
    expect(run(false, 6000)).toBe('reading 2/5\nreading 4/5\n');
  });

  test('quiet is quiet', () => {
    expect(run(true, 20_000, true)).toBe('');
  });
});

describe('the address of a pull request', () => {
  test.each([
    ['https://github.com/acme/product/pull/12', 'https://api.github.com', 'https://github.com'],
    ['https://github.com/acme/product/pull/12/files#diff', 'https://api.github.com', 'https://github.com'],
    ['https://acme.ghe.com/acme/product/pull/12', 'https://api.acme.ghe.com', 'https://acme.ghe.com'],
    [
      'https://git.acme.example/acme/product/pull/12',
      'https://git.acme.example/api/v3',
      'https://git.acme.example',
    ],
    ['http://127.0.0.1:3000/acme/product/pull/12', 'http://127.0.0.1:3000/api/v3', 'http://127.0.0.1:3000'],
  ])('%s', (target, api, server) => {
    expect(parseAddress(target)).toEqual({ server, api, owner: 'acme', repository: 'product', number: 12 });
  });

  test.each([
    'https://github.com/acme/product',
    'https://github.com/acme/product/issues/12',
    'https://github.com/acme/product/pull/0',
    'https://github.com/acme/product/pull/12x',
    'http://github.com/acme/product/pull/12',
    'http://127.0.0.1.evil.example/acme/product/pull/12',
    'ftp://github.com/acme/product/pull/12',
    'https://',
  ])('%s is refused', (target) => {
    expect(isProblem(parseAddress(target))).toBe(true);
  });
});

describe('the token', () => {
  const tokenOf = (server: string, env: Record<string, string>): string => {
    const address = parseAddress(`${server}/acme/product/pull/1`);
    if (isProblem(address)) throw new Error(address.what);
    const token = tokenFor(address, env);
    return typeof token === 'string' ? token : `no token: ${token.remedy}`;
  };

  test('of github.com is in GH_TOKEN or GITHUB_TOKEN', () => {
    expect(tokenOf('https://github.com', { GH_TOKEN: 'a', GITHUB_TOKEN: 'b' })).toBe('a');
    expect(tokenOf('https://github.com', { GITHUB_TOKEN: 'b' })).toBe('b');
    expect(tokenOf('https://github.com', {})).toContain('Set GITHUB_TOKEN (or GH_TOKEN)');
    expect(tokenOf('https://github.com', { GH_ENTERPRISE_TOKEN: 'c' })).toContain('no token');
  });

  test('of github.com is not sent to another host', () => {
    expect(tokenOf('https://evil.example', { GITHUB_TOKEN: 'b', GH_TOKEN: 'a' })).toContain('no token');
    expect(tokenOf('https://notgithub.com', { GITHUB_TOKEN: 'b' })).toContain('no token');
    expect(tokenOf('https://evilghe.com', { GITHUB_TOKEN: 'b' })).toContain('no token');
  });

  test('of another host has a name of its own, or a host named beside it', () => {
    const server = 'https://git.acme.example';
    expect(tokenOf(server, { GH_ENTERPRISE_TOKEN: 'c', GITHUB_TOKEN: 'b' })).toBe('c');
    expect(tokenOf(server, { GITHUB_TOKEN: 'b', GITHUB_SERVER_URL: server })).toBe('b');
    expect(tokenOf(server, { GH_TOKEN: 'a', GH_HOST: 'git.acme.example' })).toBe('a');
    expect(tokenOf('http://127.0.0.1:1', { GITHUB_TOKEN: 'b' })).toBe('b');
  });
});

describe('output', () => {
  test('JSON holds no character that hides or reorders, and still means the same', () => {
    const value = { a: 'x\u202e\u200b\u2028\u001b\u{e0041}é🐳' };
    const text = jsonText(value);
    expect(text).toBe('{\n  "a": "x\\u202e\\u200b\\u2028\\u001b\\udb40\\udc41é🐳"\n}\n');
    expect(JSON.parse(text)).toEqual(value);
  });

  test('a problem says what, what to do, and whose it is', () => {
    const { effects, err } = fakeConsole();
    expect(tellProblem(problem('There is no x.', 'Give y.'), effects)).toBe(64);
    expect(tellProblem(problem('No answer.', 'Try again.', 'world'), effects)).toBe(3);
    expect(err()).toBe('clear-to-ship: There is no x.\nGive y.\nclear-to-ship: No answer.\nTry again.\n');
  });
});
