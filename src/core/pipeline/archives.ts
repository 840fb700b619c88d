// Archives that are written and what carries them out of the job → image-archive deliveries.
import type { ArchiveChannel, Delivery, PathStep } from '../model/delivery.ts';
import type { Truth, Value } from '../model/value.ts';
import { both, EMPTY, format } from '../value.ts';
import type { Act } from './act.ts';
import { carries, looksLikeArchive } from './archive-paths.ts';
import { conditionOf, type Found, keyOf, triggersOf } from './deliveries.ts';
import { imageIdentity, readImageName } from './image-name.ts';
import type { ActIndex, RunActs } from './run-acts.ts';

/** Channels from the least to the most public; the most public one names the delivery. */
const CHANNELS: readonly ArchiveChannel[] = [
  'none',
  'unknown',
  'repository',
  'workflow-artifact',
  'file-transfer',
  'object-storage',
  'release-asset',
];
/** Commands of one pipeline stand close together. */
const PIPE_LINES = 4;

type Way = { readonly channel: ArchiveChannel; readonly certain: Truth; readonly by: Act | null };

export function archiveDeliveries(run: RunActs): readonly Found[] {
  const written = run.of('archive').flatMap(({ act, effect }): readonly Found[] => {
    const happens = both(act.happens, effect.happens);
    if (happens === 'no') return [];
    const way = wayOut(run, act, effect.path);
    // A stream that ends in no file and no transfer never left the pipe.
    if (format(effect.path) === '-' && way.channel === 'none') return [];
    const carried = way.by === null ? 'unknown' : both(both(happens, way.certain), way.by.happens);
    const hop: readonly PathStep[] = way.by === null ? [] : [...way.by.path.slice(-1)];
    // One file may hold several images, each with a base and terms of its own.
    const images =
      effect.names.length > 1 ? [...Map.groupBy(effect.names, imageIdentity).values()] : [effect.names];
    return images.map((names): Found => {
      const [image] = names;
      const name = image === undefined ? null : readImageName(image);
      const delivery: Delivery = {
        kind: 'image-archive',
        tool: act.tool,
        family: 'archive',
        happens: carried === 'no' ? 'unknown' : carried,
        destination: {
          registry: name?.registry ?? EMPTY,
          repository: effect.path,
          tags: names,
          class: way.channel === 'none' ? 'local' : 'public',
          channel: way.channel,
        },
        build: effect.source ?? builtBefore(run, act, names),
        triggers: triggersOf(act, carried === 'no' ? 'unknown' : carried),
        condition: conditionOf(act, null),
        options: {
          squash: effect.options.squash,
          signed: 'no',
          provenance: effect.options.provenance,
          sbom: effect.options.sbom,
        },
        location: act.location,
        evidencePath: [...act.path, ...hop],
        unsettled: [],
      };
      return { key: [keyOf(delivery), ...names.map(format)].join('|'), delivery };
    });
  });
  return [...written, ...unwritten(run)];
}

function builtBefore(run: RunActs, act: Act, names: readonly Value[]): Delivery['build'] {
  const wanted = new Set(names.map(format));
  const build = run
    .job(act.job)
    .of('build')
    .find(({ effect }) => effect.names.some((name) => wanted.has(format(name))));
  return build?.effect.source ?? null;
}

function wayOut(run: RunActs, act: Act, path: Value): Way {
  const own = run.job(act.job);
  const files = reachable(own, path);
  let best: Way = { channel: 'none', certain: 'no', by: null };
  for (const { act: carrier, effect } of run.of('carry')) {
    for (const pattern of effect.paths) {
      const certain =
        carrier.job === act.job ? taken(pattern, files, act, carrier) : takenElsewhere(pattern, files);
      if (certain === 'no') continue;
      const way: Way = { channel: effect.channel, certain, by: carrier };
      if (best.by === null || rank(way) > rank(best)) best = way;
    }
  }
  // Another job can only have what an artifact brought it.
  return best;
}

function rank(way: Way): number {
  return CHANNELS.indexOf(way.channel) + (way.certain === 'yes' ? 100 : 0);
}

function taken(pattern: Value, files: readonly Value[], act: Act, carrier: Act): Truth {
  const [stream] = files;
  if (stream !== undefined && format(stream) === '-') {
    const near = Math.abs(carrier.location.range.start.line - act.location.range.start.line) <= PIPE_LINES;
    return format(pattern) === '-' && carrier.location.path === act.location.path && near ? 'yes' : 'no';
  }
  const found = strongest(files.map((file) => carries(pattern, file)));
  return found === 'no' && files.length >= FORM_LIMIT && looksLikeArchive(pattern) ? 'unknown' : found;
}

/** After an artifact only the file's own name is sure. */
function takenElsewhere(pattern: Value, files: readonly Value[]): Truth {
  const base = (value: Value): string => format(value).split('/').at(-1) ?? '';
  const wanted = base(pattern);
  if (wanted === '' || wanted === '-' || !/\.\w+$/.test(wanted)) return 'no';
  return files.some((file) => base(file) === wanted) ? 'yes' : 'no';
}

function strongest(truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('unknown') ? 'unknown' : 'no';
}

/** Files that one archive is followed through; beyond it any archive that leaves may be it. */
const FORM_LIMIT = 64;

/** The file and everything that is made out of it. */
function reachable(own: ActIndex, path: Value): readonly Value[] {
  const files = [path];
  const steps = own.of('repack');
  for (let at = 0; at < files.length && files.length < FORM_LIMIT; at += 1) {
    const file = files[at];
    if (file === undefined) break;
    for (const { effect } of steps) {
      const taken = effect.from.some((from) => carries(from, file) === 'yes');
      if (taken && !files.some((known) => format(known) === format(effect.to))) files.push(effect.to);
    }
  }
  return files;
}

/** An upload of what looks like an archive, in a job where something unseen or a build may have written it. */
function unwritten(run: RunActs): readonly Found[] {
  const archives = run.of('archive').flatMap(({ act, effect }) => reachable(run.job(act.job), effect.path));
  return run.of('carry').flatMap(({ act, effect }): readonly Found[] => {
    const own = run.job(act.job);
    const maker = own
      .of('opaque')
      .find(({ effect: made }) => /docker|image|container|oci|nix|earthly|bazel/i.test(made.what));
    if (maker === undefined) return [];
    const path = effect.paths.find(
      (pattern) => looksLikeArchive(pattern) && !archives.some((file) => carries(pattern, file) !== 'no'),
    );
    if (path === undefined) return [];
    const what = `${format(path)} made by ${maker.effect.what}`;
    const delivery: Delivery = {
      kind: 'opaque',
      tool: maker.effect.what,
      family: 'archive',
      happens: 'unknown',
      destination: { registry: EMPTY, repository: path, tags: [], class: 'unknown', channel: effect.channel },
      build: null,
      triggers: triggersOf(act, 'unknown'),
      condition: conditionOf(act, null),
      options: { squash: 'unknown', signed: 'no', provenance: 'unknown', sbom: 'unknown' },
      location: act.location,
      evidencePath: act.path,
      unsettled: [
        {
          what: `whether ${what} is an image`,
          settledBy: 'approve it as it is, or write the image in the open',
          location: act.location,
        },
      ],
    };
    return [{ key: keyOf(delivery), delivery }];
  });
}
