import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readSettings, SettingsError } from '../src/env.ts';

const pemOf = (type: 'rsa' | 'ec'): string => {
  const encoding = { format: 'pem', type: 'pkcs8' } as const;
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return String(privateKey.export(encoding));
};
const KEY = pemOf('rsa');

const COMPLETE = {
  APP_ID: '4711',
  PRIVATE_KEY: KEY.replaceAll('\n', '\\n'),
  WEBHOOK_SECRET: 'a-long-and-random-secret',
};

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  test('the three that GitHub gives are enough', () => {
    expect(readSettings(COMPLETE)).toMatchObject({
      appId: 4711,
      port: 3000,
      databaseUrl: null,
      policyRepository: '.github',
    });
    expect(readSettings(COMPLETE).privateKey).toBe(KEY);
  });

  test('everything that is missing is said at once', () => {
    const problems = problemsOf({});
    expect(problems).toHaveLength(3);
    for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET'])
      expect(problems.join('\n')).toContain(name);
  });

  test.each([undefined, '', '   ', 'development', 'short'])('the webhook secret %p is refused', (secret) => {
    expect(problemsOf({ ...COMPLETE, WEBHOOK_SECRET: secret })).toEqual([
      expect.stringContaining('WEBHOOK_SECRET'),
    ]);
  });

  test.each([
    ['PORT', '80a'],
    ['PORT', '70000'],
    ['SLOTS', '0'],
    ['GITHUB_API_URL', 'github.example.com'],
    ['GITHUB_API_URL', 'https://github.com'],
    ['POLICY_REPOSITORY', 'acme/.github'],
    ['REGISTRY_CREDENTIALS', 'README.md'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['LOG_LEVEL', 'loud'],
    ['REGISTRY_LOOKUPS', 'yes'],
    ['REGISTRY_HOSTS', 'registry.acme.internal/base'],
    ['REGISTRY_CREDENTIALS', '/nowhere/config.json'],
    ['APP_ID', 'Iv23li'],
    ['APP_ID', '0'],
    ['LEDGER_DAYS', '179'],
    ['HEAL_SECONDS', '-1'],
    ['DATABASE_URL', 'postgres://clear to ship'],
    ['DATABASE_URL', 'postgres://gate:50%off@127.0.0.1/gate'],
    // JSON, but nobody's configuration of Docker.
    ['REGISTRY_CREDENTIALS', 'package.json'],
    ['PRIVATE_KEY', 'not a key'],
    ['PRIVATE_KEY', '-----BEGIN RSA PRIVATE KEY-----\\nMII\\n-----END RSA PRIVATE KEY-----'],
    ['PRIVATE_KEY', KEY.slice(0, 400)],
    ['PRIVATE_KEY', pemOf('ec')],
  ])('%s=%s is refused by name', (name, value) => {
    expect(problemsOf({ ...COMPLETE, [name]: value })).toEqual([
      expect.stringMatching(name === 'PRIVATE_KEY' ? /private key/ : name),
    ]);
  });

  test.each([
    ['https://github.example.com', 'https://github.example.com/api/v3'],
    ['https://github.example.com/', 'https://github.example.com/api/v3'],
    ['https://acme.ghe.com', 'https://api.acme.ghe.com'],
    ['https://github.com', 'leave it out'],
  ])('the web pages at %s are not the API, which is at %s', (url, meant) => {
    expect(problemsOf({ ...COMPLETE, GITHUB_API_URL: url })).toEqual([expect.stringContaining(meant)]);
  });

  test.each(['https://github.example.com/api/v3', 'https://api.acme.ghe.com', 'http://127.0.0.1:4000'])(
    'the API at %s is',
    (url) => {
      expect(readSettings({ ...COMPLETE, GITHUB_API_URL: `${url}/` }).apiUrl).toBe(url);
    },
  );

  test('every variable that is read is explained to operators, and no other', () => {
    const read = new Set<string>();
    const env = new Proxy({} as Record<string, string | undefined>, {
      get: (_, name) => {
        read.add(String(name));
        return undefined;
      },
    });
    expect(() => readSettings(env)).toThrow(SettingsError);
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const explained = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    // Compose makes DATABASE_URL of it.
    expect([...read, 'POSTGRES_PASSWORD'].sort()).toEqual([...explained].sort());
  });

  test('registries inside are hosts, with or without TLS', () => {
    const { registries } = readSettings({
      ...COMPLETE,
      REGISTRY_HOSTS: 'Registry.acme.internal, http://10.0.0.7:5000,',
    });
    expect(registries).toEqual({
      isAsked: true,
      inside: [
        { host: 'registry.acme.internal', scheme: 'https' },
        { host: '10.0.0.7:5000', scheme: 'http' },
      ],
      credentials: null,
    });
    expect(readSettings({ ...COMPLETE, REGISTRY_LOOKUPS: 'off' }).registries?.isAsked).toBe(false);
  });

  test('a key file that is not there is named', () => {
    expect(problemsOf({ ...COMPLETE, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/nowhere/key.pem' })).toEqual(
      [expect.stringContaining('/nowhere/key.pem')],
    );
  });

  test('a key file that is not there is named, and what is wrong with it', () => {
    const { PRIVATE_KEY: _, ...rest } = COMPLETE;
    const [problem] = problemsOf({ ...rest, PRIVATE_KEY_PATH: '/nowhere/key.pem' });
    expect(problem).toMatch(/^PRIVATE_KEY_PATH names \/nowhere\/key\.pem, which can't be read: ENOENT/);
  });

  test('no problem quotes the key or the secret', () => {
    const said = problemsOf({ ...COMPLETE, PRIVATE_KEY: KEY.slice(0, 600), WEBHOOK_SECRET: 'too-short' });
    expect(said).toHaveLength(2);
    expect(said.join()).not.toContain('too-short');
    expect(said.join()).not.toContain(KEY.slice(40, 80));
  });
});
