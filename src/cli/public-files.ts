// The environment of a command → where Dockerfiles of public repositories are read, or why they are not.
import { Octokit } from '@octokit/rest';
import { createPublicFiles } from '../github/public-files.ts';
import type { PublicFiles } from '../ports.ts';
import type { Effects } from './effects.ts';
import { apiOf, tokenFor } from './pull-request.ts';

/** The forge is github.com, or the one that `GITHUB_SERVER_URL` names. */
export function publicFiles({ env }: Pick<Effects, 'env'>, signal: AbortSignal): PublicFiles {
  const named = env.GITHUB_SERVER_URL || 'https://github.com';
  const url = URL.canParse(named) ? new URL(named) : null;
  const token = url === null ? '' : tokenFor({ server: url.origin }, env);
  if (url === null || typeof token !== 'string' || token === '')
    return noFiles('Not read: without a token in GITHUB_TOKEN GitHub is not asked.');
  const api = new Octokit({
    auth: token,
    baseUrl: apiOf(url),
    userAgent: 'clear-to-ship',
    // What goes wrong is told once, in our words.
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  return createPublicFiles({ api, host: url.host, answers: { through: (_key, ask) => ask() }, signal });
}

export function noFiles(missing: string): PublicFiles {
  return { read: async () => ({ missing }) };
}
