// What is remembered of earlier commits changes no byte of any later answer, whatever differs between the two.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import { createDerivedBefore, type DerivedBefore } from '../../src/core/derived-before.ts';
import type { Blob, EntryKind, Evidence, Snapshot } from '../../src/core/model/evidence.ts';
import { review } from '../../src/core/review.ts';
import { RULES } from '../../src/core/rules/index.ts';
import { evidenceOf } from '../support/samples.ts';

const SAMPLES = RULES.flatMap(({ examples }) => [...examples.accepts, ...examples.rejects]);

const RELEASE = {
  title: 'release',
  base: {
    Dockerfile: 'FROM debian:12\nCOPY app /app\n',
    'api.Dockerfile': 'FROM alpine:3.20\nRUN sh -e ./setup.sh\n',
    '.github/workflows/release.yml':
      'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./ci/release.sh\n      - uses: actions/checkout@v4\n        with: { repository: "${{ github.repository_owner }}/lib", path: vendor/lib }\n',
    'ci/release.sh': 'docker build -t ghcr.io/acme/api .\ndocker push ghcr.io/acme/api\nmake ship\n',
    'ci/by-hand.sh': 'docker push docker.io/acme/hand\n',
    Makefile: 'ship:\n\tdocker push registry.acme.example/api\n',
    '.gitmodules': '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../lib.git\n',
    'vendor/lib': `Subproject commit ${'5'.repeat(40)}\n`,
    'deploy/link.Dockerfile': '../Dockerfile',
    LICENSE: 'SPDX-License-Identifier: MIT\n',
    'package.json': '{ "license": "MIT" }\n',
    'sbom.spdx.json':
      '{ "spdxVersion": "SPDX-2.3", "packages": [{ "name": "zlib", "versionInfo": "1.3" }] }\n',
    'README.md': '# api\n',
  },
} as const;

const world = (index: number): Evidence =>
  index < 0
    ? evidenceOf({ ...RELEASE, files: RELEASE.base })
    : evidenceOf(SAMPLES[index % SAMPLES.length] as (typeof SAMPLES)[number]);

type Step = {
  readonly how: (typeof HOWS)[number];
  readonly side: 'head' | 'base';
  readonly at: number;
  readonly kind: EntryKind;
  readonly text: string;
};

const HOWS = [
  'nothing',
  'another commit',
  'unread',
  'all unread',
  'edited',
  'edited under the same id',
  'another id',
  'another kind',
  'added',
  'removed',
  'renamed',
  'another place',
  'public',
  'policy',
  'strict',
  'lists',
  'changed paths',
  'another day',
  'asked',
  'no base',
] as const;

const POLICIES = {
  lists: 'version: 1\nbase-images:\n  require-digest: true\n',
  policy: 'version: 1\nregistries:\n  own: [ghcr.io]\n  internal: [docker.io/acme]\n',
  strict: 'version: 1\napproval:\n  strict: [flow-06-public-registry, flow-07-own-registry]\n',
};

const text = (content: string): Blob => ({ kind: 'text', text: content });

