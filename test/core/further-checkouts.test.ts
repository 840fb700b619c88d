import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { review } from '../../src/core/review.ts';
import { evidenceOf } from '../support/samples.ts';

const MODULE = `Subproject commit ${'5d'.repeat(20)}\n`;
const WORKFLOW = (step: string): string => `on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
        ${step}
      - run: docker push ghcr.io/acme/product
`;

function factsOf(files: Readonly<Record<string, string>>) {
  return review(evidenceOf({ title: 'x', files: { Dockerfile: 'FROM scratch\nCOPY . /\n', ...files } })).facts
    .head;
}

function addresses(files: Readonly<Record<string, string>>): readonly string[] {
  return factsOf(files).furtherCheckouts.map(({ address, path }) => `${address} in ${path || 'the root'}`);
}

describe('submodules', () => {
  test.each([
    ['../library.git', 'https://github.com/acme/library.git'],
    ['../../other/library', 'https://github.com/other/library'],
    ['./wiki', 'https://github.com/acme/product/wiki'],
    ['"https://example.com/library"', 'https://example.com/library'],
    ['git@github.com:acme/library.git', 'git@github.com:acme/library.git'],
  ])('%s is %s', (url, expected) => {
    const text = `# ours\n[submodule "lib"]\n\turl = ${url}\n\tpath = lib/\n[submodule "gone"]\n\tpath = gone\n\turl = ../gone\n`;
    expect(addresses({ '.gitmodules': text, lib: MODULE })).toEqual([`${expected} in lib`]);
  });

  test('stand at the line of their address', () => {
    const text = '[submodule "lib"]\r\n\tpath = lib\r\n\turl = ../lib.git\r\n';
    const [found] = factsOf({ '.gitmodules': text, lib: MODULE }).furtherCheckouts;
    expect(found?.location).toEqual({
      path: '.gitmodules',
      range: { start: { line: 3, column: 8 }, end: { line: 3, column: 18 } },
    });
  });

  test('that could not be read are a gap', () => {
    const long = `[submodule "lib"]\npath = lib\nurl = ../lib.git\n${'#'.repeat(600_000)}`;
    const { gaps, furtherCheckouts } = factsOf({ '.gitmodules': long, lib: MODULE });
    expect(furtherCheckouts).toEqual([]);
    expect(gaps.map(({ subject }) => subject)).toContain('.gitmodules');
  });

  test('never throw, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        factsOf({ '.gitmodules': `[submodule "a"]\npath = lib\nurl = ${text}`, lib: MODULE });
        factsOf({ '.gitmodules': text, lib: MODULE });
      }),
      { numRuns: 50 },
    );
  });
});

describe('checkouts', () => {
  test.each([
    ['with: {repository: acme/library, path: ./lib}', ['https://github.com/acme/library in lib']],
    [
      "with: {repository: '${{ github.repository_owner }}/library'}",
      ['https://github.com/acme/library in the root'],
    ],
    ["with: {repository: '${{ github.repository }}'}", ['https://github.com/acme/product in the root']],
    [
      "with: {repository: 'acme/${{ inputs.which }}'}",
      ['https://github.com/acme/${{ inputs.which }} in the root'],
    ],
    ['with: {path: lib}', []],
    ['', []],
  ])('%s', (step, expected) => {
    expect(addresses({ '.github/workflows/image.yml': WORKFLOW(step) })).toEqual(expected);
  });
});

describe('a submodule is taken in', () => {
  const asked = (dockerfile: string, path = 'Dockerfile', more: Readonly<Record<string, string>> = {}) =>
    review(
      evidenceOf({
        title: 'x',
        files: {
          [path]: dockerfile,
          '.gitmodules': '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../lib.git\n',
          'vendor/lib': MODULE,
          ...more,
        },
      }),
    ).verdict.findings.filter(({ finding }) => finding.rule === 'uncleared-inside-import').length;

  test.each([
    'FROM scratch\nCOPY vendor /v\n',
    'FROM scratch\nCOPY ./vendor/lib/src /v\n',
    'FROM scratch\nCOPY vendor/*/src /v\n',
    'FROM scratch\nARG PART\nCOPY vendor/$PART /v\n',
    'FROM scratch\nADD ["vendor/lib", "/v"]\n',
    'FROM debian:13.1\nRUN --mount=type=bind,target=/src make -C /src\n',
    'FROM scratch\nONBUILD COPY . /v\n',
  ])('by %j', (dockerfile) => {
    expect(asked(dockerfile)).toBe(1);
  });

  test.each([
    'FROM scratch\nCOPY src /v\n',
    'FROM scratch\nCOPY vendored /v\n',
    'FROM a AS b\nFROM scratch\nCOPY --from=b vendor /v\n',
    'FROM debian:13.1\nRUN --mount=type=bind,from=debian:13.1,target=/src make -C /src\n',
  ])('not by %j', (dockerfile) => {
    expect(asked(dockerfile)).toBe(0);
  });

  test('from the folder that is built in', () => {
    const dockerfile = 'FROM scratch\nCOPY lib /v\n';
    expect(asked(dockerfile, 'vendor/Dockerfile')).toBe(1);
    expect(asked(dockerfile, 'images/Dockerfile')).toBe(0);
    const workflow = WORKFLOW('').replace(
      'docker push',
      'docker build -f images/Dockerfile -t ghcr.io/acme/product vendor && docker push',
    );
    expect(asked(dockerfile, 'images/Dockerfile', { '.github/workflows/image.yml': workflow })).toBe(1);
  });
});

describe('a delivery is about what lies beside its files', () => {
  const about = (files: Readonly<Record<string, string>>) => {
    const { facts } = review(
      evidenceOf({ title: 'x', files: { Dockerfile: 'FROM scratch\nCOPY vendor /\n', ...files } }),
    );
    return facts.deliveries.map(({ about }) => about['content not seen into'] ?? []);
  };
  const modules = '[submodule "lib"]\n\tpath = vendor/lib\n\turl = https://example.com/lib\n';
  const build = 'docker build -t ghcr.io/acme/product . && docker push';

  test('a submodule by its commit, and a further checkout', () => {
    const workflow = WORKFLOW('with: {repository: other/data, path: data}').replace('docker push', build);
    expect(
      about({ '.github/workflows/image.yml': workflow, '.gitmodules': modules, 'vendor/lib': MODULE }),
    ).toEqual([
      ['https://example.com/lib in vendor/lib', 'https://github.com/other/data in data'].map((start) =>
        expect.stringContaining(start),
      ),
    ]);
  });

  test('not what it does not take in', () => {
    const files = { '.gitmodules': modules.replace('vendor/lib', 'docs/lib'), 'docs/lib': MODULE };
    const workflow = WORKFLOW('').replace('docker push', build);
    expect(about({ ...files, '.github/workflows/image.yml': workflow })).toEqual([[]]);
  });
});
