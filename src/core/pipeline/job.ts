// A workflow under one event → the acts of its jobs, in the order their `needs` give.
import type { Truth } from '../model/value.ts';
import { both, format, known } from '../value.ts';
import { addGap, type Ledger, type Place, remembered, spend } from './act.ts';
import { isHarmlessWorkflow } from './action-knowledge.ts';
import { callInputs } from './called-workflow.ts';
import { isHostedRunner } from './closed-environment.ts';
import { type Datum, printedValue, recordDatum, textDatum } from './datum.ts';
import { opaqueEffect } from './effect.ts';
import { type Environment, withLayer } from './environment.ts';
import { usesStatus } from './expression-text.ts';
import { evaluateCondition, evaluateTemplate, type Scope } from './expressions.ts';
import { isGap, repositoryPath } from './files.ts';
import { type Frame, scopeOf } from './frame.ts';
import { holdsCredentials, jobText, usesKey } from './job-text.ts';
import { matrixRows, nodeDatum } from './matrix.ts';
import { type Done, mergedOutputs, needsDatum, ordered, SKIPPED } from './needed-jobs.ts';
import { locate } from './source-text.ts';
import { runStep } from './step.ts';
import { type JobSyntax, readWorkflow, type Workflow } from './workflow.ts';
import { childOf, type YamlNode } from './yaml.ts';

export type WorkflowRun = {
  readonly github: Datum;
  readonly inputs: Datum;
};

const DEPTH_LIMIT = 9;

const STATUS: Scope['status'] = { success: 'yes', failure: 'unknown', cancelled: 'unknown' };

/** Runs all jobs; answers the workflow's outputs for a caller. */
export function runWorkflow(workflow: Workflow, run: WorkflowRun, place: Place, ledger: Ledger): Datum {
  for (const gap of workflow.gaps) addGap(ledger, gap);
  const contexts = new Map<string, Datum>([
    ['github', run.github],
    ['inputs', run.inputs],
    ['secrets', recordDatum([], 'the secret is not visible in the repository')],
    ['vars', recordDatum([], 'the variable is set outside the repository')],
    ['runner', recordDatum([], 'the runner decides it')],
    ['strategy', recordDatum([], 'the run decides it')],
    ['job', recordDatum([], 'the run decides it')],
  ]);
  const base: Frame = {
    contexts,
    shell: workflow.shell,
    workingDirectory: workflow.workingDirectory,
    environment: new Map(),
    steps: new Map(),
    status: STATUS,
    isClosed: false,
  };
  const environment = withLayer(new Map(), workflow.env, (outer) => scopeOf(base, outer));
  const done = new Map<string, Done>();
  for (const job of ordered(workflow.jobs))
    done.set(job.id, runJob(job, workflow, contexts, environment, done, place, ledger));
  const jobs = recordDatum(
    [...done].map(([id, one]) => [id, recordDatum([['outputs', one.outputs]])] as const),
  );
  return workflowOutputs(workflow.callOutputs, {
    contexts: new Map([...contexts, ['jobs', jobs]]),
    status: STATUS,
  });
}

function workflowOutputs(declared: YamlNode | null, scope: Scope): Datum {
  if (declared?.kind !== 'map') return recordDatum([]);
  return recordDatum(
    declared.entries.map(({ key, value }) => {
      const expression = childOf(value, 'value');
      return [
        key.text,
        expression?.kind === 'scalar' ? evaluateTemplate(expression.text, scope) : textDatum(''),
      ] as const;
    }),
  );
}

function runJob(
  job: JobSyntax,
  workflow: Workflow,
  shared: ReadonlyMap<string, Datum>,
  environment: Environment,
  done: ReadonlyMap<string, Done>,
  place: Place,
  ledger: Ledger,
): Done {
  const needed = job.needs.flatMap((need) => done.get(need) ?? []);
  const ancestors = needed.reduce<Truth>((sum, one) => both(sum, both(one.happens, one.ancestors)), 'yes');
  const contexts = new Map([...shared, ['needs', needsDatum(job, done)] as const]);
  // `success()` of a job is false as soon as one of its ancestors was skipped (GitHub's rule for skipped chains).
  const status = { ...STATUS, success: ancestors };
  const scope: Scope = { contexts, status };
  const runs = job.condition === null ? ancestors : evaluateCondition(job.condition, scope);
  const ignoresNeeds = job.condition !== null && usesStatus(job.condition);
  const inherited = ignoresNeeds ? [] : needed.flatMap((one) => one.conditions);
  const conditions = [
    ...new Set([...inherited, ...(job.condition === null ? [] : [unwrapped(job.condition)])]),
  ];
  if (runs === 'no') return SKIPPED(conditions);
  const happens = both(place.happens, runs);
  if (happens === 'no') return SKIPPED(conditions);
  if (!spend(ledger, place)) return SKIPPED(conditions);
  const inner: Place = {
    ...place,
    happens,
    conditions: [...place.conditions, ...conditions],
    path: [...place.path, { label: `job ${job.id}`, location: job.location }],
    credentials: place.credentials || holdsCredentials(job, workflow),
  };
  const read = jobText(job, workflow);
  const rows = matrixRows(job.matrix, scope, (key) => usesKey(read, key));
  const outputs: Datum[] = [];
  for (const [index, row] of rows.entries()) {
    const here: Place = { ...inner, job: `${place.job}/${job.id}#${index}` };
    const own = new Map([...contexts, ['matrix', row] as const]);
    outputs.push(
      job.uses === null
        ? runSteps(job, workflow, own, environment, here, ledger)
        : callWorkflow(job, workflow, own, here, ledger),
    );
  }
  return {
    happens,
    outputs: mergedOutputs(outputs, job.id),
    conditions,
    ancestors: ignoresNeeds ? 'yes' : ancestors,
  };
}

