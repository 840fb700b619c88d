// Pull requests with their labels, timeline, reviews, files and commits → GraphQL.
import { iso } from '../clock.ts';
import { accountNode, nodeId } from '../rest/json/accounts.ts';
import { webUrl } from '../rest/json/repositories.ts';
import { changesOf, commitsOf, mergeability } from '../world/branches.ts';
import type { Comment, Issue, LabelEvent, PullRequest, Review } from '../world/state.ts';
import { actorNode, labelNode } from './accounts.ts';
import { connection, type Node, type PageArguments } from './connection.ts';
import { type Context, need } from './context.ts';
import { commitNode } from './objects.ts';
import { repositoryNode } from './repositories.ts';

export const commentNode = (context: Context, issue: Issue, comment: Comment): Node => ({
  __typename: 'IssueComment',
  id: nodeId('IC', comment.id),
  databaseId: comment.id,
  fullDatabaseId: String(comment.id),
  author: () => actorNode(context, comment.author),
  body: comment.body,
  createdAt: iso(comment.createdAt),
  updatedAt: iso(comment.updatedAt),
  lastEditedAt: comment.updatedAt === comment.createdAt ? null : iso(comment.updatedAt),
  isMinimized: false,
  url: `${webUrl(context.world, issue.repository)}/pull/${issue.number}#issuecomment-${comment.id}`,
  viewerDidAuthor:
    context.caller.kind === 'user'
      ? context.caller.account === comment.author
      : comment.author === context.world.app.bot,
});

export const reviewNode = (context: Context, pull: PullRequest, review: Review): Node => ({
  __typename: 'PullRequestReview',
  id: nodeId('PRR', review.id),
  databaseId: review.id,
  fullDatabaseId: String(review.id),
  author: () => actorNode(context, review.author),
  body: review.body,
  state: review.state,
  submittedAt: iso(review.submittedAt),
  createdAt: iso(review.submittedAt),
  commit: () => commitNode(context, pull.repository, review.commit),
  url: `${webUrl(context.world, pull.repository)}/pull/${pull.number}#pullrequestreview-${review.id}`,
});

const labelEventNode = (context: Context, pull: PullRequest, event: LabelEvent): Node => ({
  __typename: event.kind === 'labeled' ? 'LabeledEvent' : 'UnlabeledEvent',
  id: nodeId(event.kind === 'labeled' ? 'LE' : 'UNLE', event.id),
  actor: () => actorNode(context, event.actor),
  createdAt: iso(event.createdAt),
  label: labelNode(context, pull.repository, { ...event.label, description: '' }),
});

type Item = { readonly type: string; readonly at: number; readonly node: () => Node };

const timelineOf = (context: Context, pull: PullRequest): readonly Item[] => {
  const { issue } = pull;
  const items: Item[] = [
    ...issue.labelEvents.map((event) => ({
      type: event.kind === 'labeled' ? 'LABELED_EVENT' : 'UNLABELED_EVENT',
      at: event.createdAt,
      node: () => labelEventNode(context, pull, event),
    })),
    ...issue.comments.map((comment) => ({
      type: 'ISSUE_COMMENT',
      at: comment.createdAt,
      node: () => commentNode(context, issue, comment),
    })),
    ...pull.reviews.map((review) => ({
      type: 'PULL_REQUEST_REVIEW',
      at: review.submittedAt,
      node: () => reviewNode(context, pull, review),
    })),
    ...commitsOf(pull).map((commit) => ({
      type: 'PULL_REQUEST_COMMIT',
      at: commit.committer.time,
      node: () => pullCommitNode(context, pull, commit.oid),
    })),
  ];
  return items.sort((a, b) => a.at - b.at);
};

const pullCommitNode = (context: Context, pull: PullRequest, oid: string): Node => ({
  __typename: 'PullRequestCommit',
  id: `PURC_${pull.id}_${oid}`,
  url: `${webUrl(context.world, pull.repository)}/pull/${pull.number}/commits/${oid}`,
  commit: () => commitNode(context, pull.repository, oid),
});

