// Runs the delivery prover over single CI files and writes the lines that the corpus' score script judges.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery, DestinationClass } from '../../src/core/model/delivery.ts';
import type { Value } from '../../src/core/model/value.ts';
import { givenFiles } from '../../src/core/pipeline/files.ts';
import { findDeliveries } from '../../src/core/pipeline/find-deliveries.ts';
import { childOf, readYaml } from '../../src/core/pipeline/yaml.ts';
import { format, known } from '../../src/core/value.ts';

type Line = {
  readonly file: string;
  readonly deliveries: readonly object[];
  readonly indirect: readonly object[];
};

/** File name → its path in its repository, from the corpus' table. */
export function readSources(sources: string): ReadonlyMap<string, string> {
  const rows = readFileSync(sources, 'utf8')
    .split('\n')
    .slice(1)
    .filter((row) => row !== '');
  return new Map(rows.map((row) => row.split('\t')).map(([file = '', , path = '']) => [file, path]));
}

/** Each file alone, as if it were the only one of its repository. */
export function predictWorkflows(folder: string, out: string, sources: ReadonlyMap<string, string>): void {
  const lines = readdirSync(join(folder, 'workflows'))
    .sort()
    .map((file): Line => {
      const content = readFileSync(join(folder, 'workflows', file), 'utf8');
      const written = sources.get(`workflows/${file}`) ?? file;
      // A workflow kept in another place is judged as if it lay where workflows are run.
      const path = /^\.github\/workflows\/[^/]+\.ya?ml$/.test(written)
        ? written
        : `.github/workflows/${written.split('/').at(-1)}`;
      const { deliveries } = findDeliveries(givenFiles({ [path]: content }), localOnly);
      return {
        file,
        deliveries: deliveries
          .filter((delivery) => delivery.kind !== 'opaque' && delivery.destination.channel !== 'none')
          .map(asDelivery),
        indirect: deliveries.filter((delivery) => delivery.kind === 'opaque').map(asIndirect),
      };
    });
  writeFileSync(join(out, 'workflows.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Other CI files, scripts, Makefiles and definitions, each alone at its own path. */
export function predictOtherCi(folder: string, out: string, sources: ReadonlyMap<string, string>): void {
  const lines = readdirSync(join(folder, 'other-ci'))
    .sort()
    .map((file) => {
      const content = readFileSync(join(folder, 'other-ci', file), 'utf8');
      const found = judged(sources.get(`other-ci/${file}`) ?? file, content);
      return { file, ...found };
    });
  writeFileSync(join(out, 'other-ci.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

type Judged = { readonly verdict: string; readonly deliveries: readonly object[] };

function judged(path: string, content: string): Judged {
  const name = path.split('/').at(-1) ?? path;
  if (/^\.?goreleaser\.ya?ml$/.test(name)) return asReleased(path, content);
  const definition = /^(skaffold\.ya?ml|docker-bake\.(hcl|json)|.*bake.*\.hcl)$/.test(name);
  const { deliveries } = findDeliveries(givenFiles(asRun(path, name, content)), localOnly);
  const pushes = deliveries.filter((delivery) => delivery.kind === 'registry-push');
  const archives = deliveries.filter((delivery) => delivery.kind === 'image-archive');
  const unseen = deliveries.filter((delivery) => delivery.kind === 'opaque');
  if (pushes.length > 0) return { verdict: 'pushes', deliveries: merged(pushes) };
  if (archives.length > 0) return { verdict: 'archive', deliveries: merged(archives) };
  // An action that is a program and not steps says what it can do and does nothing by itself.
  if (definition || /^action\.ya?ml$/.test(name)) return { verdict: 'definition', deliveries: [] };
  return unseen.length > 0
    ? { verdict: 'pushes-indirect', deliveries: merged(unseen) }
    : { verdict: 'none', deliveries: [] };
}

/** A file that only runs when something calls it is called by the smallest workflow that can. */
function asRun(path: string, name: string, content: string): Readonly<Record<string, string>> {
  const caller = (step: string) => ({
    [path]: content,
    '.github/workflows/caller.yml': `on: workflow_dispatch\njobs:\n  call:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`,
  });
  // Arguments and inputs are the caller's: nothing is known of them.
  const open = (index: number): string => `\${{ vars.GIVEN_${index} }}`;
  if (name.endsWith('.sh'))
    return caller(`run: bash ${path} ${[1, 2, 3, 4].map((index) => `"${open(index)}"`).join(' ')}`);
  if (/^(GNUm|M|m)akefile$/.test(name)) {
    const targets = [...content.matchAll(/^([A-Za-z][\w.-]*)\s*:(?!=)/gm)].map((match) => match[1] ?? '');
    return caller(`run: make ${[...new Set(targets)].join(' ')}`);
  }
  if (/^action\.ya?ml$/.test(name)) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const inputs = childOf(readYaml(path, content).root, 'inputs');
    const names = inputs?.kind === 'map' ? inputs.entries.map(({ key }) => key.text) : [];
    const given = names.map((input, index) => `          ${input}: "${open(index)}"\n`).join('');
    return caller(`uses: ./${folder}${given === '' ? '' : `\n        with:\n${given}`}`);
  }
  return { [path]: content };
}

/** What the release would push, found by running it over this configuration. */
function asReleased(path: string, content: string): Judged {
  const files = {
    [path]: content,
    '.github/workflows/caller.yml':
      'on: workflow_dispatch\njobs:\n  call:\n    runs-on: x\n    steps:\n      - run: goreleaser release\n',
  };
  const pushes = findDeliveries(givenFiles(files), localOnly).deliveries.filter(
    (delivery) => delivery.kind === 'registry-push',
  );
  const lines = content.split('\n');
  const deliveries = pushes.map((delivery) => {
    const name = `${format(delivery.destination.registry)}/${format(delivery.destination.repository)}`;
    return {
      kind: delivery.kind,
      line: lines.findIndex((line) => line.includes(name)) + 1,
      registry: format(delivery.destination.registry),
    };
  });
  return deliveries.length > 0 ? { verdict: 'pushes', deliveries } : { verdict: 'none', deliveries: [] };
}

/** One per step, registry and repository, as the labels count; a script's lines are steps of their own. */
function merged(deliveries: readonly Delivery[]): readonly object[] {
  const steps = new Map<string, object>();
  for (const delivery of deliveries) {
    const step = delivery.evidencePath.at(-2)?.location.range.start.line ?? 0;
    const line = delivery.location.range.start.line;
    const inScript = delivery.location.path.endsWith('.sh') || delivery.location.path.endsWith('akefile');
    const key = `${inScript ? line : step}|${format(delivery.destination.registry)}|${format(delivery.destination.repository)}|${delivery.tool}`;
    if (!steps.has(key))
      steps.set(key, {
        kind: delivery.kind === 'opaque' ? 'registry-push' : delivery.kind,
        line,
        registry: registryOf(delivery),
      });
  }

  return [...steps.values()];
}

/** The corpus writes "unknown" where a file does not say. */
function registryOf(delivery: Delivery): string {
  const { registry } = delivery.destination;
  if (delivery.kind === 'image-archive') return '-';
  return delivery.kind === 'opaque' && known(registry) === null ? 'unknown' : format(registry);
}

/** The corpus counts what leaves the machine; whose registry it is does not matter there. */
function localOnly(registry: Value): DestinationClass {
  const host = known(registry);
  return host !== null && /^(localhost|127\.|kind\.local|ko\.local|.*\.local)(:|$)/.test(host)
    ? 'local'
    : 'public';
}

function asDelivery(delivery: Delivery): object {
  const archive = delivery.kind === 'image-archive';
  return {
    kind: delivery.kind,
    line: delivery.location.range.start.line,
    registry: archive ? null : format(delivery.destination.registry),
    repository: archive ? archivedImage(delivery) : format(delivery.destination.repository),
    tags: delivery.destination.tags.map(format),
    triggers: [...new Set(delivery.triggers.map(({ event }) => (event === 'push-tag' ? 'tag' : event)))],
    conditional: delivery.condition,
    squash: delivery.options.squash === 'yes',
    signed: delivery.options.signed !== 'no',
    provenance_or_sbom: delivery.options.provenance !== 'no' || delivery.options.sbom !== 'no',
    tool_family: delivery.family,
  };
}

/** The corpus names an archive after the image in it, without tag. */
function archivedImage(delivery: Delivery): string | null {
  const [image] = delivery.destination.tags;
  if (image === undefined) return null;
  const name = format(image);
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  return colon === -1 ? name : name.slice(0, colon);
}

function asIndirect(delivery: Delivery): object {
  return { line: delivery.location.range.start.line, what: delivery.tool };
}
