import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Delivery } from '../../../src/core/model/delivery.ts';
import type { Dockerfile } from '../../../src/core/model/dockerfile.ts';
import type { About } from '../../../src/core/model/evidence.ts';
import type { Facts } from '../../../src/core/model/facts.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Import } from '../../../src/core/model/import.ts';
import type { JudgedFinding, Standing, Verdict } from '../../../src/core/model/verdict.ts';
import { defaultPolicy } from '../../../src/core/policy/defaults.ts';
import { byteLength } from '../../../src/core/report/markdown.ts';
import { PACKET_MARK, packet } from '../../../src/core/report/packet.ts';
import { aboutDigest } from '../../../src/core/verdict/fingerprint.ts';
import {
  ASKED,
  decision,
  delivery,
  evidence,
  facts,
  gap,
  place,
  repository,
  started,
} from '../verdict/cases.ts';
import { hostile } from './hostile.ts';
import { GITHUB_FILTERS, rendered } from './rendered.ts';
import { finding, judged, RULES, verdict } from './verdicts.ts';

const { subject } = evidence();

function question(changes: Partial<Finding> = {}, standing: Standing = { kind: 'open' }): JudgedFinding {
  return judged(
    finding({
      rule: 'public-registry-delivery',
      outcome: 'needs-approval',
      location: place('.github/workflows/release.yml', 12),
      message: '`docker push` pushes `docker.io/acme/api`.',
      about: ASKED,
      ...changes,
    }),
    standing,
  );
}

function shipping(about: About = ASKED, changes: Partial<Delivery> = {}): Verdict['deliveries'][number] {
  return { change: started(about, changes), fingerprint: aboutDigest(about) };
}

function imported(changes: Partial<Import>): Import {
  return {
    kind: 'base-image',
    source: ['debian:12'],
    stage: 0,
    location: place('Dockerfile', 1),
    instructionLine: 1,
    secureChannel: 'yes',
    verification: { method: 'none', location: null },
    pinning: 'version',
    pipedToShell: false,
    packages: [],
    weakened: [],
    ...changes,
  };
}

function dockerfile(imports: readonly Import[], path = 'Dockerfile'): Dockerfile {
  return {
    path,
    arguments: {},
    oid: 'c'.repeat(40),
    text: '',
    directives: [],
    notice: {
      licenses: [{ expression: 'MIT', location: place(path, 1) }],
      copyrights: [],
      origins: [{ url: 'https://github.com/other/thing', location: place(path, 2) }],
      recognized: null,
    },
    globalArguments: [],
    stages: [],
    imports,
    squash: [],
    commands: [],
    copied: [],
    scripts: [],
    gaps: [],
  };
}

const BUILD = { dockerfile: 'Dockerfile', context: ['.'], target: null, arguments: {}, contexts: {} };

function page(changes: Partial<Verdict>, of: Facts = facts()): string {
  return packet(verdict({ subject, ...changes }), of, defaultPolicy(['acme']), RULES) ?? '';
}

describe('when there is a packet', () => {
  test('none without a question', () => {
    expect(packet(verdict({ deliveries: [shipping()] }), facts(), defaultPolicy(['acme']), RULES)).toBeNull();
    const advised = question({}, { kind: 'advised' });
    expect(
      packet(
        verdict({ findings: [advised], deliveries: [shipping()] }),
        facts(),
        defaultPolicy(['acme']),
        RULES,
      ),
    ).toBeNull();
  });

  test.each<[string, Partial<Verdict>, string]>([
    ['asked', { findings: [question()] }, 'Delivery approval needed'],
    ['approved', { findings: [question({}, { kind: 'approved', by: [decision()] })] }, 'Delivery approved'],
    [
      'rejected',
      { findings: [question(), question({}, { kind: 'rejected', by: decision() })] },
      'Delivery rejected',
    ],
    [
      'changed',
      {
        findings: [question()],
        lapses: [{ decision: decision(), fingerprint: 'f', approved: ASKED, now: {}, because: 'changed' }],
      },
      'Delivery changed since it was approved: approval needed again',
    ],
    [
      'expired',
      {
        findings: [question()],
        lapses: [{ decision: decision(), fingerprint: 'f', approved: ASKED, now: ASKED, because: 'expired' }],
      },
      'Delivery approval needed again',
    ],
  ])('%s', (_, changes, headline) => {
    expect(page(changes).split('\n').slice(0, 2)).toEqual([PACKET_MARK, `## ${headline}`]);
  });
});

