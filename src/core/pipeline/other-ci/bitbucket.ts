// `bitbucket-pipelines.yml` → acts: scripts and pipes of each pipeline under the event that starts it.
import type { TriggerEvent } from '../../model/delivery.ts';
import type { Value } from '../../model/value.ts';
import { format, join, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { locate, type SourceText } from '../source-text.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import { ABSENT, openFact, textFact } from './fact.ts';
import { gridPoint, type RefPoint } from './ref-points.ts';
import {
  addAct,
  addLimit,
  addOpaque,
  type Environment,
  jobPlace,
  placeAt,
  readTexts,
  readYamlText,
  runShell,
  showsCredentials,
  under,
} from './run.ts';
import { scriptScalars } from './sourced.ts';
import { pieceOf, scriptText } from './template.ts';
import { expanded, withVariables } from './variables.ts';

function isBitbucketPath(path: string): boolean {
  return /^bitbucket-pipelines\.ya?ml$/.test(path);
}

export function readBitbucket(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isBitbucketPath, ledger)) {
    const { root, source } = readYamlText(path, content, ledger);
    const pipelines = childOf(root, 'pipelines');
    if (pipelines?.kind !== 'map') continue;
    const reading = { source, ledger };
    for (const { key, value } of pipelines.entries) {
      const event = EVENTS[key.text];
      if (event === undefined) continue;
      const entries = key.text === 'default' ? [{ filter: null, steps: value }] : named(value);
      for (const { filter, steps } of entries) {
        const at = pointOf(event, filter);
        const label = filter === null ? key.text : `${key.text} ${filter}`;
        const start = jobPlace(placeAt(path, files, at), label, locate(source, key.start, key.end), false);
        runSteps(steps, settled(at), start, reading);
      }
    }
  }
  return ledger;
}

const EVENTS: Readonly<Record<string, TriggerEvent>> = {
  default: 'push-branch',
  branches: 'push-branch',
  tags: 'push-tag',
  'pull-requests': 'pull_request',
  custom: 'workflow_dispatch',
  bookmarks: 'push-branch',
};

function named(node: YamlNode): readonly { readonly filter: string; readonly steps: YamlNode }[] {
  return node.kind === 'map'
    ? node.entries.map(({ key, value }) => ({ filter: key.text, steps: value }))
    : [];
}

function pointOf(event: TriggerEvent, filter: string | null): RefPoint {
  const isLiteral = filter !== null && /^[\w./-]+$/.test(filter);
  const name = isLiteral ? textFact(filter) : openFact('branch', 'the push decides it', 'no');
  return {
    point: gridPoint(event, filter),
    event,
    branch: event === 'push-tag' ? ABSENT : name,
    tag: event === 'push-tag' ? openFact('tag', 'the push decides it', 'no') : ABSENT,
  };
}

function settled(at: RefPoint): Environment {
  const known = new Map<string, Value>([
    ['CI', text('true')],
    ['BITBUCKET_CLONE_DIR', text('.')],
  ]);
  if (at.event !== 'push-tag' && at.event !== 'workflow_dispatch') known.set('BITBUCKET_TAG', text(''));
  if (typeof at.branch.value[0] === 'string' && at.event === 'push-branch')
    known.set('BITBUCKET_BRANCH', at.branch.value);
  return known;
}

const DEPTH_LIMIT = 6;

type Reading = { readonly source: SourceText; readonly ledger: Ledger };

function runSteps(node: YamlNode, environment: Environment, place: Place, reading: Reading, depth = 0): void {
  if (depth > DEPTH_LIMIT) {
    addLimit(
      reading.ledger,
      locate(reading.source, node.start, node.start),
      `steps more than ${DEPTH_LIMIT} deep`,
    );
    return;
  }
  for (const item of node.kind === 'list' ? node.items : [node]) {
    for (const key of ['parallel', 'stage', 'steps']) {
      const inner = childOf(item, key);
      if (inner === null) continue;
      const manual = textOf(childOf(inner, 'trigger')) === 'manual' ? 'started by hand' : null;
      const inside = under(place, 'yes', manual);
      if (inside !== null) runSteps(inner, environment, inside, reading, depth + 1);
    }
    const shared = childOf(item, 'import');
    if (shared !== null)
      addOpaque(reading.ledger, place, {
        what: `import ${textOf(shared) ?? 'without a name'}`,
        doubt: 'the imported pipeline lies in another repository',
        settledBy: 'keep the pipeline in this repository, or approve it as it is',
        family: 'reusable-workflow',
        location: locate(reading.source, shared.start, shared.end),
      });
    const step = childOf(item, 'step');
    if (step !== null) runStep(step, environment, place, reading);
  }
}

