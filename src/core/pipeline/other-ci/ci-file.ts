// What readers of YAML-based CI systems share: one file, its jobs as places, its lists of commands as scripts.
import type { PathStep, TriggerEvent } from '../../model/delivery.ts';
import type { Truth, Value } from '../../model/value.ts';
import { type Act, addGap, type Ledger, type Place } from '../act.ts';
import { recordDatum } from '../datum.ts';
import { type Effect, opaqueEffect } from '../effect.ts';
import { type Files, isGap } from '../files.ts';
import { runScript } from '../script.ts';
import { lastAtOrBelow, locate, type SourceText } from '../source-text.ts';
import type { GridPoint } from '../triggers.ts';
import { readYaml, scalarOffsets, type YamlFile, type YamlNode, type YamlScalar } from '../yaml.ts';

export type CiFile = {
  readonly files: Files;
  readonly ledger: Ledger;
  readonly yaml: YamlFile;
  readonly source: SourceText;
};

/** Reads a file; null where there is none to read, with a gap where there should be one. */
export function openCiFile(path: string, files: Files, ledger: Ledger): CiFile | null {
  const read = files.read(path);
  if (read === null || read === 'unread') return null;
  if (isGap(read)) {
    addGap(ledger, read);
    return null;
  }
  const yaml = readYaml(path, read.text);
  for (const gap of yaml.gaps) addGap(ledger, gap);
  return { files, ledger, yaml, source: yaml.source };
}

export type JobPlace = {
  readonly file: CiFile;
  readonly event: TriggerEvent;
  readonly filter: string | null;
  readonly happens: Exclude<Truth, 'no'>;
  readonly conditions: readonly string[];
  readonly job: string;
  readonly at: YamlNode;
};

/** Whether a file shows how its jobs log in to a registry. Stored credentials outside the file can't be seen. */
export function holdsCredentials(content: string): boolean {
  return CREDENTIALS.test(content);
}

const CREDENTIALS =
  /\b(docker|podman|buildah|skopeo|oras|nerdctl|helm registry|crane auth)\s+login|CI_REGISTRY_(PASSWORD|USER)|DOCKER_?(HUB)?_?(PASS|PASSWORD|TOKEN|USER|USERNAME|AUTH|LOGIN)|with(Docker\w*|Registry)|(ecr|gcr|acr|quay|ghcr|registry)[\w-]*[_-]?(password|token|login|auth|credentials)|get-login|az acr|configure-docker|kaniko|containerRegistry/i;

const NOTHING = recordDatum([]);

export function placeOf(given: JobPlace): Place {
  const { file, event, filter } = given;
  const { path } = file.source;
  const point: GridPoint = { event, filter, github: NOTHING, inputs: NOTHING };
  const steps: readonly PathStep[] = [
    { label: path.split('/').at(-1) ?? path, location: locate(file.source, 0, 0) },
    { label: `job ${given.job}`, location: locate(file.source, given.at.start, given.at.start) },
  ];
  const run = `${path}@${event}:${filter ?? ''}`;
  return {
    files: file.files,
    point,
    happens: given.happens,
    conditions: given.conditions,
    path: steps,
    job: `${run}/${given.job}`,
    run,
    credentials: holdsCredentials(file.source.text),
    open: [path],
  };
}

/** All scalars in a node, depth first: nested lists of commands are one list. */
export function scalarsOf(node: YamlNode | null): readonly YamlScalar[] {
  if (node === null) return [];
  if (node.kind === 'scalar') return node.value === null ? [] : [node];
  if (node.kind === 'list') return node.items.flatMap(scalarsOf);
  return [];
}

/** Commands of a list run one after the other in one shell. */
export function runCommands(
  file: CiFile,
  scalars: readonly YamlScalar[],
  environment: ReadonlyMap<string, Value>,
  place: Place,
  shell = 'bash -e',
  source: SourceText = file.source,
): ReadonlyMap<string, Value> {
  if (scalars.length === 0) return environment;
  const starts: number[] = [];
  let text = '';
  for (const scalar of scalars) {
    starts.push(text.length);
    text += `${scalar.text}\n`;
  }
  const offsets = scalars.map((scalar) => scalarOffsets(source, scalar));
  const toFile = (offset: number): number => {
    const index = lastAtOrBelow(starts, offset);
    return offsets[index]?.(offset - (starts[index] ?? 0)) ?? 0;
  };
  const result = runScript(
    {
      text,
      locate: (start, end) => locate(source, toFile(start), toFile(Math.max(start, end - 1)) + 1),
      environment,
      expression: (written) => [{ expression: written, why: 'the CI system fills it in' }],
      workingDirectory: [],
      shell,
    },
    place,
    file.ledger,
  );
  return result.environment;
}

/** An effect that the CI file itself states, at a node. */
export function addEffect(
  file: CiFile,
  place: Place,
  node: YamlNode,
  effect: Effect,
  tool: string,
  family: string,
): void {
  const location = locate(file.source, node.start, node.end);
  const act: Act = {
    effect,
    tool,
    family,
    location,
    happens: place.happens,
    conditions: place.conditions,
    path: [
      ...place.path,
      { label: `${location.path.split('/').at(-1)}:${location.range.start.line}`, location },
    ],
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
  };
  file.ledger.acts.push(act);
}

export function addOpaque(
  file: CiFile,
  place: Place,
  node: YamlNode,
  what: string,
  doubt: string,
  needsCredentials = false,
): void {
  const effect = opaqueEffect({
    what,
    needsCredentials,
    doubt: { what: doubt, settledBy: 'keep what it calls in this repository, or approve it as it is' },
  });
  addEffect(file, place, node, effect, what, 'wrapper');
}

/** `KEY: value` pairs of a map as variables; `resolve` fills in what the system's own syntax refers to. */
export function variablesOf(
  node: YamlNode | null,
  resolve: (text: string) => Value,
): ReadonlyMap<string, Value> {
  const variables = new Map<string, Value>();
  if (node?.kind !== 'map') return variables;
  for (const { key, value } of node.entries) {
    const scalar =
      value.kind === 'map' ? value.entries.find((entry) => entry.key.text === 'value')?.value : value;
    if (scalar?.kind === 'scalar') variables.set(key.text, resolve(scalar.text));
  }
  return variables;
}

/** `$X` and `${X}` in a text; unset ones stay holes in the author's spelling. */
export function interpolated(content: string, variables: ReadonlyMap<string, Value>): Value {
  const parts: (string | Value[number])[] = [];
  for (const part of content.split(/(\$\$|\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*)/)) {
    const name = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(part)?.[1];
    if (part === '$$') parts.push('$');
    else if (name === undefined) parts.push(part);
    else
      parts.push(
        ...(variables.get(name) ?? [{ expression: part, why: 'the CI system or its settings set it' }]),
      );
  }
  return normal(parts);
}

function normal(parts: readonly (string | Value[number])[]): Value {
  const joined: (string | Value[number])[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  return joined;
}
