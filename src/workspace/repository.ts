// A folder → the git checkout it belongs to, its commits and its name on the forge; or why there is none.
import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Oid } from '../core/model/evidence.ts';
import { type Environment, type GitPlace, requireGit, runGit } from './git.ts';
import { type Problem, problem } from './problem.ts';
import { type Checkout, nullId } from './working-tree.ts';

/** The checkout around `folder`; `none` when no git repository is in sight and the folder stands for itself. */
export async function findCheckout(folder: string, env: Environment): Promise<Checkout | 'none' | Problem> {
  const start: GitPlace = { folder, env };
  const result = await runGit(start, ['rev-parse', '--is-inside-work-tree']);
  if (result === null)
    return (await hasGitFolder(folder))
      ? problem(
          `${folder} is a git checkout, but there is no git to read it with.`,
          'Install git (2.30 or newer) and make sure that it is on the PATH.',
        )
      : 'none';
  if (result.code !== 0 && /not a git repository/i.test(result.stderr)) return 'none';
  if (result.code !== 0)
    return problem(
      `git refuses to read ${folder}: ${firstLine(result.stderr)}`,
      'Make `git status` work in that folder first.',
    );
  if (result.stdout.toString('latin1').trim() !== 'true')
    return problem(
      `${folder} is inside a git repository without a working tree.`,
      'Give the folder of a checkout instead.',
    );
  const top = (await requireGit(start, ['rev-parse', '--show-toplevel'])).toString('utf8').trimEnd();
  const real = await realpath(folder);
  if (real !== top && !real.startsWith(top.endsWith(sep) ? top : `${top}${sep}`))
    return problem(
      `The git configuration of ${folder} names another folder (${top}) as its working tree.`,
      'Unset core.worktree, or give that folder instead.',
    );
  const format = await runGit(start, ['rev-parse', '--show-object-format']);
  return {
    place: { ...start, folder: top },
    root: top,
    format: format?.stdout.toString('latin1').trim() === 'sha256' ? 'sha256' : 'sha1',
  };
}

/** The commit that is checked out; the null id before the first commit. */
export async function headCommit(checkout: Checkout): Promise<Oid> {
  return (await commitOf(checkout, 'HEAD')) ?? nullId(checkout.format);
}

/** The commit a name stands for; null when there is no such commit. */
async function commitOf({ place }: Checkout, name: string): Promise<Oid | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const result = await runGit(place, args);
  const oid = result?.stdout.toString('latin1').trim() ?? '';
  return result?.code === 0 && /^[0-9a-f]{40,64}$/.test(oid) ? oid : null;
}

/** Where the history of HEAD left that of `ref`, as a pull request into `ref` would be compared. */
export async function mergeBase(checkout: Checkout, ref: string): Promise<Oid | Problem> {
  const base = await commitOf(checkout, ref);
  if (base === null)
    return problem(
      `${checkout.root} has no commit called ${JSON.stringify(ref)}.`,
      `Fetch it first (\`git fetch origin ${/^[\w./-]+$/.test(ref) ? ref : 'BRANCH'}\`), or name one that \`git branch --all\` lists.`,
    );
  const head = await commitOf(checkout, 'HEAD');
  if (head === null)
    return problem(
      `${checkout.root} has no commit yet, so there is nothing to compare with ${JSON.stringify(ref)}.`,
      'Leave --base away: everything then counts as new.',
    );
  const result = await runGit(checkout.place, ['merge-base', base, head]);
  const oid = result?.stdout.toString('latin1').trim().split('\n')[0] ?? '';
  if (result?.code === 0 && oid !== '') return oid;
  return problem(
    `HEAD and ${JSON.stringify(ref)} have no common commit in this clone.`,
    'If the clone is shallow, run `git fetch --unshallow`; otherwise name the branch this work started from.',
  );
}

const REMOTE = /^(?:[a-z+]+:\/\/(?:[^/@]*@)?[^/]+\/|[^/@:]+@[^/:]+:)([^/]+)\/([^/]+?)(?:\.git)?\/?$/;

/** `owner/repository` from the origin remote; null when there is none or it has another form. */
export async function remoteSlug({ place }: Checkout): Promise<string | null> {
  const result = await runGit(place, ['config', '--get', 'remote.origin.url']);
  const match = REMOTE.exec(result?.stdout.toString('utf8').trim() ?? '');
  return match === null ? null : `${match[1]}/${match[2]}`;
}

async function hasGitFolder(folder: string): Promise<boolean> {
  try {
    await stat(`${folder}/.git`);
    return true;
  } catch {
    return false;
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
