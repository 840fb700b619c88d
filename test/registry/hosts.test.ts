import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readChallenges } from '../../src/registry/challenge.ts';
import { believesTokenHost, permissionFor } from '../../src/registry/hosts.ts';
import { EXPLODES, processorTime } from '../support/cpu-time.ts';

describe('token servers', () => {
  test.each([
    ['docker.io', 'https://auth.docker.io/token', true],
    ['ghcr.io', 'https://ghcr.io/token', true],
    ['quay.io', 'https://quay.io/v2/auth', true],
    ['registry.example.com', 'https://auth.example.com/', true],
    ['registry.example.com:5000', 'https://registry.example.com:8443/', true],
    ['registry.gitlab.com', 'https://gitlab.com/jwt/auth', true],
    ['registry.redhat.io', 'https://sso.redhat.com/token', true],
    ['registry.example.co.uk', 'https://auth.example.co.uk/', true],
    ['10.0.0.1:5000', 'https://10.0.0.1/token', true],
    ['registry.example.com', 'https://example.com.evil.net/', false],
    ['registry.example.com', 'https://evilexample.com/', false],
    ['registry.example.co.uk', 'https://evil.co.uk/', false],
    ['acme.azurecr.io', 'https://evil.azurecr.io/', false],
    ['acme.jfrog.io', 'https://evil.jfrog.io/', false],
    ['10.0.0.1:5000', 'https://10.0.0.2/token', false],
    ['docker.io', 'https://auth.docker.io.evil.net/', false],
    ['ghcr.io', 'https://auth.docker.io/token', false],
    ['localhost:5000', 'https://localhost.evil.net/', false],
    ['registry', 'https://other/', false],
  ])('%s sends to %s: believed is %s', (registry, realm, expected) => {
    expect(believesTokenHost(registry, new URL(realm))).toBe(expected);
  });
});

describe('permissions', () => {
  const any = { host: 'Registry.example.com', scheme: 'https', private: false } as const;
  const one = { host: 'registry.example.com:5000', scheme: 'http', private: true } as const;

  test.each([
    ['registry.example.com:5000', one],
    ['registry.example.com', any],
    ['REGISTRY.example.com:6000', any],
    ['example.com', null],
    ['evil-registry.example.com', null],
    ['registry.example.com.evil.net', null],
  ])('%s', (host, expected) => {
    expect(permissionFor(host, [any, one])).toBe(expected);
  });
});

describe('challenges', () => {
  test.each([
    [
      'Bearer realm="https://a/t",service="s,1",scope="repository:a:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://a/t', service: 's,1', scope: 'repository:a:pull,push' },
        },
      ],
    ],
    [
      'Basic realm="a \\"b\\"", Bearer Realm = x , service=y',
      [
        { scheme: 'basic', parameters: { realm: 'a "b"' } },
        { scheme: 'bearer', parameters: { realm: 'x', service: 'y' } },
      ],
    ],
    ['Negotiate', [{ scheme: 'negotiate', parameters: {} }]],
    ['realm="x"', []],
    ['', []],
  ])('%s', (header, expected) => {
    expect(readChallenges(header)).toEqual(expected);
  });

  test('any header is read, in time that grows with its length', () => {
    fc.assert(fc.property(fc.string(), (header) => Array.isArray(readChallenges(header))));
    for (const header of ['a="\\'.repeat(100_000), `a${' '.repeat(100_000)}`])
      expect(processorTime(() => readChallenges(header))).toBeLessThan(EXPLODES);
  });
});