describe('what the OSPO decides from', () => {
  const image = question({
    rule: 'unpinned-base-image',
    location: place('Dockerfile', 1),
    message: 'The image `somebody/thing` is on no list.',
    about: { image: ['somebody/thing'] },
  });
  const full = page(
    {
      findings: [
        question(),
        question({ rule: 'unpinned-base-image', message: 'Its layers are unexplained.' }),
        image,
      ],
      deliveries: [
        shipping(ASKED, {
          build: BUILD,
          condition: "github.ref == 'refs/heads/main'",
          unsettled: [{ what: 'the tag', settledBy: 'Write it out.', location: place('release.sh', 3) }],
        }),
      ],
      gaps: [gap()],
      approvals: {
        required: 2,
        given: [decision()],
        teams: ['acme/ospo'],
        unmapped: ['Some One <some@one.example>'],
      },
    },
    facts({
      head: repository({
        dockerfiles: [
          dockerfile([
            imported({}),
            imported({
              kind: 'download',
              source: ['https://dl.example/a|b.tgz'],
              location: place('Dockerfile', 4),
            }),
            imported({ kind: 'package-manager', source: ['apt-get'], packages: ['curl', 'git'] }),
          ]),
          dockerfile([], 'unrelated/Dockerfile'),
        ],
      }),
    }),
  );

  test.each([
    'Waiting for 2 members of `acme/ospo` who had no part in these commits. Approved so far by `person-1` of `acme/ospo`. The approval covers',
    'Commits are also by `Some One <some@one.example>`, whose e-mail addresses belong to no account',
    '- It is new.',
    '- Flow 6: `docker push` pushes `docker.io/acme/api`.',
    '- Flow 2: Its layers are unexplained.',
    '- How it happens: workflow release ([`.github/workflows/release.yml:1`]',
    '- Built from `Dockerfile`, context `.`',
    "- Only when: `github.ref == 'refs/heads/main'`",
    '- Squashed: no; signed: no; provenance: no; SBOM: no',
    '- **Not known**: the tag ([`release.sh:3`]',
    '). Write it out.',
    'To decide:\n\n- [ ] Is all of it ours to publish?',
    '- To settle it: Name a version, best with a digest.',
    '### Base images and their duties\n\n- [ ] [`Dockerfile:1`]',
    '### What is in `Dockerfile`',
    'licence of the Dockerfile: `MIT`',
    '- Says it comes from `https://github.com/other/thing`',
    '- Base image: `debian:12`, named by a version that can be moved; licence: not stated; bill of materials: not listed; new (',
    '- Of 2 imports below, checked: 2 not at all',
    'For all of them, licence: not stated; secure channel: yes; verified: none; bill of materials: not listed; since the base: new.',
    '### Open for the author',
    'The file Dockerfile is binary. Replace it by a text.',
    '```mermaid\nflowchart LR',
  ])('%s', (expected) => {
    expect(full).toContain(expected);
  });

  test('imports are a table, whatever their names', () => {
    const shown = rendered(full);
    expect(shown).toMatchObject({ rows: 3, cells: 6 });
    expect(shown.code).toContain('https://dl.example/a|b.tgz');
  });

  test('each thing is asked once', () => {
    expect(full.match(/is on no list/g)).toHaveLength(1);
    expect(full.match(/pushes `docker\.io\/acme\/api`\./g)).toHaveLength(1);
    expect(full).not.toContain('unrelated');
  });

  test('what is asked in the same words at several places is one question', () => {
    const at = (line: number, image: string, standing?: 'approved') =>
      question(
        {
          rule: 'unpinned-base-image',
          location: place('Dockerfile', line),
          message: 'The image is on no list.',
          about: { image: [image] },
        },
        standing === undefined ? { kind: 'open' } : { kind: 'approved', by: [decision()] },
      );
    const text = page({ findings: [at(1, 'a'), at(4, 'b'), at(9, 'c', 'approved')] });
    const rows = text.split('\n').filter((line) => line.includes('The image is on no list.'));
    expect(rows).toEqual([
      expect.stringMatching(/^- \[ \] \[`Dockerfile:1`\]\([^)]+\), \[`Dockerfile:4`\]\([^)]+\) \(flow 2\): /),
      expect.stringMatching(/^- \[x\] \[`Dockerfile:9`\]/),
    ]);
  });

  test('an approved side question is ticked', () => {
    const approved = question({ about: { image: ['x'] } }, { kind: 'approved', by: [decision()] });
    expect(page({ findings: [approved, question()], deliveries: [shipping()] })).toContain('- [x] ');
  });

  test('a decision is told with its conditions, which can’t act', () => {
    const by = decision({ note: 'Only with @acme/legal\n# ok ✅', expires: '2027-01-31T00:00:00Z' });
    const text = page({ findings: [question({}, { kind: 'approved', by: [by] })] });
    expect(text).toContain(
      '- Approved by `person-1` (`acme/ospo`) at 2026-11-20 10:00 UTC, until 2027-01-31: Only with',
    );
    expect(rendered(text).headings).toBe(2);
    for (const shown of rendered(text).text)
      for (const filter of GITHUB_FILTERS) expect(shown).not.toMatch(filter);
  });
});

