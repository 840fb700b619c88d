// Keeps a second process out of a PGlite folder: PGlite itself does not, and two writers corrupt it silently.
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the holder renews the file's time, in milliseconds. */
const RENEW_EVERY = 5_000;
/** A holder elsewhere that has not renewed for so long (milliseconds) is taken for dead. */
const DEAD_AFTER = 30_000;

type Holder = {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the kernel counts it: a number that is used again after a crash isn't this process. */
  readonly started: string | null;
  /** Boot and pid namespace: process ids of one say nothing in another, whatever the host is called. */
  readonly world: string | null;
};

export type FolderLock = { readonly release: () => void };

/** The folder is in use by a living process. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const currentWorld = (): string | null => {
  try {
    return `${read('/proc/sys/kernel/random/boot_id')?.trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
};

/** Field 22 of /proc/PID/stat, counted after the command name, which may itself hold blanks and parentheses. */
const startOf = (pid: number): string | null => {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
};

const parseHolder = (text: string): Holder | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'pid' in value && 'token' in value
      ? (value as Holder)
      : null;
  } catch {
    return null;
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Tokens this very process holds: its own pid in a lock file means nothing else. */
const mine = new Set<string>();

type Liveness = 'alive' | 'dead' | 'elsewhere';

const liveness = (holder: Holder | null): Liveness => {
  // Half-written: its writer is either about to finish or gone; its age decides, as for another machine.
  if (holder === null) return 'elsewhere';
  if (mine.has(holder.token)) return 'alive';
  if (holder.host !== hostname() || holder.world !== currentWorld()) return 'elsewhere';
  if (holder.pid === process.pid || !isRunning(holder.pid)) return 'dead';
  const started = startOf(holder.pid);
  return started !== null && holder.started !== null && started !== holder.started ? 'dead' : 'alive';
};

const modified = (path: string): number | null => {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return null;
  }
};

const inUse = (path: string, holder: Holder | null): FolderInUse =>
  new FolderInUse(
    `${path} is held by ${holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`}. ` +
      'The embedded database takes one process at a time: stop the other one, choose another folder, ' +
      'or set DATABASE_URL to share one Postgres between processes.',
  );

/** Moves a dead holder's file away; only one of several rivals succeeds, and none moves a newer lock. */
const clearAway = (path: string, stale: string): void => {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  // A rival replaced the dead file between our look and our move: put its lock back.
  if (moved !== null && moved !== stale && !existsSync(path)) renameSync(aside, path);
  else rmSync(aside, { force: true });
};

const tryWrite = (path: string, content: string): boolean => {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Takes the lock of `folder` (which must exist). A dead holder's lock is taken over: at once when it ran beside
 * this process, after 30 s without a sign of life when it ran elsewhere (another machine, container or boot).
 *
 * @throws FolderInUse when a living process holds it.
 */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
  const path = join(folder, 'lock');
  const holder: Holder = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    world: currentWorld(),
  };
  const content = JSON.stringify(holder);
  // Before it is written: another caller in this process must never take it for a dead one's.
  mine.add(holder.token);
  try {
    await acquire(path, content);
  } catch (error) {
    mine.delete(holder.token);
    throw error;
  }
  const renewal = setInterval(() => {
    const current = read(path);
    // This process was frozen for so long that another took it for dead: ending it beats corrupting the data.
    if (current !== null && current !== content) throw inUse(path, parseHolder(current));
    if (current !== null) utimesSync(path, new Date(), new Date());
  }, RENEW_EVERY);
  renewal.unref();
  return {
    release: () => {
      clearInterval(renewal);
      mine.delete(holder.token);
      if (read(path) === content) rmSync(path, { force: true });
    },
  };
};

const acquire = async (path: string, content: string): Promise<void> => {
  let seen: { readonly at: number; readonly content: string } | null = null;
  for (;;) {
    if (tryWrite(path, content)) {
      // A rival that was putting a lock back may have replaced ours: look again before believing it.
      await sleep(20);
      if (read(path) === content) return;
      continue;
    }
    const current = read(path);
    const at = modified(path);
    if (current === null || at === null) continue;
    const other = parseHolder(current);
    const life = liveness(other);
    if (life === 'alive') throw inUse(path, other);
    if (life === 'dead' || Date.now() - at > DEAD_AFTER) {
      clearAway(path, current);
      continue;
    }
    if (seen !== null && (seen.at !== at || seen.content !== current)) throw inUse(path, other);
    seen = { at, content: current };
    await sleep(500);
  }
};
