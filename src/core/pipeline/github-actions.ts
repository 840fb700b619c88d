// The workflows of a repository, each under every event that starts it → acts.
import { addGap, type Ledger, newLedger, type Place, remembered } from './act.ts';
import { recordDatum } from './datum.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { runWorkflow } from './job.ts';
import type { GridPoint } from './triggers.ts';
import { readWorkflow, type Workflow } from './workflow.ts';

/** Gitea and Forgejo run the same workflows from folders of their own. */
const WORKFLOW_PATH = /^\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;

function isWorkflowPath(path: string): boolean {
  return WORKFLOW_PATH.test(path);
}

export function readGitHubActions(files: Files): Ledger {
  const ledger = newLedger();
  const workflows: Workflow[] = [];
  for (const path of files.list()) {
    if (!isWorkflowPath(path)) continue;
    const read = files.read(path);
    if (read === null || read === 'unread') continue;
    if (isGap(read)) addGap(ledger, read);
    else workflows.push(remembered(ledger.workflows, path, () => readWorkflow(path, read.text)));
  }
  const called = new Set(
    workflows.flatMap((workflow) =>
      workflow.jobs.flatMap((job) => repositoryPath(job.uses?.text ?? '') ?? []),
    ),
  );
  for (const workflow of workflows) runFile(workflow, files, ledger, called.has(workflow.path));
  return ledger;
}

/** Runs one workflow under each of its events; as a called one only where no caller in sight does that. */
function runFile(workflow: Workflow, files: Files, ledger: Ledger, hasCaller: boolean): void {
  const points = workflow.points.filter((point) => !(hasCaller && point.event === 'workflow_call'));
  const never = workflow.points.length === 0 && workflow.jobs.length > 0;
  // A file without triggers can't run as it stands, but one line would start it: it is read with an unknown event.
  for (const point of never ? [null] : points) {
    const place = placeOf(workflow, point, files);
    const open = recordDatum([], 'the event that starts the run decides it');
    runWorkflow(workflow, { github: point?.github ?? open, inputs: point?.inputs ?? open }, place, ledger);
  }
  if (points.length === 0 && !never) for (const gap of workflow.gaps) addGap(ledger, gap);
}

function placeOf(workflow: Workflow, point: GridPoint | null, files: Files): Place {
  const run = `${workflow.path}@${point?.event ?? 'never'}:${point?.filter ?? ''}`;
  return {
    files,
    point,
    happens: point === null ? 'unknown' : 'yes',
    conditions: [],
    path: [
      {
        label: workflow.path.split('/').at(-1) ?? workflow.path,
        location: { path: workflow.path, range: START },
      },
    ],
    job: run,
    run,
    credentials: false,
    open: [workflow.path],
  };
}

const START = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
