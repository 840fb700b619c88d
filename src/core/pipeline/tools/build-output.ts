// BuildKit's `--output` and its like → whether a build pushes, writes an archive, or only loads.
import type { BuildSource } from '../../model/delivery.ts';
import type { Truth, Value } from '../../model/value.ts';
import { both, either, format, hole, isKnown, join, known, not, split } from '../../value.ts';
import { alternatives, decidingText } from '../alternatives.ts';
import { booleanOf, readFields } from '../command-line.ts';
import { archiveEffect, type BuildOptions, type Doubt, type Effect, pushEffect } from '../effect.ts';

export type BuildRequest = {
  readonly names: readonly Value[];
  readonly source: BuildSource;
  readonly options: BuildOptions;
  /** The `--push` switch, and the text that decides it where it is not settled. */
  readonly push: Truth;
  readonly condition: string | null;
  readonly outputs: readonly Value[];
  /** `--cache-to`: `type=registry,ref=…` sends the layers of every stage to a registry. */
  readonly caches: readonly Value[];
  /** Where `--output type=…` without `dest` streams to. */
  readonly stdout: Value | null;
  readonly path: (path: Value) => Value;
};

type Output = {
  readonly push: Truth;
  readonly names: readonly Value[];
  readonly archives: readonly Value[];
  readonly doubts: readonly Doubt[];
  /** What decides between several outputs; null when it is one. */
  readonly deciding: string | null;
};

export function buildEffects(request: BuildRequest): readonly Effect[] {
  const { source, options } = request;
  const outputs = request.outputs.map((output) => readOutputs(output, request));
  const names = [...request.names, ...outputs.flatMap((output) => output.names)];
  const deciding = outputs.find((output) => output.push === 'unknown')?.deciding ?? null;
  const push = outputs.reduce<Truth>((sum, output) => either(sum, output.push), request.push);
  const effects: Effect[] = [{ kind: 'build', names, source, options }];
  if (push !== 'no') {
    effects.push(
      pushEffect({
        names,
        source,
        options,
        happens: push,
        condition: request.condition ?? deciding,
        doubts: outputs.flatMap((output) => output.doubts),
      }),
    );
  }
  const told = push === 'no' ? [] : names;
  const cached = request.caches
    .flatMap(cacheName)
    .filter((cache) => !told.some((name) => isBeside(cache, name)));
  if (cached.length > 0) effects.push(pushEffect({ names: cached, source, options }));
  for (const output of outputs) {
    for (const archive of output.archives) {
      const happens = output.deciding === null ? 'yes' : 'unknown';
      effects.push(archiveEffect({ path: request.path(archive), names, source, options, happens }));
    }
  }
  return effects;
}

/** https://docs.docker.com/build/cache/backends/registry/ : a bare name means `type=registry,ref=NAME`. */
function cacheName(cache: Value): readonly Value[] {
  const fields = readFields(cache);
  const type = fields.get('type');
  if (type === undefined && !format(cache).includes('=')) return [cache];
  const ref = fields.get('ref') ?? null;
  return type !== undefined && type !== null && known(type) === 'registry' && ref !== null ? [ref] : [];
}

/** A cache in the repository the image goes to is another tag of a delivery that is told anyway. */
function isBeside(cache: Value, name: Value): boolean {
  return repositoryOf(cache) === repositoryOf(name);
}

function repositoryOf(name: Value): string {
  return format(name)
    .replace(/@.*$/s, '')
    .replace(/:[^/:]*$/, '');
}

/** An image pushed by digest has no tag. */
const DIGEST: Value = hole('digest', 'the build makes it');

/** One output, or what all of those have in common that it may be. */
function readOutputs(output: Value, request: BuildRequest): Output {
  const all = alternatives(output).map((one) => readOutput(one, request));
  const [first = null] = all;
  if (all.length === 1 && first !== null) return first;
  const pushing = all.filter(({ push }) => push !== 'no');
  return {
    push: pushing.length === 0 ? 'no' : all.every(({ push }) => push === 'yes') ? 'yes' : 'unknown',
    names: pushing.flatMap(({ names }) => names),
    archives: all.flatMap(({ archives }) => archives),
    doubts: pushing.flatMap(({ doubts }) => doubts),
    deciding: decidingText(output),
  };
}

/** https://docs.docker.com/build/exporters/ : `registry` pushes, `image` pushes on `push=true`, `docker`, `oci`, `tar` write. */
function readOutput(output: Value, request: BuildRequest): Output {
  const fields = readFields(output);
  const type = fields.get('type');
  const kind = type === null || type === undefined ? null : known(type);
  const name = fields.get('name');
  const byDigest = fields.get('push-by-digest');
  const isTagged = byDigest === undefined || (byDigest !== null && booleanOf(byDigest) !== 'yes');
  const names =
    name === null || name === undefined
      ? []
      : split(name, ',').map((one) => (isTagged ? one : join([one, '@', DIGEST])));
  const archive = archiveOf(kind, fields, request);
  if (kind === 'registry') return { push: 'yes', names, archives: [], doubts: [], deciding: null };
  if (kind === 'image') {
    const push = fields.get('push');
    return {
      push: push === undefined ? 'no' : push === null ? 'yes' : booleanOf(push),
      names,
      archives: [],
      doubts: [],
      deciding: null,
    };
  }
  if (kind !== null)
    return { push: 'no', names, archives: archive === null ? [] : [archive], doubts: [], deciding: null };
  if (isKnown(output)) return { push: 'no', names, archives: [], doubts: [], deciding: null };
  const doubt = {
    what: `whether the output ${format(output)} pushes`,
    settledBy: 'write the output type out',
  };
  return { push: 'unknown', names, archives: [], doubts: [doubt], deciding: null };
}

function archiveOf(
  kind: string | null,
  fields: ReadonlyMap<string, Value | null>,
  request: BuildRequest,
): Value | null {
  if (kind !== 'docker' && kind !== 'oci' && kind !== 'tar' && kind !== 'local') return null;
  const destination = fields.get('dest') ?? null;
  // A folder of files from a stage is a build result, not an image; with `oci` and `tar=false` it is a layout.
  if (kind === 'local') return null;
  if (destination === null) return kind === 'docker' ? null : request.stdout;
  return known(destination) === '-' ? request.stdout : destination;
}

/** `--provenance`, `--sbom`, `--attest type=…`: only what is asked for in words counts. */
export function attestations(
  provenance: Value | null,
  sbom: Value | null,
  attests: readonly Value[],
): { readonly provenance: Truth; readonly sbom: Truth } {
  const named = (type: string): Truth =>
    attests.some((attest) => {
      const fields = readFields(attest);
      const given = fields.get('type');
      const disabled = fields.get('disabled');
      return (
        given !== null &&
        given !== undefined &&
        known(given) === type &&
        (disabled === undefined || disabled === null || booleanOf(disabled) === 'no')
      );
    })
      ? 'yes'
      : 'no';
  return {
    provenance: either(provenance === null ? 'no' : asked(provenance), named('provenance')),
    sbom: either(sbom === null ? 'no' : asked(sbom), named('sbom')),
  };
}

function asked(value: Value): Truth {
  return known(value) === null ? 'unknown' : both('yes', not(not(booleanOf(value))));
}
