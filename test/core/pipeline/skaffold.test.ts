// What skaffold pushes, where skaffold.yaml says it.
import { describe, expect, test } from '@jest/globals';
import { found, short, WORKFLOW, workflowOf } from './judged.ts';

const FILE = `apiVersion: skaffold/v4beta11
kind: Config
build:
  artifacts:
    - image: api
      context: src/api
    - image: web
      context: src/web
      docker:
        dockerfile: web.Dockerfile
        target: release
        buildArgs: {A: "1", B: "{{.B}}"}
    - image: job
      ko: {}
`;

function pushes(command: string, file: string | null = FILE): readonly string[] {
  const files = {
    [WORKFLOW]: workflowOf(`- run: ${command}\n`),
    ...(file === null ? {} : { 'skaffold.yaml': file }),
  };
  return found(files)
    .deliveries.map((each) => `${short(each)} ${each.build?.dockerfile ?? '-'} ${each.build?.target ?? '-'}`)
    .sort();
}

test('each image of the file, with what it is built from', () => {
  expect(pushes('skaffold run --default-repo=gcr.io/acme --tag=1')).toEqual([
    'registry-push gcr.io/acme/api:1 src/api/Dockerfile -',
    'registry-push gcr.io/acme/job:1 - -',
    'registry-push gcr.io/acme/web:1 src/web/web.Dockerfile release',
  ]);
});

test('an argument in a template is not known', () => {
  const { deliveries } = found({
    'skaffold.yaml': FILE,
    [WORKFLOW]: workflowOf('- run: skaffold build -d gcr.io/acme\n'),
  });
  const web = deliveries.find(({ build }) => build?.target != null);
  expect(web?.build?.arguments).toMatchObject({ A: ['1'], B: [{ expression: '{{.B}}' }] });
  // The tag policy decides the tag, which is not `latest`.
  expect(web?.destination.tags[0]?.[0]).toMatchObject({ expression: expect.stringContaining('tag policy') });
});

describe('one push of an unknown image', () => {
  test.each([
    ['without the file', null],
    ['with modules from elsewhere', `${FILE}requires:\n  - path: other\n`],
    [
      'with a profile that may switch itself on',
      `${FILE}profiles:\n  - name: a\n    activation: [{env: CI=true}]\n    build: {artifacts: []}\n`,
    ],
    ['with a name from a template', 'build:\n  artifacts:\n    - image: "{{.IMAGE}}"\n'],
    ['with broken YAML', 'build: [\n'],
  ])('%s', (_, file) => {
    const all = pushes('skaffold run --default-repo=gcr.io/acme --tag=1', file);
    expect(all).toHaveLength(1);
    expect(all[0]).toContain('registry-push gcr.io/acme/');
    expect(all[0]).not.toContain('api');
  });
});

test('an option for parts of the file leaves all of them possible', () => {
  expect(pushes('skaffold build -b api --default-repo=gcr.io/acme --tag=1')[0]).toContain(
    'gcr.io/acme/api:1?',
  );
});

test('a profile counts where it changes what is built', () => {
  const command = 'skaffold run -p prod --default-repo=gcr.io/acme --tag=1';
  expect(pushes(command)[0]).toContain('gcr.io/acme/api:1 ');
  const profile = (more: string) => `${FILE}profiles:\n  - name: prod\n    ${more}\n`;
  expect(pushes(command, profile('manifests: {}'))).toHaveLength(3);
  expect(pushes(command, profile('build: {googleCloudBuild: {}}'))).toHaveLength(3);
  expect(pushes(command, profile('patches: [{op: add, path: /manifests/a, value: b}]'))).toHaveLength(3);
  expect(
    pushes(command, profile('patches: [{op: add, path: /build/artifacts/0/context, value: b}]')),
  ).toHaveLength(1);
  expect(pushes('skaffold run -p $P -d gcr.io/acme', profile('build: {artifacts: []}'))).toHaveLength(1);
  expect(pushes('skaffold run -p other -d gcr.io/acme', profile('build: {artifacts: []}'))).toHaveLength(3);
  expect(pushes(command, profile('build: {artifacts: []}'))).toHaveLength(1);
});

test('a profile for another command does not count, a module of the same file does', () => {
  const debug = `${FILE}profiles:\n  - name: debug\n    activation: [{command: debug}]\n    build: {artifacts: []}\n`;
  expect(pushes('skaffold run -d gcr.io/acme', debug)).toHaveLength(3);
  expect(pushes('skaffold debug -d gcr.io/acme', debug)).toHaveLength(1);
  const modules = `${FILE}---\nmetadata: {name: more}\nrequires: [{configs: [app]}]\nbuild: {artifacts: [{image: more}]}\n`;
  expect(pushes('skaffold run -d gcr.io/acme', modules)).toHaveLength(4);
});
