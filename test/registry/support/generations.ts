// Two generations of a runtime, each on tools and a distribution, and the copy of the newer one that somebody inside published.
import { type Descriptor, putImage } from './images.ts';
import type { Registry } from './registry.ts';

type Shelves = Pick<Registry, 'host' | 'shelf'>;

export type Generations = {
  readonly runtime: { readonly older: Descriptor; readonly newer: Descriptor };
  readonly copy: Descriptor;
};

/** `base/runtime:3` ← `base/tools:3` ← `base/debian:12`, and `:4` ← `:4` ← `:13`; `inside/runtime:4` is the copy. */
export function putGenerations(registry: Shelves): Generations {
  const older = putGeneration(registry, 'bookworm', '12', '3');
  const newer = putGeneration(registry, 'trixie', '13', '4');
  const copy = putRuntime(registry, 'inside/runtime', 'trixie', '13', '4');
  return { runtime: { older, newer }, copy };
}

function putGeneration(registry: Shelves, codename: string, release: string, version: string): Descriptor {
  putImage(
    registry.shelf('base/debian'),
    { layers: [root(codename)], annotations: { [NAME]: 'scratch' } },
    release,
  );
  putImage(
    registry.shelf('base/tools'),
    {
      layers: [root(codename), tools(version)],
      annotations: { [NAME]: `${registry.host}/base/debian:${release}` },
    },
    version,
  );
  return putRuntime(registry, 'base/runtime', codename, release, version);
}

function putRuntime(
  registry: Shelves,
  repository: string,
  codename: string,
  release: string,
  version: string,
): Descriptor {
  return putImage(
    registry.shelf(repository),
    {
      layers: [
        root(codename),
        tools(version),
        [`runtime ${version} on ${release}`, 'COPY runtime /opt # buildkit'],
      ],
      annotations: { [NAME]: `${registry.host}/base/tools:${version}` },
      // A copy is pushed with a description of its own, so that its digest is its own too.
      labels: { 'org.opencontainers.image.title': repository },
    },
    version,
  );
}

const NAME = 'org.opencontainers.image.base.name';

function root(codename: string): readonly [string, string] {
  return [`root of ${codename}`, `# debian.sh --arch 'amd64' out/ '${codename}' '@1767225600'`];
}

function tools(version: string): readonly [string, string] {
  return [`tools ${version}`, 'RUN /bin/sh -c install tools # buildkit'];
}
