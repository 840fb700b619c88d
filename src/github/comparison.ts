// base...head on GitHub → merge base, changed files and everybody who had a hand in the commits.
import type { ChangeStatus, Contributor, FileChange, Gap, Oid } from '../core/model/evidence.ts';
import type { PullRequestState } from '../ports.ts';
import { type Api, statusOf, unreachable } from './api.ts';
import { actorOf } from './pull-state.ts';
import { differenceOfTrees } from './tree-difference.ts';

/** A changed file as GitHub lists it; `oid` is null where GitHub gave none. */
export type ChangedFile = FileChange & { readonly oid: Oid | null };

export type Comparison = {
  readonly mergeBase: Oid;
  readonly files: readonly ChangedFile[];
  readonly contributors: readonly Contributor[];
  readonly gaps: readonly Gap[];
};

/** GitHub lists at most this many files in a comparison, and 3,000 of a pull request. */
const COMPARED_FILES = 300;
const LISTED_FILES = 3_000;
const PAGE = 100;

type ListedFile = {
  readonly filename: string;
  readonly status: string;
  readonly sha: string | null;
  readonly previous_filename?: string;
  readonly patch?: string;
};

/**
 * What is compared: a pull request (the default), whose files GitHub lists further than a comparison does; or a range of
 * commits. In a range, merge commits name who pressed the button, not who wrote what is in it.
 */
export type Compared = 'pull-request' | 'range';

/** A gap instead of a comparison when GitHub does not give one. */
export async function compare(
  api: Api,
  state: PullRequestState,
  headSha: Oid,
  what: Compared = 'pull-request',
): Promise<Comparison | Gap> {
  const { owner, repository: repo } = state.pull;
  const basehead = `${state.baseSha}...${headSha}`;
  try {
    const { data } = await api.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead });
    const mergeBase = data.merge_base_commit.sha;
    const files = await allFiles(api, state, { mergeBase, headSha }, data.files ?? [], what);
    const commits = [...data.commits];
    while (commits.length < data.total_commits) {
      const page = Math.floor(commits.length / PAGE) + 1;
      const more = await api.rest.repos.compareCommitsWithBasehead({
        owner,
        repo,
        basehead,
        per_page: PAGE,
        page,
      });
      const known = new Set(commits.map(({ sha }) => sha));
      const fresh = more.data.commits.filter(({ sha }) => !known.has(sha));
      if (fresh.length === 0) break;
      commits.push(...fresh);
    }
    const gaps = [...files.gaps];
    if (commits.length < data.total_commits)
      gaps.push(
        truncated(
          'the commits of the pull request',
          `GitHub listed ${commits.length} of ${data.total_commits} commits, so their authors are not all known.`,
        ),
      );
    return {
      mergeBase,
      files: files.list,
      contributors: contributorsOf(
        what === 'range' ? commits.filter(({ parents }) => parents.length < 2) : commits,
      ),
      gaps,
    };
  } catch (error) {
    return statusOf(error) === 404
      ? {
          ...unreachable(`the comparison ${basehead}`, error),
          reason: `GitHub knows no common history of ${state.baseSha} and ${headSha}.`,
        }
      : unreachable(`the comparison ${basehead}`, error);
  }
}

async function allFiles(
  api: Api,
  state: PullRequestState,
  { mergeBase, headSha }: { readonly mergeBase: Oid; readonly headSha: Oid },
  compared: readonly ListedFile[],
  what: Compared,
): Promise<{ list: readonly ChangedFile[]; gaps: readonly Gap[] }> {
  const expected = headSha === state.headSha ? state.changedFiles : null;
  if (compared.length < COMPARED_FILES && (expected === null || compared.length >= expected))
    return { list: compared.map(changedFile), gaps: [] };
  // Of what is no pull request's head GitHub lists no more; all files of both commits tell.
  if (headSha !== state.headSha || what === 'range') {
    const whole = await differenceOfTrees(api, state.pull, mergeBase, headSha);
    return 'reason' in whole ? { list: compared.map(changedFile), gaps: [whole] } : { list: whole, gaps: [] };
  }
  const list: ListedFile[] = [];
  const { owner, repository: repo, number } = state.pull;
  for (let page = 1; page <= LISTED_FILES / PAGE; page += 1) {
    const { data } = await api.rest.pulls.listFiles({
      owner,
      repo,
      pull_number: number,
      per_page: PAGE,
      page,
    });
    list.push(...data);
    if (data.length < PAGE) break;
  }
  if (expected !== null && list.length >= expected && list.length < LISTED_FILES)
    return { list: list.map(changedFile), gaps: [] };
  return {
    list: list.map(changedFile),
    gaps: [
      truncated(
        'the changed files',
        `GitHub listed ${list.length} changed files${expected === null ? '' : ` of ${expected}`}; a pull request of this size can't be verified whole.`,
        // Looking again helps while GitHub is behind, not against its limit.
        list.length >= LISTED_FILES ? 'content' : 'world',
      ),
    ],
  };
}

