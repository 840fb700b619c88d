// Check runs, suites and annotations → GitHub's JSON.
import { iso } from '../../clock.ts';
import { pullsWithHead } from '../../world/branches.ts';
import type { Annotation, CheckRun, CheckSuite, World } from '../../world/state.ts';
import type { Json } from './accounts.ts';
import { appJson, nodeId } from './accounts.ts';
import { minimalPullJson } from './pulls.ts';
import { apiUrl, simpleCommitJson, webUrl } from './repositories.ts';

const ZERO = '0'.repeat(40);

// A check knows the pull requests of its own repository only: for a fork's commit the list stays empty.
const pullsJson = (world: World, suite: CheckSuite): readonly Json[] =>
  pullsWithHead(suite.repository, suite.sha)
    .filter((pull) => pull.head.repository === suite.repository && pull.issue.state === 'open')
    .map((pull) => minimalPullJson(world, pull));

export const checkRunJson = (world: World, run: CheckRun): Json => {
  const { repository } = run.suite;
  const url = `${apiUrl(world, repository)}/check-runs/${run.id}`;
  const html = `${webUrl(world, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CR', run.id),
    head_sha: run.sha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt === null ? null : iso(run.startedAt),
    completed_at: run.completedAt === null ? null : iso(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appJson(world, run.suite.app),
    pull_requests: pullsJson(world, run.suite),
  };
};

// A suite's conclusion is its worst run's, once all have completed.
const suiteState = (suite: CheckSuite): { readonly status: string; readonly conclusion: string | null } => {
  if (suite.runs.length === 0) return { status: 'queued', conclusion: null };
  if (suite.runs.some((run) => run.status !== 'completed'))
    return { status: 'in_progress', conclusion: null };
  const worst = ['failure', 'timed_out', 'action_required', 'cancelled', 'success'].find((conclusion) =>
    suite.runs.some((run) => run.conclusion === conclusion),
  );
  return { status: 'completed', conclusion: worst ?? 'neutral' };
};

const suiteBase = (world: World, suite: CheckSuite): Json => ({
  id: suite.id,
  node_id: nodeId('CS', suite.id),
  head_branch: suite.branch,
  head_sha: suite.sha,
  ...suiteState(suite),
  url: `${apiUrl(world, suite.repository)}/check-suites/${suite.id}`,
  before: ZERO,
  after: suite.sha,
  pull_requests: pullsJson(world, suite),
  app: appJson(world, suite.app),
  created_at: iso(suite.createdAt),
  updated_at: iso(suite.createdAt),
});

/** A run in `check_run` events carries the whole suite. */
export const checkRunEventJson = (world: World, run: CheckRun): Json => ({
  ...checkRunJson(world, run),
  started_at: iso(run.startedAt ?? run.suite.createdAt),
  check_suite: suiteBase(world, run.suite),
});

/** In `check_suite` events GitHub's description of the App's events ends before there were merge groups. */
export const checkSuiteEventJson = (world: World, suite: CheckSuite): Json => ({
  ...suiteBase(world, suite),
  app: {
    ...appJson(world, suite.app),
    events: suite.app.events.filter((event) => event !== 'merge_group'),
  },
  latest_check_runs_count: suite.runs.length,
  check_runs_url: `${apiUrl(world, suite.repository)}/check-suites/${suite.id}/check-runs`,
  head_commit: simpleCommitJson(suite.repository, suite.sha),
  rerequestable: true,
  runs_rerequestable: true,
});

export const annotationJson = (world: World, run: CheckRun, annotation: Annotation): Json => ({
  path: annotation.path,
  blob_href: `${apiUrl(world, run.suite.repository)}/git/blobs/${
    run.suite.repository.objects.commits.get(run.sha)?.files.get(annotation.path)?.oid ?? run.sha
  }`,
  start_line: annotation.startLine,
  end_line: annotation.endLine,
  start_column: annotation.startColumn,
  end_column: annotation.endColumn,
  annotation_level: annotation.level,
  title: annotation.title,
  message: annotation.message,
  raw_details: annotation.rawDetails,
});
