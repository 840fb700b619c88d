import { describe, expect, test } from '@jest/globals';
import { delivered, linesOf, told } from './told.ts';

const PUSH = 'registry-push docker.io/acme/api:1';

describe('Travis', () => {
  const FILE = '.travis.yml';
  const script = (rest: string) => `language: go\n${rest}`;
  test.each([
    [
      'scripts',
      'script: docker push acme/api:1\n',
      [`${PUSH} @ pull_request, push-branch, push-tag, schedule`],
    ],
    [
      'branches',
      'branches: {only: [main]}\nscript: docker push acme/api:1\n',
      [`${PUSH} @ pull_request?, push-branch main, schedule?`],
    ],
    [
      'a test of the branch in the script',
      'after_success:\n  - if [ "$TRAVIS_BRANCH" = main ] && [ "$TRAVIS_PULL_REQUEST" = false ]; then docker push acme/api:1; fi\n',
      [`${PUSH} @ push-branch main, schedule?`],
    ],
    [
      'a test of the branch after a script that does not ask for it',
      'script: echo\nafter_success:\n  - echo done\n  - if [ "$TRAVIS_BRANCH" = main ]; then docker push acme/api:1; fi\n',
      [`${PUSH} @ pull_request?, push-branch main, schedule?`],
    ],
    [
      'what one phase sets, the next one finds',
      'before_script: export T=1\nscript: echo\nafter_success: docker push acme/api:$T\n',
      [`${PUSH} @ pull_request, push-branch, push-tag, schedule`],
    ],
    [
      'a deployment of tags',
      'deploy:\n  provider: script\n  script: docker push acme/api:1\n  on: {tags: true}\n',
      [`${PUSH} @ push-tag, schedule?`],
    ],
    [
      'a deployment of all branches',
      'deploy:\n  - provider: script\n    script: docker push acme/api:1\n    on: {all_branches: true}\n',
      [`${PUSH} @ push-branch, push-tag, schedule`],
    ],
    [
      'jobs with conditions',
      'jobs:\n  include:\n    - stage: ship\n      if: tag IS present\n      script: docker push acme/api:1\n',
      [`${PUSH} @ push-tag, schedule?`],
    ],
    [
      'stages with conditions',
      'stages:\n  - name: ship\n    if: type = push AND branch = main\njobs:\n  include:\n    - stage: ship\n      script: docker push acme/api:1\n',
      [`${PUSH} @ push-branch main`],
    ],
  ])('%s', (_, rest, expected) => {
    expect(told(FILE, script(rest))).toEqual(expected);
  });

  test('rows of the environment', () => {
    expect(
      delivered(
        FILE,
        'env:\n  global: [ORG=acme]\n  jobs: ["APP=api T=1", "APP=web T=1"]\nscript: docker push $ORG/$APP:$T\n',
      ),
    ).toEqual([PUSH, 'registry-push docker.io/acme/web:1']);
  });

  test('pull requests are never deployed', () => {
    expect(
      told(
        FILE,
        'deploy: {provider: script, script: docker push acme/api:1, on: {all_branches: true}}\n',
      ).join(),
    ).not.toContain('pull_request');
  });
});

describe('Cloud Build', () => {
  const FILE = 'cloudbuild.yaml';
  test.each([
    [
      'images are pushed by the build',
      "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, gcr.io/acme/api:1, .]\nimages: ['gcr.io/acme/api:1']\n",
      ['registry-push gcr.io/acme/api:1'],
    ],
    [
      'a push step',
      'steps:\n- name: gcr.io/cloud-builders/docker\n  args: [push, "gcr.io/$PROJECT_ID/api:$_TAG"]\nsubstitutions: {_TAG: "1"}\n',
      ['registry-push gcr.io/$PROJECT_ID/api:1'],
    ],
    [
      'a shell as entry point',
      'steps:\n- name: gcr.io/cloud-builders/docker\n  entrypoint: bash\n  args:\n  - -c\n  - |\n    docker push acme/api:$$T || exit 0\n    docker push acme/api:1\n',
      ['registry-push docker.io/acme/api:$T', PUSH],
    ],
    ['a script', 'steps:\n- name: x\n  script: |\n    docker push acme/api:1\n', [PUSH]],
    [
      'kaniko',
      'steps:\n- name: gcr.io/kaniko-project/executor:latest\n  args: [--destination=gcr.io/acme/api:1, --cache=true]\n',
      ['registry-push gcr.io/acme/api:1'],
    ],
    [
      'only built',
      'steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, gcr.io/acme/api, .]\n',
      [],
    ],
    ['text that names a push', 'steps:\n- name: ubuntu\n  args: [echo, "docker push acme/api"]\n', []],
  ])('%s', (_, content, expected) => {
    expect(delivered(FILE, content)).toEqual(expected);
  });

  test('the line is that of the arguments or of the image', () => {
    expect(
      linesOf(
        FILE,
        'steps:\n- name: gcr.io/cloud-builders/docker\n  args:\n  - push\n  - acme/api:1\nimages:\n- acme/web:1\n',
      ),
    ).toEqual(['cloudbuild.yaml:4', 'cloudbuild.yaml:7']);
  });
});