function runStep(step: YamlNode, environment: Environment, place: Place, reading: Reading): void {
  const { source, ledger } = reading;
  const location = locate(source, step.start, step.end);
  const label = textOf(childOf(step, 'name')) ?? `step at line ${location.range.start.line}`;
  const changes = childOf(step, 'condition') === null ? null : 'some files changed';
  const manual = textOf(childOf(step, 'trigger')) === 'manual' ? 'started by hand' : null;
  const first = under(place, changes === null ? 'yes' : 'unknown', changes);
  const inside = first === null ? null : under(first, 'yes', manual);
  if (inside === null) return;
  const written = source.text.slice(step.start, step.end);
  const here = jobPlace(inside, label, location, showsCredentials(written));
  const own = withVariables(environment, childOf(step, 'variables'));
  for (const key of ['script', 'after-script']) runScripts(childOf(step, key), own, here, reading);
  const artifacts = childOf(step, 'artifacts');
  const paths = itemsOf(childOf(artifacts, 'paths') ?? artifacts).map((item) => text(textOf(item) ?? ''));
  if (artifacts !== null && paths.length > 0)
    addAct(
      ledger,
      here,
      { kind: 'carry', channel: 'workflow-artifact', paths },
      {
        tool: 'artifacts',
        family: 'archive',
        location: locate(source, artifacts.start, artifacts.end),
      },
    );
}

/** Lines up to a pipe are one script; the pipe is a container of its own. */
function runScripts(node: YamlNode | null, environment: Environment, place: Place, reading: Reading): void {
  const { source, ledger } = reading;
  let current = environment;
  let lines: YamlNode[] = [];
  const flush = (): void => {
    const pieces = lines.flatMap((line) => scriptScalars(line)).map((scalar) => pieceOf(scalar, source));
    lines = [];
    if (pieces.length > 0)
      current = runShell(
        scriptText(pieces),
        { environment: current, shell: 'bash -e' },
        place,
        ledger,
      ).environment;
  };
  for (const item of node?.kind === 'list' ? node.items : itemsOf(node)) {
    if (item.kind !== 'map') {
      lines.push(item);
      continue;
    }
    flush();
    runPipe(item, current, place, reading);
  }
  flush();
}

function runPipe(item: YamlNode, environment: Environment, place: Place, reading: Reading): void {
  const { source, ledger } = reading;
  const pipe = childOf(item, 'pipe');
  const name = textOf(pipe);
  if (pipe === null || name === null) return;
  const location = locate(source, pipe.start, pipe.end);
  const variables = childOf(item, 'variables');
  const given = (key: string): Value | null => {
    const written = textOf(childOf(variables, key));
    return written === null ? null : expanded(written, (variable) => environment.get(variable) ?? null);
  };
  const by = { tool: name, family: 'plugin', location };
  const image = given('IMAGE_NAME') ?? given('IMAGE');
  if (
    /push-image|docker-push|(ecr|gcr|acr|artifact-registry)-push|push-to-(ecr|gcr|acr)/.test(name) &&
    image !== null
  ) {
    const tags = format(given('TAGS') ?? given('TAG') ?? [])
      .split(/\s+/)
      .filter((tag) => tag !== '');
    const account = /ecr/.test(name) ? 'AWS account' : 'registry';
    const registry: Value = /ecr/.test(name)
      ? [
          {
            expression: '$AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com',
            why: `the ${account} decides it`,
          },
        ]
      : (given('REGISTRY') ?? given('HOST') ?? []);
    const project = /gcr|google/.test(name) ? given('PROJECT') : null;
    const host = registry.length === 0 && project !== null ? text('gcr.io') : registry;
    const owned = project === null ? image : join([project, '/', image]);
    const whole = format(image).includes('.') || host.length === 0 ? image : join([host, '/', owned]);
    const names =
      tags.length === 0 ? [whole] : tags.map((tag) => join([whole, ':', expanded(tag, () => null)]));
    addAct(ledger, place, pushEffect({ names }), by);
    return;
  }
  if (
    /docker|image|container|registry|kaniko|push|cloud-run|ecr|acr|gcr/i.test(name) &&
    !/ecs-deploy|scan|trivy|snyk|slack|sonar/i.test(name)
  )
    addOpaque(ledger, place, {
      what: name,
      doubt: `the pipe ${name} is not known here, and its name looks like a push`,
      settledBy: 'push in the open, or approve it as it is',
      family: 'plugin',
      location,
    });
}
