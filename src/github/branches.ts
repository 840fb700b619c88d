// A branch on GitHub → where it points, and whether rules protect it.
import type { Oid } from '../core/model/evidence.ts';
import type { AnswerCache, PullRequestRef } from '../ports.ts';
import { type Api, statusOf } from './api.ts';

/** `isProtected` counts branch protection and rulesets alike, as GitHub's answer does. Null when there is no such branch. */
export async function askBranch(
  api: Api,
  { owner, repository: repo }: PullRequestRef,
  branch: string,
): Promise<{ readonly head: Oid; readonly isProtected: boolean } | null> {
  try {
    const { data } = await api.rest.repos.getBranch({ owner, repo, branch });
    return { head: data.commit.sha, isProtected: data.protected };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** GitHub tells of new rules only apps that may administer repositories; until then a branch counts as it was this long. */
const UNPROTECTED_MS = 5 * 60_000;

/** Pushes to a topic branch come one after the other: that nothing protects it is not asked for each of them. */
export function isProtected(
  api: Api,
  answers: AnswerCache,
  pull: PullRequestRef,
  branch: string,
): Promise<boolean> {
  return answers.through(
    `unprotected ${pull.repositoryId} ${branch}`,
    async () => (await askBranch(api, pull, branch))?.isProtected === true,
    (answer) => (answer ? 0 : UNPROTECTED_MS),
  );
}
