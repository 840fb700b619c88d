// Comments and issues that appear once, however often a job is repeated: each carries a mark by which it is found again.
import { digest } from '../core/verdict/fingerprint.ts';
import type { Published, PullRequestRef } from '../ports.ts';
import type { Api } from './api.ts';

/**
 * The client repeats a request whose answer got lost, though GitHub may have carried it out: what creates something for
 * people to read is only repeated with its job, which looks first.
 */
export const ONCE = { retries: 0 };

const PAGE = 100;
/** Pages searched for a mark, oldest first. */
const MOST_PAGES = 10;

/**
 * A comment on the pull request, or with `title` an issue of its own. Remembered by `key` before it is written; a repeat
 * that finds no id looks for the mark.
 */
export async function publishOnce(
  published: Published,
  api: Api,
  pull: PullRequestRef,
  key: string,
  body: string,
  title: string | null = null,
): Promise<void> {
  const before = await published.comment(pull, key);
  if (before !== null && before.id !== null) return;
  const mark = `<!-- clear-to-ship: ${digest(key)} -->`;
  const marked = `${mark}\n${body}`;
  const found = before === null ? null : await (title === null ? findComment : findIssue)(api, pull, mark);
  if (before === null) await published.keepComment(pull, key, null, '');
  const id = found ?? (await create(api, pull, marked, title));
  await published.keepComment(pull, key, id, digest(body));
}

async function create(
  api: Api,
  { owner, repository: repo, number }: PullRequestRef,
  body: string,
  title: string | null,
): Promise<number> {
  if (title !== null) {
    const { data } = await api.rest.issues.create({ owner, repo, title, body, request: ONCE });
    return data.number;
  }
  const { data } = await api.rest.issues.createComment({
    owner,
    repo,
    issue_number: number,
    body,
    request: ONCE,
  });
  return data.id;
}

/** Our comment by its mark, among those that an app wrote; null when there is none. */
export async function findComment(
  api: Api,
  { owner, repository: repo, number }: PullRequestRef,
  mark: string,
): Promise<number | null> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await api.rest.issues.listComments({
      owner,
      repo,
      issue_number: number,
      per_page: PAGE,
      page,
    });
    const ours = data.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(mark));
    if (ours) return ours.id;
    if (data.length < PAGE) return null;
  }
  return null;
}

/** Our issue by its mark, among the newest that an app opened. */
async function findIssue(
  api: Api,
  { owner, repository: repo }: PullRequestRef,
  mark: string,
): Promise<number | null> {
  const { data } = await api.rest.issues.listForRepo({ owner, repo, state: 'all', per_page: PAGE });
  const ours = data.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(mark));
  return ours?.number ?? null;
}
