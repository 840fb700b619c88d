// `clear-to-ship inspect`: an image in a registry, an archive or an OCI layout → its layers and whose they are, and what vouches for it.
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type InspectionSheet,
  inspectionMarkdown,
  renderInspection,
} from '../core/images/inspection-text.ts';
import { type KnownBase, layerOwners } from '../core/images/layer-owners.ts';
import { type OsRelease, readOsRelease } from '../core/images/os-release.ts';
import { formatReference, parseReference } from '../core/images/reference.ts';
import { runtimeOf } from '../core/images/runtime.ts';
import { toldByOsRelease, toldByPackages, withToldDistribution } from '../core/images/told-distribution.ts';
import type { Instant } from '../core/model/evidence.ts';
import type { ImageReference } from '../core/model/image.ts';
import type { ImageInspection, Lineage, PlatformName } from '../core/model/lineage.ts';
import { judgeImage } from '../core/trust/image-trust.ts';
import { createRegistryClient, type RegistryClient } from '../registry/client.ts';
import { type ImageArchive, isOfArchive, openImageArchive } from '../registry/image-archive.ts';
import { configurationOf, osReleaseOf } from '../registry/inside-image.ts';
import { inspectImage } from '../registry/inspect.ts';
import { offlineClient, routedClient } from '../registry/routed-client.ts';
import { vouchersOf } from '../registry/vouchers.ts';
import { lookUpImage } from '../registry/walk.ts';
import { isProblem, type Problem, problem } from '../workspace/problem.ts';
import { type Effects, paintFor } from './effects.ts';
import { EXIT } from './exit-codes.ts';
import type { VET_FORMATS } from './formats.ts';
import {
  DEADLINE,
  dockerCredentials,
  exitOf,
  type LookUpOptions,
  permissions,
  wrongOption,
} from './image-look-up.ts';
import { jsonText, tellProblem } from './output.ts';
import { progressLine } from './progress.ts';
import { noFiles, publicFiles } from './public-files.ts';
import { type TrustPolicy, trustPolicy } from './vet-policy.ts';

export type InspectOptions = LookUpOptions & {
  readonly format: (typeof VET_FORMATS)[number];
  /** Which image of an archive that holds several. */
  readonly name?: string;
  readonly base?: readonly string[];
  readonly osRelease?: boolean;
  readonly offline?: boolean;
};

/** As `vet`: `undecided` when anything could not be known, `blocked` when policy asks for something else. */
export async function inspect(target: string, options: InspectOptions, effects: Effects): Promise<number> {
  const wrong = wrongOption(options);
  if (wrong !== null) return tellProblem(wrong, effects);
  const policy = await trustPolicy(options.policy, effects);
  if (isProblem(policy)) return tellProblem(policy, effects);
  const progress = progressLine(effects, options.quiet ?? false);
  const registry = await clientFor(options, effects);
  try {
    const sheet = await inspected(target, options, { registry, policy, effects, progress });
    progress.end();
    if (isProblem(sheet)) return tellProblem(sheet, effects);
    effects.stdout(rendered(sheet, options, effects));
    const { lineage, trust } = sheet;
    return lineage.end !== 'scratch' || lineage.gaps.length > 0 ? EXIT.undecided : exitOf(trust);
  } finally {
    progress.end();
    registry.close();
  }
}

async function clientFor(options: InspectOptions, effects: Effects): Promise<RegistryClient> {
  if (options.offline) return offlineClient();
  const credentials = await dockerCredentials(effects);
  if (!options.quiet) for (const note of credentials.notes) effects.stderr(`${note}\n`);
  return createRegistryClient({
    hosts: permissions(options),
    credentials,
    now: () => effects.now().getTime(),
    signal: AbortSignal.timeout(DEADLINE),
  });
}

type Tools = {
  readonly registry: RegistryClient;
  readonly policy: TrustPolicy;
  readonly effects: Effects;
  readonly progress: ReturnType<typeof progressLine>;
};

async function inspected(
  target: string,
  options: InspectOptions,
  tools: Tools,
): Promise<InspectionSheet | Problem> {
  const { registry, policy, effects, progress } = tools;
  const platform = options.platform ?? null;
  const subject = await subjectOf(target, options.name ?? null, registry, effects);
  if (isProblem(subject)) return subject;
  const { client, reference, archive } = subject;
  const files = options.offline
    ? noFiles('Not read: nobody is asked offline.')
    : publicFiles(effects, AbortSignal.timeout(DEADLINE));
  const { lineage, image } = await lookUpImage({ client, files }, reference, platform, progress.report);
  if ('remedy' in image) return problem(`${target} can't be read: ${image.reason}`, image.remedy, 'world');
  const bases = await basesOf(options.base ?? [], image.platform, registry, effects);
  if (isProblem(bases)) return bases;
  const vouchers = await vouchersOf(client, reference, image);
  const release = await osRelease(subject, image, options);
  const told = release === null || 'unread' in release ? toldByPackages(vouchers) : toldByOsRelease(release);
  const known = told === null ? lineage : withToldDistribution(lineage, 0, told);
  // Within an archive an image has no name that policy could ask about, unless the archive gives it one.
  const named = subject.names
    .map(parseReference)
    .find((each): each is ImageReference => !('problem' in each));
  const at: Instant = effects.now().toISOString();
  return {
    name: target,
    form: archive?.form ?? 'registry',
    names: subject.names,
    image,
    layers: layersOf(image, layerOwners(image.diffIds, lineage, bases)),
    runtime: runtimeOf(await configurationOf(client, reference, image)),
    osRelease: release,
    lineage: archive === null ? known : calledBy(target, reference, known),
    trust: judgeImage(named ?? reference, vouchers, policy, at),
  };
}

