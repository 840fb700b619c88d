// A branch on GitHub → where it points, and whether rules protect it.
import type { Oid } from '../core/model/evidence.ts';
import type { PullRequestRef } from '../ports.ts';
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
