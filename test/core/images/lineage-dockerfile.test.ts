// Dockerfiles at commits as evidence of bases: what they prove, what they only suggest, and what they contradict.
import { describe, expect, test } from '@jest/globals';
import { traceLineage } from '../../../src/core/images/lineage.ts';
import { questionKey } from '../../../src/core/images/lineage-candidates.ts';
import { sourceKey } from '../../../src/core/images/lineage-dockerfile.ts';
import { formatReference, parseReference } from '../../../src/core/images/reference.ts';
import type { Gap } from '../../../src/core/model/evidence.ts';
import type { ImageReference } from '../../../src/core/model/image.ts';
import type { ImageInspection, Lineage, SourceText } from '../../../src/core/model/lineage.ts';

const COMMIT = '1'.repeat(40);
const LATER = '2'.repeat(40);
const SOURCE = 'org.opencontainers.image.source';
const REVISION = 'org.opencontainers.image.revision';
const BASE = 'org.opencontainers.image.base.name';
const BASE_DIGEST = 'org.opencontainers.image.base.digest';

function digest(text: string): string {
  return `sha256:${Buffer.from(text.padEnd(32, '.').slice(0, 32)).toString('hex')}`;
}

function reference(name: string): ImageReference {
  const parsed = parseReference(name);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

function image(
  name: string,
  layers: readonly string[],
  more: Partial<ImageInspection> = {},
): ImageInspection {
  return {
    reference: reference(name),
    digest: digest(name),
    manifest: digest(name),
    platform: 'linux/amd64',
    created: null,
    entryAnnotations: {},
    manifestAnnotations: {},
    labels: {},
    layerSizes: layers.map(() => 1_000),
    diffIds: layers.map(digest),
    history: layers.map((layer) => ({ createdBy: `COPY ${layer} /`, empty: false })),
    statements: [],
    signatures: [],
    signaturesSeen: true,
    gaps: [],
    ...more,
  };
}

/** Files as `repository commit path`, the library's as their name; what is not there is said so. */
function trace(
  name: string,
  images: readonly ImageInspection[],
  files: Readonly<Record<string, string | Gap>>,
): { readonly lineage: Lineage; readonly read: readonly string[] } {
  const known = new Map(
    images.flatMap((each) => [
      [formatReference(each.reference), each] as const,
      [
        formatReference({ ...each.reference, digest: each.digest }),
        { ...each, reference: { ...each.reference, digest: each.digest } },
      ] as const,
    ]),
  );
  const inspections = new Map<string, ImageInspection | Gap>();
  const texts = new Map<string, SourceText>();
  for (let round = 0; round < 50; round += 1) {
    const { lineage, wanted, wantedSources } = traceLineage(reference(name), inspections, texts);
    if (wanted.length === 0 && wantedSources.length === 0) return { lineage, read: [...texts.keys()] };
    for (const question of wanted) {
      const asked = formatReference(question.reference);
      const missing = { kind: 'remote', cause: 'content', subject: asked, location: null } as const;
      inspections.set(
        questionKey(question),
        known.get(asked) ?? { ...missing, reason: 'There is no such image.', remedy: 'Look.' },
      );
    }
    for (const file of wantedSources) {
      const key = sourceKey(file).replace('https://github.com/docker-library/official-images HEAD ', '');
      const text = files[key];
      texts.set(
        sourceKey(file),
        text === undefined
          ? { missing: 'There is no such file.' }
          : typeof text === 'string'
            ? { text }
            : text,
      );
    }
  }
  throw new Error('It never wants nothing more.');
}

const root = image('acme/root:1', ['root'], { manifestAnnotations: { [BASE]: 'scratch' } });
const annotated = (path: string): Partial<ImageInspection> => ({
  manifestAnnotations: { [SOURCE]: `https://github.com/acme/app.git#${COMMIT}:${path}` },
});
const labelled = { labels: { [SOURCE]: 'https://github.com/acme/app', [REVISION]: COMMIT } };
const at = (path: string): string => `https://github.com/acme/app ${COMMIT} ${path}`;
const app = (more: Partial<ImageInspection>): ImageInspection => image('acme/app:1', ['root', 'app'], more);
const evidence = ({ hops: [hop] }: Lineage, source: string): string =>
  (hop?.evidence ?? [])
    .filter((each) => each.source === source)
    .map(({ agrees, says }) => `${agrees}: ${says}`)
    .join('\n');

describe('a Dockerfile at the commit that an annotation names', () => {
  test('proves its base together with the layers', () => {
    const files = {
      [at('image/Dockerfile')]: 'FROM golang:1 AS build\nRUN make\nFROM acme/root:1\nCOPY app /\n',
    };
    const { lineage } = trace('acme/app:1', [app(annotated('image')), root], files);
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [] });
    expect(lineage.hops[0]).toMatchObject({ sure: 'proven', base: 'docker.io/acme/root:1', conflicts: [] });
    expect(evidence(lineage, 'dockerfile')).toBe(
      'yes: Names it: image/Dockerfile at 111111111111 builds on it.',
    );
  });

  test('follows stages to the image below them', () => {
    const files = { [at('x/Dockerfile')]: 'FROM acme/root:1 AS base\nFROM base AS last\nFROM last\n' };
    expect(trace('acme/app:1', [app(annotated('x')), root], files).lineage.hops[0]?.base).toBe(
      'docker.io/acme/root:1',
    );
  });

  test('that starts from scratch says so', () => {
    const files = { [at('x/Dockerfile')]: 'FROM golang:1 AS build\nFROM scratch\nCOPY --from=build /a /\n' };
    const { lineage } = trace('acme/app:1', [app(annotated('x'))], files);
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [], hops: [{ sure: 'stated' }] });
  });

  test('that names another base than the annotation is a conflict', () => {
    const other = { ...annotated('x').manifestAnnotations, [BASE]: 'acme/root:1' };
    const files = { [at('x/Dockerfile')]: 'FROM debian:12\n' };
    const { lineage } = trace('acme/app:1', [app({ manifestAnnotations: other }), root], files);
    expect(lineage.hops[0]?.base).toBe('docker.io/acme/root:1');
    expect(lineage.hops[0]?.conflicts).toEqual([
      'The dockerfile names docker.io/library/debian:12 as base, other evidence docker.io/acme/root:1.',
    ]);
    expect(lineage.gaps).toHaveLength(1);
  });

  test('and a digest in an annotation are one and the same', () => {
    const both = {
      ...annotated('x').manifestAnnotations,
      [BASE]: 'acme/root:1',
      [BASE_DIGEST]: root.digest,
    };
    const { lineage } = trace('acme/app:1', [app({ manifestAnnotations: both }), root], {
      [at('x/Dockerfile')]: 'FROM acme/root:1\n',
    });
    expect(lineage).toMatchObject({ gaps: [], end: 'scratch' });
    expect(lineage.hops[0]?.base).toBe(`docker.io/acme/root:1@${root.digest}`);
    expect(evidence(lineage, 'dockerfile')).toMatch(/^yes: /);
  });

  test('whose base an argument decides proves nothing alone', () => {
    const files = { [at('x/Dockerfile')]: 'ARG BASE=acme/root:1\nFROM ${BASE}\nCOPY app /\n' };
    const { lineage } = trace('acme/app:1', [app(annotated('x')), root], files);
    expect(lineage.hops[0]).toMatchObject({ sure: 'inferred', base: 'docker.io/acme/root:1' });
    expect(evidence(lineage, 'dockerfile')).toContain('an argument of the build may have named another');
    expect(lineage.gaps.map(({ reason }) => reason)).toEqual([
      'Only a Dockerfile names its base that need not be the one it was built from.',
    ]);
  });

  test.each([
    ['leaves it open', 'ARG BASE\nFROM ${BASE}\n', 'leaves its base open'],
    ['is no Dockerfile', 'nothing of the kind', 'can’t be read as a Dockerfile'],
    ['names no image', 'FROM Not/An/IMAGE\n', 'names a base that is no image name'],
  ])('that %s is open', (_, text, says) => {
    const { lineage } = trace('acme/app:1', [app(annotated('x')), root], { [at('x/Dockerfile')]: text });
    expect(lineage.hops[0]).toMatchObject({ base: null, sure: 'unknown', conflicts: [] });
    expect(evidence(lineage, 'dockerfile')).toContain(says);
  });

  test('whose tag has moved since is contradicted by the layers, and says so', () => {
    const files = { [at('x/Dockerfile')]: 'FROM acme/root:1\n' };
    const { lineage } = trace(
      'acme/app:1',
      [image('acme/app:1', ['old root', 'app'], annotated('x')), root],
      files,
    );
    expect(lineage.hops[0]?.sure).toBe('contradicted');
    expect(lineage.gaps[0]?.reason).toContain('Its tag may have moved since.');
  });
});