/** The same evidence with one thing different. */
function stepped(evidence: Evidence, { how, side, at, kind, text: words }: Step): Evidence {
  const snapshot: Snapshot = (side === 'head' ? evidence.head : evidence.base) ?? evidence.head;
  const entry = snapshot.entries[at % Math.max(1, snapshot.entries.length)];
  const others = snapshot.entries.filter((each) => each !== entry);
  const blobs: Record<string, Blob> = { ...evidence.blobs };
  const having = (entries: Snapshot['entries']): Evidence => {
    const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
    return {
      ...evidence,
      blobs,
      [snapshot === evidence.head ? 'head' : 'base']: { ...snapshot, entries: sorted },
    };
  };
  const { subject } = evidence;
  if (entry === undefined || subject.kind !== 'pull-request') return evidence;
  const held = blobs[entry.oid];
  const edited = text(`${held?.kind === 'text' ? held.text : ''}${words}`);
  switch (how) {
    case 'nothing':
      return evidence;
    case 'another commit':
      return {
        ...evidence,
        subject: { ...subject, number: at, title: words, headSha: 'd'.repeat(40) },
        head: { ...evidence.head, commit: 'd'.repeat(40) },
        collectedAt: `2026-11-21T12:00:00.${String(at % 1000).padStart(3, '0')}Z`,
      };
    case 'unread':
      delete blobs[entry.oid];
      return { ...evidence, blobs };
    case 'all unread':
      return { ...evidence, blobs: {} };
    case 'edited':
      blobs[`e${at}`] = edited;
      return having([...others, { ...entry, oid: `e${at}` }]);
    case 'edited under the same id':
      blobs[entry.oid] = at % 3 === 0 ? { kind: at % 2 === 0 ? 'binary' : 'lfs-pointer', bytes: at } : edited;
      return { ...evidence, blobs };
    case 'another id':
      blobs[`f${at}`] = held ?? edited;
      return having([...others, { ...entry, oid: `f${at}` }]);
    case 'another kind':
      return having([...others, { ...entry, kind }]);
    case 'added':
      blobs[`a${at}`] = text(words);
      return having([...snapshot.entries, { path: `new/${at % 3}.sh`, kind: 'file', oid: `a${at}` }]);
    case 'removed':
      return having(others);
    case 'renamed':
      return having([...others, { ...entry, path: `${entry.path}.sh` }]);
    case 'another place':
      return {
        ...evidence,
        subject: { ...subject, owner: at % 2 === 0 ? 'other' : 'acme', repository: `r${at % 2}` },
      };
    case 'public':
      return { ...evidence, subject: { ...subject, visibility: 'public' } };
    case 'policy':
    case 'strict':
    case 'lists':
      return {
        ...evidence,
        policies: [{ origin: 'organization', label: 'p', path: 'p', oid: how, text: POLICIES[how] }],
      };
    case 'changed paths':
      return {
        ...evidence,
        changes: [
          ...evidence.changes,
          { path: entry.path, status: 'modified', previousPath: null, shownLines: null },
        ],
      };
    case 'another day':
      return { ...evidence, collectedAt: `${2026 + (at % 5)}-12-24T23:59:59.999Z` };
    case 'asked':
      return {
        ...evidence,
        clearances:
          at % 2 === 0 ? [] : [{ project: 'acme/base', at: '2026-11-20T00:00:00.000Z', destinations: [] }],
      };
    case 'no base':
      return { ...evidence, base: null };
    default:
      return how satisfies never;
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  how: fc.constantFrom(...HOWS),
  side: fc.constantFrom('head', 'base'),
  at: fc.nat(30),
  kind: fc.constantFrom('file', 'executable', 'symlink', 'submodule'),
  text: fc.constantFrom(
    '',
    '\n',
    'docker push docker.io/acme/other\n',
    'RUN curl -O http://x.example/a\n',
    'make ship\n',
    '# note\n',
    'export DOCKER_CONTENT_TRUST=1\n',
  ),
});

/** As another worker would have collected it: equal, and none of it the same object. */
const answer = (evidence: Evidence, derived: DerivedBefore): string =>
  canonicalJson(review(structuredClone(evidence), derived));