function unwrapped(condition: string): string {
  return condition
    .replace(/^\$\{\{\s*([\s\S]*?)\s*\}\}$/, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

function runSteps(
  job: JobSyntax,
  workflow: Workflow,
  contexts: ReadonlyMap<string, Datum>,
  environment: Environment,
  place: Place,
  ledger: Ledger,
): Datum {
  const bare: Frame = {
    contexts,
    shell: job.shell ?? workflow.shell,
    workingDirectory: job.workingDirectory ?? workflow.workingDirectory,
    environment,
    steps: new Map(),
    status: STATUS,
    isClosed: false,
  };
  const label = runnerLabel(job, bare);
  const frame: Frame = {
    ...bare,
    shell: bare.shell ?? runnersShell(label),
    isClosed: isHostedRunner(label) && !job.inContainer,
  };
  frame.environment = withLayer(environment, job.env, (outer) => scopeOf(frame, outer));
  for (const step of job.steps) runStep(step, frame, place, ledger);
  if (job.outputs === null) return recordDatum([]);
  const scope = scopeOf(frame);
  return recordDatum(
    job.outputs.entries.map(
      ({ key, value }) =>
        [key.text, value.kind === 'scalar' ? evaluateTemplate(value.text, scope) : textDatum('')] as const,
    ),
  );
}

function runnerLabel({ runsOn }: JobSyntax, frame: Frame): string | null {
  return runsOn === null ? null : known(printedValue(evaluateTemplate(runsOn, scopeOf(frame))));
}

/** Without a `shell` anywhere GitHub's own Windows runners take PowerShell, all others bash; null leaves it to that. */
function runnersShell(label: string | null): string | null {
  return label !== null && /^windows-(?:latest|\d+)(?:-[\w-]+)?$/i.test(label) ? 'pwsh' : null;
}

/** A job that is a call: a local workflow is read with its inputs, another repository's can't be. */
function callWorkflow(
  job: JobSyntax,
  workflow: Workflow,
  contexts: ReadonlyMap<string, Datum>,
  place: Place,
  ledger: Ledger,
): Datum {
  const uses = job.uses?.text.trim() ?? '';
  const location = locate(workflow.source, job.uses?.start ?? 0, job.uses?.end ?? 0);
  const github = contexts.get('github') ?? recordDatum([]);
  const path = uses.startsWith('./') ? repositoryPath(uses) : null;
  const read = path === null ? null : place.files.read(path);
  if (
    path !== null &&
    read !== null &&
    read !== 'unread' &&
    !isGap(read) &&
    !place.open.includes(path) &&
    place.open.length <= DEPTH_LIMIT
  ) {
    const called = remembered(ledger.workflows, path, () => readWorkflow(path, read.text));
    const inputs = callInputs(called, job, { contexts, status: STATUS });
    return runWorkflow(
      called,
      { github, inputs },
      { ...place, open: [...place.open, path], path: [...place.path, { label: uses, location }] },
      ledger,
    );
  }
  if (!isHarmlessWorkflow(uses)) {
    ledger.acts.push({
      effect: opaqueEffect({
        what: uses,
        doubt: {
          what:
            path === null
              ? `the workflow ${uses} belongs to another repository`
              : `the workflow ${uses} can't be read here`,
          settledBy:
            path === null
              ? 'approve it at this version, or call a workflow of this repository'
              : 'keep the called workflow in the repository',
        },
        needsCredentials: false,
        content: (job.inputs?.entries ?? []).map(
          ({ key, value }) =>
            `${key.text}=${format(printedValue(nodeDatum(value, { contexts, status: STATUS })))}`,
        ),
      }),
      tool: uses,
      family: 'reusable-workflow',
      location,
      happens: place.happens,
      conditions: place.conditions,
      path: place.path,
      point: place.point,
      job: place.job,
      run: place.run,
      credentials: place.credentials,
    });
  }
  return recordDatum([], 'the called workflow sets it');
}
