// Kubernetes objects that build and push images → acts: builders as containers, BuildConfigs, kpack and Shipwright.
import type { Value } from '../../model/value.ts';
import { hole, join, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { buildSource, pushEffect } from '../effect.ts';
import type { Files } from '../files.ts';
import { locate, type SourceText } from '../source-text.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import { inlineScript, programOf, wordPieces } from './container-program.ts';
import { refPoints } from './ref-points.ts';
import { addAct, addLimit, jobPlace, placeAt, readTexts, readYamlText, runShell, stepPlace } from './run.ts';
import { scriptScalars } from './sourced.ts';
import { type Fill, givenPiece, pieceOf, scriptText } from './template.ts';
import { withVariables } from './variables.ts';

/** Reading every manifest of a repository would cost a request each: those whose names speak of building. */
function isBuildPath(path: string): boolean {
  return (
    /(^|\/)(openshift|\.openshift|kaniko|shipwright|kpack|argo(-?(cd|workflows?))?)\/([^/]+\/)*[^/]+\.ya?ml$/i.test(
      path,
    ) ||
    /(^|\/)[\w.-]*(build-?config|kaniko|buildah|buildkit|shipwright|kpack|(^|[-_.])bc[-_.]|argo|workflow-?template|image-?build|build-?(image|job|pod))[\w.-]*\.ya?ml$/i.test(
      path,
    ) ||
    /(^|\/)(wf|workflows?|k8s|kubernetes|manifests|deploy)\/([^/]+\/)*(build|image|release)[\w.-]*\.ya?ml$/i.test(
      path,
    )
  );
}

export function readKubernetesBuilds(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isBuildPath, ledger)) {
    if (path.startsWith('.github/') || !/^[ \t]*kind:/m.test(content)) continue;
    const { roots, source } = readYamlText(path, content, newLedger());
    for (const at of refPoints(['kubernetes'], []))
      for (const root of roots.flatMap((one) => objectsOf(one))) {
        const kind = textOf(childOf(root, 'kind')) ?? '';
        const name = textOf(childOf(childOf(root, 'metadata'), 'name')) ?? kind;
        const location = locate(source, root.start, root.end);
        const place = jobPlace(placeAt(path, files, at), `${kind} ${name}`, location, true);
        readObject(root, kind, place, source, ledger);
      }
  }
  return ledger;
}

/** A list or template holds objects. */
function objectsOf(root: YamlNode): readonly YamlNode[] {
  const kind = textOf(childOf(root, 'kind'));
  if (kind === 'List') return itemsOf(childOf(root, 'items'));
  return kind === 'Template' ? itemsOf(childOf(root, 'objects')) : [root];
}

/** `${NAME}` of an OpenShift template, `{{…}}` of Argo and Helm: who runs it fills them in. */
const FILL: Fill = {
  pattern: /\$\{\{?\w+\}?\}|\{\{[^{}]*\}\}|\$\((?:params|inputs)[^)]*\)/g,
  resolve: (match) => hole(match[0], 'who runs it fills it in'),
};

function filled(written: string): Value {
  const parts: (Value | string)[] = [];
  let at = 0;
  for (const match of written.matchAll(FILL.pattern)) {
    parts.push(written.slice(at, match.index), hole(match[0], 'who runs it fills it in'));
    at = match.index + match[0].length;
  }
  return join([...parts, written.slice(at)]);
}

function readObject(root: YamlNode, kind: string, place: Place, source: SourceText, ledger: Ledger): void {
  const spec = childOf(root, 'spec');
  const version = textOf(childOf(root, 'apiVersion')) ?? '';
  const pushed = (node: YamlNode | null, tool: string, registry: string | null): void => {
    const written = textOf(node);
    if (node === null || written === null) return;
    const image = filled(written);
    addAct(
      ledger,
      place,
      pushEffect({
        names: [
          registry === null ? image : join([hole(registry, 'the cluster names its registry'), '/', image]),
        ],
        source: buildSource({ context: text('.') }),
      }),
      { tool, family: 'cloud-build', location: locate(source, node.start, node.end) },
    );
  };
  if (kind === 'BuildConfig' || kind === 'Build') {
    const to = childOf(childOf(spec, 'output'), 'to');
    const isImage = textOf(childOf(to, 'kind')) === 'DockerImage';
    if (to !== null) pushed(childOf(to, 'name'), 'openshift-build', isImage ? null : 'internal registry');
    pushed(childOf(childOf(spec, 'output'), 'image'), 'shipwright', null);
    return;
  }
  if (/^kpack\.io\//.test(version)) {
    pushed(childOf(spec, 'tag'), 'kpack', null);
    return;
  }
  if (
    /^(Pod|Job|CronJob|Deployment|Workflow|WorkflowTemplate|ClusterWorkflowTemplate|CronWorkflow)$/.test(kind)
  )
    containers(spec, place, source, ledger, 0);
}

const DEPTH_LIMIT = 24;

/** Containers and scripts anywhere in the object whose program is a builder, or a shell. */
function containers(
  node: YamlNode | null,
  place: Place,
  source: SourceText,
  ledger: Ledger,
  depth: number,
): void {
  if (node === null || node.kind === 'scalar') return;
  if (depth > DEPTH_LIMIT) {
    addLimit(ledger, locate(source, node.start, node.start), `objects more than ${DEPTH_LIMIT} deep`);
    return;
  }
  if (node.kind === 'list') {
    for (const item of node.items) containers(item, place, source, ledger, depth + 1);
    return;
  }
  if (textOf(childOf(node, 'image')) !== null) {
    container(node, place, source, ledger);
    return;
  }
  for (const { value } of node.entries) containers(value, place, source, ledger, depth + 1);
}

function container(node: YamlNode, place: Place, source: SourceText, ledger: Ledger): void {
  const image = textOf(childOf(node, 'image')) ?? '';
  const location = locate(source, node.start, node.end);
  const here = stepPlace(place, textOf(childOf(node, 'name')) ?? 'container', location);
  const shell = { environment: withVariables(new Map(), childOf(node, 'env')), shell: 'sh' };
  const script = childOf(node, 'source');
  const command = scriptScalars(childOf(node, 'command'));
  const words = scriptScalars(childOf(node, 'args'));
  const inline = script?.kind === 'scalar' ? script : inlineScript([...command, ...words]);
  if (inline !== null) {
    runShell(scriptText([pieceOf(inline, source)], FILL), shell, here, ledger);
    return;
  }
  const program = command.length > 0 ? null : programOf(image);
  if (command.length === 0 && program === null) return;
  const lead = program === null ? [] : [givenPiece(program, location)];
  const pieces = [...lead, ...wordPieces([...command, ...words], source)];
  runShell(scriptText(pieces, FILL, ' '), shell, here, ledger);
}
