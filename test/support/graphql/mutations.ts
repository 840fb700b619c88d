// GraphQL mutations → the same actions REST performs.
import { actorOf, viaApp } from '../rest/call.ts';
import { fromNodeId } from '../rest/json/accounts.ts';
import { forbidden } from '../rest/problem.ts';
import type { CheckWrite } from '../world/checks.ts';
import { createCheckRun, updateCheckRun } from '../world/checks.ts';
import type { LineCommentSpec } from '../world/conversation.ts';
import { addComment, editComment, submitReview } from '../world/conversation.ts';
import { addLabels, removeLabel } from '../world/labels.ts';
import type {
  Annotation,
  CheckAction,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  Comment,
  Issue,
  Label,
  Repository,
} from '../world/state.ts';
import { actorNode } from './accounts.ts';
import { runNode } from './checks.ts';
import { failure, type Node } from './connection.ts';
import { acting, type Context, need } from './context.ts';
import { commentNode, pullNode, reviewNode } from './pulls.ts';

type Input = { readonly input: Readonly<Record<string, unknown>> };
type AnnotationInput = {
  readonly path: string;
  readonly location: {
    readonly startLine: number;
    readonly endLine: number;
    readonly startColumn?: number | null;
    readonly endColumn?: number | null;
  };
  readonly annotationLevel: string;
  readonly message: string;
  readonly title?: string | null;
  readonly rawDetails?: string | null;
};
type OutputInput = {
  readonly title: string;
  readonly summary: string;
  readonly text?: string | null;
  readonly annotations?: readonly AnnotationInput[] | null;
};

const unresolved = (id: unknown): Error =>
  failure('NOT_FOUND', `Could not resolve to a node with the global id of '${String(id)}'`);

// Something by its global id: every repository is searched, as ids are unique across them.
const find = <Found>(
  { world }: Context,
  id: unknown,
  kind: string,
  inside: (repository: Repository, id: number) => Found | undefined,
): Found => {
  const wanted = fromNodeId(String(id));
  if (wanted?.kind !== kind) throw unresolved(id);
  for (const repository of world.repositories.values()) {
    const found = inside(repository, wanted.id);
    if (found !== undefined) return found;
  }
  throw unresolved(id);
};

const findIssue = (context: Context, id: unknown): Issue => {
  const [pulls, issues] = ['PR', 'I'].map((kind) => String(id).startsWith(`${kind}_`));
  if (pulls)
    return find(context, id, 'PR', (repository, wanted) =>
      [...repository.pulls.values()].find((pull) => pull.id === wanted),
    ).issue;
  if (!issues) throw unresolved(id);
  return find(context, id, 'I', (repository, wanted) =>
    [...repository.issues.values()].find((issue) => issue.id === wanted),
  );
};

const annotationOf = (given: AnnotationInput): Annotation => ({
  path: given.path,
  startLine: given.location.startLine,
  endLine: given.location.endLine,
  startColumn: given.location.startColumn ?? null,
  endColumn: given.location.endColumn ?? null,
  level: given.annotationLevel.toLowerCase() as Annotation['level'],
  message: given.message,
  title: given.title ?? null,
  rawDetails: given.rawDetails ?? null,
});

const writeOf = (input: Input['input']): CheckWrite => {
  const output = input.output as OutputInput | null | undefined;
  const { externalId, detailsUrl, status, conclusion, startedAt, completedAt } = input;
  const given = (value: unknown): boolean => value !== null && value !== undefined;
  if (conclusion === 'STALE') throw failure('UNPROCESSABLE', 'stale can only be set by GitHub');
  return {
    ...(given(externalId) ? { externalId: String(externalId) } : {}),
    ...(given(detailsUrl) ? { detailsUrl: String(detailsUrl) } : {}),
    ...(given(status) ? { status: String(status).toLowerCase() as CheckStatus } : {}),
    ...(given(conclusion) ? { conclusion: String(conclusion).toLowerCase() as CheckConclusion } : {}),
    ...(given(startedAt) ? { startedAt: Date.parse(String(startedAt)) } : {}),
    ...(given(completedAt) ? { completedAt: Date.parse(String(completedAt)) } : {}),
    ...(given(input.actions) ? { actions: input.actions as readonly CheckAction[] } : {}),
    ...(output
      ? {
          output: {
            title: output.title,
            summary: output.summary,
            ...(output.text ? { text: output.text } : {}),
            annotations: (output.annotations ?? []).map(annotationOf),
          },
        }
      : {}),
  };
};

const requireChecks = (context: Context, repository: Repository): void => {
  if (context.caller.kind === 'user') throw failure('FORBIDDEN', 'You must authenticate via a GitHub App.');
  need(context, repository, [['checks', 'write']], 'write');
};

const requireTalk = (context: Context, issue: Issue, role: 'read' | 'triage'): void =>
  need(context, issue.repository, [[issue.pull === null ? 'issues' : 'pull_requests', 'write']], role);

