// What the OSPO reads of the components behind a delivery, from whole repositories.
import { describe, expect, test } from '@jest/globals';
import { byteLength } from '../../../src/core/report/markdown.ts';
import { render } from '../../../src/core/report/render.ts';
import { RULE_TEXTS, review } from '../../../src/core/review.ts';
import type { Sample } from '../../../src/core/rules/rule.ts';
import { evidenceOf } from '../../support/samples.ts';
import { rendered } from './rendered.ts';

const POLICY = `version: 1
approval:
  teams: [acme/ospo]
registries:
  own: [registry.acme.example]
`;
const WORKFLOW = `on:
  release:
    types: [published]
jobs:
  bundle:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: docker build -t api .
      - run: docker save api -o api.tar
      - run: gh release upload v1 api.tar
`;
const DOCKERFILE = `# SPDX-License-Identifier: Apache-2.0
FROM debian:12.7
COPY src package.json ./
RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10 git
RUN pip install flask==3.0.3
ADD https://example.com/tool-1.2.tgz /opt/
RUN curl -fsSLO https://example.com/lib-2.tgz && echo "${'ab'.repeat(32)}  lib-2.tgz" | sha256sum -c && tar xf lib-2.tgz && patch -p1 < /src/lib.patch
`;
const BOM = (...components: readonly object[]): string =>
  JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components });

function page(files: Readonly<Record<string, string>>, more: Partial<Sample> = {}): string {
  const evidence = evidenceOf({
    title: 'x',
    policy: POLICY,
    files: { '.github/workflows/bundle.yml': WORKFLOW, Dockerfile: DOCKERFILE, ...files },
    ...more,
  });
  const { verdict, facts, policy } = review(evidence);
  return render(verdict, facts, policy, evidence.changes, RULE_TEXTS).packet ?? '';
}

/** The JSON that is offered for the bill of materials. */
function fragment(text: string): {
  readonly components: readonly { readonly name: string; readonly purl?: string }[];
} {
  const block = rendered(text).code.find((each) => each.startsWith('{\n  "bomFormat"'));
  return JSON.parse(block ?? '{ "components": [] }');
}

