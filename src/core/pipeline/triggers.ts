// The `on:` of a workflow → the events under which it runs, each with what GitHub's contexts say then.
import type { TriggerEvent } from '../model/delivery.ts';
import type { Value } from '../model/value.ts';
import { hole, join } from '../value.ts';
import { type Datum, NULL, recordDatum, textDatum, unknownDatum, wrapped } from './datum.ts';
import {
  actionDatum,
  carries,
  choiceOfTexts,
  EVENT_DECIDES,
  EVENT_KEYS,
  githubContext,
  inputsDatum,
  pullRequestDatum,
  texts,
} from './event-context.ts';
import { childOf, itemsOf, textOf, type YamlNode } from './yaml.ts';

/** One way the workflow can start, with the contexts that are settled by it. */
export type GridPoint = {
  readonly event: TriggerEvent;
  /** The filter as written, e.g. `main`, `v*`, `published`; null when there is none. */
  readonly filter: string | null;
  readonly github: Datum;
  readonly inputs: Datum;
};

/** Branch or tag patterns that get a point of their own; more share one. */
const PATTERN_LIMIT = 8;

/** The grid of a workflow. `on` is the node under `on:`; null when there is none: such a file never runs. */
export function readTriggers(on: YamlNode | null): readonly GridPoint[] {
  if (on === null) return [];
  if (on.kind === 'map') return on.entries.flatMap((entry) => pointsOf(entry.key.text, entry.value));
  return itemsOf(on).flatMap((item) => {
    const name = textOf(item);
    return name === null ? [] : pointsOf(name, null);
  });
}

function pointsOf(name: string, options: YamlNode | null): readonly GridPoint[] {
  switch (name) {
    case 'push':
      return pushPoints(options);
    case 'pull_request':
    case 'pull_request_target':
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return pullRequestPoints(name, options);
    case 'workflow_dispatch':
      return [dispatchPoint(options)];
    case 'workflow_call':
      return [callPoint(options)];
    case 'merge_group':
      return [mergeGroupPoint(options)];
    default:
      return [otherPoint(name, options)];
  }
}

function pushPoints(options: YamlNode | null): readonly GridPoint[] {
  const branches = texts(options, 'branches');
  const tags = texts(options, 'tags');
  const branchFilter = childOf(options, 'branches') !== null || childOf(options, 'branches-ignore') !== null;
  const tagFilter = childOf(options, 'tags') !== null || childOf(options, 'tags-ignore') !== null;
  const points: GridPoint[] = [];
  // With filters of one kind only, pushes of the other kind do not start the workflow (GitHub's documented rule).
  if (branchFilter || !tagFilter) {
    for (const pattern of positive(branches))
      points.push(refPoint('push-branch', 'refs/heads/', 'branch', pattern));
    if (!points.length)
      points.push(
        refPoint('push-branch', 'refs/heads/', 'branch', null, ignored(options, 'branches-ignore')),
      );
  }
  if (tagFilter || !branchFilter) {
    const before = points.length;
    for (const pattern of positive(tags)) points.push(refPoint('push-tag', 'refs/tags/', 'tag', pattern));
    if (points.length === before)
      points.push(refPoint('push-tag', 'refs/tags/', 'tag', null, ignored(options, 'tags-ignore')));
  }
  return points;
}

/** Patterns that let something through; beyond the limit they are taken together. */
function positive(patterns: readonly string[]): readonly string[] {
  const kept = patterns.filter((pattern) => !pattern.startsWith('!'));
  return kept.length <= PATTERN_LIMIT ? kept : [kept.join(', ')];
}

function ignored(options: YamlNode | null, key: string): string | null {
  const patterns = texts(options, key);
  return patterns.length === 0 ? null : patterns.map((pattern) => `!${pattern}`).join(', ');
}

/** What is fixed of names that match a pattern: all of it, or the part before the first wildcard. */
function patternValue(pattern: string | null, expression: string): Value {
  if (pattern === null || pattern.includes(', ')) return hole(expression, EVENT_DECIDES);
  if (!/[*?+[\]$]/.test(pattern)) return [pattern];
  const fixed = pattern.slice(0, pattern.search(/[*?+[\]$]/));
  // `?` and `+` say something about the character before them, so that one is not fixed.
  const sure = /[?+]/.test(pattern[fixed.length] ?? '') ? fixed.slice(0, -1) : fixed;
  // `v` and then the whole name again would read as two of them.
  const rest = sure === '' ? expression : expression.replace('${{ ', '${{ rest of ');
  return join([sure, hole(rest, EVENT_DECIDES)]);
}

function refPoint(
  event: 'push-branch' | 'push-tag',
  prefix: string,
  refType: 'branch' | 'tag',
  pattern: string | null,
  filter: string | null = pattern,
): GridPoint {
  const name = patternValue(pattern, wrapped('github.ref_name'));
  return {
    event,
    filter,
    github: githubContext({
      name: 'push',
      ref: join([prefix, name]),
      refType,
      refName: name,
      baseRef: textDatum(''),
      headRef: textDatum(''),
      event: [
        ['head_commit', unknownDatum(wrapped('github.event.head_commit'), EVENT_DECIDES)],
        ['ref', textDatum(join([prefix, name]))],
        ...(refType === 'branch' ? ([['base_ref', NULL]] as const) : []),
      ],
    }),
    inputs: recordDatum([]),
  };
}