function truncated(subject: string, reason: string, cause: Gap['cause'] = 'world'): Gap {
  return {
    kind: 'truncated',
    cause,
    subject,
    location: null,
    reason,
    remedy: 'Split the pull request, or re-run the check if files were just pushed.',
  };
}

function changedFile(file: ListedFile): ChangedFile {
  return {
    path: file.filename,
    status: statusWord(file.status),
    previousPath: file.previous_filename ?? null,
    shownLines: file.patch === undefined ? null : shownLines(file.patch),
    oid: file.sha,
  };
}

function statusWord(status: string): ChangeStatus {
  switch (status) {
    case 'added':
    case 'removed':
    case 'renamed':
    case 'copied':
      return status;
    default:
      // `modified`, `changed` (type or mode) and whatever GitHub may add: the content has to be looked at.
      return 'modified';
  }
}

/** Lines of the new file that the hunks of a unified patch show, context included. */
function shownLines(patch: string): (readonly [number, number])[] {
  return [...patch.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)].flatMap(([, start, count]) => {
    const [first, length] = [Number(start), count === undefined ? 1 : Number(count)];
    return length === 0 ? [] : [[first, first + length - 1] as const];
  });
}

type ListedCommit = {
  readonly commit: {
    readonly message: string;
    readonly author: { readonly name?: string } | null;
    readonly committer: { readonly name?: string } | null;
  };
  readonly author: { readonly id?: number; readonly login?: string; readonly type?: string } | null;
  readonly committer: { readonly id?: number; readonly login?: string; readonly type?: string } | null;
};

function contributorsOf(commits: readonly ListedCommit[]): Contributor[] {
  const found = commits.flatMap(({ commit, author, committer }): Contributor[] => [
    contributor('author', author, commit.author?.name),
    contributor('committer', committer, commit.committer?.name),
    ...coAuthors(commit.message),
  ]);
  return unique(found);
}

function contributor(
  role: Contributor['role'],
  account: ListedCommit['author'],
  name: string | undefined,
): Contributor {
  const { id, login, type } = account ?? {};
  return {
    role,
    actor:
      id === undefined || login === undefined
        ? null
        : actorOf({ id, login, ...(type === undefined ? {} : { type }) }),
    name: name ?? login ?? 'unknown',
  };
}

/**
 * `Co-authored-by:` trailers. Only GitHub's no-reply addresses carry an account id; other addresses are shown and bar
 * nobody, since anybody can write them.
 */
function coAuthors(message: string): Contributor[] {
  return [...message.matchAll(/^co-authored-by:[ \t]*([^<\n]*)<([^>\n]*)>/gim)].map(
    ([, name = '', address = '']) => {
      const account = /^(\d+)\+([\w.-]+(?:\[bot\])?)@users\.noreply\./.exec(address);
      return {
        role: 'co-author',
        actor:
          account === null
            ? null
            : {
                id: Number(account[1]),
                login: account[2] ?? '',
                type: account[2]?.endsWith('[bot]') ? 'Bot' : 'User',
              },
        name: name.trim(),
      };
    },
  );
}

/** Each person once per role, in a fixed order, so that equal pull requests give equal evidence. */
export function unique(contributors: readonly Contributor[]): Contributor[] {
  const byKey = new Map(
    contributors.map((each) => [
      `${each.role} ${each.actor?.id ?? ''} ${each.actor === null ? each.name : ''}`,
      each,
    ]),
  );
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