describe('what is in the Dockerfile behind a delivery', () => {
  test('what we made, what we changed, and what comes as it is', () => {
    const text = page({});
    expect(text).toContain(
      '- Created here: one stage, files of ours from `package.json`, `src`; licence of the Dockerfile: `Apache-2.0`',
    );
    expect(text).toContain('- Modified: sources of others are patched by `patch -p1` ([`Dockerfile:7`]');
    expect(text).toContain(
      '- Base image: `debian:12.7`, named by a version that can be moved; licence: not stated',
    );
    expect(text).toContain(
      '- Of 4 imports below, checked: 1 by a signature, 1 by a checksum kept here, 1 by a checksum of its own server, 1 not at all',
    );
    expect(rendered(text)).toMatchObject({ rows: 8, cells: 22 });
    expect(text).toContain(
      'For all of them, licence: not stated; secure channel: yes; bill of materials: not listed; since the base: new.',
    );
  });

  test('a patch that is only tried changes nothing', () => {
    expect(page({ Dockerfile: DOCKERFILE.replace('patch -p1', 'patch --dry-run -p1') })).not.toContain(
      'Modified',
    );
    const git = DOCKERFILE.replace('patch -p1 <', 'git -C /lib apply');
    expect(page({ Dockerfile: git })).toContain('patched by `git -C /lib apply /src/lib.patch`');
  });

  test('a copy of somebody’s Dockerfile is a modified component', () => {
    const steps = Array.from(
      { length: 12 },
      (_, at) =>
        `RUN make part${String.fromCharCode(97 + at)} TARGET=/srv/x${at} && install -m 0755 thing${at} /usr/bin\n`,
    ).join('');
    const original = `FROM debian:12.6\n${steps}`;
    const text = page(
      { Dockerfile: `# SPDX-License-Identifier: MIT\nFROM debian:12.7\n${steps}` },
      {
        elsewhere: [
          {
            repository: 'other/images',
            path: 'x/Dockerfile',
            commit: '5d'.repeat(20),
            license: 'MIT',
            copyrights: [],
            text: original,
          },
        ],
      },
    );
    expect(text).toMatch(
      /- Modified: \d+ % of the Dockerfile is the same as `other\/images x\/Dockerfile` at commit `5d5d5d5`, `MIT`/,
    );
  });

  test('licences, and who states them', () => {
    const text = page(
      {
        'bom.json': BOM(
          {
            type: 'application',
            name: 'tool',
            version: '1.2',
            licenses: [{ expression: 'MIT' }],
            externalReferences: [{ type: 'distribution', url: 'https://example.com/tool-1.2.tgz' }],
          },
          {
            type: 'library',
            name: 'git',
            purl: 'pkg:deb/debian/git',
            licenses: [{ license: { id: 'GPL-2.0-only' } }],
          },
        ),
      },
      {
        images: [
          {
            reference: { registry: 'docker.io', repository: 'library/debian', tag: '12.7', digest: null },
            digest: null,
            created: null,
            labels: { 'org.opencontainers.image.licenses': 'GPL-2.0-only AND MIT' },
            askedAt: '2026-11-21T11:59:00.000Z',
            lineage: null,
            gaps: [],
          },
        ],
      },
    );
    expect(text).toContain('licence: `GPL-2.0-only AND MIT` (according to the image’s label)');
    expect(text).toContain('| `https://example.com/tool-1.2.tgz` | `MIT` (`bom.json`) | none | `bom.json` |');
    expect(text).toContain(
      '| `GPL-2.0-only` (`bom.json`), 1 not stated | signature | `bom.json`, 1 not listed |',
    );
  });

  test('what the organisation has found out counts before what others say', () => {
    const stated = (component: string, license: string): string =>
      `    - component: '${component}'\n      license: ${license}\n      owner: ospo\n      reason: Read on 2026-10-02.\n`;
    const policy = `${POLICY}licenses:\n  stated:\n${stated('docker.io/library/debian:12*', 'GPL-2.0-or-later')}${stated('pypi/flask', 'BSD-3-Clause')}${stated('example.com/**', 'MIT')}`;
    const text = page(
      { 'bom.json': BOM({ type: 'library', name: 'flask', licenses: [{ license: { id: 'ISC' } }] }) },
      { policy },
    );
    expect(text).toContain('licence: `GPL-2.0-or-later` (according to the policy)');
    expect(text).toContain('`flask==3.0.3` | `BSD-3-Clause` (according to the policy) |');
    expect(text.match(/`MIT` \(according to the policy\)/g)).toHaveLength(2);
    expect(text).not.toContain('`ISC`');
  });

  test('files of the same text are told once, all by name', () => {
    const text = page(
      { 'a/Dockerfile': DOCKERFILE, 'b/Dockerfile': DOCKERFILE, 'c/Dockerfile': `${DOCKERFILE}USER 7\n` },
      { visibility: 'public' },
    );
    expect(text.match(/^### What is in .*$/gm)).toEqual([
      '### What is in `Dockerfile`',
      '### What is in `c/Dockerfile`',
    ]);
    expect(text).toContain(
      '### What is in `Dockerfile`\n\n- The same text: `a/Dockerfile`, `b/Dockerfile`\n',
    );
  });

  test('other repositories whose files are copied along', () => {
    const text = page({
      '.gitmodules':
        '[submodule "parser"]\n\tpath = src/parser\n\turl = https://github.com/other/parser.git\n',
      'src/parser': `Subproject commit ${'5d'.repeat(20)}\n`,
      'docs/theme': `Subproject commit ${'5d'.repeat(20)}\n`,
      '.github/workflows/bundle.yml': WORKFLOW.replace(
        '      - run: docker build',
        '      - uses: actions/checkout@v5\n        with: {repository: other/data, path: data}\n$&',
      ),
    });
    expect(text).toContain(
      '- Submodule: `https://github.com/other/parser.git` in `src/parser` ([`.gitmodules:3`]',
    );
    expect(text).toContain('- Further checkout: `https://github.com/other/data` in `data` ([');
    expect(text).not.toContain('docs/theme');
  });

  test('a long table is folded up, with its number', () => {
    const many = Array.from({ length: 12 }, (_, at) => `ADD https://example.com/part-${at}.tgz /opt/\n`);
    const text = page({ Dockerfile: `${DOCKERFILE}${many.join('')}` });
    expect(text).toContain('<details>\n<summary>16 imports</summary>\n');
    expect(rendered(text).rows).toBe(20);
  });

  test('what the base has already, what is new and what is gone', () => {
    const before = DOCKERFILE.replace(
      'ADD https://example.com/tool-1.2.tgz',
      'ADD https://example.com/tool-1.1.tgz',
    );
    const text = page({}, { base: { Dockerfile: before } });
    expect(text).toContain('- No longer in it: `tool-1.1.tgz`');
    expect(text).toMatch(/`https:\/\/example\.com\/tool-1\.2\.tgz` \|.*\| new \|/);
    expect(text).toMatch(/package manager \| `pip`.*\| as before \|/);
  });
});

