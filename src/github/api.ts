// The slice of Octokit that the GitHub adapters use: Probot's, and @octokit/rest's for the command line, both fit.
import type { Octokit } from '@octokit/rest';
import type { Gap } from '../core/model/evidence.ts';

/** An authenticated client for one installation (or one token). */
export type Api = Pick<Octokit, 'rest' | 'graphql' | 'request'>;

/** The client that may act on a repository of this installation. */
export type ApiFor = (installation: number) => Promise<Api>;

/** HTTP status of a failed request; null when it was no answer at all. */
export function statusOf(error: unknown): number | null {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : null;
}

/** A failed request as a gap that a retry may close. `subject` names what was asked for. */
export function unreachable(subject: string, error: unknown): Gap {
  const status = statusOf(error);
  const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  return {
    kind: 'unreachable',
    cause: 'world',
    subject,
    location: null,
    reason: `GitHub did not give ${subject}${status === null ? '' : ` (HTTP ${status})`}: ${message}.`,
    remedy: 'It is tried again by itself; re-run the check to try at once.',
  };
}
