// Google Cloud Build's `cloudbuild.yaml` → acts: each step's container, and the images it pushes by itself.
import type { Value } from '../../model/value.ts';
import { hole, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { isPushWord } from '../program-knowledge.ts';
import { locate, type SourceText } from '../source-text.ts';
import { toolForCommand } from '../tools/index.ts';
import { childOf, itemsOf, textOf, type YamlNode, type YamlScalar } from '../yaml.ts';
import { entryProgram, inlineScript, programOf, wordPieces } from './container-program.ts';
import { refPoints } from './ref-points.ts';
import {
  addAct,
  addOpaque,
  type Environment,
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

/** Who starts a build, and when, is set up in Google Cloud and not in the file. */
const EVENT = 'cloud-build';
const SUBSTITUTION = /\$\$|\$\{(_\w+|[A-Z]\w*)(?:[^}]*)\}|\$(_\w+|[A-Z][A-Z_]*)/g;

function isCloudBuildPath(path: string): boolean {
  return (
    /(^|\/)(?:[\w.-]*cloudbuild[\w.-]*|gcb[\w.-]*)\.(ya?ml|json)$/i.test(path) &&
    !/(^|\/)\.github\//.test(path)
  );
}

export function readCloudBuild(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isCloudBuildPath, ledger)) {
    const { root, source } = readYamlText(path, content, ledger);
    if (childOf(root, 'steps')?.kind !== 'list') continue;
    for (const at of refPoints([EVENT], [])) {
      const whole = locate(source, root?.start ?? 0, root?.end ?? 0);
      // A build runs under a service account that may push to the project's registries.
      runBuild(root, source, jobPlace(placeAt(path, files, at), 'build', whole, true), ledger);
    }
  }
  return ledger;
}

function runBuild(root: YamlNode | null, source: SourceText, place: Place, ledger: Ledger): void {
  const given = withVariables(new Map(), childOf(root, 'substitutions'));
  const fill: Fill = {
    pattern: SUBSTITUTION,
    resolve: (match) => {
      const name = match[1] ?? match[2];
      if (name === undefined) return ['$'];
      const isOperator = match[0].startsWith('${') && match[0] !== `\${${name}}`;
      return isOperator
        ? hole(match[0], 'Cloud Build fills it in')
        : (given.get(name) ?? hole(match[0], 'the trigger of the build sets it'));
    },
  };
  const options = childOf(root, 'options');
  const shared = withVariables(new Map(), childOf(options, 'env'));
  for (const [index, step] of itemsOfList(childOf(root, 'steps')).entries())
    runStep(step, index, { source, fill, shared, given, ledger }, place);
  const images = childOf(root, 'images') ?? childOf(childOf(root, 'artifacts'), 'images');
  for (const image of itemsOf(images)) {
    addAct(ledger, place, pushEffect({ names: [filledValue(textOf(image) ?? '', fill)] }), {
      tool: 'cloud-build images',
      family: 'cloud-build',
      location: locate(source, image.start, image.end),
    });
  }
  const objects = childOf(childOf(root, 'artifacts'), 'objects');
  const paths = itemsOf(childOf(objects, 'paths')).map((item) => filledValue(textOf(item) ?? '', fill));
  if (objects !== null && paths.length > 0)
    addAct(
      ledger,
      place,
      { kind: 'carry', channel: 'object-storage', paths },
      {
        tool: 'cloud-build artifacts',
        family: 'archive',
        location: locate(source, objects.start, objects.end),
      },
    );
}

type Reading = {
  readonly source: SourceText;
  readonly fill: Fill;
  readonly shared: Environment;
  readonly given: Environment;
  readonly ledger: Ledger;
};

function itemsOfList(node: YamlNode | null): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

function runStep(step: YamlNode, index: number, reading: Reading, place: Place): void {
  const { source, fill, ledger } = reading;
  const image = textOf(childOf(step, 'name')) ?? '';
  const label = textOf(childOf(step, 'id')) ?? (image === '' ? `step ${index + 1}` : image);
  const location = locate(source, step.start, step.end);
  const here = stepPlace(place, label, location);
  const folder = textOf(childOf(step, 'dir'));
  const environment = new Map([
    ...reading.shared,
    ...itemsOf(childOf(step, 'env')).map((item) => variableOf(textOf(item) ?? '', fill)),
  ]);
  const shell = { environment, workingDirectory: folder === null ? [] : filledValue(folder, fill) };
  const script = childOf(step, 'script');
  if (script?.kind === 'scalar') {
    // Substitutions are not written into `script`; with automatic mapping they arrive as variables.
    const variables = new Map([...reading.given, ...environment]);
    runShell(scriptText([pieceOf(script, source)]), { ...shell, environment: variables }, here, ledger);
    return;
  }
  const entry = scriptScalars(childOf(step, 'entrypoint'));
  const words = scriptScalars(childOf(step, 'args'));
  const inline = inlineScript([...entry, ...words]);
  if (inline !== null) {
    runShell(scriptText([pieceOf(inline, source)], fill), shell, here, ledger);
    return;
  }
  const [entered] = entry;
  const behind = entered === undefined ? null : entryProgram(entered.text);
  const program = entry.length > 0 ? behind : programOf(image);
  const [first] = words;
  const start = first === undefined ? location : locate(source, first.start, first.end);
  if (program === null && entry.length === 0 && !isCommand(first?.text ?? '')) {
    unknownBuilder(image, words, start, here, ledger);
    return;
  }
  const lead = program === null || first?.text === program ? [] : [givenPiece(program, start)];
  const own = behind === null ? entry : entry.slice(1);
  const pieces = [...lead, ...wordPieces([...own, ...words], source)];
  const before = ledger.acts.length;
  if (pieces.length > 0) runShell(scriptText(pieces, fill, ' '), shell, here, ledger);
  if (entered !== undefined && ledger.acts.length === before && !isCommand(entered.text))
    unknownBuilder(entered.text, words, start, here, ledger);
}

/** Without a known entry point the first argument is a program only where it looks like one. */
function isCommand(word: string): boolean {
  return (
    toolForCommand([text(word)]) !== null ||
    /^(docker|podman|buildah|skaffold|ko|make|bash|sh|gcloud|mvn|gradle|npm)$|\.sh$/.test(word)
  );
}

function unknownBuilder(
  image: string,
  words: readonly YamlScalar[],
  location: Place['path'][number]['location'],
  place: Place,
  ledger: Ledger,
): void {
  const name =
    image
      .replace(/[:@][^/]*$/, '')
      .split('/')
      .at(-1) ?? image;
  const isPush = words.some((word) => isPushWord(word.text));
  if (!isPush && !/docker|kaniko|buildah|push|publish|image-builder|skaffold/i.test(name)) return;
  addOpaque(ledger, place, {
    what: image,
    doubt: `what ${image} does with its arguments is not known here`,
    settledBy: 'use a builder that is known, or approve it as it is',
    family: 'third-party-action',
    location,
  });
}

function variableOf(written: string, fill: Fill): readonly [string, Value] {
  const at = written.indexOf('=');
  return at === -1 ? [written, text('')] : [written.slice(0, at), filledValue(written.slice(at + 1), fill)];
}
