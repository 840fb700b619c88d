// Skopeo and umoci from Debian: images as other people's tools make and move them.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isInstalled as isRegistryInstalled } from './debian-registry.ts';
import type { TarRecipe } from './tar.ts';

const PROGRAMS = { skopeo: '/usr/bin/skopeo', umoci: '/usr/bin/umoci' } as const;

const missing = [
  ...(isRegistryInstalled ? [] : ['docker-registry']),
  ...Object.entries(PROGRAMS).flatMap(([name, path]) => (existsSync(path) ? [] : [name])),
];

export const areToolsInstalled = missing.length === 0;

/** For the title of tests that need them. */
export const notRun = areToolsInstalled ? '' : ` (not run: ${missing.join(', ')} not installed)`;

const run = promisify(execFile);

/** What the program printed; rejects with what it complained about. */
export async function tool(name: keyof typeof PROGRAMS, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(PROGRAMS[name], args, { timeout: 60_000 });
  return stdout.trim();
}

export async function copy(from: string, to: string, ...rest: readonly string[]): Promise<void> {
  const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
  await tool('skopeo', 'copy', '--insecure-policy', ...plain, ...rest, from, to);
}

export function writeFiles(folder: string, files: readonly TarRecipe[]): void {
  for (const { name, content = '' } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
