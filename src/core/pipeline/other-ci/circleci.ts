// CircleCI → acts: jobs and commands with their run steps, and the jobs of Docker orbs.
import type { Value } from '../../model/value.ts';
import { join, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { booleanOf } from '../command-line.ts';
import { pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { childOf, itemsOf, textOf, type YamlEntry, type YamlNode } from '../yaml.ts';
import {
  addEffect,
  addOpaque,
  type CiFile,
  interpolated,
  openCiFile,
  placeOf,
  runCommands,
  scalarsOf,
  variablesOf,
} from './ci-file.ts';

const DEPTH_LIMIT = 8;

export function isCircleCiPath(path: string): boolean {
  return /(^|\/)\.circleci\/(config|continue[\w-]*|continue_config)\.ya?ml$/.test(path);
}

export function readCircleCi(files: Files): Ledger {
  const ledger = newLedger();
  for (const path of files.list()) {
    const file = isCircleCiPath(path) ? openCiFile(path, files, ledger) : null;
    if (file?.yaml.root?.kind === 'map') readConfig(file, file.yaml.root);
  }
  return ledger;
}

function readConfig(file: CiFile, root: YamlNode): void {
  const jobs = childOf(root, 'jobs');
  const used = workflowJobs(root);
  if (jobs?.kind === 'map') {
    for (const entry of jobs.entries) {
      const uses = used.filter((use) => use.name === entry.key.text);
      for (const use of uses.length > 0 ? uses : [{ name: entry.key.text, node: entry.key, options: null }])
        runJob(file, root, entry, use);
    }
  }
  for (const use of used) if (use.name.includes('/')) orbJob(file, root, use);
}

type Use = { readonly name: string; readonly node: YamlNode; readonly options: YamlNode | null };

function workflowJobs(root: YamlNode): readonly Use[] {
  const workflows = childOf(root, 'workflows');
  if (workflows?.kind !== 'map') return [];
  return workflows.entries.flatMap(({ value }) =>
    itemsOf(childOf(value, 'jobs')).flatMap((item): readonly Use[] => {
      if (item.kind === 'scalar') return [{ name: item.text, node: item, options: null }];
      return item.kind === 'map'
        ? item.entries.map((entry) => ({ name: entry.key.text, node: entry.key, options: entry.value }))
        : [];
    }),
  );
}

function placeFor(file: CiFile, use: Use, at: YamlNode): Place {
  const filters = childOf(use.options, 'filters');
  const tags = textsOf(childOf(childOf(filters, 'tags'), 'only'));
  const branches = textsOf(childOf(childOf(filters, 'branches'), 'only'));
  const noBranch = textsOf(childOf(childOf(filters, 'branches'), 'ignore')).includes('/.*/');
  // CircleCI builds branches, and tags only where a filter asks for them.
  const event = tags.length > 0 && noBranch ? 'push-tag' : 'push-branch';
  return placeOf({
    file,
    event,
    filter: (event === 'push-tag' ? tags : branches).join(', ') || null,
    happens: 'yes',
    conditions: [...tags, ...branches].length === 0 ? [] : [`only ${[...tags, ...branches].join(', ')}`],
    job: use.name,
    at,
  });
}

function textsOf(node: YamlNode | null): readonly string[] {
  return itemsOf(node)
    .map((item) => textOf(item) ?? '')
    .filter((one) => one !== '');
}

function runJob(file: CiFile, root: YamlNode, entry: YamlEntry, use: Use): void {
  const place = placeFor(file, use, entry.key);
  const environment = variablesOf(childOf(entry.value, 'environment'), (value) =>
    interpolated(value, new Map()),
  );
  runSteps(
    file,
    root,
    childOf(entry.value, 'steps'),
    parameters(childOf(entry.value, 'parameters'), use.options, new Map()),
    environment,
    place,
    0,
  );
}

/** Parameters with what the caller gives, else their default. */
function parameters(
  declared: YamlNode | null,
  given: YamlNode | null,
  outer: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  if (declared?.kind === 'map') {
    for (const { key, value } of declared.entries) {
      const own = textOf(childOf(given, key.text)) ?? textOf(childOf(value, 'default'));
      if (own !== null) values.set(key.text, filled(own, outer));
    }
  }
  return values;
}

/** `<< parameters.x >>` and the like. */
function filled(content: string, values: ReadonlyMap<string, Value>): Value {
  return join(
    content.split(/(<<\s*[\w.-]+\s*>>)/).map((part): Value => {
      const name = /^<<\s*parameters\.([\w-]+)\s*>>$/.exec(part)?.[1];
      if (!part.startsWith('<<')) return text(part);
      return (
        (name === undefined ? undefined : values.get(name)) ?? [
          { expression: part, why: 'CircleCI fills it in' },
        ]
      );
    }),
  );
}

function runSteps(
  file: CiFile,
  root: YamlNode,
  steps: YamlNode | null,
  values: ReadonlyMap<string, Value>,
  environment: ReadonlyMap<string, Value>,
  place: Place,
  depth: number,
): void {
  if (depth > DEPTH_LIMIT) return;
  for (const step of itemsOf(steps)) {
    const [entry] = step.kind === 'map' ? step.entries : [];
    const name = textOf(step) ?? entry?.key.text ?? '';
    const options = entry?.value ?? null;
    if (name === 'run') {
      const command = options?.kind === 'scalar' ? options : childOf(options, 'command');
      const own = new Map([
        ...environment,
        ...variablesOf(childOf(options, 'environment'), (value) => interpolated(value, environment)),
      ]);
      runCommands(file, scalarsOf(command), own, place);
    } else if (name === 'when' || name === 'unless') {
      runSteps(
        file,
        root,
        childOf(options, 'steps'),
        values,
        environment,
        { ...place, happens: 'unknown' },
        depth + 1,
      );
    } else if (name.includes('/')) {
      orbStep(file, name, entry?.key ?? step, options, values, place);
    } else {
      const command = childOf(childOf(root, 'commands'), name);
      if (command !== null)
        runSteps(
          file,
          root,
          childOf(command, 'steps'),
          parameters(childOf(command, 'parameters'), options, values),
          environment,
          place,
          depth + 1,
        );
    }
  }
}

/** https://circleci.com/developer/orbs/orb/circleci/docker and the ECR and GCR orbs. */
function orbStep(
  file: CiFile,
  name: string,
  node: YamlNode,
  options: YamlNode | null,
  values: ReadonlyMap<string, Value>,
  place: Place,
): void {
  const [orb = '', verb = ''] = name.split('/');
  const given = (key: string): Value | null => {
    const written = textOf(childOf(options, key));
    return written === null ? null : filled(written, values);
  };
  if (/docker/.test(orb) && verb === 'push') {
    const registry = given('registry') ?? text('docker.io');
    const image = given('image') ?? [{ expression: 'image', why: 'the orb is given no image' }];
    const tag = given('tag') ?? [{ expression: '$CIRCLE_SHA1', why: 'the orb takes the commit as tag' }];
    addEffect(
      file,
      place,
      node,
      pushEffect({ names: [join([registry, '/', image, ':', tag])] }),
      name,
      'docker-push',
    );
  } else if (/ecr|gcr|gar|acr/.test(orb) && /push/.test(verb)) {
    const image = given('repo') ??
      given('image') ?? [{ expression: 'image', why: 'the orb is given no image' }];
    const registry = given('registry-url') ??
      given('account-url') ?? [{ expression: `${orb} registry`, why: 'the account of the orb decides it' }];
    addEffect(file, place, node, pushEffect({ names: [join([registry, '/', image])] }), name, 'docker-push');
  } else if (/push|publish|deploy|release/.test(verb)) {
    addOpaque(
      file,
      place,
      node,
      name,
      `the orb command ${name} can't be read here`,
      !/docker|ecr|gcr|image/.test(name),
    );
  }
}

function orbJob(file: CiFile, root: YamlNode, use: Use): void {
  const orb = textOf(childOf(childOf(root, 'orbs'), use.name.split('/')[0] ?? '')) ?? use.name;
  const place = placeFor(file, use, use.node);
  const verb = use.name.split('/')[1] ?? '';
  const push = textOf(childOf(use.options, 'push-image')) ?? textOf(childOf(use.options, 'push_image'));
  if (push !== null && booleanOf(text(push)) === 'no') return;
  const docker = /^circleci\/docker@/.test(orb) && verb === 'publish';
  const ecr = /aws-ecr@/.test(orb) && /build[-_]and[-_]push/.test(verb);
  const gcp = /gcp-(gcr|artifact-registry)@/.test(orb) && /build[-_]and[-_]push/.test(verb);
  if (!docker && !ecr && !gcp) {
    if (
      /docker|ecr|gcr|image|kaniko|container/i.test(`${orb}/${verb}`) &&
      /push|publish|deploy|release/i.test(verb)
    )
      addOpaque(file, place, use.node, use.name, `the job ${use.name} of an orb can't be read here`);
    return;
  }
  const given = (key: string): Value | null => {
    const written = textOf(childOf(use.options, key));
    return written === null ? null : interpolated(written, new Map());
  };
  const image = given('image') ??
    given('repo') ?? [{ expression: 'image', why: 'the orb is given no image' }];
  const registry =
    given('registry') ??
    given('registry-url') ??
    (docker
      ? text('docker.io')
      : ([{ expression: `${orb} registry`, why: 'the account of the orb decides it' }] as Value));
  const tag = given('tag');
  addEffect(
    file,
    place,
    use.node,
    pushEffect({ names: [join([registry, '/', image, ...(tag === null ? [] : [':', tag])])] }),
    use.name,
    'docker-push',
  );
}
