// A pull request as webhooks and the REST API show it → the state we keep.
import type { Actor, Visibility } from '../core/model/evidence.ts';
import type { PullRequestRef, PullRequestState } from '../ports.ts';

/** The parts that `pull_request` payloads and `GET /pulls/{n}` have in common. */
export type PullRequestPayload = {
  readonly number: number;
  readonly node_id: string;
  readonly state: string;
  readonly title: string;
  readonly html_url: string;
  readonly draft?: boolean | undefined;
  readonly updated_at: string;
  readonly changed_files?: number | undefined;
  readonly merged_at?: string | null | undefined;
  readonly user: AccountPayload | null;
  readonly labels?: readonly { readonly name?: string | null }[];
  readonly base: { readonly ref: string; readonly sha: string; readonly repo: RepositoryPayload };
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
};

export type RepositoryPayload = {
  readonly id: number;
  readonly node_id: string;
  readonly name: string;
  readonly private: boolean;
  readonly visibility?: string | undefined;
  readonly owner: { readonly login: string };
};

export type AccountPayload = { readonly id: number; readonly login: string; readonly type?: string };

/** The account that stands for deleted ones on GitHub; it is in nobody's team. */
const GHOST: Actor = { id: 10137, login: 'ghost', type: 'User' };

export function actorOf(account: AccountPayload | null): Actor {
  if (account === null) return GHOST;
  const type = account.type === 'Bot' || account.type === 'Organization' ? account.type : 'User';
  return { id: account.id, login: account.login, type };
}

export function stateOf(
  payload: PullRequestPayload,
  installation: number,
  pushers: readonly Actor[],
): PullRequestState {
  const { base, head } = payload;
  return {
    pull: refOf(base.repo, payload.number, installation),
    nodeId: payload.node_id,
    repositoryNodeId: base.repo.node_id,
    server: new URL(payload.html_url).origin,
    open: payload.state === 'open',
    merged: Boolean(payload.merged_at),
    title: payload.title,
    baseRef: base.ref,
    baseSha: base.sha,
    headSha: head.sha,
    isDraft: payload.draft ?? false,
    isFork: head.repo?.id !== base.repo.id,
    visibility: visibilityOf(base.repo),
    author: actorOf(payload.user),
    pushers,
    labels: (payload.labels ?? []).flatMap(({ name }) => (name ? [name] : [])),
    changedFiles: payload.changed_files ?? null,
    updatedAt: new Date(payload.updated_at).toISOString(),
  };
}

export function refOf(repository: RepositoryPayload, number: number, installation: number): PullRequestRef {
  return {
    installation,
    repositoryId: repository.id,
    owner: repository.owner.login,
    repository: repository.name,
    number,
  };
}

export function visibilityOf({
  visibility,
  private: isPrivate,
}: Pick<RepositoryPayload, 'visibility' | 'private'>): Visibility {
  if (visibility === 'public' || visibility === 'private' || visibility === 'internal') return visibility;
  return isPrivate ? 'private' : 'public';
}
