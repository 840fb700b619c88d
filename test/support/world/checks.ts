// Check runs as the App writes them, within GitHub's limits, and as people ask for them again.
import { invalid } from '../rest/problem.ts';
import { pullsWithHead } from './branches.ts';
import { emitCheckRun, emitCheckSuite } from './events.ts';
import { suiteFor } from './push.ts';
import type {
  Account,
  Annotation,
  App,
  CheckAction,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  Repository,
  World,
} from './state.ts';

/** What a write may say; what is left out stays as it is. Times in milliseconds. */
export type CheckWrite = {
  readonly externalId?: string;
  readonly detailsUrl?: string;
  readonly status?: CheckStatus;
  readonly conclusion?: CheckConclusion;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly output?: {
    readonly title: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly Annotation[];
  };
  readonly actions?: readonly CheckAction[];
};

/** GitHub counts summary and text in bytes, and annotation messages too. */
const MAX_TEXT_BYTES = 65_535;
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_TITLE = 255;
const MAX_ANNOTATIONS = 50;
const MAX_ACTIONS = 3;

const checkAnnotation = (annotation: Annotation): void => {
  for (const [field, text] of [
    ['message', annotation.message],
    ['raw_details', annotation.rawDetails ?? ''],
  ] as const)
    if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES)
      throw invalid('CheckAnnotation', field, 'is too long (maximum is 64 KB)');
  if ((annotation.title ?? '').length > MAX_TITLE)
    throw invalid('CheckAnnotation', 'title', 'is too long (maximum is 255 characters)');
  if (annotation.startLine < 1 || annotation.endLine < annotation.startLine)
    throw invalid('CheckAnnotation', 'end_line', 'must be greater than or equal to start_line');
  const columns = annotation.startColumn !== null || annotation.endColumn !== null;
  if (columns && annotation.startLine !== annotation.endLine)
    throw invalid('CheckAnnotation', 'start_column', 'start_line and end_line must be the same');
};

const checkLimits = (write: CheckWrite): void => {
  const { output, actions = [] } = write;
  if (output !== undefined) {
    if (output.title.length > MAX_TITLE)
      throw invalid('CheckRun', 'title', 'title is too long (maximum is 255 characters)');
    for (const field of ['summary', 'text'] as const)
      if (Buffer.byteLength(output[field] ?? '') > MAX_TEXT_BYTES)
        throw invalid('CheckRun', field, `${field} exceeds a maximum bytesize of ${MAX_TEXT_BYTES}`);
    if ((output.annotations ?? []).length > MAX_ANNOTATIONS)
      throw invalid('CheckRun', 'annotations', `No more than ${MAX_ANNOTATIONS} annotations per request`);
    for (const annotation of output.annotations ?? []) checkAnnotation(annotation);
  }
  if (actions.length > MAX_ACTIONS)
    throw invalid('CheckRun', 'actions', 'Only a maximum of 3 actions are allowed');
  for (const action of actions)
    for (const [field, limit] of [
      ['label', 20],
      ['description', 40],
      ['identifier', 20],
    ] as const)
      if (action[field].length > limit)
        throw invalid('CheckRun', field, `is too long (maximum is ${limit} characters)`);
  if (write.status === 'completed' && write.conclusion === undefined)
    throw invalid('CheckRun', 'conclusion', 'is required when status is completed', 'missing_field');
};

// Annotations are appended: only a new run starts with none.
const apply = (world: World, run: CheckRun, write: CheckWrite): void => {
  const now = world.clock.tick();
  const status = write.conclusion === undefined ? (write.status ?? run.status) : 'completed';
  run.externalId = write.externalId ?? run.externalId;
  run.detailsUrl = write.detailsUrl ?? run.detailsUrl;
  run.startedAt = write.startedAt ?? run.startedAt ?? now;
  run.status = status;
  run.conclusion = status === 'completed' ? (write.conclusion ?? run.conclusion) : null;
  run.completedAt = status === 'completed' ? (write.completedAt ?? now) : null;
  run.actions = write.actions ?? run.actions;
  if (write.output === undefined) return;
  run.title = write.output.title;
  run.summary = write.output.summary;
  run.text = write.output.text ?? run.text;
  run.annotations.push(...(write.output.annotations ?? []));
};

export const createCheckRun = (
  world: World,
  repository: Repository,
  sha: string,
  name: string,
  write: CheckWrite,
  app: App = world.app,
): CheckRun => {
  if (!repository.objects.commits.has(sha))
    throw invalid('CheckRun', 'head_sha', `No commit found for SHA: ${sha}`);
  checkLimits(write);
  const own = pullsWithHead(repository, sha).find((pull) => pull.head.repository === repository);
  const branch = own?.head.ref ?? [...repository.branches].find(([, tip]) => tip === sha)?.[0] ?? null;
  const suite = suiteFor(world, repository, sha, branch, app);
  const run: CheckRun = {
    id: world.nextId('check-run') + 100_000,
    suite,
    name,
    sha,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: null,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  apply(world, run, write);
  suite.runs.push(run);
  emitCheckRun(world, run, 'created', app.bot);
  if (run.status === 'completed') emitCheckRun(world, run, 'completed', app.bot);
  return run;
};

export const updateCheckRun = (world: World, run: CheckRun, write: CheckWrite): void => {
  checkLimits(write);
  const completed = run.status === 'completed';
  apply(world, run, write);
  if (!completed && run.status === 'completed') emitCheckRun(world, run, 'completed', world.app.bot);
};

/** "Re-run" on one check: GitHub only tells the App; the run itself is not touched. */
export const rerequestCheckRun = (world: World, run: CheckRun, by: Account): void => {
  world.clock.tick();
  emitCheckRun(world, run, 'rerequested', by);
};

export const rerequestSuite = (world: World, run: CheckRun, by: Account): void => {
  world.clock.tick();
  emitCheckSuite(world, run.suite, 'rerequested', by);
};

/** One of the check's own buttons. */
export const requestAction = (world: World, run: CheckRun, identifier: string, by: Account): void => {
  world.clock.tick();
  emitCheckRun(world, run, 'requested_action', by, { requested_action: { identifier } });
};

export const findCheckRun = (repository: Repository, id: number): CheckRun | undefined =>
  repository.suites.flatMap((suite) => suite.runs).find((run) => run.id === id);
