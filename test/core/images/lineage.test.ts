// The lineage that follows from inspections, without any registry.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { traceLineage } from '../../../src/core/images/lineage.ts';
import { questionKey } from '../../../src/core/images/lineage-candidates.ts';
import { sourceKey } from '../../../src/core/images/lineage-dockerfile.ts';
import { registerEntry } from '../../../src/core/images/lineage-register.ts';
import { lineageMarkdown, renderLineage } from '../../../src/core/images/lineage-text.ts';
import { formatReference, parseReference } from '../../../src/core/images/reference.ts';
import type { Gap } from '../../../src/core/model/evidence.ts';
import type { ImageReference } from '../../../src/core/model/image.ts';
import type {
  AttestedStatement,
  ImageInspection,
  Lineage,
  SourceText,
} from '../../../src/core/model/lineage.ts';
import { PLAIN } from '../../../src/core/report/terminal.ts';
import { policyOf } from '../policy/sources.ts';

const BASE = 'org.opencontainers.image.base.name';

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
    layerSizes: layers.map(() => 1_500_000),
    diffIds: layers.map(digest),
    history: layers.map((layer) => ({ createdBy: `COPY ${layer} /`, empty: false })),
    statements: [],
    signatures: [],
    signaturesSeen: true,
    gaps: [],
    ...more,
  };
}

/** BuildKit's provenance about the image `about`, listing these images by name and digest. */
function provenance(about: string, images: readonly string[]): AttestedStatement {
  const predicateType = 'https://slsa.dev/provenance/v1';
  const hex = (name: string): string => digest(name.replace(/\?.*$/, '')).replace('sha256:', '');
  return {
    predicateType,
    digest: digest(`provenance ${about}`),
    content: {
      predicateType,
      subject: [{ digest: { sha256: hex(about) } }],
      predicate: {
        buildDefinition: {
          buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
          resolvedDependencies: images.map((name) => ({
            uri: `pkg:docker/${name.replace(':', '@')}${name.includes('?') ? '' : '?platform=linux%2Famd64'}`,
            digest: { sha256: hex(name) },
          })),
        },
      },
    },
  };
}

type World = ReadonlyMap<string, ImageInspection | Gap>;

/** Under its name, and under its name with its digest. */
function world(...images: readonly ImageInspection[]): World {
  return new Map(
    images.flatMap((each) => [
      [formatReference(each.reference), each] as const,
      [formatReference({ ...each.reference, digest: each.digest }), each] as const,
    ]),
  );
}

/** Looks up what is wanted until nothing is, as the registry adapter does. */
function trace(name: string, from: World): Lineage {
  const known = new Map<string, ImageInspection | Gap>();
  const texts = new Map<string, SourceText>();
  for (let round = 0; round < 100; round += 1) {
    const { lineage, wanted, wantedSources } = traceLineage(reference(name), known, texts);
    if (wanted.length === 0 && wantedSources.length === 0) return lineage;
    for (const file of wantedSources) texts.set(sourceKey(file), { missing: 'Not read.' });
    for (const each of wanted) {
      const key = questionKey(each);
      expect(known.has(key)).toBe(false);
      const name = formatReference(each.reference);
      known.set(key, from.get(key) ?? from.get(name) ?? missing(name));
    }
  }
  throw new Error('It never wants nothing more.');
}

function missing(subject: string): Gap {
  const reason = 'There is no such image.';
  return { kind: 'remote', cause: 'content', subject, location: null, reason, remedy: 'Look for it.' };
}

const reasons = ({ gaps }: Lineage): string => gaps.map(({ reason }) => reason).join('\n');

