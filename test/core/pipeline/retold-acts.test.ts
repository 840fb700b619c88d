// What make and npm do is gone through once and told of every job that calls them: each says what it says when it is the
// only one.
import { describe, expect, test } from '@jest/globals';
import type { Ledger } from '../../../src/core/pipeline/act.ts';
import { givenFiles } from '../../../src/core/pipeline/files.ts';
import { readGitHubActions } from '../../../src/core/pipeline/github-actions.ts';

type Way = {
  readonly env?: string;
  readonly on?: string;
  readonly runner?: string;
  readonly condition?: string;
  readonly before?: string;
};

/** A workflow whose only step runs `command`. */
function workflow(command: string, { env, on, runner, condition, before }: Way): string {
  return `on: ${on ?? 'push'}
env: {${env ?? ''}}
jobs:
  ship:
    if: ${condition ?? 'true'}
    runs-on: ${runner ?? 'ubuntu-latest'}
    steps:
${before ?? ''}      - run: ${command}
`;
}

function read(workflows: readonly string[], files: Readonly<Record<string, string>>): readonly Ledger[] {
  const path = (at: number): string => `.github/workflows/${at}.yml`;
  const named = workflows.map((content, at) => [path(at), content] as const);
  return [named, ...named.map((one) => [one])].map((some) =>
    readGitHubActions(givenFiles({ ...files, ...Object.fromEntries(some) })),
  );
}

const MAKE = {
  Makefile: 'OWNER ?= acme\npush:\n\tdocker push ghcr.io/$(OWNER)/api:1\n',
};

const CASES: readonly (readonly [string, string, Readonly<Record<string, string>>, Way, Way])[] = [
  ['events', 'make push', MAKE, { on: 'push' }, { on: 'release' }],
  ['conditions', 'make push', MAKE, { condition: 'vars.A' }, { condition: 'vars.B' }],
  ['one certain, one not', 'make push', MAKE, {}, { condition: 'vars.B' }],
  ['variables that nothing reads', 'make push', MAKE, { env: 'A: 1' }, { env: 'A: 2, B: 3' }],
  ['a variable of the Makefile', 'make push', MAKE, { env: 'OWNER: one' }, { env: 'OWNER: two' }],
  ['the place of the step', 'make push', MAKE, {}, { before: '      - run: echo hello\n' }],
  ['a variable of the command line', 'make push OWNER=$WHO', MAKE, { env: 'WHO: a' }, { env: 'WHO: b' }],
  [
    'a machine whose variables are not known',
    'make push',
    { Makefile: 'push:\nifdef STAGE\n\tdocker push acme/stage:1\nelse\n\tdocker push acme/api:1\nendif\n' },
    {},
    { runner: 'self-hosted' },
  ],
  [
    'a variable whose name is computed',
    'make push KIND=FOR',
    { Makefile: 'push:\n\tdocker push $(OWNER_$(KIND))/api:1\n' },
    { env: 'OWNER_FOR: one' },
    { env: 'OWNER_FOR: two' },
  ],
  [
    'a variable of a script behind it',
    'make push',
    { Makefile: 'push:\n\tbash ship.sh\n', 'ship.sh': '#!/usr/bin/env bash\ndocker push "$OWNER/api:1"\n' },
    { env: 'OWNER: one' },
    { env: 'OWNER: two' },
  ],
  [
    'a variable of a Makefile behind it',
    'make push',
    { Makefile: 'push:\n\tmake -C inner ship\n', 'inner/Makefile': 'ship:\n\tdocker push $(OWNER)/api:1\n' },
    { env: 'OWNER: one' },
    { env: 'OWNER: two' },
  ],
  [
    'a variable of a script of package.json',
    'npm run push',
    { 'package.json': '{"scripts":{"push":"docker push $OWNER/api:1"}}' },
    { env: 'OWNER: one' },
    { env: 'OWNER: two' },
  ],
  [
    'a variable of a Taskfile',
    'task push',
    { 'Taskfile.yml': "version: '3'\ntasks:\n  push: docker push {{.OWNER}}/api:1\n" },
    { env: 'OWNER: one' },
    { env: 'OWNER: two' },
  ],
  [
    'a variable of a bake file that no script names',
    'docker buildx bake --push',
    {
      'docker-bake.hcl':
        'variable "OWNER" {\n  default = ""\n}\ntarget "default" {\n  tags = ["ghcr.io/${OWNER}/api:1"]\n}\n',
    },
    { env: 'OWNER: one' },
    { env: 'OWNER: two' },
  ],
  ['what `env` prints', 'env | xargs -n1 make push', MAKE, { env: 'A: OWNER=one' }, { env: 'A: OWNER=two' }],
  [
    'an expression in the text',
    'make push OWNER=${{ github.event_name }}',
    MAKE,
    { on: 'push' },
    { on: 'release' },
  ],
];

describe('told of each as if it were the only one', () => {
  test.each(CASES)('%s', (_, command, files, one, other) => {
    const [together, ...apart] = read([workflow(command, one), workflow(command, other)], files);
    expect(together?.acts.length).toBeGreaterThan(1);
    expect(together?.acts).toEqual(apart.flatMap(({ acts }) => acts));
    expect([...(together?.gaps.keys() ?? [])]).toEqual(apart.flatMap(({ gaps }) => [...gaps.keys()]));
  });
});

describe('gone through once', () => {
  test('under every event and row', () => {
    const rows = Array.from({ length: 40 }, (_, at) => `n${at}`).join(', ');
    const job = `    strategy: {matrix: {n: [${rows}]}}\n    runs-on: ubuntu-latest\n    env: {N: '\${{ matrix.n }}'}\n    steps:\n      - run: make push\n`;
    const ledger = readGitHubActions(
      givenFiles({
        ...MAKE,
        '.github/workflows/all.yml': `on: [push, pull_request, release]\njobs:\n  ship:\n${job}`,
      }),
    );
    expect(ledger.acts).toHaveLength(40 * 4);
    expect(new Set(ledger.acts.map(({ job: name }) => name)).size).toBe(40 * 4);
    expect([...ledger.traces.told.values()].map((tellings) => tellings.length)).toEqual([1]);
  });

  test('`env` in the first line of a script names no variables', () => {
    const ways = ['push', 'release', 'schedule'].map((on) => workflow('./ship.sh', { on, env: `A: ${on}` }));
    const [together] = read(ways, { 'ship.sh': '#!/usr/bin/env bash\n# env\ndocker push acme/api:1\n' });
    expect([...(together?.traces.entries.values() ?? [])].map((one) => one.length)).toEqual([1]);
  });
});