function pullRequestPoints(name: string, options: YamlNode | null): readonly GridPoint[] {
  const types = texts(options, 'types');
  const patterns = positive(texts(options, 'branches'));
  const actions =
    types.length > 0
      ? types
      : name.startsWith('pull_request_review')
        ? []
        : ['opened', 'synchronize', 'reopened'];
  const bases = patterns.length > 0 ? patterns : [null];
  return bases.map((pattern) => {
    const base = patternValue(pattern, wrapped('github.base_ref'));
    const target = name === 'pull_request_target';
    return {
      event: name,
      filter: [types.join(', '), pattern ?? ''].filter((part) => part !== '').join(' on ') || null,
      github: githubContext({
        name,
        ref: target
          ? join(['refs/heads/', base])
          : join(['refs/pull/', hole(wrapped('github.event.number'), EVENT_DECIDES), '/merge']),
        refType: 'branch',
        refName: target ? base : join([hole(wrapped('github.event.number'), EVENT_DECIDES), '/merge']),
        baseRef: textDatum(base),
        headRef: textDatum(hole(wrapped('github.head_ref'), EVENT_DECIDES)),
        event: [
          ['action', actionDatum(actions)],
          ['pull_request', pullRequestDatum(base)],
          ['number', unknownDatum(wrapped('github.event.number'), EVENT_DECIDES)],
          ['label', unknownDatum(wrapped('github.event.label'), EVENT_DECIDES)],
          ['review', unknownDatum(wrapped('github.event.review'), EVENT_DECIDES)],
          ['comment', unknownDatum(wrapped('github.event.comment'), EVENT_DECIDES)],
        ],
      }),
      inputs: recordDatum([]),
    };
  });
}

function dispatchPoint(options: YamlNode | null): GridPoint {
  const declared = childOf(options, 'inputs');
  return {
    event: 'workflow_dispatch',
    filter: null,
    github: githubContext({
      name: 'workflow_dispatch',
      ref: hole(wrapped('github.ref'), 'the person who starts the run chooses the branch or tag'),
      refType: null,
      refName: null,
      baseRef: textDatum(''),
      headRef: textDatum(''),
      event: [['inputs', inputsDatum(declared, 'github.event.inputs', true)]],
    }),
    inputs: inputsDatum(declared, 'inputs', false),
  };
}

/** A call from elsewhere: the caller's event, reference and inputs are all open. */
function callPoint(options: YamlNode | null): GridPoint {
  return {
    event: 'workflow_call',
    filter: null,
    github: recordDatum([], 'the calling workflow decides it'),
    inputs: inputsDatum(childOf(options, 'inputs'), 'inputs', false),
  };
}

function mergeGroupPoint(options: YamlNode | null): GridPoint {
  const name = join(['gh-readonly-queue/', hole(wrapped('github.ref_name'), EVENT_DECIDES)]);
  return {
    event: 'merge_group',
    filter: texts(options, 'branches').join(', ') || null,
    github: githubContext({
      name: 'merge_group',
      ref: join(['refs/heads/', name]),
      refType: 'branch',
      refName: name,
      baseRef: textDatum(''),
      headRef: textDatum(''),
      event: [
        ['merge_group', unknownDatum(wrapped('github.event.merge_group'), EVENT_DECIDES)],
        ['action', actionDatum(['checks_requested'])],
      ],
    }),
    inputs: recordDatum([]),
  };
}

const TAG_EVENTS = new Set(['release']);

function otherPoint(name: string, options: YamlNode | null): GridPoint {
  const types = texts(options, 'types');
  const isTag = TAG_EVENTS.has(name);
  const refName = hole(
    wrapped('github.ref_name'),
    isTag ? EVENT_DECIDES : 'it is the default branch of the repository',
  );
  const crons = itemsOf(options)
    .map((item) => textOf(childOf(item, 'cron')) ?? '')
    .filter((cron) => cron !== '');
  const workflows = texts(options, 'workflows');
  const filter = [
    types.join(', '),
    workflows.join(', '),
    texts(options, 'branches').join(', '),
    crons.join(', '),
  ];
  const own: (readonly [string, Datum])[] = [];
  if (name === 'schedule') {
    own.push(['schedule', choiceOfTexts(crons, wrapped('github.event.schedule'))]);
  } else {
    own.push(['action', actionDatum(types)]);
    for (const key of EVENT_KEYS) {
      if (carries(name, key)) own.push([key, unknownDatum(wrapped(`github.event.${key}`), EVENT_DECIDES)]);
    }
  }
  return {
    event: name,
    filter: filter.filter((part) => part !== '').join(' ') || null,
    github: githubContext({
      name,
      ref: join([isTag ? 'refs/tags/' : 'refs/heads/', refName]),
      refType: isTag ? 'tag' : 'branch',
      refName,
      baseRef: textDatum(''),
      headRef: textDatum(''),
      event: own,
    }),
    inputs: recordDatum([]),
  };
}