describe('what names the base', () => {
  const root = image('debian:12', ['root'], { entryAnnotations: { [BASE]: 'scratch' } });
  const annotated = { manifestAnnotations: { [BASE]: 'debian:12' } };

  test('an annotation and layers prove it; the distribution comes from the base', () => {
    const lineage = trace('acme/app:1', world(root, image('acme/app:1', ['root', 'app'], annotated)));
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [], platform: 'linux/amd64' });
    expect(lineage.hops.map(({ sure, distribution }) => [sure, distribution])).toEqual([
      ['proven', { name: 'debian', release: '12', from: 'layers', supported: '2026-07-11' }],
      ['stated', { name: 'debian', release: '12', from: 'image name', supported: '2026-07-11' }],
    ]);
    expect(lineage.hops[0]?.evidence.map(({ source, agrees }) => [source, agrees])).toEqual([
      ['manifest annotation', 'yes'],
      ['layers', 'yes'],
      ['history', 'yes'],
    ]);
  });

  test('a label alone proves nothing, because it may be the base’s own', () => {
    const between = image('acme/base:1', ['root', 'base'], { labels: { [BASE]: 'debian:12' } });
    const app = image('acme/app:1', ['root', 'base', 'app'], { labels: between.labels });
    const lineage = trace('acme/app:1', world(root, between, app));
    expect(lineage.hops[0]).toMatchObject({ sure: 'inferred', layers: { own: null } });
    expect(reasons(lineage)).toContain('an image in between would not show');
  });

  test('a label “scratch” may be inherited too', () => {
    const labels = { [BASE]: 'scratch' };
    expect(trace('x/one:1', world(image('x/one:1', ['a'], { labels })))).toMatchObject({
      end: 'scratch',
      gaps: [],
    });
    const two = trace('x/two:1', world(image('x/two:1', ['a', 'b'], { labels })));
    expect(two.hops[0]?.sure).toBe('inferred');
    expect(reasons(two)).toContain('Only a label says that it starts from scratch');
  });

  test('a provenance without images is no scratch when the lowest layer was run', () => {
    const app = image('acme/app:1', ['a'], {
      statements: [provenance('acme/app:1', [])],
      history: [{ createdBy: 'RUN /bin/sh -c make # buildkit', empty: false }],
    });
    const lineage = trace('acme/app:1', world(app));
    expect(lineage.end).toBe('unknown');
    expect(reasons(lineage)).toContain('made by running a program');
  });

  test('an image of the build that can’t be read leaves it open', () => {
    const app = image('acme/app:1', ['a'], { statements: [provenance('acme/app:1', ['acme/gone:1'])] });
    const lineage = trace('acme/app:1', world(app));
    expect(lineage.end).toBe('unknown');
    expect(lineage.gaps).toEqual([expect.objectContaining({ reason: 'There is no such image.' })]);
  });

  test('a tag that moved on since is no conflict with the digest in the provenance', () => {
    const app = image('acme/app:1', ['root', 'app'], {
      manifestAnnotations: { [BASE]: 'debian:12' },
      statements: [provenance('acme/app:1', ['debian:12'])],
    });
    const moved = image('debian:12', ['newer root'], { digest: digest('newer'), manifest: digest('newer') });
    const both = new Map([...world(root, app), ['docker.io/library/debian:12', moved]]);
    const lineage = trace('acme/app:1', both);
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [] });
    expect(lineage.hops[0]?.evidence[0]).toMatchObject({ source: 'manifest annotation', agrees: 'yes' });
  });

  test('a base without layers can’t be proven by layers', () => {
    const app = image('x/a:1', ['a'], { manifestAnnotations: { [BASE]: 'x/empty:1' } });
    const lineage = trace('x/a:1', world(app, image('x/empty:1', [])));
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [] });
    expect(lineage.hops.map(({ sure }) => sure)).toEqual(['stated', 'proven']);
  });

  test('a builder is looked up for the platform it ran on', () => {
    const statements = [provenance('x/a:1', ['x/go:1?platform=linux%2Farm64'])];
    const app = image('x/a:1', ['binary'], { statements });
    const { reference: of, ...builder } = image('x/go:1', ['go']);
    const key = questionKey({ reference: { ...of, digest: builder.digest }, platform: 'linux/arm64' });
    const lineage = trace('x/a:1', new Map([...world(app), [key, { ...builder, reference: of }]]));
    expect(lineage).toMatchObject({ end: 'scratch', gaps: [], platform: 'linux/amd64' });
    expect(trace('x/a:1', world(app)).end).toBe('unknown');
  });

  test('a chain that comes back to itself ends', () => {
    const to = (name: string) => ({ manifestAnnotations: { [BASE]: name } });
    const lineage = trace(
      'x/a:1',
      world(image('x/a:1', ['l'], to('x/b:1')), image('x/b:1', ['l'], to('x/a:1'))),
    );
    expect(lineage.hops).toHaveLength(2);
    expect(reasons(lineage)).toContain('comes back to an image');
  });

  test.each([
    [{ [BASE]: 'No Name' }, 'is no image name'],
    [{ 'org.opencontainers.image.base.digest': digest('x') }, 'a digest without a name'],
    [{ [BASE]: 'a:1', 'org.opencontainers.image.base.digest': 'sha256:1' }, 'sha256:1 is no digest'],
  ])('annotations %j are a gap', (manifestAnnotations, reason) => {
    const lineage = trace('x/a:1', world(image('x/a:1', ['l', 'm'], { manifestAnnotations })));
    expect(reasons(lineage)).toContain(reason);
    expect(lineage.end).toBe('unknown');
  });

  test('more images than are looked at are said', () => {
    const many = Array.from({ length: 20 }, (_, index) => `x/n${index}:1`);
    const app = image('acme/app:1', ['a'], { statements: [provenance('acme/app:1', many)] });
    const lineage = trace('acme/app:1', world(app, ...many.map((name) => image(name, ['other']))));
    expect(reasons(lineage)).toContain('4 more images are named');
  });
});

