// Who asks, and what they may see: shared by all GraphQL objects.
import type { Caller } from '../rest/authentication.ts';
import type { Need } from '../rest/call.ts';
import { openRepository } from '../rest/call.ts';
import { GitHubProblem } from '../rest/problem.ts';
import type { Repository, Role, World } from '../world/state.ts';
import { failure } from './connection.ts';

export type Context = { readonly world: World; readonly caller: Caller };

const TYPES: Readonly<Record<number, string>> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND', 422: 'UNPROCESSABLE' };

/** Runs an action and turns its problem into GraphQL's. */
export const acting = <Result>(action: () => Result): Result => {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof GitHubProblem)) throw error;
    const details = (error.errors ?? []).map((each) => (typeof each === 'string' ? each : each.message));
    throw failure(
      TYPES[error.status] ?? 'UNPROCESSABLE',
      details.length > 0 ? details.join(', ') : error.message,
    );
  }
};

/** Throws unless the caller may do this in the repository. */
export const need = (
  context: Context,
  repository: Repository,
  needs: readonly Need[],
  role: Role = 'read',
): void => {
  acting(() => openRepository(context, repository.owner.login, repository.name, needs, role));
};