describe('what a label names', () => {
  test('is only likely, since labels are inherited and name no path', () => {
    const { lineage, read } = trace('acme/app:1', [app(labelled), root], {
      [at('Dockerfile')]: 'FROM acme/root:1\n',
    });
    expect(read).toEqual([at('Dockerfile')]);
    expect(lineage.hops[0]).toMatchObject({ sure: 'inferred', base: 'docker.io/acme/root:1' });
    expect(lineage.gaps).toHaveLength(1);
  });

  test('contradicts nothing: it may be the Dockerfile of another image', () => {
    const { lineage } = trace(
      'acme/app:1',
      [app({ ...labelled, manifestAnnotations: { [BASE]: 'acme/root:1' } }), root],
      { [at('Dockerfile')]: 'FROM node:24\n' },
    );
    expect(lineage).toMatchObject({ gaps: [], end: 'scratch' });
    expect(evidence(lineage, 'dockerfile')).toMatch(/^unknown: Names docker\.io\/library\/node:24/);
  });

  test('that does not fit leaves the base unknown, with the reason', () => {
    const other = image('library/debian:12', ['another root'], {
      manifestAnnotations: { [BASE]: 'scratch' },
    });
    const { lineage } = trace('acme/app:1', [app(labelled), other], {
      [at('Dockerfile')]: 'FROM debian:12\n',
    });
    expect(lineage.hops[0]).toMatchObject({ base: null, sure: 'unknown' });
    expect(lineage.gaps.at(-1)?.reason).toContain('do not begin with those of docker.io/library/debian:12');
  });
});

