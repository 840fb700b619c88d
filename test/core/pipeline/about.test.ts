import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { About } from '../../../src/core/model/evidence.ts';
import { compareDeliveries, deliveryAbout, isLess } from '../../../src/core/pipeline/about.ts';
import { deliveryGraph } from '../../../src/core/pipeline/graph.ts';
import { deliverySentence } from '../../../src/core/pipeline/sentence.ts';
import { found, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const none = { base: () => null, head: () => null };

function deliveries(steps: string, on = 'push') {
  return found({ [WORKFLOW]: workflowOf(steps, on) }).deliveries;
}

function changes(
  before: string,
  after: string,
  on: readonly [string, string] = ['push', 'push'],
): readonly string[] {
  return compareDeliveries(deliveries(before, on[0]), deliveries(after, on[1]), none).map(
    (one) => one.change,
  );
}

const PUSH = scriptStep('docker build -t acme/api .\ndocker push acme/api');

describe('deliveries of two snapshots', () => {
  test('comments, blank lines, quotes and moved steps change nothing', () => {
    expect(
      changes(
        PUSH,
        `- run: echo first\n${scriptStep('# build it\n\ndocker build -t "acme/api" .\n# send it\ndocker   push  acme/api')}`,
      ),
    ).toEqual(['unchanged']);
  });

  test.each([
    ['another tag', scriptStep('docker build -t acme/api:2 .\ndocker push acme/api:2'), ['changed']],
    [
      'another target',
      scriptStep('docker build --target big -t acme/api .\ndocker push acme/api'),
      ['changed'],
    ],
    [
      'another destination',
      scriptStep('docker build -t ghcr.io/acme/api .\ndocker push ghcr.io/acme/api'),
      ['changed'],
    ],
    [
      'one more destination',
      `${PUSH}\n${scriptStep('docker push ghcr.io/acme/api')}`,
      ['unchanged', 'started'],
    ],
    ['nothing any more', scriptStep('docker build -t acme/api .'), ['stopped']],
  ])('%s', (_, after, expected) => {
    expect([...changes(PUSH, after)].sort()).toEqual([...expected].sort());
  });

  test.each([
    [
      'an occasion',
      'docker build -t acme/api .\ndocker push acme/api',
      ['[push, release]', 'push'],
      'unchanged',
    ],
    ['the only condition', 'docker push acme/api', ['push', '[push, release]'], 'changed'],
  ] as const)('a delivery that only loses %s is the one that was there', (_, script, on, expected) => {
    const [before] = compareDeliveries([], deliveries(scriptStep(script), on[0]), none);
    const [change] = compareDeliveries(
      deliveries(scriptStep(script), on[0]),
      deliveries(scriptStep(script), on[1]),
      none,
    );
    expect(change?.change).toBe(expected);
    // What was approved, or there before, still covers it.
    expect(isDeepStrictEqual(change?.about, before?.about)).toBe(expected === 'unchanged');
  });

  test.each([
    [{ packages: ['curl', 'git'] }, { packages: ['curl'] }, true],
    [{ packages: ['curl'] }, {}, true],
    [{ imports: ['download https://a.example/x'] }, {}, true],
    [{ tags: ['1', 'latest'] }, { tags: ['1'] }, true],
    [{ packages: ['curl=1'] }, { packages: ['curl=2'] }, false],
    [{ packages: ['curl', 'git'] }, { packages: ['wget'] }, false],
    [{ tags: ['1'] }, {}, false],
    [{ triggers: ['push'] }, {}, false],
    [{ condition: ["github.ref == 'x'"] }, {}, false],
    [{ options: ['signed', 'provenance'] }, { options: ['provenance'] }, false],
    [{ 'base images': ['debian:12', 'golang:1'] }, { 'base images': ['debian:12'] }, false],
    [{ 'build arguments': ['A=1'] }, {}, false],
    [{ packages: ['git'] }, { packages: ['git'], imports: ['download x'] }, false],
  ])('%j, of which %j is left: is it less? %s', (before: About, after: About, expected) => {
    expect(isLess(before, after)).toBe(expected);
    expect(isLess(before, before)).toBe(true);
  });

  test('a new trigger changes it, and what it was about before is kept', () => {
    const [change] = compareDeliveries(
      deliveries(PUSH, 'release'),
      deliveries(PUSH, '[release, pull_request]'),
      none,
    );
    expect(change).toMatchObject({
      change: 'changed',
      previously: { triggers: ['release'] },
      about: { triggers: ['pull_request', 'release'] },
    });
  });

  test('without a base everything starts', () => {
    expect(compareDeliveries([], deliveries(PUSH), none).map((one) => one.change)).toEqual(['started']);
  });
});

test('what it is about names the build, in sorted lists', () => {
  const [delivery] = deliveries(
    scriptStep(
      'docker build -f api/Dockerfile --target run --build-arg V=1 -t acme/api api\ndocker push acme/api',
    ),
  );
  expect(delivery === undefined ? null : deliveryAbout(delivery, null)).toMatchObject({
    kind: ['registry-push'],
    destination: ['docker.io/acme/api'],
    tags: ['latest'],
    triggers: ['push-branch', 'push-tag'],
    dockerfile: ['api/Dockerfile'],
    target: ['run'],
    'build arguments': ['V=1'],
  });
});

describe('how it is told', () => {
  test.each([
    [
      scriptStep('docker push acme/api:1'),
      '{push: {tags: ["v*"]}}',
      "pushes docker.io/acme/api:1 when a tag v* is pushed: ci.yml → job job → step 'step 1' → ci.yml:7",
    ],
    [
      scriptStep('docker push $REPO/api'),
      '{schedule: [{cron: x}]}',
      "pushes <REPO>/api:latest on a schedule: ci.yml → job job → step 'step 1' → ci.yml:7",
    ],
    [
      '- uses: ./a',
      'workflow_dispatch',
      "may deliver through ./a (can't be seen into) when a person starts it: ci.yml → job job → step './a' → ./a",
    ],
  ])('%s', (steps, on, sentence) => {
    expect(deliveries(steps, on).map(deliverySentence)).toEqual([sentence]);
  });

  test('an archive says what carries it', () => {
    const steps = `${scriptStep('docker save acme/api:1 | gzip > api.tgz')}\n- uses: actions/upload-artifact@v4\n  with: {path: "*.tgz"}`;
    expect(deliveries(steps, 'release').map(deliverySentence)).toEqual([
      expect.stringMatching(
        /^writes acme\/api:1 to api\.tgz and uploads it as a workflow artifact when a release is made: /,
      ),
    ]);
  });

  test('a picture holds no markup of the repository', () => {
    const picture = deliveryGraph(
      deliveries(`- name: 'x"]; click n0 "javascript:1" <b>'\n  run: docker push acme/api\n`),
    );
    expect(picture.split('\n')[0]).toBe('flowchart LR');
    expect(picture).not.toMatch(/<b>|javascript:1"|click n0 "/);
    expect(picture).toContain('docker.io/acme/api');
  });
});

describe('what can not be seen into still counts', () => {
  const steps = `${scriptStep('docker login -u a -p b')}\n${scriptStep('python3 tools/ship.py --to acme')}`;
  const withTool = (tool: string, content = steps) =>
    found({ [WORKFLOW]: workflowOf(content), 'tools/ship.py': tool }).deliveries;

  test('a changed program changes the delivery that may go through it', () => {
    const same = compareDeliveries(withTool('push()'), withTool('push()'), none);
    const changed = compareDeliveries(withTool('push()'), withTool('push("elsewhere")'), none);
    expect([same, changed].map(([one]) => one?.change)).toEqual(['unchanged', 'changed']);
  });

  test('so do other arguments and other inputs', () => {
    const [words] = compareDeliveries(withTool('x'), withTool('x', steps.replace('acme', 'other')), none);
    expect(words?.change).toBe('changed');
    const action = (image: string) => `- uses: someone/ship-image@v1\n  with: {image: ${image}, push: true}`;
    const [inputs] = compareDeliveries(deliveries(action('acme/a')), deliveries(action('acme/b')), none);
    expect(inputs?.change).toBe('changed');
  });
});

describe('an action of the repository that is a program', () => {
  const steps = `${scriptStep('docker login -u a -p b')}\n- uses: ./\n`;
  const withFiles = (files: Readonly<Record<string, string>>) =>
    found({
      [WORKFLOW]: workflowOf(steps),
      'action.yml': 'runs: {using: node24, main: dist/index.js}\n',
      'dist/index.js': 'go()',
      'README.md': 'one',
      '.github/workflows/other.yml': 'on: push\njobs: {}\n',
      ...files,
    }).deliveries;
  test.each([
    ['dist/index.js', 'go("elsewhere")', 'changed'],
    ['lib/more.js', 'x()', 'changed'],
    ['.github/workflows/run.js', 'x()', 'changed'],
    ['.github/images.yml', 'push: ghcr.io/acme/other', 'changed'],
    ['README.md', 'another', 'unchanged'],
    ['.github/renovate.json5', '{}', 'unchanged'],
    ['.github/dependabot.yml', 'version: 2', 'unchanged'],
    ['.github/workflows/other.yml', 'on: pull_request\njobs: {}\n', 'unchanged'],
  ])('%s with %j: %s', (path, text, expected) => {
    const changes = compareDeliveries(withFiles({}), withFiles({ [path]: text }), none);
    expect(changes.map(({ change }) => change)).toEqual([expected]);
  });
});
