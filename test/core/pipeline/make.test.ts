// What recipes of make deliver, where the environment and files of the repository settle their variables.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, found, scriptStep, short, WORKFLOW, workflowOf } from './judged.ts';

const MAKEFILE = 'NAME ?=\npush:\n\tdocker push acme/$(NAME):1\n';

describe('the environment of make', () => {
  test('each step’s own counts, also where the command is the same', () => {
    const step = (name: string) => `- run: make push\n  env:\n    NAME: ${name}\n`;
    expect(
      deliveriesOf({ Makefile: MAKEFILE, [WORKFLOW]: workflowOf(step('api') + step('web') + step('job')) }),
    ).toEqual([
      'registry-push docker.io/acme/api:1',
      'registry-push docker.io/acme/job:1',
      'registry-push docker.io/acme/web:1',
    ]);
  });

  test('each step’s own counts for scripts of package.json', () => {
    const step = (name: string) => `- run: npm run ship\n  env:\n    NAME: ${name}\n`;
    const manifest = JSON.stringify({ scripts: { ship: 'docker push acme/$NAME:1' } });
    expect(
      deliveriesOf({ 'package.json': manifest, [WORKFLOW]: workflowOf(step('api') + step('web')) }),
    ).toEqual(['registry-push docker.io/acme/api:1', 'registry-push docker.io/acme/web:1']);
  });

  test('node runs a script of package.json as well, without what npm runs around it', () => {
    const manifest = JSON.stringify({
      scripts: { ship: 'docker push acme/api:1', preship: 'docker push acme/api:0' },
    });
    const files = { 'package.json': manifest };
    for (const command of ['node --run ship', 'node --run=ship', 'node --env-file=.env --run ship -- x'])
      expect(deliveriesOf({ ...files, [WORKFLOW]: workflowOf(`- run: ${command}\n`) })).toEqual([
        'registry-push docker.io/acme/api:1',
      ]);
    expect(
      deliveriesOf({ ...files, [WORKFLOW]: workflowOf('- run: node cli.js --run ship\n') }),
    ).not.toContain('registry-push docker.io/acme/api:1');
  });

  test('a variable that the first run does not have makes a difference in the second', () => {
    const script = scriptStep('docker push acme/api:$CHANNEL');
    const steps = `${script}\n${script}\n  env:\n    CHANNEL: beta\n`;
    const images = found({ [WORKFLOW]: workflowOf(steps) })
      .deliveries.map(short)
      .sort();
    expect(images).toHaveLength(2);
    expect(images).toContain('registry-push docker.io/acme/api:beta');
  });
});

describe('an index over images that another job pushed', () => {
  const pushing = (file: string, tag: string) =>
    `      - uses: docker/build-push-action@v6\n        with:\n          file: ${file}\n          push: true\n          tags: acme/api:${tag}\n`;
  const workflow = (steps: string, sources: string) =>
    `on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n${steps}  index:\n    needs: build\n    runs-on: x\n    steps:\n      - run: docker buildx imagetools create -t acme/api:1 ${sources}\n`;
  const built = (steps: string, sources: string) =>
    found({
      Dockerfile: 'FROM scratch\n',
      'arm/Dockerfile': 'FROM scratch\n',
      [WORKFLOW]: workflow(steps, sources),
    })
      .deliveries.filter(({ tool }) => tool === 'imagetools')
      .map(({ build }) => build?.dockerfile ?? null);
  const both = pushing('Dockerfile', 'amd64') + pushing('Dockerfile', 'arm64');

  test('is built from their Dockerfile', () => {
    expect(built(both, 'acme/api:amd64 acme/api:arm64')).toEqual(['Dockerfile']);
  });

  test.each([
    [
      'from two Dockerfiles',
      pushing('Dockerfile', 'amd64') + pushing('arm/Dockerfile', 'arm64'),
      'acme/api:amd64 acme/api:arm64',
    ],
    ['under other names', both, 'other/api:amd64'],
    ['with one from elsewhere', both, 'acme/api:amd64 other/api:arm64'],
  ])('is not told to be: %s', (_, steps, sources) => {
    expect(built(steps, sources)).toEqual([null]);
  });
});