describe('whatever a pull request holds', () => {
  const anyVerdict = fc.record({ a: hostile, b: hostile, c: hostile }).map(({ a, b, c }) => {
    const about: About = { [a]: [b], other: [c] };
    return {
      a,
      changes: {
        findings: [
          question({ about, message: `\`${a}\` pushes ${b}.`, location: place(c, 2) }),
          question({ about: { x: [c] }, message: `${c} \`${b}\``, remedy: a, location: place(b, 1) }),
          judged(finding({ location: place(a, 1), message: b })),
        ],
        deliveries: [
          shipping(about, {
            tool: a,
            destination: {
              registry: [b],
              repository: [c, { expression: a, why: b }],
              tags: [[a], [b]],
              class: 'public',
              channel: null,
            },
            build: { dockerfile: b, context: [a], target: [c], arguments: {}, contexts: {} },
            triggers: [{ event: 'push-tag', filter: c, happens: 'yes' }],
            condition: `${a} && ${b}`,
            evidencePath: [
              { label: a, location: place(b, 1) },
              { label: c, location: place(a, 2) },
            ],
            unsettled: [{ what: b, settledBy: c, location: place(a, 1) }],
          }),
        ],
        gaps: [gap({ subject: a, reason: b, remedy: c, location: null })],
        lapses: [
          {
            decision: decision({ note: a }),
            fingerprint: 'f',
            approved: { [b]: [a] },
            now: about,
            because: 'changed',
          },
        ],
        approvals: { required: 1, given: [], teams: ['acme/ospo'], unmapped: [a] },
      } satisfies Partial<Verdict>,
      head: repository({
        dockerfiles: [
          dockerfile(
            [
              imported({ source: [a] }),
              imported({ kind: 'download', source: [c], packages: [b] }),
              imported({ kind: 'package-manager', source: ['npm'], packages: [a, b] }),
            ],
            b,
          ),
        ],
      }),
    };
  });

  test('links lead to its own files, the only HTML is our mark, and nothing else acts', () => {
    fc.assert(
      fc.property(anyVerdict, ({ changes, head }) => {
        const shown = rendered(page(changes, facts({ head })));
        for (const link of shown.links)
          expect(link).toMatch(/^https:\/\/github\.com\/acme\/product\/blob\/a{40}\//);
        expect(shown.html).toEqual([
          PACKET_MARK,
          expect.stringMatching(/^<details>\n<summary>\d components? (?:is|are) not listed<\/summary>$/),
          '</details>',
        ]);
        expect(shown.images).toEqual([]);
        for (const text of shown.text) for (const filter of GITHUB_FILTERS) expect(text).not.toMatch(filter);
        expect(shown.headings).toBe(9);
        expect(shown.rows).toBe(3);
      }),
      { numRuns: 200 },
    );
  });
});

describe('several deliveries', () => {
  const told = (count: number): string => {
    const abouts = Array.from(
      { length: count },
      (_, index): About => ({ destination: [`docker.io/acme/${index}`] }),
    );
    return page({
      findings: abouts.map((about, index) => question({ about, location: place('release.yml', index + 1) })),
      deliveries: abouts.map((about, index) =>
        shipping(
          about,
          delivery({
            condition: 'x'.repeat(300),
            destination: {
              registry: ['docker.io'],
              repository: [`acme/part-${index}`],
              tags: [],
              class: 'public',
              channel: null,
            },
          }),
        ),
      ),
      gaps: [gap()],
    });
  };

  test('have a line each in one table, and what they ask for is asked once', () => {
    const text = told(3);
    expect(text).toContain('| what | falls under | since the base |\n|---|---|---|\n| Pushes ');
    expect(text.match(/^\| Pushes .* \| flow 6 \| new \|$/gm)).toHaveLength(3);
    expect(text.match(/Is all of it ours to publish\?/g)).toHaveLength(1);
    expect(text.match(/^#### /gm)).toHaveLength(3);
  });

  test('are told by how sure they are', () => {
    const abouts = ['a', 'b', 'c'].map((name): About => ({ destination: [name] }));
    const kinds = [{ kind: 'opaque', tool: 'make' }, { happens: 'unknown' }, {}] as const;
    const text = page({
      findings: abouts.map((about) => question({ about })),
      deliveries: abouts.map((about, at) => shipping(about, delivery(kinds[at]))),
    });
    expect(text.match(/^#### \S+ \S+/gm)).toEqual([
      '#### Pushes docker.io/acme/api',
      '#### May push',
      '#### May deliver',
    ]);
  });

  test('are summarised within GitHub’s limit by the hundred, none silently', () => {
    const text = told(400);
    expect(byteLength(text)).toBeLessThanOrEqual(65_000);
    const lines = text.match(/^\| Pushes /gm)?.length ?? 0;
    const left = Number(/_(\d+) more deliveries did not fit/.exec(text)?.[1] ?? 0);
    expect(lines).toBeGreaterThan(250);
    expect(lines + left).toBe(400);
    const shown = text.match(/^#### /gm)?.length ?? 0;
    const missing = Number(/_(\d+) more sections did not fit/.exec(text)?.[1]);
    expect(shown).toBeGreaterThan(20);
    expect(shown + missing).toBeGreaterThanOrEqual(400);
    expect(text).toContain('`clear-to-ship check --format markdown` prints everything');
    expect(text).toContain('Waiting for a member of');
    expect(text).toContain('- [ ] Is all of it ours to publish?');
  });
});
