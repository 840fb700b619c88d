// Repositories and their branches → GraphQL.
import { nodeId } from '../rest/json/accounts.ts';
import { slugOf, webUrl } from '../rest/json/repositories.ts';
import { findLabel } from '../world/labels.ts';
import type { Repository } from '../world/state.ts';
import { actorNode, labelNode } from './accounts.ts';
import { connection, failure, type Node, type PageArguments } from './connection.ts';
import { type Context, need } from './context.ts';
import { commitNode, expressionNode, objectNode } from './objects.ts';
import { pullNode } from './pulls.ts';

const refNode = (context: Context, repository: Repository, branch: string): Node | null => {
  const oid = repository.branches.get(branch);
  if (oid === undefined) return null;
  return {
    __typename: 'Ref',
    id: `REF_${repository.id}_${branch}`,
    name: branch,
    prefix: 'refs/heads/',
    target: () => commitNode(context, repository, oid),
  };
};

type PullArguments = PageArguments & {
  readonly states?: readonly string[] | null;
  readonly baseRefName?: string | null;
  readonly headRefName?: string | null;
  readonly labels?: readonly string[] | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
};

export const repositoryNode = (context: Context, repository: Repository): Node => ({
  __typename: 'Repository',
  id: nodeId('R', repository.id),
  databaseId: repository.id,
  name: repository.name,
  nameWithOwner: slugOf(repository),
  owner: () => actorNode(context, repository.owner),
  url: webUrl(context.world, repository),
  isPrivate: repository.visibility !== 'public',
  visibility: repository.visibility.toUpperCase(),
  isFork: repository.parent !== null,
  parent: () => (repository.parent === null ? null : repositoryNode(context, repository.parent)),
  isArchived: false,
  isDisabled: false,
  isEmpty: repository.branches.size === 0,
  defaultBranchRef: () => refNode(context, repository, repository.defaultBranch),
  ref: ({ qualifiedName }: { qualifiedName: string }) =>
    refNode(context, repository, qualifiedName.replace('refs/heads/', '')),
  object: ({ oid, expression }: { oid?: string | null; expression?: string | null }) => {
    need(context, repository, [['contents', 'read']]);
    if (oid) return objectNode(context, repository, oid);
    return expression ? expressionNode(context, repository, expression) : null;
  },
  label: ({ name }: { name: string }) => {
    const label = findLabel(repository, name);
    return label === undefined ? null : labelNode(context, repository, label);
  },
  labels: (args: PageArguments & { readonly query?: string | null }) =>
    connection(
      'labels',
      [...repository.labels.values()].filter(({ name }) => name.includes(args.query ?? '')),
      args,
      (label) => labelNode(context, repository, label),
    ),
  pullRequest: ({ number }: { number: number }) => {
    need(context, repository, [['pull_requests', 'read']]);
    const pull = repository.pulls.get(number);
    if (pull === undefined)
      throw failure('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
    return pullNode(context, pull);
  },
  pullRequests: (args: PullArguments) => {
    need(context, repository, [['pull_requests', 'read']]);
    const pulls = [...repository.pulls.values()]
      .filter(
        (pull) =>
          !args.states || args.states.includes(pull.merged ? 'MERGED' : pull.issue.state.toUpperCase()),
      )
      .filter((pull) => !args.baseRefName || pull.base.ref === args.baseRefName)
      .filter((pull) => !args.headRefName || pull.head.ref === args.headRefName)
      .filter((pull) => !args.labels || pull.issue.labels.some(({ name }) => args.labels?.includes(name)));
    if (args.orderBy?.field === 'UPDATED_AT') pulls.sort((a, b) => a.issue.updatedAt - b.issue.updatedAt);
    if (args.orderBy?.direction === 'DESC') pulls.reverse();
    return connection('pullRequests', pulls, args, (pull) => pullNode(context, pull));
  },
});