/** An image of an archive has a name of our making, which says nothing to anybody. */
function calledBy(target: string, reference: ImageReference, { hops, gaps, ...rest }: Lineage): Lineage {
  const made = formatReference(reference);
  return {
    ...rest,
    hops: hops.map((hop) => (hop.name === made ? { ...hop, name: target } : hop)),
    gaps: gaps.map((gap) => ({ ...gap, subject: gap.subject.replaceAll(made, target) })),
  };
}

type Subject = {
  readonly client: RegistryClient;
  readonly reference: ImageReference;
  readonly names: readonly string[];
  readonly archive: ImageArchive | null;
};

/** Nobody means a registry by these, though Docker Hub may have a name like the second. */
const FILE = /^\.{0,2}\/|\.(?:tar|tgz|oci)(?:\.(?:gz|zst|xz|bz2))?$/i;

/** What is there as a file or folder is an archive; a name like `./debian` never is one in a registry. */
async function subjectOf(
  target: string,
  name: string | null,
  registry: RegistryClient,
  { cwd }: Effects,
): Promise<Subject | Problem> {
  const path = resolve(cwd, target);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere && FILE.test(target))
    return problem(
      `There is no file or folder ${path}.`,
      'Give the path of an archive, or the name of an image.',
    );
  if (isThere) return await archived(path, target, name, registry);
  if (name !== null)
    return problem('--name is for archives.', 'Give the name of a registry’s image as it is.');
  const reference = parseReference(target);
  return 'problem' in reference
    ? problem(
        `${target} is no file, and no image name: ${reference.problem}.`,
        'Give an image name, a tar archive, or the folder of an OCI layout.',
      )
    : { client: registry, reference, names: [target], archive: null };
}

async function archived(
  path: string,
  target: string,
  name: string | null,
  registry: RegistryClient,
): Promise<Subject | Problem> {
  const archive = await openImageArchive(path).catch((error: NodeJS.ErrnoException) => ({
    problem: `It can't be read (${error.code ?? error.message}).`,
  }));
  if ('problem' in archive)
    return problem(`${target} is no archive of images. ${archive.problem}`, 'Save the image again.', 'world');
  const found = name === null ? archive.images : archive.images.filter(({ names }) => names.includes(name));
  const [image] = found;
  const known = archive.images.flatMap(({ names, reference }) => names[0] ?? reference.digest ?? []);
  if (image === undefined)
    return problem(`${target} holds no image called ${name}.`, `It holds ${known.join(', ')}.`);
  if (found.length > 1)
    return problem(`${target} holds ${found.length} images.`, `Choose one with --name: ${known.join(', ')}.`);
  return {
    client: routedClient(archive.client, registry, isOfArchive),
    reference: image.reference,
    names: image.names,
    archive,
  };
}

async function basesOf(
  targets: readonly string[],
  platform: PlatformName,
  registry: RegistryClient,
  effects: Effects,
): Promise<readonly KnownBase[] | Problem> {
  const bases: KnownBase[] = [];
  for (const target of targets) {
    const subject = await subjectOf(target, null, registry, effects);
    if (isProblem(subject)) return subject;
    const base = await inspectImage(subject.client, subject.reference, platform, 'outline');
    if ('remedy' in base)
      return problem(`The base ${target} can't be read: ${base.reason}`, base.remedy, 'world');
    bases.push({ name: target, diffIds: base.diffIds });
  }
  return bases;
}

function layersOf(
  { diffIds, layerSizes, history }: ImageInspection,
  owners: ReturnType<typeof layerOwners>,
): InspectionSheet['layers'] {
  const lines = history.filter(({ empty }) => !empty);
  return diffIds.map((diffId, index) => ({
    diffId,
    size: layerSizes[index] ?? 0,
    createdBy: lines[index]?.createdBy ?? null,
    owner: owners[index] ?? { kind: 'unknown' },
  }));
}

/** From a registry layers are fetched only where somebody asks for it. */
async function osRelease(
  { client, reference, archive }: Subject,
  image: ImageInspection,
  options: InspectOptions,
): Promise<(OsRelease & { readonly layer: number }) | { readonly unread: string } | null> {
  if (archive === null && !options.osRelease) return null;
  const found = await osReleaseOf(client, reference, image, archive?.layout ?? null);
  return found === null || 'unread' in found ? found : { ...readOsRelease(found.text), layer: found.layer };
}

function rendered(sheet: InspectionSheet, { format }: InspectOptions, effects: Effects): string {
  switch (format) {
    case 'text':
      return renderInspection(sheet, { width: effects.columns, paint: paintFor(effects) });
    case 'json':
      return jsonText({ version: 1, ...sheet });
    case 'markdown':
      return inspectionMarkdown(sheet);
    default:
      return format satisfies never;
  }
}
