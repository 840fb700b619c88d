// What all webhook payloads have in common → the references and jobs made from them.
import { visibilityOf } from './github/pull-state.ts';
import type { CommitRange, Job, PullRequestRef } from './ports.ts';

type Place = {
  readonly node_id: string;
  readonly html_url: string;
  readonly private: boolean;
  readonly visibility?: string;
};

/** What a repository's payload says beside its names. */
export function placeOf(repository: Place): Pick<CommitRange, 'repositoryNodeId' | 'server' | 'visibility'> {
  return {
    repositoryNodeId: repository.node_id,
    server: new URL(repository.html_url).origin,
    visibility: visibilityOf(repository),
  };
}

export function repositoryRef(
  repository: {
    readonly id: number;
    readonly name: string;
    readonly owner: { readonly login: string } | null;
  },
  number: number,
  installation: number,
): PullRequestRef {
  return {
    installation,
    repositoryId: repository.id,
    owner: repository.owner?.login ?? '',
    repository: repository.name,
    number,
  };
}

export function job(pull: PullRequestRef, cause: string, delivery: string): Job {
  return { pull, cause, delivery, refresh: false, again: false };
}

/** Null for events that no installation sent: the app can do nothing about them. */
export function installationOf(payload: object): number | null {
  return (payload as { readonly installation?: { readonly id: number } | null }).installation?.id ?? null;
}
