// Runs git so that nothing of the checked-out content is ever executed or fetched: commands in, bytes out.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/**
 * Settings of the checkout that would run its programs, and the ones that would make answers depend on who asks.
 * Hooks and the file system monitor are programs named by the repository's configuration.
 */
const SETTINGS = [
  '--no-pager',
  '--literal-pathspecs',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.quotePath=false',
  '-c',
  'diff.renameLimit=1000',
] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where git works, and with which additional variables of its own. */
export type GitPlace = {
  readonly folder: string;
  readonly env: Environment;
  readonly variables?: Readonly<Record<string, string>>;
};

export type GitResult = { readonly code: number; readonly stdout: Buffer; readonly stderr: string };

/**
 * The caller's environment without any `GIT_*` variable (they redirect git to other repositories, configurations and
 * programs), with network transports and prompts switched off: a partial clone must not fetch behind our back.
 */
function gitEnvironment(place: GitPlace): Record<string, string> {
  const kept = Object.entries(place.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].toUpperCase().startsWith('GIT_'),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    ...place.variables,
  };
}

export function startGit(place: GitPlace, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn('git', [...SETTINGS, ...args], {
    cwd: place.folder,
    env: gitEnvironment(place),
    stdio: 'pipe',
    windowsHide: true,
  });
}

/** Runs git to its end. `null` when there is no git to run; any exit code is a result. */
export async function runGit(
  place: GitPlace,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<GitResult | null> {
  const child = startGit(place, args);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // git may end before it has read everything; its exit code tells.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return await new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(null);
      else reject(error);
    });
    child.on('close', (code) =>
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8').trim(),
      }),
    );
  });
}

/** Runs a command that can only fail when the repository is damaged or git is not what it was. */
export async function requireGit(
  place: GitPlace,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<Buffer> {
  const result = await runGit(place, args, input);
  if (result === null) throw new Error('git is not installed or not on the PATH');
  if (result.code !== 0) throw new Error(`git ${args[0]} failed (${result.code}): ${result.stderr}`);
  return result.stdout;
}