describe('a Dockerfile that could not be read', () => {
  const down: Gap = {
    kind: 'unreachable',
    cause: 'world',
    subject: 'a Dockerfile',
    location: null,
    reason: 'GitHub did not give it.',
    remedy: 'Try again.',
  };

  test('is a gap where nothing else names the base', () => {
    const { lineage } = trace('acme/app:1', [app(annotated('x'))], { [at('x/Dockerfile')]: down });
    expect(lineage.gaps).toContainEqual(down);
  });

  test('is said and missed by nobody where the base is known', () => {
    const known = app({
      manifestAnnotations: { ...annotated('x').manifestAnnotations, [BASE]: 'acme/root:1' },
    });
    const { lineage } = trace('acme/app:1', [known, root], { [at('x/Dockerfile')]: down });
    expect(lineage.gaps).toEqual([]);
    expect(evidence(lineage, 'dockerfile')).toContain('Could not be read: GitHub did not give it.');
  });
});

describe('an official image', () => {
  const library = `GitRepo: https://github.com/acme/runtime.git

Tags: 3, latest
GitCommit: ${COMMIT}
Directory: 3
`;
  const below = image('library/debian:12', ['root'], { manifestAnnotations: { [BASE]: 'scratch' } });
  const runtime = (more: Partial<ImageInspection> = {}): ImageInspection =>
    image('library/python:3', ['root', 'runtime'], more);
  const from = { [`https://github.com/acme/runtime ${COMMIT} 3/Dockerfile`]: 'FROM debian:12\nRUN make\n' };

  test('is followed through the library to its Dockerfile and base', () => {
    const { lineage } = trace('python:3', [runtime(), below], { ...from, 'library/python': library });
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [] });
    expect(lineage.hops[0]).toMatchObject({
      sure: 'proven',
      base: 'docker.io/library/debian:12',
      source: {
        link: `https://github.com/acme/runtime/blob/${COMMIT}/3/Dockerfile`,
        from: 'official library',
      },
    });
  });

  test('by an older digest is only likely to be of that Dockerfile', () => {
    const { lineage } = trace(`python:3@${digest('library/python:3')}`, [runtime(), below], {
      ...from,
      'library/python': library,
    });
    expect(lineage.hops[0]).toMatchObject({ sure: 'inferred', base: 'docker.io/library/debian:12' });
    expect(evidence(lineage, 'dockerfile')).toContain('newest build');
  });

  test('whose own source is an earlier commit has not been contradicted: the library has moved on', () => {
    const own = { [SOURCE]: `https://github.com/acme/runtime.git#${LATER}:3`, [BASE]: 'debian:12' };
    const { lineage } = trace('python:3', [runtime({ entryAnnotations: own }), below], {
      'library/python': library,
    });
    expect(lineage.hops[0]?.conflicts).toEqual([]);
    expect(evidence(lineage, 'official library')).toContain(`from another commit by now: ${COMMIT}`);
  });

  test('that says another repository than the library is a conflict', () => {
    const own = { [SOURCE]: `https://github.com/eve/runtime.git#${COMMIT}:3`, [BASE]: 'debian:12' };
    const { lineage } = trace('python:3', [runtime({ entryAnnotations: own }), below], {
      'library/python': library,
    });
    expect(lineage.hops[0]?.conflicts).toEqual([
      'The library of official images builds it from https://github.com/acme/runtime, its index annotation says https://github.com/eve/runtime.',
    ]);
  });

  test('that is imported as it is starts from scratch', () => {
    const imported = `GitRepo: https://github.com/acme/root.git\n\nTags: 12\nBuilder: oci-import\nGitCommit: ${COMMIT}\nDirectory: oci\nFile: index.json\n`;
    const plain = image('library/debian:12', ['root']);
    const { lineage, read } = trace('debian:12', [plain], { 'library/debian': imported });
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [], hops: [{ sure: 'stated' }] });
    expect(read).toHaveLength(1);
  });

  test('that the library does not build any more says so', () => {
    const { lineage } = trace('python:2', [image('library/python:2', ['a'])], { 'library/python': library });
    expect(evidence(lineage, 'official library')).toContain('Does not build 2 for linux/amd64 any more.');
  });
});