describe('what speaks against each other', () => {
  test('source and commit', () => {
    const app = image('x/a:1', ['a'], {
      entryAnnotations: {
        [BASE]: 'scratch',
        'org.opencontainers.image.source': 'https://github.com/x/a',
        'org.opencontainers.image.revision': 'a'.repeat(40),
      },
      labels: { 'org.opencontainers.image.source': 'https://github.com/x/other' },
    });
    const lineage = trace('x/a:1', world(app));
    expect(lineage.hops[0]?.source?.link).toBe(`https://github.com/x/a/tree/${'a'.repeat(40)}`);
    expect(reasons(lineage)).toMatch(
      /index annotation names .*x\/a at a+ as its source, the label .*x\/other/,
    );
  });

  test('the distribution of a name and of the base', () => {
    const root = image('debian:12', ['root'], { entryAnnotations: { [BASE]: 'scratch' } });
    const app = image('python:3.13-slim-trixie', ['root', 'python'], {
      manifestAnnotations: { [BASE]: 'debian:12' },
    });
    const lineage = trace('python:3.13-slim-trixie', world(root, app));
    expect(reasons(lineage)).toContain(
      'By its image name it is debian 13, yet docker.io/library/debian:12 below it is debian 12',
    );
  });

  test('a base that a complete provenance does not list', () => {
    const base = image('x/base:1', ['b'], { entryAnnotations: { [BASE]: 'scratch' } });
    const app = image('x/a:1', ['b', 'a'], {
      manifestAnnotations: { [BASE]: 'x/base:1' },
      statements: [provenance('x/a:1', ['x/tool:1'])],
    });
    const lineage = trace('x/a:1', world(base, app, image('x/tool:1', ['t'])));
    expect(reasons(lineage)).toContain('docker.io/x/base:1 is not among them');
  });
});

describe('constructed chains', () => {
  type Kind = 'annotation' | 'provenance' | 'label' | 'nothing';
  const kinds = fc.array(fc.constantFrom<Kind>('annotation', 'provenance', 'label', 'nothing'), {
    minLength: 1,
    maxLength: 6,
  });

  /** Image number `index` has the layers of those below it and one of its own; labels are inherited as builders do. */
  function chain(evidence: readonly Kind[]): readonly ImageInspection[] {
    const images: ImageInspection[] = [];
    for (const [index, kind] of evidence.entries()) {
      const below = images.at(-1);
      const base = index === 0 ? 'scratch' : `x/i${index - 1}:1`;
      const layers = Array.from({ length: index + 1 }, (_, layer) => `layer ${layer}`);
      const name = `x/i${index}:1`;
      const decoy = `x/decoy${index}:1`;
      images.push(
        image(name, layers, {
          labels: { ...below?.labels, ...(kind === 'label' ? { [BASE]: base } : {}) },
          manifestAnnotations: kind === 'annotation' ? { [BASE]: base } : {},
          statements: kind === 'provenance' ? [provenance(name, index === 0 ? [decoy] : [decoy, base])] : [],
        }),
      );
    }
    return images;
  }

  function traced(evidence: readonly Kind[]): Lineage {
    const decoys = evidence.map((_, index) => image(`x/decoy${index}:1`, ['layer 0', `decoy ${index}`]));
    return trace(`x/i${evidence.length - 1}:1`, world(...chain(evidence), ...decoys));
  }

  const short = (name: string | null): string =>
    (name ?? '').replace(/^docker\.io\//, '').replace(/@.*$/, '');

  test('what is shown without a gap is the whole truth', () => {
    fc.assert(
      fc.property(kinds, (evidence) => {
        const { end, gaps, hops } = traced(evidence);
        const ancestors = evidence.map((_, index) => `x/i${index}:1`).reverse();
        // Never an image that is none of its ancestors.
        for (const { base } of hops) expect([...ancestors, 'scratch', '']).toContain(short(base));
        if (gaps.length > 0) return;
        expect(end).toBe('scratch');
        expect(hops.map(({ name }) => short(name))).toEqual(ancestors);
        expect(hops.map(({ layers }) => layers.own)).toEqual(hops.map(() => 1));
      }),
      { numRuns: 300 },
    );
  });

  test('whatever annotations and provenance say is found', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Kind>('annotation', 'provenance'), { minLength: 1, maxLength: 6 }),
        (evidence) => {
          expect(traced(evidence)).toMatchObject({ end: 'scratch', gaps: [] });
        },
      ),
    );
  });

  test('the order in which images were looked up changes nothing', () => {
    fc.assert(
      fc.property(kinds, (evidence) => {
        const entries = [...world(...chain(evidence))].flatMap(([key, each]) => [
          [key, each] as const,
          [`${key} linux/amd64`, each] as const,
        ]);
        const start = reference(`x/i${evidence.length - 1}:1`);
        const one = traceLineage(start, new Map(entries), new Map());
        expect(JSON.stringify(traceLineage(start, new Map(entries.reverse()), new Map()))).toBe(
          JSON.stringify(one),
        );
      }),
    );
  });
});

