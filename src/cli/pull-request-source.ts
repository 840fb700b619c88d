// A pull request and a token → its evidence, collected as the App does and published nowhere.
import { Octokit } from '@octokit/rest';
import type { Blob, Evidence, Oid } from '../core/model/evidence.ts';
import { createGitHubSource } from '../github/source.ts';
import { type Problem, problem } from '../workspace/problem.ts';
import type { Collected } from '../workspace/workspace.ts';
import type { PullRequestAddress } from './pull-request.ts';

export type PullRequestRequest = {
  readonly address: PullRequestAddress;
  readonly token: string;
  readonly now: () => Date;
};

export async function collectPullRequest(
  { address, token, now }: PullRequestRequest,
  wanted: (evidence: Evidence) => readonly string[],
): Promise<Collected | Problem> {
  const blobs = new Map<Oid, Blob>();
  const client = new Octokit({
    auth: token,
    baseUrl: address.api,
    userAgent: 'clear-to-ship',
    // What goes wrong is told once, in our words.
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const source = createGitHubSource({
    apiFor: async () => client,
    recall: async () => null,
    decisions: async () => [],
    blobs: {
      get: async (oids) => new Map([...blobs].filter(([oid]) => oids.includes(oid))),
      put: async (fresh) => {
        for (const [oid, blob] of fresh) blobs.set(oid, blob);
      },
    },
    answers: {
      through: (_key, ask) => ask(),
      always: (_key, ask) => ask(),
      keep: async () => {},
      forget: async () => {},
    },
    policyRepository: '.github',
    clock: now,
  });
  const { owner, repository, number } = address;
  try {
    const pull = { installation: 0, repositoryId: 0, owner, repository, number };
    const evidence = await source.collect(pull, null, wanted);
    const note =
      'Approvals live in the App’s ledger and are not seen from here: what is approved shows as open.';
    return { evidence, notes: [note] };
  } catch (error) {
    const status = (error as { status?: unknown }).status;
    if (typeof status !== 'number') throw error;
    const what = `${address.server} did not give ${owner}/${repository}#${number} (HTTP ${status}).`;
    return status === 401 || status === 403 || status === 404
      ? problem(what, 'Check the address, and that the token may read the repository.')
      : problem(what, 'Try again in a while.', 'world');
  }
}
