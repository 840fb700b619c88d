// Tekton tasks, pipelines and runs → acts: each step's script or container, with parameters written in.
import type { TriggerEvent } from '../../model/delivery.ts';
import type { Value } from '../../model/value.ts';
import { hole, join } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { locate, type SourceText } from '../source-text.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import { inlineScript, programOf, wordPieces } from './container-program.ts';
import { refPoints } from './ref-points.ts';
import {
  addAct,
  addLimit,
  addOpaque,
  jobPlace,
  placeAt,
  readTexts,
  readYamlText,
  runShell,
  stepPlace,
} from './run.ts';
import { scriptScalars } from './sourced.ts';
import { type Fill, filledValue, givenPiece, pieceOf, scriptText } from './template.ts';
import { withVariables } from './variables.ts';

function isTektonPath(path: string): boolean {
  return /(^|\/)\.?tekton\/([^/]+\/)*[^/]+\.ya?ml$/.test(path);
}

const KINDS = new Set(['Task', 'ClusterTask', 'Pipeline', 'PipelineRun', 'TaskRun', 'StepAction']);
const PARAMETER =
  /\$\((?:inputs\.)?params(?:\.([\w-]+)|\[['"]([\w.-]+)['"]\])\)|\$\((?:workspaces|context|steps|tasks|outputs|resources|results|step)\.[^)]*\)|\{\{\s*\w+\s*\}\}/g;

const DEPTH_LIMIT = 6;

/** A task or pipeline of the repository, found by its name. */
type Definition = { readonly spec: YamlNode; readonly source: SourceText };
type Reading = {
  readonly source: SourceText;
  readonly ledger: Ledger;
  readonly definitions: ReadonlyMap<string, Definition>;
};
type Parameters = ReadonlyMap<string, Value>;

export function readTekton(files: Files): Ledger {
  const ledger = newLedger();
  const documents = readTexts(files, isTektonPath, ledger).flatMap(({ path, text: content }) => {
    const { roots, source } = readYamlText(path, content, ledger);
    return roots.flatMap((root, index) => {
      const kind = textOf(childOf(root, 'kind')) ?? '';
      if (!KINDS.has(kind) || !/tekton\.dev/.test(textOf(childOf(root, 'apiVersion')) ?? '')) return [];
      const own = textOf(childOf(childOf(root, 'metadata'), 'name'));
      return [{ path, root, index, kind, source, own, content }];
    });
  });
  const definitions = new Map<string, Definition>();
  for (const { root, kind, own, source } of documents) {
    const spec = childOf(root, 'spec');
    if (own !== null && spec !== null && /^(Task|ClusterTask|Pipeline|StepAction)$/.test(kind))
      definitions.set(own, { spec, source });
  }
  // What another one refers to runs there, with what it is given.
  const used = new Set(
    documents.flatMap(({ content }) =>
      [...content.matchAll(/(?:(?:task|pipeline)R|\br)ef:\s*(?:\{\s*)?name:\s*["']?([\w.-]+)/g)].map(
        (match) => match[1],
      ),
    ),
  );
  for (const { path, root, index, kind, source, own } of documents) {
    if (own !== null && used.has(own) && definitions.has(own)) continue;
    for (const at of refPoints(eventsOf(root), [])) {
      const place = jobPlace(
        placeAt(path, files, at),
        `${own ?? `${kind} ${index + 1}`}#${index}`,
        locate(source, root.start, root.end),
        true,
      );
      const spec = childOf(root, 'spec');
      const reading = { source, ledger, definitions };
      if (kind === 'StepAction') runStep(spec ?? root, parametersOf(spec, null, new Map()), place, reading);
      else runSpec(spec, new Map(), place, reading, 0);
    }
  }
  return ledger;
}

/** Pipelines as Code starts runs on events; without its notes something in the cluster does. */
function eventsOf(root: YamlNode): readonly TriggerEvent[] {
  const notes = childOf(childOf(root, 'metadata'), 'annotations');
  const written = `${textOf(childOf(notes, 'pipelinesascode.tekton.dev/on-event')) ?? ''} ${textOf(childOf(notes, 'pipelinesascode.tekton.dev/on-cel-expression')) ?? ''}`;
  const events: TriggerEvent[] = [];
  if (/pull_request/.test(written)) events.push('pull_request');
  if (/push/.test(written)) events.push('push-branch', 'push-tag');
  return events.length === 0 ? ['tekton'] : events;
}

function parametersOf(spec: YamlNode | null, given: YamlNode | null, outer: Parameters): Parameters {
  const values = new Map<string, Value>();
  const fill = fillOf(outer);
  for (const item of itemsOf(childOf(spec, 'params'))) {
    const name = textOf(childOf(item, 'name'));
    const fallback = textOf(childOf(item, 'default')) ?? textOf(childOf(item, 'value'));
    if (name !== null && fallback !== null) values.set(name, filledValue(fallback, fill));
  }
  for (const item of itemsOf(given)) {
    const name = textOf(childOf(item, 'name'));
    const value = textOf(childOf(item, 'value'));
    if (name !== null && value !== null) values.set(name, filledValue(value, fill));
  }
  return values;
}

function fillOf(parameters: Parameters): Fill {
  return {
    pattern: PARAMETER,
    resolve: (match) => {
      const name = match[1] ?? match[2];
      // A workspace is where the sources are: paths in it are paths of the repository.
      if (/^\$\(workspaces\.[\w-]+\.path\)$/.test(match[0])) return ['.'];
      return (name === undefined ? undefined : parameters.get(name)) ?? hole(match[0], 'the run is given it');
    },
  };
}

function runSpec(
  spec: YamlNode | null,
  outer: Parameters,
  place: Place,
  reading: Reading,
  depth: number,
  given: YamlNode | null = null,
): void {
  if (spec === null) return;
  if (depth > DEPTH_LIMIT) {
    addLimit(
      reading.ledger,
      locate(reading.source, spec.start, spec.start),
      `specifications more than ${DEPTH_LIMIT} deep`,
    );
    return;
  }
  const parameters = parametersOf(spec, given, outer);
  for (const step of itemsOf(childOf(spec, 'steps'))) runStep(step, parameters, place, reading);
  for (const key of ['pipelineSpec', 'taskSpec']) {
    const inner = childOf(spec, key);
    // A run gives its parameters to the specification inside it.
    if (inner !== null) runSpec(inner, parameters, place, reading, depth + 1, childOf(spec, 'params'));
  }
  for (const task of [...itemsOf(childOf(spec, 'tasks')), ...itemsOf(childOf(spec, 'finally'))]) {
    const name = textOf(childOf(task, 'name')) ?? 'task';
    const here = jobPlace(place, name, locate(reading.source, task.start, task.end), true);
    const inner = childOf(task, 'taskSpec');
    if (inner !== null) runSpec(inner, parameters, here, reading, depth + 1, childOf(task, 'params'));
    const reference = childOf(task, 'taskRef');
    if (reference !== null) referenced(reference, childOf(task, 'params'), parameters, here, reading, depth);
  }
  const reference = childOf(spec, 'taskRef') ?? childOf(spec, 'pipelineRef');
  if (reference !== null) referenced(reference, childOf(spec, 'params'), parameters, place, reading, depth);
}

/** Tasks of the public catalogue that build and push by nature; others of that look are said to be unseen. */
function referenced(
  reference: YamlNode,
  given: YamlNode | null,
  outer: Parameters,
  place: Place,
  reading: Reading,
  depth: number,
): void {
  const { source, ledger } = reading;
  const resolvers = ['name', 'pathInRepo', 'url'].map((wanted) =>
    itemsOf(childOf(reference, 'params')).find((item) => textOf(childOf(item, 'name')) === wanted),
  );
  const resolver = resolvers.find((item) => item !== undefined) ?? null;
  const name = textOf(childOf(reference, 'name')) ?? textOf(childOf(resolver, 'value')) ?? '';
  const location = locate(source, reference.start, reference.end);
  const own = reading.definitions.get(name);
  if (own !== undefined) {
    const inside = { ...place, path: [...place.path, { label: name, location }] };
    runSpec(own.spec, outer, inside, { ...reading, source: own.source }, depth + 1, given);
    return;
  }
  if (
    /^(kaniko|buildah|buildah-oci-ta|buildpacks(-\w+)?|jib-maven|jib-gradle|s2i[\w-]*|ko|img|buildkit|docker-build)$/.test(
      name,
    )
  ) {
    const image =
      parametersOf(null, given, outer).get('IMAGE') ??
      parametersOf(null, given, outer).get('APP_IMAGE') ??
      parametersOf(null, given, outer).get('image');
    addAct(ledger, place, pushEffect({ names: image === undefined ? [] : [image] }), {
      tool: `tekton ${name}`,
      family: /kaniko/.test(name) ? 'kaniko' : 'podman-buildah',
      location,
    });
    return;
  }
  if (/^skopeo-copy$/.test(name)) {
    const values = parametersOf(null, given, outer);
    const to = values.get('destImageURL') ?? values.get('DESTINATION_IMAGE_URL');
    const names = to === undefined ? [] : [withoutTransport(to)];
    addAct(ledger, place, pushEffect({ names }), { tool: 'tekton skopeo-copy', family: 'skopeo', location });
    return;
  }
  if (
    /kaniko|buildah|buildpack|jib|s2i|skopeo|docker|image|push|publish|release/i.test(name) &&
    !/scan|check|lint|clamav|sast/i.test(name)
  )
    addOpaque(ledger, place, {
      what: `task ${name}`,
      doubt: `the task ${name} of the cluster can't be read here`,
      settledBy: 'keep the task in this repository, or approve it as it is',
      family: 'wrapper',
      location,
    });
}

function withoutTransport(url: Value): Value {
  const [first, ...rest] = url;
  return typeof first === 'string' ? join([first.replace(/^docker:\/\//, ''), rest]) : url;
}

function runStep(step: YamlNode, parameters: Parameters, place: Place, reading: Reading): void {
  const { source, ledger } = reading;
  const fill = fillOf(parameters);
  const reference = childOf(step, 'ref');
  const action = reading.definitions.get(textOf(childOf(reference, 'name')) ?? '');
  if (action !== undefined && !place.open.includes(`step ${action.source.path}:${action.spec.start}`)) {
    const own = parametersOf(action.spec, childOf(step, 'params'), parameters);
    const open = [...place.open, `step ${action.source.path}:${action.spec.start}`];
    runStep(action.spec, own, { ...place, open }, { ...reading, source: action.source });
    return;
  }
  if (reference !== null) {
    referenced(reference, childOf(step, 'params'), parameters, place, reading, DEPTH_LIMIT);
    return;
  }
  const image = filledText(textOf(childOf(step, 'image')) ?? '', fill);
  const location = locate(source, step.start, step.end);
  const here = stepPlace(place, textOf(childOf(step, 'name')) ?? 'step', location);
  const folder = textOf(childOf(step, 'workingDir'));
  const environment = withVariables(new Map(), childOf(step, 'env'));
  const shell = { environment, workingDirectory: folder === null ? [] : filledValue(folder, fill) };
  const script = childOf(step, 'script');
  if (script?.kind === 'scalar') {
    runShell(scriptText([pieceOf(script, source)], fill), shell, here, ledger);
    return;
  }
  const command = scriptScalars(childOf(step, 'command'));
  const words = scriptScalars(childOf(step, 'args'));
  const inline = inlineScript([...command, ...words]);
  if (inline !== null) {
    runShell(scriptText([pieceOf(inline, source)], fill), shell, here, ledger);
    return;
  }
  const program = command.length > 0 ? null : programOf(image);
  const [first] = words;
  const lead =
    program === null
      ? []
      : [givenPiece(program, first === undefined ? location : locate(source, first.start, first.end))];
  const pieces = [...lead, ...wordPieces([...command, ...words], source)];
  if (pieces.length > 0) runShell(scriptText(pieces, fill, ' '), shell, here, ledger);
}

function filledText(written: string, fill: Fill): string {
  return filledValue(written, fill)
    .map((part) => (typeof part === 'string' ? part : ''))
    .join('');
}