describe('Drone and Woodpecker', () => {
  const step = (rest: string) => `kind: pipeline\nname: p\nsteps:\n- name: s\n${rest}`;
  test.each([
    ['a plugin', step('  image: plugins/docker\n  settings: {repo: acme/api, tags: ["1"]}\n'), [PUSH]],
    [
      'several tags',
      step('  image: plugins/docker\n  settings: {repo: acme/api, tags: "1,2"}\n'),
      ['registry-push docker.io/acme/api:1,2'],
    ],
    ['a dry run', step('  image: plugins/docker\n  settings: {repo: acme/api, dry_run: true}\n'), []],
    [
      'the registry of the ECR plugin',
      step(
        '  image: plugins/ecr\n  settings: {registry: 1.dkr.ecr.eu.amazonaws.com, repo: api, tags: [1]}\n',
      ),
      ['registry-push 1.dkr.ecr.eu.amazonaws.com/api:1'],
    ],
    ['commands', step('  image: docker\n  commands: [docker push acme/api:1]\n'), [PUSH]],
    [
      'Woodpecker writes steps as a map',
      'steps:\n  s:\n    image: woodpeckerci/plugin-docker-buildx\n    settings: {repo: acme/api, tags: 1}\n',
      [PUSH],
    ],
    ['a service pipeline is none', 'kind: secret\nsteps:\n- commands: [docker push acme/api:1]\n', []],
  ])('%s', (_, content, expected) => {
    expect(delivered('.drone.yml', content)).toEqual(expected);
  });

  test.each([
    ['{event: tag}', ['push-tag']],
    ['{event: [push], branch: main}', ['push-branch main']],
    [
      '{event: {exclude: [pull_request, cron, custom, promote, rollback, manual, deployment]}, branch: [main]}',
      ['push-branch main', 'push-tag?'],
    ],
    ['{ref: ["refs/tags/*"]}', ['push-tag']],
  ])('when: %s', (when, events) => {
    const [line = ''] = told(
      '.drone.yml',
      step(`  image: plugins/docker\n  settings: {repo: acme/api, tags: 1}\n  when: ${when}\n`),
    );
    for (const event of events) expect(line).toContain(event.replace('?', ''));
    expect(line).not.toContain('pull_request');
  });
});

describe('Bitbucket, Buildkite, Tekton, AppVeyor, CodeBuild', () => {
  test.each([
    [
      'the default pipeline',
      'bitbucket-pipelines.yml',
      'pipelines:\n  default:\n    - step: {script: [docker push acme/api:1]}\n',
      [`${PUSH} @ push-branch`],
    ],
    [
      'a branch and parallel steps',
      'bitbucket-pipelines.yml',
      'pipelines:\n  branches:\n    main:\n      - parallel:\n          - step: {script: [docker push acme/api:1]}\n',
      [`${PUSH} @ push-branch main`],
    ],
    [
      'tags',
      'bitbucket-pipelines.yml',
      'pipelines:\n  tags:\n    "v*":\n      - step: {script: [docker push acme/api:1]}\n',
      [`${PUSH} @ push-tag v*`],
    ],
    [
      'lines before a pipe set what it is given',
      'bitbucket-pipelines.yml',
      'pipelines:\n  custom:\n    ship:\n      - step:\n          script:\n            - export T=1\n            - pipe: atlassian/aws-ecr-push-image:2.0.0\n              variables: {IMAGE_NAME: api, TAGS: $T}\n',
      [
        'registry-push $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com/api:1 @ workflow_dispatch ship',
      ],
    ],
    [
      'a Buildkite command',
      '.buildkite/pipeline.yml',
      'steps:\n  - command: docker push acme/api:1\n    branches: main\n',
      [`${PUSH} @ pull_request?, push-branch main`],
    ],
    [
      'a Buildkite condition',
      '.buildkite/pipeline.yml',
      'steps:\n  - command: docker push acme/api:1\n    if: build.tag != null\n',
      [`${PUSH} @ push-tag`],
    ],
    [
      'the Compose plugin',
      '.buildkite/pipeline.yml',
      'steps:\n  - plugins:\n      - docker-compose#v5.0.0:\n          push: ["app:acme/api:1"]\n',
      [`${PUSH} @ pull_request, push-branch, push-tag`],
    ],
    [
      'a Tekton script',
      '.tekton/t.yaml',
      'apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  params: [{name: image, default: acme/api}]\n  steps:\n    - image: docker\n      script: docker push $(params.image):1\n',
      [`${PUSH} @ tekton`],
    ],
    [
      'kaniko in Tekton',
      '.tekton/t.yaml',
      'apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  steps:\n    - image: gcr.io/kaniko-project/executor:v1\n      args: [--destination=acme/api:1]\n',
      [`${PUSH} @ tekton`],
    ],
    [
      'Pipelines as Code',
      '.tekton/t.yaml',
      'apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata:\n  annotations: {pipelinesascode.tekton.dev/on-event: "[pull_request]"}\nspec:\n  params: [{name: i, value: acme/api}]\n  pipelineSpec:\n    params: [{name: i}]\n    tasks:\n      - name: a\n        params: [{name: IMAGE, value: "$(params.i):1"}]\n        taskRef: {name: buildah}\n',
      [`${PUSH} @ pull_request`],
    ],
    [
      'AppVeyor',
      'appveyor.yml',
      'build_script:\n  - ps: docker push acme/api:1\n',
      [`${PUSH}? @ pull_request, push-branch, push-tag`],
    ],
    [
      'CodeBuild',
      'buildspec.yml',
      'version: 0.2\nenv: {variables: {T: "1"}}\nphases:\n  build:\n    commands: [docker push acme/api:$T]\n',
      [`${PUSH} @ codebuild`],
    ],
  ])('%s', (_, path, content, expected) => {
    expect(told(path, content)).toEqual(expected);
  });
});