const labelsOf = (context: Context, ids: unknown): readonly Label[] =>
  (ids as readonly string[]).map((id) =>
    find(context, id, 'LA', (repository, wanted) =>
      [...repository.labels.values()].find((label) => label.id === wanted),
    ),
  );

const labelled = (context: Context, issue: Issue, input: Input['input']): Node => ({
  clientMutationId: input.clientMutationId ?? null,
  labelable: () => (issue.pull === null ? null : pullNode(context, issue.pull)),
});

/** The fields of `Mutation` that are served. */
export const mutationsFor = (context: Context): Node => {
  const { world } = context;
  const by = () => acting(() => actorOf(context));
  return {
    createCheckRun: ({ input }: Input) => {
      const repository = find(context, input.repositoryId, 'R', (each, id) =>
        each.id === id ? each : undefined,
      );
      requireChecks(context, repository);
      const run = acting(() =>
        createCheckRun(world, repository, String(input.headSha), String(input.name), writeOf(input)),
      );
      return { clientMutationId: input.clientMutationId ?? null, checkRun: () => runNode(context, run) };
    },
    updateCheckRun: ({ input }: Input) => {
      const run: CheckRun = find(context, input.checkRunId, 'CR', (repository, id) =>
        repository.suites.flatMap((suite) => suite.runs).find((each) => each.id === id),
      );
      requireChecks(context, run.suite.repository);
      if (run.suite.app !== context.world.app)
        throw forbidden('check run can only be modified by the GitHub App that created it');
      acting(() => updateCheckRun(world, run, writeOf(input)));
      return { clientMutationId: input.clientMutationId ?? null, checkRun: () => runNode(context, run) };
    },
    addComment: ({ input }: Input) => {
      const issue = findIssue(context, input.subjectId);
      requireTalk(context, issue, 'read');
      const comment = acting(() => addComment(world, issue, String(input.body), by(), viaApp(context)));
      const node = () => commentNode(context, issue, comment);
      return {
        clientMutationId: input.clientMutationId ?? null,
        subject: () => (issue.pull === null ? null : pullNode(context, issue.pull)),
        commentEdge: () => ({ cursor: '', node }),
      };
    },
    updateIssueComment: ({ input }: Input) => {
      const [issue, comment]: readonly [Issue, Comment] = find(context, input.id, 'IC', (repository, id) => {
        for (const issue of repository.issues.values()) {
          const comment = issue.comments.find((each) => each.id === id);
          if (comment !== undefined) return [issue, comment] as const;
        }
        return undefined;
      });
      requireTalk(context, issue, 'read');
      if (comment.author !== by()) throw failure('FORBIDDEN', 'Resource not accessible by integration');
      acting(() => editComment(world, issue, comment, String(input.body), by()));
      return {
        clientMutationId: input.clientMutationId ?? null,
        issueComment: () => commentNode(context, issue, comment),
      };
    },
    addLabelsToLabelable: ({ input }: Input) => {
      const issue = findIssue(context, input.labelableId);
      requireTalk(context, issue, 'triage');
      const names = labelsOf(context, input.labelIds).map(({ name }) => name);
      acting(() => addLabels(world, issue, names, by(), viaApp(context)));
      return labelled(context, issue, input);
    },
    removeLabelsFromLabelable: ({ input }: Input) => {
      const issue = findIssue(context, input.labelableId);
      requireTalk(context, issue, 'triage');
      for (const { name } of labelsOf(context, input.labelIds))
        if (issue.labels.some((label) => label.name === name))
          acting(() => removeLabel(world, issue, name, by(), viaApp(context)));
      return labelled(context, issue, input);
    },
    addPullRequestReview: ({ input }: Input) => {
      const issue = findIssue(context, input.pullRequestId);
      const { pull } = issue;
      if (pull === null) throw unresolved(input.pullRequestId);
      requireTalk(context, issue, 'read');
      if (typeof input.event !== 'string' || input.event === 'DISMISS')
        throw failure(
          'UNPROCESSABLE',
          'The stand-in submits reviews at once: give APPROVE, REQUEST_CHANGES or COMMENT',
        );
      const threads = (input.threads ?? []) as readonly Readonly<Record<string, unknown>>[];
      const comments = threads.map(
        (thread): LineCommentSpec => ({
          path: String(thread.path),
          body: String(thread.body),
          line: Number(thread.line),
          side: thread.side === 'LEFT' ? 'LEFT' : 'RIGHT',
          startLine: typeof thread.startLine === 'number' ? thread.startLine : null,
        }),
      );
      const review = acting(() =>
        submitReview(world, pull, by(), {
          event: input.event as 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT',
          body: typeof input.body === 'string' ? input.body : '',
          ...(typeof input.commitOID === 'string' ? { commit: input.commitOID } : {}),
          comments,
        }),
      );
      return {
        clientMutationId: input.clientMutationId ?? null,
        pullRequestReview: () => reviewNode(context, pull, review),
        actor: () => actorNode(context, by()),
      };
    },
  };
};
