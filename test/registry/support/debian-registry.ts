// Debian's docker-registry as a process on loopback, and a way to put shelves into it.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shelf } from './images.ts';

const PROGRAM = process.env.DOCKER_REGISTRY ?? '/usr/bin/docker-registry';

export const isInstalled = existsSync(PROGRAM);

export type DebianRegistry = { readonly host: string; readonly stop: () => Promise<void> };

/** Whose tokens the registry takes. */
export type TokenAuthority = {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** Certificate in PEM. */
  readonly root: string;
};

export async function startDebianRegistry(tokens: TokenAuthority | null = null): Promise<DebianRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  const storage = JSON.stringify(join(folder, 'storage'));
  writeFileSync(
    config,
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${storage}}}\nhttp: {addr: "${host}"}\n${authOf(tokens, folder)}`,
  );
  const child = spawn(PROGRAM, ['serve', config], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => null);
    if (answer?.ok || (tokens !== null && answer?.status === 401)) return { host, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error('docker-registry did not start.');
}

function authOf(tokens: TokenAuthority | null, folder: string): string {
  if (tokens === null) return '';
  const { root, ...token } = tokens;
  const rootcertbundle = join(folder, 'root.pem');
  writeFileSync(rootcertbundle, root);
  return `auth: ${JSON.stringify({ token: { ...token, rootcertbundle } })}\n`;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Blobs first, then manifests in the order in which they were made: a registry refuses what names the unknown. */
export async function push(host: string, repository: string, { manifests, blobs }: Shelf): Promise<void> {
  const root = `http://${host}/v2/${repository}`;
  for (const [digest, bytes] of blobs) {
    const started = await fetch(`${root}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(started.headers.get('location') ?? '', root);
    location.searchParams.set('digest', digest);
    await expectCreated(location, 'application/octet-stream', bytes);
  }
  for (const [reference, { mediaType, bytes }] of manifests)
    await expectCreated(new URL(`${root}/manifests/${reference}`), mediaType, bytes);
}

async function expectCreated(url: URL, type: string, bytes: Buffer): Promise<void> {
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: new Uint8Array(bytes),
  });
  if (answer.status !== 201) throw new Error(`${url}: HTTP ${answer.status} ${await answer.text()}`);
}