describe('the sheet', () => {
  const hostile = image('x/a:1', ['a'], {
    entryAnnotations: { [BASE]: 'scratch' },
    labels: {
      'org.opencontainers.image.vendor': 'A\u202e|<img src=x> @everyone\n\u001b[2J`x`',
      'org.opencontainers.image.licenses': 'MIT',
    },
  });
  const lineage = trace('x/a:1', world(hostile));
  const name = 'docker.io/x/a:1';

  test('shows nobody’s words as more than words', () => {
    const entry = registerEntry(reference('x/a:1'), lineage, '2026-11-21');
    const text = renderLineage({ name, lineage, trust: [], entry }, { width: 100, paint: PLAIN });
    const markdown = lineageMarkdown({ name, lineage, trust: [], entry });
    expect(text).toContain('AU+202E|<img src=x> @everyone U+001B[2J`x`');
    expect(markdown).toContain('\\<img src=x\\>');
    for (const sheet of [text, markdown]) expect(sheet).not.toMatch(/(?!\n)\p{C}/u);
    expect(markdown.split('\n').filter((line) => line.startsWith('| supplier'))).toHaveLength(1);
    expect(text).toContain('Known to scratch: one image.\n');
  });

  test('ends with an entry that the policy takes as it is', () => {
    const entry = registerEntry(reference('x/a:1'), lineage, '2026-11-21');
    const { policy, gaps } = policyOf(`version: 1\n${entry}`);
    expect(gaps).toEqual([]);
    expect(policy.baseImages.allow.flat()).toContainEqual({
      image: 'docker.io/x/a:1',
      owner: 'name the team that answers for it',
      reason: `Vetted on 2026-11-21 as ${digest('x/a:1')}; lineage known to scratch, 1 deep.`,
      expires: '2027-05-20',
      ospo: true,
      security: true,
    });
    expect(policy.vetting.registers).toEqual([
      [
        {
          image: 'docker.io/x/a:1',
          digests: [digest('x/a:1')],
          vettedBy: 'name who looked and is told before it ends',
          on: '2026-11-21',
          scan: null,
          expires: '2027-05-20',
          copy: null,
        },
      ],
    ]);
  });

  test('accepts nothing whose lineage is not known', () => {
    const unknown = trace('x/b', world(image('x/b', ['a', 'b'])));
    const entry = registerEntry(reference('x/b'), unknown, '2026-11-21');
    expect(entry).toMatch(/^# Not accepted yet.*\n# Without a tag/);
    const { policy, gaps } = policyOf(`version: 1\n${entry}`);
    expect(gaps).toEqual([]);
    expect(policy.baseImages.allow.flat()).toContainEqual(
      expect.objectContaining({ image: 'docker.io/x/b', ospo: false, security: false }),
    );
    expect(policy.vetting.registers).toEqual([]);
  });
});
