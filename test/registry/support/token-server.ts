// A token server as registries trust one: it hands out tokens signed with a certificate that the registry was given.
// Source: distribution's docs/spec/auth/token.md and jwt.md.
import { sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { certificatePem, certify } from '../../support/trust/certificates.ts';
import type { TokenAuthority } from './debian-registry.ts';
import { stop } from './registry.ts';

export type TokenServer = TokenAuthority & {
  /** Scopes that were asked for, in their order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
};

const SERVICE = 'registry.example.test';
const ISSUER = 'token server of the tests';

/** Everybody may read, and whoever asks for it may push. */
export async function startTokenServer(): Promise<TokenServer> {
  const root = certify({ subject: [['CN', 'token root']], authority: true }, null);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const scopes = url.searchParams.getAll('scope');
    asked.push(...scopes);
    const access = scopes.map((scope) => {
      const [type = '', name = '', actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: ISSUER,
      sub: '',
      aud: SERVICE,
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: String(asked.length),
      access,
    };
    const header = { typ: 'JWT', alg: 'ES256', x5c: [root.certificate.toString('base64')] };
    const text = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = sign('sha256', Buffer.from(text), { key: root.privateKey, dsaEncoding: 'ieee-p1363' });
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ token: `${text}.${signature.toString('base64url')}`, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    service: SERVICE,
    issuer: ISSUER,
    root: certificatePem(root),
    asked,
    close: () => stop(server),
  };
}
