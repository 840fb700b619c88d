// BuildKit's `--output` and its like → whether a build pushes, writes an archive, or only loads.
import type { BuildSource } from '../../model/delivery.ts';
import type { Truth, Value } from '../../model/value.ts';
import { both, either, format, isKnown, known, not, split } from '../../value.ts';
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
  readonly archive: Value | null;
  readonly doubts: readonly Doubt[];
};

export function buildEffects(request: BuildRequest): readonly Effect[] {
  const { source, options } = request;
  const outputs = request.outputs.map((output) => readOutput(output, request));
  const names = [...request.names, ...outputs.flatMap((output) => output.names)];
  const push = outputs.reduce<Truth>((sum, output) => either(sum, output.push), request.push);
  const effects: Effect[] = [{ kind: 'build', names, source, options }];
  if (push !== 'no') {
    effects.push(
      pushEffect({
        names,
        source,
        options,
        happens: push,
        condition: request.condition,
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
    if (output.archive !== null) {
      effects.push(archiveEffect({ path: request.path(output.archive), names, source, options }));
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
  return format(name).replace(/@.*$|:[^/]*$/, '');
}

/** https://docs.docker.com/build/exporters/ : `registry` pushes, `image` pushes on `push=true`, `docker`, `oci`, `tar` write. */
function readOutput(output: Value, request: BuildRequest): Output {
  const fields = readFields(output);
  const type = fields.get('type');
  const kind = type === null || type === undefined ? null : known(type);
  const name = fields.get('name');
  const names = name === null || name === undefined ? [] : split(name, ',');
  const archive = archiveOf(kind, fields, request);
  if (kind === 'registry') return { push: 'yes', names, archive: null, doubts: [] };
  if (kind === 'image') {
    const push = fields.get('push');
    return {
      push: push === undefined ? 'no' : push === null ? 'yes' : booleanOf(push),
      names,
      archive: null,
      doubts: [],
    };
  }
  if (kind !== null) return { push: 'no', names, archive, doubts: [] };
  if (isKnown(output)) return { push: 'no', names, archive: null, doubts: [] };
  const doubt = {
    what: `whether the output ${format(output)} pushes`,
    settledBy: 'write the output type out',
  };
  return { push: 'unknown', names, archive: null, doubts: [doubt] };
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
