// Check reports → check runs on GitHub: all of a commit's in one request, further annotations in batches of 50.
import type { Annotation, CheckReport } from '../core/model/report.ts';
import type { Api } from './api.ts';

/** GitHub takes at most this many annotations per request and appends those of later requests. */
const ANNOTATIONS = 50;

const CONCLUSIONS = { success: 'SUCCESS', failure: 'FAILURE', action_required: 'ACTION_REQUIRED' } as const;
const LEVELS = { notice: 'NOTICE', warning: 'WARNING', failure: 'FAILURE' } as const;

type Created = Readonly<
  Record<
    string,
    { readonly checkRun: { readonly id: string; readonly databaseId: number | null } | null } | null
  >
>;

/** Where runs are created, and what they carry so that a re-run finds its way back. */
export type CheckTarget = { readonly repositoryNodeId: string; readonly externalId: string };

/** The button on checks that do not pass. GitHub's limits: label and identifier 20 characters, description 40. */
const RECHECK = 'recheck';
const RECHECK_BUTTON = {
  label: 'Re-check',
  identifier: RECHECK,
  description: 'Read and judge everything once more',
};

/**
 * Creates a new run for every report: GitHub shows the newest of a name, and an update could only append annotations.
 * Returns the runs' database ids in the order of `reports`.
 *
 * @throws RequestError as Octokit does; GraphqlResponseError when GitHub refuses one of them.
 */
export async function createCheckRuns(
  api: Api,
  target: CheckTarget,
  headSha: string,
  reports: readonly CheckReport[],
  completedAt: Date,
): Promise<readonly (number | null)[]> {
  const variables = Object.fromEntries(
    reports.map((report, index) => [`i${index}`, createInput(target, headSha, report, completedAt)]),
  );
  const declared = reports.map((_, index) => `$i${index}: CreateCheckRunInput!`).join(', ');
  const fields = reports
    .map((_, index) => `r${index}: createCheckRun(input: $i${index}) { checkRun { id databaseId } }`)
    .join(' ');
  const created = await api.graphql<Created>(`mutation(${declared}) { ${fields} }`, variables);
  const runs = reports.map((_, index) => created[`r${index}`]?.checkRun ?? null);
  for (const [index, report] of reports.entries()) {
    const run = runs[index];
    for (let from = ANNOTATIONS; run && from < report.annotations.length; from += ANNOTATIONS)
      await appendAnnotations(api, target, run.id, report, from);
  }
  return runs.map((run) => run?.databaseId ?? null);
}

function createInput(target: CheckTarget, headSha: string, report: CheckReport, completedAt: Date): object {
  return {
    repositoryId: target.repositoryNodeId,
    headSha,
    name: report.name,
    status: 'COMPLETED',
    conclusion: CONCLUSIONS[report.conclusion],
    completedAt: completedAt.toISOString(),
    externalId: target.externalId,
    ...(report.conclusion === 'success' ? {} : { actions: [RECHECK_BUTTON] }),
    output: output(report, 0),
  };
}

function output(report: CheckReport, from: number): object {
  return {
    title: report.title,
    summary: report.summary,
    ...(report.text === '' ? {} : { text: report.text }),
    annotations: report.annotations.slice(from, from + ANNOTATIONS).map(annotationInput),
  };
}

function annotationInput(annotation: Annotation): object {
  const { path, startLine, endLine, startColumn, endColumn, level, title, message } = annotation;
  return {
    path,
    location: {
      startLine,
      endLine,
      ...(startColumn === null || endColumn === null ? {} : { startColumn, endColumn }),
    },
    annotationLevel: LEVELS[level],
    title,
    message,
  };
}

async function appendAnnotations(
  api: Api,
  target: CheckTarget,
  checkRunId: string,
  report: CheckReport,
  from: number,
): Promise<void> {
  const query =
    'mutation($input: UpdateCheckRunInput!) { updateCheckRun(input: $input) { checkRun { id } } }';
  await api.graphql(query, {
    input: { repositoryId: target.repositoryNodeId, checkRunId, output: output(report, from) },
  });
}