test('an archive of two images is two deliveries, each with its own Dockerfile', () => {
  const steps = `- run: |
    docker build -t acme/api api
    docker build -t acme/web web
    docker save acme/api acme/web acme/api:latest | gzip > images.tgz
- uses: actions/upload-artifact@v4
  with:
    path: images.tgz
`;
  const { deliveries } = found({
    'api/Dockerfile': 'FROM scratch\n',
    'web/Dockerfile': 'FROM scratch\n',
    [WORKFLOW]: workflowOf(steps),
  });
  expect(deliveries.map(({ kind, build }) => `${kind} ${build?.dockerfile}`).sort()).toEqual([
    'image-archive api/Dockerfile',
    'image-archive web/Dockerfile',
  ]);
});

test('an unknown word beside the context of a build is no context', () => {
  const make = 'push:\n\tdocker buildx build $(EXTRA) api --tag acme/api:1 --push $(MORE)\n';
  const { deliveries } = found({
    Makefile: make,
    'api/Dockerfile': 'FROM scratch\n',
    [WORKFLOW]: workflowOf('- run: make push\n'),
  });
  expect(deliveries.map(({ build }) => build?.dockerfile)).toEqual(['api/Dockerfile']);
});

describe('functions of make', () => {
  const files = (assignment: string, more: Readonly<Record<string, string>> = {}) => ({
    [WORKFLOW]: workflowOf('- run: make -C images push\n'),
    'images/Makefile': `${assignment}\npush:\n\tdocker push acme/api:$(TAG)\n`,
    ...more,
  });

  test.each([
    ['a file beside the Makefile', 'TAG ?= $(shell cat TAG)', { 'images/TAG': 'v1\n' }],
    ['a name with a variable', 'N = api\nTAG = $(shell cat $(N)/TAG)', { 'images/api/TAG': 'v1' }],
    [
      'the Makefile’s own folder',
      'D = $(shell dirname $(realpath $(lastword $(MAKEFILE_LIST))))\nTAG = $(shell cat $(D)/../TAG)',
      { TAG: 'v1\r\n\r\n' },
    ],
    [
      'the folder by make’s functions',
      'D := $(dir $(lastword $(MAKEFILE_LIST)))\nTAG := $(shell cat $(D)/TAG)',
      { 'images/TAG': 'v1\n' },
    ],
  ])('%s is read', (_, assignment, more) => {
    expect(deliveriesOf(files(assignment, more))).toEqual(['registry-push docker.io/acme/api:v1']);
  });

  test.each([
    ['a file that is not there', '$(shell cat TAG)'],
    ['another command', '$(shell git describe)'],
    ['a pipe', '$(shell cat TAG | head -1)'],
    ['a file outside the repository', '$(shell cat ../../TAG)'],
  ])('%s stays unknown', (_, call) => {
    const { deliveries } = found(files(`TAG = ${call}`, { 'images/other': 'v1' }));
    const [tag] = deliveries[0]?.destination.tags ?? [];
    expect(tag?.some((part) => typeof part !== 'string')).toBe(true);
  });
});

describe('on a Windows runner', () => {
  const lines = 'mkdir dist\n          tool a `\n            --b `\n            --c `\n            --d';
  const job = (runner: string, more = '') =>
    `on: push\njobs:\n  j:\n    runs-on: ${runner}\n${more}    steps:\n      - run: |\n          ${lines}\n`;
  const matrix = '    strategy:\n      matrix:\n        include:\n          - os: windows-2025\n';

  test.each([
    ['named', job('windows-latest')],
    ['in a matrix', job('${{ matrix.os }}', matrix)],
  ])('%s, a script without a shell is PowerShell’s', (_, workflow) => {
    expect(found({ [WORKFLOW]: workflow }).gaps).toEqual([]);
  });

  test.each([
    ['another runner', job('ubuntu-latest')],
    ['a shell of its own', job('windows-latest', '    defaults:\n      run:\n        shell: bash\n')],
  ])('%s reads it as bash', (_, workflow) => {
    expect(found({ [WORKFLOW]: workflow }).gaps).toHaveLength(1);
  });
});
