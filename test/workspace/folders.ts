// Temporary folders and real git repositories for tests: written with the git on this machine, removed afterwards.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Blob, Evidence } from '../../src/core/model/evidence.ts';
import { isProblem, type Problem } from '../../src/workspace/problem.ts';
import { type Collected, collectWorkspace, type WorkspaceRequest } from '../../src/workspace/workspace.ts';

const made: string[] = [];

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-test-')));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export type FileSpec = string | Uint8Array | { readonly link: string };

export function write(folder: string, files: Readonly<Record<string, FileSpec>>): void {
  for (const [path, spec] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof spec === 'object' && 'link' in spec) symlinkSync(spec.link, file);
    else writeFileSync(file, spec);
  }
}

/** The environment of tests: the machine's own git configuration plays no part. */
const ENV: Readonly<Record<string, string | undefined>> = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
};

export function git(folder: string, ...args: readonly string[]): string {
  const identity = [
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.com',
    '-c',
    'init.defaultBranch=main',
  ];
  return execFileSync('git', [...identity, ...args], {
    cwd: folder,
    env: { ...ENV, GIT_CONFIG_NOSYSTEM: '1' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** A repository with these files as its only commit, on branch `main`. */
export function repository(files: Readonly<Record<string, FileSpec>>): string {
  const folder = temporaryFolder();
  git(folder, 'init', '-q');
  write(folder, files);
  commit(folder, 'first');
  return folder;
}

export function commit(folder: string, message: string): void {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', message);
}

const EVERYTHING = (evidence: Evidence): readonly string[] =>
  [...evidence.head.entries, ...(evidence.base?.entries ?? [])].map(({ path }) => path);

export async function collect(
  folder: string,
  request: Partial<WorkspaceRequest> = {},
  wanted: (evidence: Evidence) => readonly string[] = EVERYTHING,
): Promise<Collected | Problem> {
  const whole: WorkspaceRequest = {
    folder,
    base: null,
    policyFile: null,
    visibility: 'unknown',
    now: '2026-11-21T20:00:00.000Z',
    env: ENV,
    ...request,
  };
  return await collectWorkspace(whole, wanted, () => {});
}

export async function evidenceOf(
  folder: string,
  request: Partial<WorkspaceRequest> = {},
  wanted?: (evidence: Evidence) => readonly string[],
): Promise<Evidence> {
  const result = await collect(folder, request, wanted);
  if (isProblem(result)) throw new Error(`${result.what} ${result.remedy}`);
  return result.evidence;
}

export async function problemOf(folder: string, request: Partial<WorkspaceRequest> = {}): Promise<Problem> {
  const result = await collect(folder, request);
  if (isProblem(result)) return result;
  throw new Error('expected a problem, got evidence');
}

/** Kind and, for texts, content of each file of the head by path. */
export function headOf({ head, blobs }: Evidence): Readonly<Record<string, readonly [string, string]>> {
  return Object.fromEntries(
    head.entries.map(({ path, kind, oid }) => [path, [kind, shown(blobs[oid])] as const]),
  );
}

function shown(blob: Blob | undefined): string {
  if (blob === undefined) return '(unread)';
  return blob.kind === 'text' ? blob.text : `(${blob.kind})`;
}
