// Check runs over REST. Only the App writes them; whoever may read the repository's checks reads them.
import { latestRuns, resolveRef } from '../world/branches.ts';
import type { CheckWrite } from '../world/checks.ts';
import { createCheckRun, findCheckRun, rerequestCheckRun, updateCheckRun } from '../world/checks.ts';
import type {
  Annotation,
  CheckAction,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  Repository,
} from '../world/state.ts';
import type { Body, Call, Need, Route } from './call.ts';
import { actorOf, bodyOf, created, ok, paged, repositoryOf, text } from './call.ts';
import { annotationJson, checkRunJson } from './json/checks.ts';
import { slugOf } from './json/repositories.ts';
import { forbidden, GitHubProblem, invalid, notFound } from './problem.ts';

const READ: readonly Need[] = [['checks', 'read']];
const WRITE: readonly Need[] = [['checks', 'write']];

const writable = (call: Call): Repository => {
  if (call.caller.kind === 'user') throw forbidden('You must authenticate via a GitHub App.');
  return repositoryOf(call, WRITE, 'write');
};

const annotation = (body: Body): Annotation => ({
  path: String(body.path),
  startLine: Number(body.start_line),
  endLine: Number(body.end_line),
  startColumn: typeof body.start_column === 'number' ? body.start_column : null,
  endColumn: typeof body.end_column === 'number' ? body.end_column : null,
  level: body.annotation_level as Annotation['level'],
  message: String(body.message),
  title: text(body, 'title') ?? null,
  rawDetails: text(body, 'raw_details') ?? null,
});

const outputOf = (output: Body, known: CheckRun | null): NonNullable<CheckWrite['output']> => {
  const title = text(output, 'title') ?? known?.title ?? undefined;
  if (title === undefined) throw invalid('CheckRun', 'title', 'title is required', 'missing_field');
  const details = text(output, 'text');
  const annotations = (output.annotations as readonly Body[] | undefined)?.map(annotation);
  return {
    title,
    summary: text(output, 'summary') ?? '',
    ...(details === undefined ? {} : { text: details }),
    ...(annotations === undefined ? {} : { annotations }),
  };
};

const writeOf = (body: Body, known: CheckRun | null): CheckWrite => {
  const status = text(body, 'status');
  if (status !== undefined && !['queued', 'in_progress', 'completed'].includes(status))
    throw invalid('CheckRun', 'status', `${status} can only be set by GitHub Actions`);
  if (body.conclusion === 'stale') throw invalid('CheckRun', 'conclusion', 'stale can only be set by GitHub');
  const [externalId, detailsUrl] = [text(body, 'external_id'), text(body, 'details_url')];
  const [startedAt, completedAt] = [text(body, 'started_at'), text(body, 'completed_at')];
  const conclusion = text(body, 'conclusion') as CheckConclusion | undefined;
  if (completedAt !== undefined && conclusion === undefined)
    throw invalid('CheckRun', 'conclusion', 'is required with completed_at', 'missing_field');
  const { output, actions } = body as { output?: Body; actions?: readonly CheckAction[] };
  return {
    ...(externalId === undefined ? {} : { externalId }),
    ...(detailsUrl === undefined ? {} : { detailsUrl }),
    ...(status === undefined ? {} : { status: status as CheckStatus }),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(startedAt === undefined ? {} : { startedAt: Date.parse(startedAt) }),
    ...(completedAt === undefined ? {} : { completedAt: Date.parse(completedAt) }),
    ...(output === undefined ? {} : { output: outputOf(output, known) }),
    ...(actions === undefined ? {} : { actions }),
  };
};

const runOf = (call: Call, repository: Repository): CheckRun => {
  const run = findCheckRun(repository, Number(call.params.check_run_id));
  if (run === undefined) throw notFound();
  return run;
};

export const checkRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/check-runs',
    handle: (call) => {
      const repository = writable(call);
      const body = bodyOf(call);
      const [name, sha] = [text(body, 'name') ?? '', text(body, 'head_sha') ?? ''];
      const run = createCheckRun(call.world, repository, sha, name, writeOf(body, null));
      return created(checkRunJson(call.world, run));
    },
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}',
    handle: (call) => {
      const run = runOf(call, writable(call));
      if (run.suite.app !== call.world.app)
        throw forbidden(
          'Invalid app_id `app_id` - check run can only be modified by the GitHub App that created it.',
        );
      updateCheckRun(call.world, run, writeOf(bodyOf(call), run));
      return ok(checkRunJson(call.world, run));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}',
    handle: (call) => ok(checkRunJson(call.world, runOf(call, repositoryOf(call, READ)))),
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations',
    handle: (call) => {
      const repository = repositoryOf(call, READ);
      const run = runOf(call, repository);
      const json = run.annotations.map((each) => annotationJson(call.world, run, each));
      return paged(call, `/repos/${slugOf(repository)}/check-runs/${run.id}/annotations`, json);
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest',
    handle: (call) => {
      rerequestCheckRun(call.world, runOf(call, repositoryOf(call, WRITE, 'write')), actorOf(call));
      return created({});
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}/check-runs',
    handle: (call) => {
      const repository = repositoryOf(call, READ);
      const sha = resolveRef(repository, call.params.ref ?? '');
      if (sha === null) throw new GitHubProblem(422, `No commit found for SHA: ${call.params.ref}`);
      const [app, name, status] = ['app_id', 'check_name', 'status'].map((key) => call.query.get(key));
      const all =
        call.query.get('filter') === 'all'
          ? repository.suites.filter((suite) => suite.sha === sha).flatMap((suite) => suite.runs)
          : latestRuns(repository, sha);
      const runs = all
        .filter((run) => name === null || run.name === name)
        .filter((run) => status === null || run.status === status)
        .filter(({ suite }) => app === null || Number(app) === suite.app.id);
      const json = runs.map((run) => checkRunJson(call.world, run));
      return paged(call, `/repos/${slugOf(repository)}/commits/${sha}/check-runs`, json, (page) => ({
        total_count: runs.length,
        check_runs: page,
      }));
    },
  },
];
