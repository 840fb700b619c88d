// The organisation's and the repository's policy files, from the base side only.

import type { Gap, Oid, PolicySource } from '../core/model/evidence.ts';
import { POLICY_PATH } from '../core/policy/schema.ts';
import type { PullRequestState } from '../ports.ts';
import { type Api, unreachable } from './api.ts';

export type Policies = { readonly sources: readonly PolicySource[]; readonly gaps: readonly Gap[] };

/** A folder or a submodule in the file's place has none of it. */
type BlobNode = {
  readonly oid?: Oid;
  readonly text?: string | null;
  readonly isTruncated?: boolean;
} | null;

/**
 * `policyRepository` is the organisation's repository that holds the policy, `.github` by default; the repository's own is
 * read at the revision `at`. A pull request's is its base branch: the base in its payloads may be days old.
 *
 * Names are only believed where they lead to the pull request's repository, and to a policy repository of the same owner: a
 * name that an organisation gave up can be taken by anybody, and GitHub follows what moved elsewhere.
 */
export async function readPolicies(
  api: Api,
  state: Pick<PullRequestState, 'pull'>,
  policyRepository: string,
  at: string,
): Promise<Policies> {
  const { owner, repository: name, repositoryId } = state.pull;
  const fields = '{ ... on Blob { oid text isTruncated } }';
  const query = `query($owner: String!, $name: String!, $policies: String!, $ours: String!, $theirs: String!) {
    organization: repository(owner: $owner, name: $policies) { owner { id } object(expression: $theirs) ${fields} }
    own: repository(owner: $owner, name: $name) { databaseId owner { id } object(expression: $ours) ${fields} }
  }`;
  const variables = {
    owner,
    name,
    policies: policyRepository,
    theirs: `HEAD:${POLICY_PATH}`,
    ours: `${at}:${POLICY_PATH}`,
  };
  try {
    const data = await answered(api, query, variables);
    const { organization: theirs, own: ours } = data;
    // Where no repository was asked about (0), only the owner can be compared.
    const isOurs = repositoryId === 0 || ours?.databaseId === repositoryId;
    if (ours !== null && !(isOurs && (theirs === null || theirs.owner.id === ours.owner.id)))
      return { sources: [], gaps: [elsewhere(owner, name, policyRepository)] };
    const organization = sourceOf(
      data.organization?.object ?? null,
      'organization',
      `${owner}/${policyRepository}:${POLICY_PATH}`,
    );
    const own =
      name === policyRepository
        ? []
        : sourceOf(data.own?.object ?? null, 'repository', `${owner}/${name}:${POLICY_PATH}`);
    const sources = [...organization, ...own].filter((each) => 'text' in each);
    const gaps = [...organization, ...own].filter((each) => 'reason' in each);
    if (organization.length === 0) gaps.push(missing(owner, policyRepository));
    return { sources, gaps };
  } catch (error) {
    return { sources: [], gaps: [unreachable('the policy files', error)] };
  }
}

type Answered = {
  readonly organization: Held | null;
  readonly own: (Held & { readonly databaseId: number }) | null;
};

type Held = { readonly owner: { readonly id: string }; readonly object: BlobNode };

/** A policy repository that does not exist is an answer (`NOT_FOUND` for that field alone), not a failure. */
async function answered(api: Api, query: string, variables: Record<string, string>): Promise<Answered> {
  try {
    return await api.graphql<Answered>(query, variables);
  } catch (error) {
    const { data, errors } = error as {
      data?: Answered;
      errors?: readonly { type?: string; path?: readonly string[] }[];
    };
    if (data?.own && errors?.every(({ type, path }) => type === 'NOT_FOUND' && path?.[0] === 'organization'))
      return data;
    throw error;
  }
}

function sourceOf(blob: BlobNode, origin: PolicySource['origin'], label: string): (PolicySource | Gap)[] {
  if (blob === null) return [];
  const { oid, text } = blob;
  if (oid === undefined || typeof text !== 'string' || blob.isTruncated)
    return [
      {
        kind: 'policy',
        cause: 'content',
        subject: label,
        location: null,
        reason: `The policy file ${label} is not a text file of reasonable size.`,
        remedy: 'Replace it by a YAML file; docs/policy.md describes it.',
      },
    ];
  return [{ origin, label, path: POLICY_PATH, oid, text }];
}

/** Until the new names are heard of: what stands under the old ones may be anybody's. */
function elsewhere(owner: string, name: string, policyRepository: string): Gap {
  return {
    kind: 'unreachable',
    cause: 'world',
    subject: `the policy of ${owner}`,
    location: null,
    reason: `${owner}/${name} or ${owner}/${policyRepository} is not the repository any more that it was: it was renamed, or belongs to somebody else now.`,
    remedy: 'It is tried again by itself under the new name; re-run the check to try at once.',
  };
}

function missing(owner: string, policyRepository: string): Gap {
  return {
    kind: 'missing-policy',
    cause: 'content',
    subject: `${owner}/${policyRepository}:${POLICY_PATH}`,
    location: null,
    reason: `There is no policy file ${POLICY_PATH} in ${owner}/${policyRepository} that the app can read, so nobody is known who may approve deliveries.`,
    remedy: `Create it there with at least \`version: 1\` and \`approval: {teams: [${owner}/ospo]}\`, and give the app access to that repository.`,
  };
}
