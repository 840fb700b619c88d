// Drone and Woodpecker pipelines → acts: commands, and the plugins that build and push images.
import type { TriggerEvent } from '../../../model/delivery.ts';
import type { Truth, Value } from '../../../model/value.ts';
import { both, text } from '../../../value.ts';
import { type Ledger, newLedger, type Place } from '../../act.ts';
import type { Files } from '../../files.ts';
import { locate, type SourceText, sourceText } from '../../source-text.ts';
import { childOf, entryOf, itemsOf, textOf, type YamlNode } from '../../yaml.ts';
import { wordPieces } from '../container-program.ts';
import { variableOf } from '../fact.ts';
import { branchesInScripts, type RefPoint, refPoints } from '../ref-points.ts';
import { matrixRows } from '../rows.ts';
import {
  addOpaque,
  type Environment,
  jobPlace,
  placeAt,
  readTexts,
  readYamlText,
  runShell,
  stepPlace,
  under,
} from '../run.ts';
import { scriptScalars } from '../sourced.ts';
import { pieceOf, scriptText } from '../template.ts';
import { withVariables } from '../variables.ts';
import { runPlugin } from './plugins.ts';
import { NAMES, patternTruth, shownWhen, whenTruth } from './when.ts';

const EVENTS: readonly TriggerEvent[] = [
  'push-branch',
  'push-tag',
  'pull_request',
  'schedule',
  'workflow_dispatch',
];
function isDronePath(path: string): boolean {
  return /^\.(drone|woodpecker)\.ya?ml$|^\.woodpecker\/(.+\/)?[^/]+\.ya?ml$/.test(path);
}

/** Pipelines written in Starlark or Jsonnet. */
function isComputedPath(path: string): boolean {
  return /^\.drone\.(star|jsonnet|libsonnet)$/.test(path);
}

