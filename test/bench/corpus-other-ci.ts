// Runs the delivery prover over other CI files, scripts, Makefiles and definitions, each alone, for the score script.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../../src/core/model/delivery.ts';
import { givenFiles } from '../../src/core/pipeline/files.ts';
import { findDeliveries } from '../../src/core/pipeline/find-deliveries.ts';
import { childOf, readYaml } from '../../src/core/pipeline/yaml.ts';
import { format, known } from '../../src/core/value.ts';
import { localOnly } from './corpus-pipelines.ts';

/** Each file alone, at the place where its system would run it. */
export function predictOtherCi(
  folder: string,
  out: string,
  sources: ReadonlyMap<string, string>,
  notes: ReadonlyMap<string, string>,
): void {
  const names = readdirSync(join(folder, 'other-ci')).sort();
  // Lines of a shortened file are not the original's, which the labels count by: a list for `grep -vF -f`.
  const shortened = names.filter((file) => notes.get(`other-ci/${file}`)?.includes('shortened') === true);
  writeFileSync(join(out, 'other-ci.shortened.txt'), shortened.map((file) => `${file}\n`).join(''));
  const lines = names.map((file) => {
    const content = readFileSync(join(folder, 'other-ci', file), 'utf8');
    const written = sources.get(`other-ci/${file}`) ?? file.replaceAll('__', '/');
    const found = judged(runPath(written, content), content);
    return { file, ...found };
  });
  writeFileSync(join(out, 'other-ci.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

type Judged = { readonly verdict: string; readonly deliveries: readonly object[] };

function judged(path: string, content: string): Judged {
  const name = path.split('/').at(-1) ?? path;
  if (/^\.?goreleaser\.ya?ml$/.test(name)) return asReleased(path, content);
  const definition =
    /^(skaffold\.ya?ml|docker-bake\.(hcl|json)|.*bake.*\.hcl|(docker-)?compose[\w.-]*\.ya?ml|Earthfile|\.ko\.ya?ml)$/.test(
      name,
    );
  const { deliveries } = findDeliveries(givenFiles(asRun(path, name, content)), localOnly);
  const pushes = withoutDoubles(deliveries.filter((delivery) => delivery.kind === 'registry-push'));
  const archives = deliveries.filter(
    (delivery) => delivery.kind === 'image-archive' && !isCopiedIn(delivery),
  );
  const unseen = deliveries.filter((delivery) => delivery.kind === 'opaque');
  if (pushes.length > 0) return { verdict: 'pushes', deliveries: merged(pushes, content) };
  if (archives.length > 0) return { verdict: 'archive', deliveries: merged(archives, content) };
  // An action that is a program and not steps says what it can do and does nothing by itself.
  if ((definition && NAMES_IMAGES.test(content)) || /^action\.ya?ml$/.test(name))
    return { verdict: 'definition', deliveries: [] };
  if (definition) return { verdict: 'none', deliveries: [] };
  const told = suspected(unseen, path, content);
  return told.length > 0
    ? { verdict: 'pushes-indirect', deliveries: merged(told, content) }
    : { verdict: 'none', deliveries: [] };
}

/** What definitions name images with: Earthfiles, Skaffold and Compose files, bake files. */
const NAMES_IMAGES = /SAVE IMAGE|^\s*(- )?(image|imageName|artifactImage|tags)\s*[:=]|"(image|tags)"\s*:/m;

/** A build that may push, beside a push of what it builds, is a build to a reader. */
function withoutDoubles(pushes: readonly Delivery[]): readonly Delivery[] {
  const sure = new Set(
    pushes.filter(({ happens }) => happens === 'yes').map((one) => `${unitOf(one)} ${imageOf(one)}`),
  );
  return pushes.filter((one) => one.happens === 'yes' || !sure.has(`${unitOf(one)} ${imageOf(one)}`));
}

/** What is fetched from a registry into a folder and goes nowhere from there leaves nothing. */
function isCopiedIn({ tool, destination }: Delivery): boolean {
  return destination.channel === 'none' && /^(skopeo|crane|oras|regctl)/.test(tool);
}

/** A file kept in another folder is judged as if it lay where its system looks for it. */
function runPath(written: string, content: string): string {
  const name = written.split('/').at(-1) ?? written;
  if (/gitlab-ci\.ya?ml$/.test(name)) return '.gitlab-ci.yml';
  if (/^(\.travis|bitbucket-pipelines|\.?appveyor|\.drone|\.woodpecker)\.ya?ml$/.test(name)) return name;
  if (/(^|\/)\.circleci\//.test(written)) return '.circleci/config.yml';
  if (/(^|\/)\.woodpecker\/[^/]+\.ya?ml$/.test(written)) return `.woodpecker/${name}`;
  if (!/\.ya?ml$/.test(name) || /^(action|skaffold|\.?goreleaser)|compose/.test(name)) return written;
  if (/^apiVersion:\s*tekton\.dev\//m.test(content)) return `.tekton/${name}`;
  const isAzure = /^\s*-?\s*task:\s*[\w.-]+@\d/m.test(content) || /^\s*vmImage:/m.test(content);
  return isAzure && !/cloudbuild/.test(name) ? `azure-pipelines/pipelines/${name}` : written;
}

/**
 * Among calls that can't be seen into, those that a reader of the one file would suspect: whose own words say that they
 * publish, else those of a file that logs in to a registry. The product says all of them.
 */
function suspected(unseen: readonly Delivery[], path: string, content: string): readonly Delivery[] {
  const lines = content.split('\n');
  const said = unseen.filter(({ tool, location }) => {
    const line = location.path === path ? (lines[location.range.start.line - 1] ?? '') : '';
    // A folder's name says nothing of the script in it.
    const words = `${tool} ${line}`.replace(/[\w.-]+\/(?=[\w.-])/g, '');
    return /push|publish|release|deploy|ship\b|upload|docker|image|container/i.test(words);
  });
  const lineOfCall = ({ location }: Delivery): string => lines[location.range.start.line - 1] ?? '';
  const publishing = said.filter((one) => PUBLISHES.test(`${one.tool} ${lineOfCall(one)}`));
  if (publishing.length > 0) return publishing;
  // Where no call says it, the step, stage or target it stands in may.
  const inPublishing = unseen.filter(({ evidencePath }) =>
    evidencePath.some(
      ({ label }) => /^(job|stage|step|make) /.test(label) && /push|publish|deploy/i.test(label),
    ),
  );
  if (inPublishing.length > 0) return inPublishing;
  if (!LOGS_IN.test(content)) return [];
  const telling = said.filter(({ tool }) => !/\btests?\b|lint|e2e|install/i.test(tool));
  return telling.length > 0 ? telling : unseen;
}

const PUBLISHES = /push|publish|release|deploy|upload|builds submit/i;
const LOGS_IN =
  /(docker|podman|buildah|skopeo) login|get-login|withDocker|withRegistry|configure-docker|az acr/;

/** A file that only runs when something calls it is called by the smallest workflow that can. */
function asRun(path: string, name: string, content: string): Readonly<Record<string, string>> {
  const caller = (step: string) => ({
    [path]: content,
    '.github/workflows/caller.yml': `on: workflow_dispatch\njobs:\n  call:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`,
  });
  // Arguments and inputs are the caller's: nothing is known of them.
  const open = (index: number): string => `\${{ vars.GIVEN_${index} }}`;
  if (/\.(sh|bash)$/.test(name) || /^#!.*\b(ba|da|z)?sh\b/.test(content))
    return caller(
      `run: bash ${path} ${[1, 2, 3, 4].map((index) => `"${open(index)}"`).join(' ')}${PRINTS_SCRIPT.test(content) ? ' | sh' : ''}`,
    );
  if (/^(GNUm|M|m)akefile$/.test(name)) {
    const targets = [...content.matchAll(/^([A-Za-z][\w.-]*)\s*:(?!=)/gm)].map((match) => match[1] ?? '');
    // Switches that are off by default are there for callers to set.
    const switches = [...content.matchAll(/^([A-Z]\w*)\s*\?=\s*(?:true|false|yes|no)\s*$/gm)].map(
      (match, index) => `${match[1]}="${open(index)}"`,
    );
    const goals = [...new Set(targets)].join(' ');
    return caller(`run: make -C ./${folderOf(path)} ${switches.join(' ')} ${goals}`);
  }
  if (/^action\.ya?ml$/.test(name)) {
    const folder = folderOf(path);
    const inputs = childOf(readYaml(path, content).root, 'inputs');
    const names = inputs?.kind === 'map' ? inputs.entries.map(({ key }) => key.text) : [];
    const given = names.map((input, index) => `          ${input}: "${open(index)}"\n`).join('');
    return caller(`uses: ./${folder}${given === '' ? '' : `\n        with:\n${given}`}`);
  }
  return { [path]: content };
}

/** A script that prints a script is run for what it prints. */
const PRINTS_SCRIPT = /^\s*(echo|printf) (-e )?["']#!\//m;

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** What the release would push, found by running it over this configuration. */
function asReleased(path: string, content: string): Judged {
  const files = {
    [path]: content,
    '.github/workflows/caller.yml':
      'on: workflow_dispatch\njobs:\n  call:\n    runs-on: x\n    steps:\n      - run: goreleaser release\n        working-directory: ./' +
      `${folderOf(path)}\n`,
  };
  const pushes = findDeliveries(givenFiles(files), localOnly).deliveries.filter(
    (delivery) => delivery.kind === 'registry-push',
  );
  const lines = content.split('\n');
  const deliveries = pushes.map((delivery) => {
    const repository = format(delivery.destination.repository);
    const name = `${format(delivery.destination.registry)}/${repository}`;
    const whole = lines.findIndex((line) => line.includes(name));
    // Names of Docker Hub are written without it, and a name that is no text is where its section begins.
    const bare = lines.findIndex((line) => /^\s*- /.test(line) && line.includes(repository));
    const section = lines.findIndex((line) => /^(kos|dockers|docker_manifests|dockers_v2):/.test(line));
    return {
      kind: delivery.kind,
      line: ([whole, bare, section].find((at) => at !== -1) ?? 0) + 1,
      registry: format(delivery.destination.registry),
    };
  });
  return deliveries.length > 0 ? { verdict: 'pushes', deliveries } : { verdict: 'none', deliveries: [] };
}

/**
 * As the labels count: one per tool, registry and repository of a step, stage, target or script, at its first line; and
 * one for a command that takes its image from a loop or a choice, whose expression stays an expression.
 */
function merged(deliveries: readonly Delivery[], content: string): readonly object[] {
  const lines = content.split('\n');
  const commands = new Map<string, Delivery[]>();
  const steps = new Map<Delivery, string>();
  for (const delivery of deliveries) {
    const { path, range } = delivery.location;
    const command = lines.slice(range.start.line - 1, range.end.line).join('\n');
    const named = nameIn(command, delivery);
    const verb = /\b(trust|manifest)\b/.exec(command)?.[0] ?? '';
    const step = `${unitOf(delivery)}|${delivery.kind}|${delivery.tool} ${verb}`;
    // A recipe for several targets is one command to a reader, whatever it makes of their names.
    const inRecipe = unitOf(delivery).includes(' make ') && named === '';
    const key = `${inRecipe ? delivery.tool : step}|${path}:${range.start.line}|${named}`;
    steps.set(delivery, step);
    commands.set(key, [...(commands.get(key) ?? []), delivery]);
  }
  const told = new Map<string, object>();
  for (const same of commands.values()) {
    const [first] = same;
    if (first === undefined) continue;
    const images = [...new Set(same.map(imageOf))].sort();
    const key = `${steps.get(first)}|${images}`;
    const registries = new Set(same.map(registryOf));
    // Beside a host that is written, one that nobody knows is what a caller may give instead.
    const written = [...registries].filter((registry) => !/^unknown$|\$/.test(registry));
    if (told.has(key)) continue;
    told.set(key, {
      kind: first.kind === 'opaque' ? 'registry-push' : first.kind,
      line: lineOf(first, lines),
      registry: written.length > 1 ? '${…}' : (written[0] ?? registryOf(first)),
    });
  }
  return [...told.values()];
}

/** What a script prints for its caller to run is decided where it prints it. */
function lineOf({ location, tool }: Delivery, lines: readonly string[]): number {
  const printed = location.path.endsWith('caller.yml')
    ? lines.findIndex((line) => line.includes(tool.replace('-', ' ')))
    : -1;
  return printed === -1 ? location.range.start.line : printed + 1;
}

/** The job, stage, target or script that a person would call one step of the way. */
function unitOf(delivery: Delivery): string {
  const at = delivery.evidencePath.findLastIndex(({ label }) =>
    /^(job|stage|make|phase|step(?! '(sh|bat|pwsh|powershell)')) /.test(label),
  );
  const entry = delivery.evidencePath[at];
  const { location } = entry ?? delivery;
  const { path } = delivery.location;
  if (entry?.label.startsWith('make ')) return `${path} ${entry.label}`;
  if (path.endsWith('.sh')) return path;
  // The steps of a composite action are what its caller's steps are.
  const step = /(^|\/)action\.ya?ml$/.test(path) ? delivery.evidencePath.at(-2)?.location : undefined;
  const { range } = step ?? location;
  return `${location.path}:${range.start.line}`;
}

/** What a command itself says of the image it sends: all of it, its last part, or nothing. */
function nameIn(command: string, delivery: Delivery): string {
  const { registry, repository } = delivery.destination;
  const last = format(repository).split('/').at(-1) ?? '';
  const host = known(registry);
  if (!command.includes('$') || (host !== null && host !== 'docker.io' && command.includes(host)))
    return imageOf(delivery);
  return command.includes(last) ? last : '';
}

function imageOf({ destination, unseen }: Delivery): string {
  return `${format(destination.registry)}/${format(destination.repository)} ${unseen?.[0] ?? ''}`;
}

/** The corpus writes "unknown" where a file does not say. */
function registryOf(delivery: Delivery): string {
  const { registry } = delivery.destination;
  if (delivery.kind === 'image-archive') return '-';
  const written = format(registry);
  return known(registry) === null && (delivery.kind === 'opaque' || !written.includes('$'))
    ? 'unknown'
    : written;
}