const CHANGE_TYPES = {
  added: 'ADDED',
  removed: 'DELETED',
  modified: 'MODIFIED',
  renamed: 'RENAMED',
  changed: 'CHANGED',
} as const;

type TimelineArguments = PageArguments & { readonly itemTypes?: readonly string[] | null };
type ReviewArguments = PageArguments & { readonly states?: readonly string[] | null };

export const pullNode = (context: Context, pull: PullRequest): Node => {
  const { issue, repository, head, base } = pull;
  const files = () => changesOf(pull);
  const merge = () => mergeability(pull);
  return {
    __typename: 'PullRequest',
    id: nodeId('PR', pull.id),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: issue.title,
    body: issue.body,
    url: `${webUrl(context.world, repository)}/pull/${pull.number}`,
    state: pull.merged ? 'MERGED' : issue.state.toUpperCase(),
    closed: issue.state === 'closed',
    merged: pull.merged !== null,
    mergedAt: pull.merged === null ? null : iso(pull.merged.at),
    mergeCommit: () => (pull.merged === null ? null : commitNode(context, repository, pull.merged.commit)),
    isDraft: pull.draft,
    createdAt: iso(issue.createdAt),
    updatedAt: iso(issue.updatedAt),
    closedAt: issue.closedAt === null ? null : iso(issue.closedAt),
    author: () => actorNode(context, issue.author),
    headRefName: head.ref,
    headRefOid: head.sha,
    headRepository: () => repositoryNode(context, head.repository),
    headRepositoryOwner: () => ({
      ...actorNode(context, head.repository.owner),
      id: accountNode(head.repository.owner),
    }),
    baseRefName: base.ref,
    baseRefOid: base.sha,
    baseRepository: () => repositoryNode(context, repository),
    repository: () => repositoryNode(context, repository),
    isCrossRepository: head.repository !== repository,
    additions: () => files().reduce((sum, file) => sum + file.additions, 0),
    deletions: () => files().reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: () => files().length,
    mergeable: () => (merge().clean ? 'MERGEABLE' : issue.state === 'open' ? 'CONFLICTING' : 'UNKNOWN'),
    mergeStateStatus: () => merge().state.toUpperCase(),
    labels: (args: PageArguments) =>
      connection('labels', issue.labels, args, (label) => labelNode(context, repository, label)),
    timelineItems: (args: TimelineArguments) => {
      const wanted = args.itemTypes ?? null;
      const items = timelineOf(context, pull).filter(({ type }) => wanted === null || wanted.includes(type));
      const made = connection('timelineItems', items, args, (item) => item.node());
      return {
        ...made,
        filteredCount: items.length,
        pageCount: items.length,
        updatedAt: iso(issue.updatedAt),
      };
    },
    reviews: (args: ReviewArguments) => {
      const reviews = pull.reviews.filter(({ state }) => !args.states || args.states.includes(state));
      return connection('reviews', reviews, args, (review) => reviewNode(context, pull, review));
    },
    comments: (args: PageArguments) =>
      connection('comments', issue.comments, args, (comment) => commentNode(context, issue, comment)),
    // Neither blob id nor patch nor previous path: only REST has those.
    files: (args: PageArguments) => {
      need(context, repository, [['contents', 'read']]);
      return connection('files', files(), args, (file) => ({
        path: file.path,
        changeType: CHANGE_TYPES[file.status],
        additions: file.additions,
        deletions: file.deletions,
        viewerViewedState: 'UNVIEWED',
      }));
    },
    commits: (args: PageArguments) =>
      connection('commits', commitsOf(pull), args, ({ oid }) => pullCommitNode(context, pull, oid)),
    reviewRequests: (args: PageArguments) =>
      connection('reviewRequests', [...pull.requestedReviewers], args, (account) => ({
        id: `RR_${pull.id}_${account.id}`,
        databaseId: account.id,
        asCodeOwner: false,
        requestedReviewer: actorNode(context, account),
      })),
  };
};
