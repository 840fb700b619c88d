// A family of five images, each on top of the next, with a different kind of evidence for each base.
import {
  bom,
  type Descriptor,
  material,
  provenanceV1,
  provenanceV02,
  putArtifact,
  putAttestation,
  putImage,
  putIndex,
} from './images.ts';
import type { Registry } from './registry.ts';

const ROOT = ['root file system', 'ADD rootfs.tar.xz / # buildkit'] as const;
const TOOLS = ['tools', 'RUN /bin/sh -c install tools # buildkit'] as const;
const RUNTIME = ['runtime', 'RUN /bin/sh -c install runtime # buildkit'] as const;
const FRAMEWORK = ['framework', 'COPY framework /opt # buildkit'] as const;
const APP = ['application', 'COPY app /app # buildkit'] as const;

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export type Family = {
  readonly root: Descriptor;
  readonly tools: Descriptor;
  readonly runtime: Descriptor;
  readonly framework: Descriptor;
  /** The index of the image at the top, `app:1`. */
  readonly app: Descriptor;
  readonly builder: Descriptor;
};

/** `app:1` ← `framework:2` ← `runtime:3` ← `tools:4` ← `debian:12` ← scratch; `app` also used `builder:5`. */
export function putFamily(registry: Pick<Registry, 'host' | 'shelf'>): Family {
  const { host } = registry;
  const at = (name: string) => registry.shelf(`acme/${name}`);
  const title = (name: string, digest: string) => ({
    'org.opencontainers.image.base.name': `${host}/acme/${name}`,
    'org.opencontainers.image.base.digest': digest,
  });

  const rootImage = putImage(at('debian'), {
    layers: [ROOT],
    labels: { 'org.opencontainers.image.licenses': 'GPL-2.0-only' },
  });
  const root = putIndex(
    at('debian'),
    [
      {
        ...rootImage,
        annotations: {
          'org.opencontainers.image.base.name': 'scratch',
          'org.opencontainers.image.source': 'https://github.com/acme/debian.git#main:bookworm',
          'org.opencontainers.image.revision': COMMIT,
        },
      },
    ],
    '12',
  );

  const toolsImage = putImage(at('tools'), {
    layers: [ROOT, TOOLS],
    labels: { 'org.opencontainers.image.licenses': 'GPL-2.0-only' },
  });
  const tools = putIndex(at('tools'), [{ ...toolsImage, annotations: title('debian:12', root.digest) }], '4');

  const runtime = putImage(
    at('runtime'),
    { layers: [ROOT, TOOLS, RUNTIME], annotations: title('tools:4', tools.digest) },
    '3',
  );

  const framework = putImage(
    at('framework'),
    {
      layers: [ROOT, TOOLS, RUNTIME, FRAMEWORK],
      labels: { ...title('runtime:3', runtime.digest), 'org.opencontainers.image.vendor': 'Acme' },
    },
    '2',
  );
  // Newer builders store a provenance as an artifact that refers to the image.
  const lists = [material(`${host}/acme/runtime@3`, runtime.digest)];
  putArtifact(at('framework'), 'application/vnd.docker.attestation.manifest.v1+json', framework, [
    provenanceV02(framework.digest, lists),
  ]);

  const builder = putImage(at('builder'), { layers: [ROOT, ['compiler', 'RUN install compiler']] }, '5');
  const appImage = putImage(at('app'), {
    layers: [ROOT, TOOLS, RUNTIME, FRAMEWORK, APP],
    labels: title('runtime:3', runtime.digest),
  });
  const materials = [
    material(`${host}/acme/builder@5`, builder.digest),
    material(`${host}/acme/framework@2`, framework.digest),
  ];
  const source = {
    uri: 'https://github.com/acme/app.git#refs/heads/main',
    digest: { sha1: COMMIT },
    path: 'Dockerfile',
  };
  const statements = [
    provenanceV1(appImage.digest, materials, source),
    bom(appImage.digest, {
      spdxVersion: 'SPDX-2.3',
      packages: [
        { name: 'application', versionInfo: '1.0', licenseDeclared: 'Apache-2.0' },
        { name: 'tools', versionInfo: '4', licenseDeclared: 'GPL-2.0-only' },
      ],
    }),
  ];
  const app = putIndex(at('app'), [appImage, putAttestation(at('app'), appImage.digest, statements)], '1');
  return { root, tools, runtime, framework, app, builder };
}

/** `static:1`: built by `builder` and shipped on nothing, which only the older provenance tells. */
export function putStatic(registry: Pick<Registry, 'host' | 'shelf'>, builder: Descriptor): Descriptor {
  const to = registry.shelf('acme/static');
  const image = putImage(to, {
    layers: [
      ['one binary', 'COPY /out/binary / # buildkit'],
      ['data', 'COPY data / # buildkit'],
    ],
  });
  const vcs = { source: 'git@github.com:acme/static.git', revision: COMMIT, 'localdir:dockerfile': 'build' };
  const statement = provenanceV02(
    image.digest,
    [material(`${registry.host}/acme/builder@5`, builder.digest)],
    vcs,
  );
  return putIndex(to, [image, putAttestation(to, image.digest, [statement])], '1');
}