export function readDrone(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isComputedPath, ledger)) {
    if (
      !/plugins?[/-](docker|kaniko|buildah|ecr|gcr|gar|acr|manifest|heroku)|docker push|--push|buildx/.test(
        content,
      )
    )
      continue;
    const [at] = refPoints(['push-branch'], []);
    if (at === undefined) continue;
    const source = sourceText(path, content);
    const first = locate(source, 0, content.search(/\n|$/));
    addOpaque(ledger, placeAt(path, files, at), {
      what: path,
      doubt: `the pipeline is what ${path} computes when the run starts`,
      settledBy: 'keep the computed pipeline in the repository, or approve it as it is',
      family: 'wrapper',
      location: first,
    });
  }
  for (const { path, text: content } of readTexts(files, isDronePath, ledger)) {
    const { roots, source } = readYamlText(path, content, ledger);
    const branches = [
      ...content.matchAll(/branch(?:es)?:\s*(?:\[\s*)?((?:["']?[\w./-]+["']?\s*,?\s*)+)/g),
    ].flatMap((match) => (match[1] ?? '').split(/[\s,]+/).map((name) => name.replace(/["']/g, '')));
    for (const at of refPoints(EVENTS, [
      ...branches.filter((name) => /^(main|master|develop|dev|release)/.test(name)),
      ...branchesInScripts(content),
    ])) {
      for (const [index, root] of roots.entries()) {
        if (root.kind === 'map') runPipeline(root, index, at, { source, files, path, ledger });
      }
    }
  }
  return ledger;
}

type Reading = {
  readonly source: SourceText;
  readonly files: Files;
  readonly path: string;
  readonly ledger: Ledger;
};

function runPipeline(root: YamlNode, index: number, at: RefPoint, reading: Reading): void {
  const kind = textOf(childOf(root, 'kind'));
  const { source, ledger } = reading;
  if (kind === 'template') {
    const start = placeAt(reading.path, reading.files, at);
    const named = textOf(childOf(root, 'load')) ?? 'without a name';
    addOpaque(ledger, start, {
      what: `template ${named}`,
      doubt: `the template ${named} is kept by the server, and its steps may push`,
      settledBy: 'write the steps into the repository, or approve it as it is',
      family: 'reusable-workflow',
      location: locate(source, root.start, root.end),
      content: [source.text.slice(root.start, root.end)],
    });
  }
  if (kind !== null && kind !== 'pipeline') return;
  const limits = [childOf(root, 'trigger'), childOf(root, 'when')].filter((node) => node !== null);
  const branches = childOf(root, 'branches');
  const byBranch = branches === null ? 'yes' : patternTruth(branches, at.branch);
  const truth = limits.reduce<Truth>((sum, limit) => both(sum, whenTruth(limit, at)), byBranch);
  const start = under(
    placeAt(reading.path, reading.files, at),
    truth,
    truth === 'unknown' ? shownWhen(limits[0] ?? null) : null,
  );
  if (start === null) return;
  const name = textOf(childOf(root, 'name')) ?? `pipeline ${index + 1}`;
  const location = locate(source, root.start, root.end);
  const settled = new Map<string, Value>([
    ['CI', text('true')],
    ['CI_WORKSPACE', text('.')],
    ['DRONE_WORKSPACE', text('.')],
  ]);
  for (const [name, fact] of [
    ['DRONE_TAG', at.tag],
    ['CI_COMMIT_TAG', at.tag],
    ['DRONE_BRANCH', at.branch],
    ['CI_COMMIT_BRANCH', at.branch],
  ] as const) {
    const value = at.event === 'schedule' || at.event === 'workflow_dispatch' ? null : variableOf(name, fact);
    // What a tag's branch variable holds differs between versions.
    if (value !== null && !(at.event === 'push-tag' && name.endsWith('BRANCH'))) settled.set(name, value);
  }
  const names = NAMES[at.event] ?? [];
  if (names[0] !== undefined && at.event !== 'workflow_dispatch') {
    settled.set('DRONE_BUILD_EVENT', text(names[0]));
    settled.set('CI_PIPELINE_EVENT', text(names[0]));
  }
  const environment = withVariables(settled, childOf(root, 'environment'));
  const steps = childOf(root, 'steps') ?? childOf(root, 'pipeline');
  for (const [row, variables] of matrixRows(childOf(root, 'matrix'), environment).entries()) {
    const job = jobPlace(start, `${name}${row === 0 ? '' : ` ${row + 1}`}`, location, true);
    const list =
      steps?.kind === 'map'
        ? steps.entries.map(({ key, value }) => ({ label: key.text, step: value }))
        : itemsOf(steps).map((step, at) => ({
            label: textOf(childOf(step, 'name')) ?? `step ${at + 1}`,
            step,
          }));
    for (const { label, step } of list) runStep(label, step, variables, at, job, { source, ledger });
  }
}

function runStep(
  label: string,
  step: YamlNode,
  environment: Environment,
  at: RefPoint,
  place: Place,
  reading: { readonly source: SourceText; readonly ledger: Ledger },
): void {
  const { source, ledger } = reading;
  const when = childOf(step, 'when');
  const inside = under(place, when === null ? 'yes' : whenTruth(when, at), shownWhen(when));
  if (inside === null) return;
  const here = stepPlace(inside, label, locate(source, step.start, step.end));
  const own = withVariables(environment, childOf(step, 'environment'));
  const commands = scriptScalars(childOf(step, 'commands'));
  const entry = wordPieces(scriptScalars(childOf(step, 'entrypoint')), source);
  if (entry.length > 0 && commands.length === 0) {
    runShell(scriptText(entry, undefined, ' '), { environment: own, shell: 'sh -e' }, here, ledger);
    return;
  }
  if (commands.length > 0) {
    runShell(
      scriptText(commands.map((scalar) => pieceOf(scalar, source))),
      { environment: own, shell: 'sh -e' },
      here,
      ledger,
    );
    return;
  }
  // An anchor may hold the image; the key stands where the step is.
  const image = entryOf(step, 'image');
  const name = textOf(image?.value);
  if (name === null || image === null) return;
  runPlugin(
    name,
    childOf(step, 'settings') ?? step,
    own,
    { ...here, credentials: true },
    // What is merged in from an anchor stands elsewhere: then the step itself is the place.
    image.key.start >= step.start && image.key.end <= step.end
      ? locate(source, image.key.start, image.key.end)
      : locate(source, step.start, step.start),
    ledger,
  );
}