describe('the fragment for the bill of materials', () => {
  test('lists everything that no bill lists, and nothing else', () => {
    const all = fragment(page({}));
    expect(all.components.map(({ name }) => name)).toEqual([
      'debian',
      'curl',
      'git',
      'flask',
      'tool-1.2.tgz',
      'lib-2.tgz',
    ]);
    expect(all.components.map(({ purl }) => purl?.split(/[/?]/, 1)[0])).toEqual([
      'pkg:docker',
      'pkg:deb',
      'pkg:deb',
      'pkg:pypi',
      'pkg:generic',
      'pkg:generic',
    ]);
    const some = fragment(
      page({ 'bom.json': BOM({ type: 'library', name: 'flask', purl: 'pkg:pypi/flask@3.0.3' }) }),
    );
    expect(some.components.map(({ name }) => name)).not.toContain('flask');
  });

  test.each([
    ['a plain file', DOCKERFILE],
    [
      'images by digest, from other registries and in mounts',
      `FROM ghcr.io/other/base:2@sha256:${'ab'.repeat(32)}\nCOPY --from=quay.io/some/tool:1 /a /b\nRUN --mount=from=busybox:1.36,target=/x true\n`,
    ],
    [
      'packages of every kind and clones',
      'FROM alpine:3.20\nRUN apk add --no-cache curl=8.9.0-r0 git && npm i -g @acme/cli@2.0.1 && gem install rake && go install example.org/x@v1.0.0\nRUN git clone https://github.com/foo/bar.git && git clone --branch v2 https://git.example/a/b.git\nRUN pip install git+https://github.com/foo/baz@v1\n',
    ],
  ])('once it is in the repository, everything is listed: %s', (_, Dockerfile) => {
    const text = page({ Dockerfile });
    expect(text).toContain('not listed');
    const after = page({ Dockerfile, 'bom.json': JSON.stringify(fragment(text)) });
    expect(after).not.toContain('not listed');
    expect(after).not.toContain('### For the bill of materials');
  });

  test('a thousand components are cut in the fragment, with their number, within the limit of a comment', () => {
    const many = Array.from({ length: 1000 }, (_, at) => `ADD https://example.com/part-${at}.tgz /opt/`).join(
      '\n',
    );
    const text = page({ Dockerfile: `FROM debian:12.7\n${many}\n` });
    expect(byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text).toContain('1001 components are not listed');
    const shown = fragment(text).components.length;
    expect(shown).toBeGreaterThan(20);
    expect(shown + Number(/_(\d+) more components did not fit/.exec(text)?.[1])).toBe(1001);
    expect(text).toMatch(/_\d+ more imports did not fit\._/);
  });
});

describe('what the delivery file answers', () => {
  const entry = (answers: string): string =>
    `version: 1\ndeliveries:\n  - destination: api.tar\n    product: Acme API\n    justification: Customers have no network.\n${answers}`;

  test('is told as the claim it is', () => {
    const text = page({ '.github/delivery.yml': entry('    notices: NOTICES.txt\n') });
    expect(text).toContain(
      '- According to `.github/delivery.yml`:\n  - product: Acme API\n  - justification: Customers have no network.\n  - notices: NOTICES.txt (not in the repository)',
    );
    expect(text).toContain(
      '- [ ] Would a push of our own layers, or the Dockerfile alone, do as well? If not, may we publish all its layers',
    );
  });

  test('does not speak for another delivery, and can’t act', () => {
    const other = entry('').replace('api.tar', 'other.tar');
    expect(page({ '.github/delivery.yml': other })).not.toContain('According to');
    const hostile = entry(`    contact: ${JSON.stringify('# Approved ✅ @acme/ospo\n- [x] <b>ok</b>')}\n`);
    const text = page({ '.github/delivery.yml': hostile });
    expect(text).toContain('contact for recipients: \\#');
    expect(rendered(text).html.join()).not.toContain('<b>');
    expect(text).not.toContain('✅');
  });

  test('what it leaves open is a checklist for the author', () => {
    expect(page({})).toMatch(
      /### Open for the author\n\n(?:- \[ \] .*\n)*- \[ \] .*`\.github\/delivery\.yml` has no entry/,
    );
  });
});

test('base images and other projects have a part of their own', () => {
  const text = page({ Dockerfile: `${DOCKERFILE}RUN git clone https://github.com/acme/lib.git\n` });
  const part = (heading: string): string => text.split(`### ${heading}\n`)[1]?.split('\n###')[0] ?? '';
  expect(part('Base images and their duties')).toContain('which is Debian 12');
  expect(part('From other projects of the organisation')).toContain('`github.com/acme/lib`');
  expect(part('Also to decide')).not.toContain('flow 2');
});

test('what is cleared in its own project is ticked, and nobody is asked about it', () => {
  const Dockerfile = `${DOCKERFILE}RUN git clone https://github.com/acme/lib.git\n`;
  const clearances = [{ project: 'acme/lib', at: '2026-10-02T09:00:00.000Z', destinations: [] }];
  const text = page({ Dockerfile }, { clearances });
  expect(text).toContain(
    '(flow 4): `github.com/acme/lib` comes from `acme/lib`, whose newest delivery was cleared; it shipped on 2026-10-02.',
  );
  expect(text).toMatch(/### From other projects of the organisation\n\n- \[x\] /);
  expect(text).not.toContain('no delivery of it is known to be cleared');
});
