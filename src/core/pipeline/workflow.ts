// A GitHub Actions workflow or composite action → its syntax: jobs, steps, their keys and positions.
import type { Gap } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';
import { locate, type SourceText } from './source-text.ts';
import { type GridPoint, readTriggers } from './triggers.ts';
import {
  childOf,
  entryOf,
  itemsOf,
  readYaml,
  textOf,
  type YamlEntry,
  type YamlFile,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml.ts';

export type StepSyntax = {
  /** Position in its list, from 0. */
  readonly index: number;
  readonly id: string | null;
  readonly name: string | null;
  readonly condition: string | null;
  readonly uses: YamlScalar | null;
  readonly run: YamlScalar | null;
  readonly shell: string | null;
  readonly workingDirectory: string | null;
  readonly env: YamlMap | null;
  readonly inputs: YamlMap | null;
  /** From its first key to its end. */
  readonly location: Location;
  readonly source: SourceText;
};

export type JobSyntax = {
  readonly id: string;
  readonly name: string | null;
  readonly condition: string | null;
  readonly needs: readonly string[];
  readonly env: YamlMap | null;
  readonly shell: string | null;
  /** `runs-on` where it is one text; null for lists and groups. */
  readonly runsOn: string | null;
  /** It runs in an image of its own. */
  readonly inContainer: boolean;
  readonly workingDirectory: string | null;
  readonly matrix: YamlNode | null;
  readonly steps: readonly StepSyntax[];
  /** A called workflow. */
  readonly uses: YamlScalar | null;
  readonly inputs: YamlMap | null;
  /** `secrets: inherit` or a map. */
  readonly passesSecrets: boolean;
  readonly outputs: YamlMap | null;
  readonly permissions: YamlNode | null;
  readonly location: Location;
};

export type Workflow = {
  readonly path: string;
  readonly name: string;
  readonly source: SourceText;
  readonly points: readonly GridPoint[];
  /** `on.workflow_call.inputs` and `.outputs`; null when it can't be called. */
  readonly callInputs: YamlNode | null;
  readonly callOutputs: YamlNode | null;
  readonly env: YamlMap | null;
  readonly shell: string | null;
  readonly workingDirectory: string | null;
  readonly permissions: YamlNode | null;
  readonly jobs: readonly JobSyntax[];
  readonly gaps: readonly Gap[];
};

export type CompositeAction = {
  readonly path: string;
  readonly source: SourceText;
  readonly inputs: YamlNode | null;
  readonly outputs: YamlNode | null;
  /** `composite`, `docker`, `node20`, …; null when it is not said. */
  readonly using: string | null;
  readonly image: string | null;
  readonly steps: readonly StepSyntax[];
  readonly gaps: readonly Gap[];
};

export function readWorkflow(path: string, text: string): Workflow {
  const yaml = readYaml(path, text);
  const { source, root } = yaml;
  const on = childOf(root, 'on');
  const call = childOf(on, 'workflow_call');
  const jobs = childOf(root, 'jobs');
  const defaults = childOf(childOf(root, 'defaults'), 'run');
  return {
    path,
    name: textOf(childOf(root, 'name')) ?? path.split('/').at(-1) ?? path,
    source,
    points: readTriggers(on),
    callInputs: childOf(call, 'inputs'),
    callOutputs: childOf(call, 'outputs'),
    env: mapOf(root, 'env'),
    shell: textOf(childOf(defaults, 'shell')),
    workingDirectory: textOf(childOf(defaults, 'working-directory')),
    permissions: childOf(root, 'permissions'),
    jobs: jobs?.kind === 'map' ? jobs.entries.flatMap((entry) => readJob(source, entry)) : [],
    gaps: [...yaml.gaps, ...shapeGaps(yaml, on, jobs)],
  };
}

export function readCompositeAction(path: string, text: string): CompositeAction {
  const yaml = readYaml(path, text);
  const runs = childOf(yaml.root, 'runs');
  return {
    path,
    source: yaml.source,
    inputs: childOf(yaml.root, 'inputs'),
    outputs: childOf(yaml.root, 'outputs'),
    using: textOf(childOf(runs, 'using'))?.toLowerCase() ?? null,
    image: textOf(childOf(runs, 'image')),
    steps: readSteps(yaml.source, childOf(runs, 'steps')),
    gaps: yaml.gaps,
  };
}

/** A file that GitHub would refuse to run is said, never passed over. */
function shapeGaps(yaml: YamlFile, on: YamlNode | null, jobs: YamlNode | null): readonly Gap[] {
  const { source, root } = yaml;
  if (yaml.gaps.length > 0) return [];
  const missing = (what: string): Gap => ({
    kind: 'syntax',
    cause: 'content',
    subject: source.path,
    location: locate(source, 0, 0),
    reason: `${source.path} has no ${what}, so GitHub can't run it as it stands.`,
    remedy: `Add the ${what}, or remove the file.`,
  });
  if (root === null) return [];
  if (on === null || (on.kind === 'scalar' && on.value === null)) return [missing('triggers under "on:"')];
  return jobs?.kind === 'map' ? [] : [missing('"jobs:"')];
}

function readJob(source: SourceText, entry: YamlEntry): readonly JobSyntax[] {
  const { key, value } = entry;
  if (value.kind !== 'map') return [];
  const defaults = childOf(childOf(value, 'defaults'), 'run');
  return [
    {
      id: key.text,
      name: textOf(childOf(value, 'name')),
      condition: conditionOf(value),
      needs: itemsOf(childOf(value, 'needs'))
        .map((item) => textOf(item) ?? '')
        .filter((name) => name !== ''),
      env: mapOf(value, 'env'),
      shell: textOf(childOf(defaults, 'shell')),
      runsOn: textOf(childOf(value, 'runs-on')),
      inContainer: childOf(value, 'container') !== null,
      workingDirectory: textOf(childOf(defaults, 'working-directory')),
      matrix: childOf(childOf(value, 'strategy'), 'matrix'),
      steps: readSteps(source, childOf(value, 'steps')),
      uses: scalarOf(value, 'uses'),
      inputs: mapOf(value, 'with'),
      passesSecrets: childOf(value, 'secrets') !== null,
      outputs: mapOf(value, 'outputs'),
      permissions: childOf(value, 'permissions'),
      location: locate(source, key.start, key.end),
    },
  ];
}

function readSteps(source: SourceText, steps: YamlNode | null): readonly StepSyntax[] {
  if (steps?.kind !== 'list') return [];
  return steps.items.flatMap((item, index): readonly StepSyntax[] => {
    if (item.kind !== 'map') return [];
    return [
      {
        index,
        id: textOf(childOf(item, 'id')),
        name: textOf(childOf(item, 'name')),
        condition: conditionOf(item),
        uses: scalarOf(item, 'uses'),
        run: scalarOf(item, 'run'),
        shell: textOf(childOf(item, 'shell')),
        workingDirectory: textOf(childOf(item, 'working-directory')),
        env: mapOf(item, 'env'),
        inputs: mapOf(item, 'with'),
        location: locate(source, item.start, item.end),
        source,
      },
    ];
  });
}

function conditionOf(map: YamlMap): string | null {
  const condition = textOf(childOf(map, 'if'));
  return condition === null || condition.trim() === '' ? null : condition.trim();
}

function mapOf(node: YamlNode | null, key: string): YamlMap | null {
  const value = childOf(node, key);
  return value?.kind === 'map' ? value : null;
}

function scalarOf(node: YamlNode, key: string): YamlScalar | null {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && value.value !== null ? value : null;
}