describe('what was derived before', () => {
  test('changes no byte of what is answered later, whatever is asked in between', () => {
    const remembering = createDerivedBefore(64 * 1_048_576);
    let [asked, found] = [0, 0];
    const counting: DerivedBefore = {
      ...remembering,
      find: (...one) => {
        asked += 1;
        const facts = remembering.find(...one);
        if (facts !== null) found += 1;
        return facts;
      },
    };
    fc.assert(
      fc.property(
        fc.integer({ min: -200, max: SAMPLES.length - 1 }),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        (index, steps) => {
          const evidences = [world(index)];
          for (const each of steps) evidences.push(stepped(evidences.at(-1) as Evidence, each));
          const afresh = evidences.map((evidence) => answer(evidence, createDerivedBefore(0)));
          const remembered = (evidence: Evidence): string => answer(evidence, counting);
          // There and back, so that every one is asked before and after every other.
          expect(evidences.map(remembered)).toEqual(afresh);
          expect(evidences.toReversed().map(remembered)).toEqual(afresh.toReversed());
        },
      ),
      { numRuns: 100 },
    );
    expect(found / asked).toBeGreaterThan(0.3);
  });

  const counted = (most: number) => {
    const memory = createDerivedBefore(most);
    const found: boolean[] = [];
    const counting: DerivedBefore = {
      ...memory,
      find: (...one) => {
        const facts = memory.find(...one);
        found.push(facts !== null);
        return facts;
      },
    };
    return { ask: (evidence: Evidence) => answer(evidence, counting), found };
  };

  const links = (path: string): Evidence['head']['entries'][number] => ({
    path: 'deploy/link.Dockerfile',
    kind: 'symlink',
    oid: `link ${path}`,
  });
  /** The release, whose deployment builds a link to a Dockerfile. */
  const linked = (target: string): Evidence => {
    const ship = 'docker build -f deploy/link.Dockerfile -t ghcr.io/acme/api --push .\n';
    const evidence = evidenceOf({ ...RELEASE, files: { ...RELEASE.base, 'ci/release.sh': ship } });
    const entries = evidence.head.entries.map((entry) =>
      entry.path === 'deploy/link.Dockerfile' ? links(target) : entry,
    );
    const blobs = { ...evidence.blobs, [`link ${target}`]: text(target) };
    return { ...evidence, blobs, head: { ...evidence.head, entries } };
  };
  const release = world(-1);
  const judgedBy = (policy: string): Evidence => ({
    ...release,
    base: null,
    policies: [{ origin: 'organization', label: 'p', path: 'p', oid: policy, text: `version: 1\n${policy}` }],
  });
  const [original] = SAMPLES.filter(({ elsewhere }) => elsewhere !== undefined);
  const PAIRS: readonly (readonly [what: string, one: Evidence, other: Evidence])[] = [
    [
      'whether a script that people run is changed',
      release,
      {
        ...release,
        changes: [{ path: 'ci/by-hand.sh', status: 'modified', previousPath: null, shownLines: null }],
      },
    ],
    ['where a link leads', linked('../Dockerfile'), linked('../api.Dockerfile')],
    ['whether a link leads anywhere', linked('../Dockerfile'), linked('../none.Dockerfile')],
    [
      'which images policy lists',
      judgedBy('base-images: { require-digest: true }\n'),
      judgedBy('base-images: { require-digest: false }\n'),
    ],
    [
      'which Dockerfiles are known elsewhere',
      { ...evidenceOf(original as (typeof SAMPLES)[number]), seenDockerfiles: [] },
      evidenceOf(original as (typeof SAMPLES)[number]),
    ],
    [
      'what kind of content could not be read',
      {
        ...release,
        blobs: Object.fromEntries(
          Object.keys(release.blobs).map((oid) => [oid, { kind: 'binary', bytes: 9 }]),
        ),
      },
      {
        ...release,
        blobs: Object.fromEntries(
          Object.keys(release.blobs).map((oid) => [oid, { kind: 'lfs-pointer', bytes: 9 }]),
        ),
      },
    ],
  ];

  test.each(PAIRS)('is not taken for what differs in %s', (_, one, other) => {
    const memory = createDerivedBefore(1_048_576);
    const judged = (evidence: Evidence, derived: DerivedBefore): string => {
      const { facts, verdict } = review(evidence, derived);
      return canonicalJson([facts, verdict.findings]);
    };
    const afresh = [one, other].map((each) => judged(structuredClone(each), createDerivedBefore(0)));
    expect(afresh[0]).not.toBe(afresh[1]);
    for (const each of [one, other, one]) {
      // The very same files as well, as an answer at hand gives them.
      const again = { ...each, blobs: { ...each.blobs } };
      expect(judged(again, memory)).toBe(afresh[each === one ? 0 : 1]);
    }
  });

  test('is found again where a push changes what nobody reads, and not where it changes what is read', () => {
    const { ask, found } = counted(1_048_576);
    const before = world(-1);
    const change = (path: string): Evidence => {
      const at = before.head.entries.findIndex((entry) => entry.path === path);
      return stepped(before, { how: 'edited', side: 'head', at, kind: 'file', text: '# note\n' });
    };
    ask(before);
    // The base has the same files.
    expect(found.splice(0)).toEqual([false, true]);
    ask(change('README.md'));
    expect(found.splice(0)).toEqual([true, true]);
    for (const path of ['Dockerfile', 'ci/release.sh', 'Makefile', 'package.json', 'vendor/lib']) {
      ask(change(path));
      expect([path, ...found.splice(0)]).toEqual([path, false, true]);
    }
  });

  test('is forgotten in the order of its last use when it takes too much', () => {
    const { ask, found } = counted(400_000);
    const worlds = Array.from({ length: 40 }, (_, each): Evidence => {
      const { subject, ...others } = world(-1);
      return { ...others, subject: { ...subject, repository: `r${each}` } as Evidence['subject'] };
    });
    for (const [at, evidence] of worlds.entries()) {
      ask(evidence);
      // Used again and again, so that it stays.
      if (at > 0) ask(worlds[0] as Evidence);
    }
    found.splice(0);
    ask(worlds[0] as Evidence);
    ask(worlds.at(-1) as Evidence);
    ask(worlds[1] as Evidence);
    expect(found).toEqual([true, true, true, true, false, true]);
  });

  test('is not kept at all where it would push out everything else', () => {
    const { ask, found } = counted(10_000);
    ask(world(-1));
    ask(world(-1));
    expect(found).toEqual([false, false, false, false]);
  });
});
