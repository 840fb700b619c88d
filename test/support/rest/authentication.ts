// An Authorization header → who is calling: the App itself (JWT), an installation, a person, or nobody.
import { createPublicKey, verify } from 'node:crypto';
import type { Account, Installation, Permissions, World } from '../world/state.ts';
import { GitHubProblem } from './problem.ts';

export type Caller =
  | { readonly kind: 'app' }
  | {
      readonly kind: 'installation';
      readonly installation: Installation;
      readonly permissions: Permissions;
      /** Null when the token reaches everything the installation does. */
      readonly repositories: ReadonlySet<number> | null;
    }
  | { readonly kind: 'user'; readonly account: Account }
  | { readonly kind: 'anonymous' };

type Token = { readonly caller: Caller; readonly expires: number };

/** Tokens live in real time: the App's library signs and caches by its own clock, not by the stand-in's. */
export type Tokens = {
  readonly issue: (caller: Caller) => { readonly token: string; readonly expires: number };
  readonly find: (token: string) => Token | undefined;
  /** Makes every installation token issued so far worthless. */
  readonly expireAll: () => void;
  readonly wallClock: () => number;
};

const HOUR = 3_600_000;

export const createTokens = (appId: number, wallClock: () => number = Date.now): Tokens => {
  const tokens = new Map<string, Token>();
  let count = 0;
  return {
    issue: (caller) => {
      count += 1;
      const token =
        caller.kind === 'user'
          ? `ghp_${String(count).padStart(36, '0')}`
          : `ghs_${appId}_${String(count).padStart(48, '0')}`;
      const expires = caller.kind === 'user' ? Number.POSITIVE_INFINITY : wallClock() + HOUR;
      tokens.set(token, { caller, expires });
      return { token, expires };
    },
    find: (token) => tokens.get(token),
    expireAll: () => {
      for (const [name, { caller }] of tokens)
        if (caller.kind === 'installation') tokens.set(name, { caller, expires: 0 });
    },
    wallClock,
  };
};

const decode = (part: string | undefined): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Readonly<Record<string, unknown>>;
  } catch {
    throw new GitHubProblem(401, 'A JSON web token could not be decoded');
  }
};

// RS256, issued by the App's id or client id, valid for at most ten minutes, with a minute of clock drift allowed.
const verifyJwt = (world: World, jwt: string, now: number): Caller => {
  const [header, payload, signature] = jwt.split('.');
  const claims = decode(payload);
  if (decode(header).alg !== 'RS256') throw new GitHubProblem(401, 'A JSON web token could not be decoded');
  const key = createPublicKey(world.app.publicKey);
  const valid = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    key,
    Buffer.from(signature ?? '', 'base64url'),
  );
  if (!valid) throw new GitHubProblem(401, 'A JSON web token could not be decoded');
  if (![String(world.app.id), world.app.clientId].includes(String(claims.iss)))
    throw new GitHubProblem(401, 'Integration not found');
  const [issued, expires, seconds] = [Number(claims.iat), Number(claims.exp), now / 1000];
  if (!(expires > seconds))
    throw new GitHubProblem(401, "'Expiration time' claim ('exp') must be a numeric value in the future");
  if (expires - seconds > 660)
    throw new GitHubProblem(401, "'Expiration time' claim ('exp') is too far in the future");
  if (issued > seconds + 60)
    throw new GitHubProblem(401, "'Issued at' claim ('iat') must be an Integer in the past");
  return { kind: 'app' };
};

export const authenticate = (world: World, tokens: Tokens, header: string | undefined): Caller => {
  if (header === undefined) return { kind: 'anonymous' };
  const value = header.replace(/^(bearer|token)\s+/i, '');
  if (value.split('.').length === 3) return verifyJwt(world, value, tokens.wallClock());
  const known = tokens.find(value);
  if (known === undefined || known.expires <= tokens.wallClock())
    throw new GitHubProblem(401, 'Bad credentials');
  if (known.caller.kind === 'installation' && known.caller.installation.suspendedAt !== null)
    throw new GitHubProblem(403, 'This installation has been suspended');
  return known.caller;
};
