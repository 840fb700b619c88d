// Check suites, runs and annotations → GraphQL.
import { iso } from '../clock.ts';
import { nodeId } from '../rest/json/accounts.ts';
import { webUrl } from '../rest/json/repositories.ts';
import type { Annotation, CheckRun, CheckSuite } from '../world/state.ts';
import { connection, type Node, type PageArguments } from './connection.ts';
import type { Context } from './context.ts';
import { commitNode } from './objects.ts';

const annotationNode = ({ world }: Context, run: CheckRun, annotation: Annotation): Node => ({
  __typename: 'CheckAnnotation',
  path: annotation.path,
  annotationLevel: annotation.level.toUpperCase(),
  message: annotation.message,
  title: annotation.title,
  rawDetails: annotation.rawDetails,
  blobUrl: `${webUrl(world, run.suite.repository)}/blob/${run.sha}/${annotation.path}`,
  location: {
    start: { line: annotation.startLine, column: annotation.startColumn },
    end: { line: annotation.endLine, column: annotation.endColumn },
  },
});

const instant = (time: number | null): string | null => (time === null ? null : iso(time));

export const runNode = (context: Context, run: CheckRun): Node => ({
  __typename: 'CheckRun',
  id: nodeId('CR', run.id),
  databaseId: run.id,
  name: run.name,
  externalId: run.externalId,
  detailsUrl: run.detailsUrl,
  permalink: `${webUrl(context.world, run.suite.repository)}/runs/${run.id}`,
  url: `${webUrl(context.world, run.suite.repository)}/runs/${run.id}`,
  status: run.status.toUpperCase(),
  conclusion: run.conclusion?.toUpperCase() ?? null,
  startedAt: instant(run.startedAt),
  completedAt: instant(run.completedAt),
  title: run.title,
  summary: run.summary,
  text: run.text,
  checkSuite: () => suiteNode(context, run.suite),
  annotations: (args: PageArguments) =>
    connection('annotations', run.annotations, args, (each) => annotationNode(context, run, each)),
});

type RunArguments = PageArguments & {
  readonly filterBy?: {
    readonly checkName?: string | null;
    readonly checkType?: 'ALL' | 'LATEST' | null;
    readonly appId?: number | null;
  } | null;
};

export const suiteNode = (context: Context, suite: CheckSuite): Node => {
  const running = suite.runs.some(({ status }) => status !== 'completed');
  const conclusions = suite.runs.map(({ conclusion }) => conclusion);
  const worst = ['failure', 'timed_out', 'action_required', 'cancelled', 'success'].find((each) =>
    conclusions.some((conclusion) => conclusion === each),
  );
  const idle = suite.runs.length === 0;
  return {
    __typename: 'CheckSuite',
    id: nodeId('CS', suite.id),
    databaseId: suite.id,
    status: idle ? 'QUEUED' : running ? 'IN_PROGRESS' : 'COMPLETED',
    conclusion: idle || running ? null : (worst ?? 'neutral').toUpperCase(),
    createdAt: iso(suite.createdAt),
    app: { __typename: 'App', databaseId: suite.app.id, slug: suite.app.slug, name: suite.app.name },
    commit: () => commitNode(context, suite.repository, suite.sha),
    checkRuns: (args: RunArguments) => {
      const { checkName, checkType } = args.filterBy ?? {};
      const named = suite.runs.filter(({ name }) => !checkName || name === checkName);
      const latest = new Map(named.map((run) => [run.name, run]));
      const runs = checkType === 'ALL' ? named : [...latest.values()];
      return connection('checkRuns', runs, args, (run) => runNode(context, run));
    },
  };
};
