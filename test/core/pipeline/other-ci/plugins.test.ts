import { describe, expect, test } from '@jest/globals';
import { delivered, linesOf } from './told.ts';

const PUSH = 'registry-push docker.io/acme/api:1';

describe('Cloud Build containers', () => {
  const step = (rest: string) => `steps:\n- name: gcr.io/acme/tool\n${rest}`;
  test('the Compose image', () => {
    const files = { 'docker-compose.yml': 'services:\n  web: {image: quay.io/acme/web:1, build: .}\n' };
    const content = 'steps:\n- name: docker/compose:1.29.2\n  args: [push]\n';
    expect(delivered('cloudbuild.yaml', content, files)).toEqual(['registry-push quay.io/acme/web:1']);
  });

  test.each([
    [
      'an entry point that hands its arguments to buildx',
      step('  entrypoint: /buildx-entrypoint\n  args: [build, --tag=acme/api:1, --push, .]\n'),
      [PUSH],
    ],
    [
      'arguments of an unknown image that push',
      step('  args: [--push, acme/api:1]\n'),
      ['opaque gcr.io/acme/tool?'],
    ],
    [
      'an unknown entry point that pushes',
      step('  entrypoint: ship\n  args: [push, acme/api:1]\n'),
      ['opaque ship push?'],
    ],
    ['an unknown image at other work', step('  args: [test, ./...]\n'), []],
  ])('%s', (_, content, expected) => {
    expect(delivered('cloudbuild.yaml', content)).toEqual(expected);
  });
});

describe('Drone and Woodpecker plugins', () => {
  const FILE = '.drone.yml';
  const step = (image: string, settings: string) =>
    `kind: pipeline\nsteps:\n- name: ship\n  image: ${image}\n  settings: ${settings}\n`;

  test('kaniko puts the registry in front, docker does not', () => {
    const settings = '{registry: quay.io, repo: acme/api, tags: "1"}';
    expect(delivered(FILE, step('plugins/kaniko', settings))).toEqual(['registry-push quay.io/acme/api:1']);
    expect(delivered(FILE, step('plugins/docker', settings))).toEqual([PUSH]);
  });

  test('a manifest goes where its template says', () => {
    const files = { 'm.tmpl': 'image: acme/api:{{build.tag}}\nmanifests:\n- image: acme/api:amd64\n' };
    expect(delivered(FILE, step('plugins/manifest', '{spec: m.tmpl}'), files)).toEqual([
      'registry-push docker.io/acme/api:{{build.tag}}',
    ]);
  });

  test('a plugin nobody knows is said where its settings look like a push', () => {
    expect(delivered(FILE, step('acme/image-pusher', '{repo: acme/api}'))).toEqual([
      'opaque acme/image-pusher?',
    ]);
    expect(delivered(FILE, step('acme/notes', '{channel: a}'))).toEqual([]);
  });

  test('computed pipelines are said', () => {
    expect(delivered('.drone.star', 'def main(ctx):\n  return {"image": "plugins/docker"}\n')).toEqual([
      'opaque .drone.star?',
    ]);
    expect(delivered('.drone.jsonnet', '[{kind: "pipeline", steps: []}]')).toEqual([]);
  });
});

describe('Tekton references', () => {
  const task =
    'apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: ship}\nspec:\n  params: [{name: image, default: acme/none}]\n  steps:\n  - image: docker\n    script: docker push $(params.image):1\n';
  const pipeline =
    'apiVersion: tekton.dev/v1\nkind: Pipeline\nmetadata: {name: all}\nspec:\n  params: [{name: what}]\n  tasks:\n  - name: a\n    taskRef: {name: ship}\n    params: [{name: image, value: $(params.what)}]\n';
  const run =
    'apiVersion: tekton.dev/v1\nkind: PipelineRun\nspec:\n  pipelineRef: {name: all}\n  params: [{name: what, value: acme/api}]\n';

  test('a task runs where it is referred to, with what it is given', () => {
    const files = { '.tekton/task.yaml': task, '.tekton/pipeline.yaml': pipeline };
    expect(delivered('.tekton/run.yaml', run, files)).toEqual([PUSH]);
    expect(linesOf('.tekton/run.yaml', run, files)).toEqual(['.tekton/task.yaml:8']);
  });

  test('a task that nothing refers to runs by itself', () => {
    expect(delivered('.tekton/task.yaml', task)).toEqual(['registry-push docker.io/acme/none:1']);
  });

  test('what a resolver fetches is said', () => {
    const content = pipeline.replace(
      '{name: ship}',
      '{resolver: git, params: [{name: pathInRepo, value: tasks/push.yaml}]}',
    );
    expect(delivered('.tekton/p.yaml', content)).toEqual(['opaque task tasks/push.yaml?']);
  });
});

describe('Buildkite and Bitbucket', () => {
  test('Compose services go where the compose file says; prebuilt images are kept in a registry', () => {
    const files = { 'docker-compose.yml': 'services:\n  web: {image: quay.io/acme/web:1, build: .}\n' };
    const content =
      'steps:\n- plugins:\n  - docker-compose#v4.1.0: {build: web, image-repository: quay.io/acme/cache, push: [web]}\n';
    expect(delivered('.buildkite/pipeline.yml', content, files)).toEqual([
      'registry-push quay.io/acme/cache:latest',
      'registry-push quay.io/acme/web:1',
    ]);
  });

  test("the pipe for Google's registry", () => {
    const content =
      'pipelines:\n  default:\n  - step:\n      script:\n      - pipe: atlassian/google-gcr-push-image:1.0.0\n        variables: {PROJECT: acme, IMAGE: api, REGISTRY: eu.gcr.io, TAG: a}\n';
    expect(delivered('bitbucket-pipelines.yml', content)).toEqual(['registry-push eu.gcr.io/acme/api:a']);
  });
});
