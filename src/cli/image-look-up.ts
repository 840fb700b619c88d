// What commands on images share: hosts they may ask, credentials, and what they do with the policy's word.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageTrust } from '../core/trust/image-trust.ts';
import { type Credentials, NO_CREDENTIALS, readDockerConfig } from '../registry/credentials.ts';
import type { HostPermission } from '../registry/hosts.ts';
import { type Problem, problem } from '../workspace/problem.ts';
import type { Effects } from './effects.ts';
import { EXIT } from './exit-codes.ts';

export type LookUpOptions = {
  readonly platform?: string;
  readonly allowHost?: readonly string[];
  readonly insecureHost?: readonly string[];
  readonly policy?: string;
  readonly quiet?: boolean;
};

/** All look-ups together, in milliseconds. */
export const DEADLINE = 120_000;

/** Of the image itself: what policy asks of its bases is asked where they are used. */
export function exitOf(trust: ImageTrust | null): number {
  if (trust === null) return EXIT.undecided;
  const denied = trust.licenses.some(({ verdict }) => verdict === 'denied');
  if (denied) return EXIT.blocked;
  if (trust.unmet.length === 0) return EXIT.clear;
  return trust.signature.state === 'unknown' ? EXIT.undecided : EXIT.blocked;
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;

export function wrongOption({ platform, allowHost = [], insecureHost = [] }: LookUpOptions): Problem | null {
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/.test(platform))
    return problem(`${platform} is no platform.`, 'Give one like linux/arm64.');
  const host = [...allowHost, ...insecureHost].find((each) => !HOST.test(each));
  return host === undefined
    ? null
    : problem(`${host} is no host.`, 'Give a host with or without a port, like registry.example.com:5000.');
}

/** Whoever names a host on the command line may reach it anyway, so it may be inside; no name but this one leads there. */
export function permissions({ allowHost = [], insecureHost = [] }: LookUpOptions): readonly HostPermission[] {
  return [
    ...insecureHost.map((host) => ({ host, scheme: 'http' as const, private: true })),
    ...allowHost.map((host) => ({ host, scheme: 'https' as const, private: true })),
  ];
}

/** As Docker finds it: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`. No file, no credentials. */
export async function dockerCredentials({ env }: Effects): Promise<Credentials> {
  const folder = env.DOCKER_CONFIG || (env.HOME ? join(env.HOME, '.docker') : null);
  if (folder === null) return NO_CREDENTIALS;
  try {
    return readDockerConfig(await readFile(join(folder, 'config.json'), 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? NO_CREDENTIALS
      : { ...NO_CREDENTIALS, notes: [`The Docker configuration in ${folder} can't be read (${code}).`] };
  }
}
