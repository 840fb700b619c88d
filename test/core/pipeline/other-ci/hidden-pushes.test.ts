import { describe, expect, test } from '@jest/globals';
import { deliveriesOf } from '../judged.ts';
import { HIDDEN } from './hidden-pushes.ts';

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'circle-continue-elsewhere': ['registry-push docker.io/acme/api:1'],
  'circle-continue-generated': ['opaque circleci/continuation generated.yml?'],
  'circle-path-filtering': ['registry-push docker.io/acme/api:1?'],
  'circle-unknown-orb-job': ['opaque ship/release?'],
  'circle-heroku-orb': ['registry-push registry.heroku.com/my-app/web:latest'],
  'circle-inline-orb': ['registry-push ghcr.io/acme/api:1'],
  'circle-aws-ecr-9': ['registry-push 123456789012.dkr.ecr.us-east-1.amazonaws.com/svc:latest'],
  'gitlab-run-steps': ['registry-push docker.io/acme/api:1'],
  'gitlab-run-step-ref': ['opaque step gitlab.com/components/docker-push@v1?'],
  'gitlab-hooks': ['registry-push docker.io/acme/api:1'],
  'gitlab-default-after': ['registry-push docker.io/acme/api:1'],
  'gitlab-component': ['opaque include gitlab.com/acme/docker-publish/build@1.0?'],
  'gitlab-trigger-include': ['registry-push docker.io/acme/api:1'],
  'gitlab-trigger-artifact': ['opaque trigger child.yml?'],
  'gitlab-reference': ['registry-push docker.io/acme/api:1'],
  'gitlab-auto-devops': ['opaque include Auto-DevOps.gitlab-ci.yml?'],
  'gitlab-kaniko-yaml-image-args': ['registry-push $CI_REGISTRY_IMAGE/$CI_REGISTRY_IMAGE:1'],
  'gitlab-dotenv': ['registry-push $IMG/$IMG:'],
  'gitlab-release-cli': ['image-archive img.tar'],
  'gitlab-pages-cfg': ['registry-push quay.io/acme/q:1'],
  'azure-unknown-task': ['opaque ContainerBuild@0?'],
  'azure-unknown-task2': ['opaque AcmePublisher@1?'],
  'azure-extends-remote': ['opaque template ship.yml@t?'],
  'azure-each': ['registry-push ghcr.io/acme/api:1', 'registry-push ghcr.io/acme/web:1'],
  'azure-if': ['registry-push ghcr.io/acme/api:1'],
  'azure-acrtask': ['registry-push reg.azurecr.io/api:1'],
  'azure-compose': ['registry-push docker.io/acme/api:1'],
  'azure-webapp-container': ['image-archive img.tar'],
  'azure-deployment-hooks': ['registry-push docker.io/acme/api:1'],
  'azure-containerapp-task': ['registry-push myreg.azurecr.io/a:1'],
  'jenkins-matrix': ['registry-push docker.io/acme/api:amd64,arm64'],
  'jenkins-noparens': ['registry-push docker.io/acme/api:$BUILD_NUMBER'],
  'jenkins-sharedlib': ['opaque dockerBuildAndPush?'],
  'jenkins-sharedlib2': ['opaque standardPipeline?'],
  'jenkins-buildjob': ['opaque build publish-images?'],
  'jenkins-vars-dir': ['registry-push docker.io/acme/api:1'],
  'jenkins-load': ['registry-push docker.io/acme/api:1?'],
  'jenkins-map-call': ['registry-push docker.io/acme/api:1'],
  'jenkins-gstring-list': ['opaque execute?'],
  'jenkins-plugin-step': ['opaque dockerBuildAndPublish?'],
  'jenkins-step-class': ['opaque DockerBuilderPublisher?'],
  'jenkins-openshift': ['opaque startBuild?'],
  'jenkins-openshift2': ['opaque openshiftBuild?'],
  'jenkins-kaniko-container': ['registry-push docker.io/acme/api:1'],
  'jenkins-post': ['registry-push docker.io/acme/api:1'],
  'jenkins-other-name': ['registry-push docker.io/acme/api:1'],
  'jenkins-name2': ['registry-push docker.io/acme/api:1'],
  'jenkins-yaml': ['registry-push docker.io/acme/api:1'],
  'drone-unknown-plugin': ['opaque acme/shipper?'],
  'drone-ecr': ['registry-push 1.dkr.ecr.us-east-1.amazonaws.com/acme/api:latest'],
  'drone-norepo': ['registry-push docker.io/acme/api:latest'],
  'drone-template': ['opaque template docker.starlark?'],
  'drone-template-file': ['opaque template x.yaml?'],
  'drone-exec': ['registry-push docker.io/acme/api:1'],
  'woodpecker-buildx': ['registry-push docker.io/acme/api:1', 'registry-push ghcr.io/acme/api:1'],
  'woodpecker-entry': ['registry-push docker.io/acme/api:1'],
  'tekton-resolver': ['registry-push quay.io/acme/api:1'],
  'tekton-catalog': [
    'registry-push image name/image name:',
    'registry-push quay.io/acme/api:latest',
    'registry-push quay.io/acme/bp:latest',
    'registry-push quay.io/acme/copy:latest',
    'registry-push quay.io/acme/jib:latest',
    'registry-push quay.io/acme/s2i:latest',
  ],
  'azure-in-any-folder': ['registry-push docker.io/acme/api:1'],
  'concourse-in-a-folder-of-pipelines': ['opaque ci/pipelines/main.yml?'],
  'merged-by-tag': ['registry-push docker.io/acme/api:latest'],
  'jenkins-name-in-brackets': ['registry-push harbor.acme.example/team/api:1'],
  'tekton-bundle': ['opaque task publish?'],
  'tekton-stepaction': ['registry-push docker.io/acme/api:latest'],
  'openshift-buildconfig': ['registry-push quay.io/acme/api:latest'],
  'kpack-image': ['registry-push gcr.io/acme/api:latest'],
  shipwright: ['registry-push quay.io/acme/api:latest'],
  'argo-workflow': ['registry-push quay.io/acme/api:1'],
  'k8s-kaniko-pod': ['registry-push docker.io/acme/api:1'],
  'buildkite-upload': ['opaque pipeline upload ci/more.yml?', 'registry-push docker.io/acme/api:1'],
  'buildkite-generated': ['opaque pipeline upload of what a command prints?'],
  'buildkite-compose': ['registry-push ghcr.io/acme/api:1'],
  'buildkite-compose-image-repo': ['registry-push ghcr.io/acme/api:latest'],
  'buildkite-unknown-plugin': ['opaque acme/docker-publish#v1?'],
  'buildkite-hook': ['registry-push docker.io/acme/api:1'],
  'bitbucket-pipe': ['registry-push $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com/api:latest'],
  'bitbucket-pipe-docker': ['opaque docker://acme/publish-pipe:1?'],
  'bitbucket-import': ['opaque import shared-pipelines:main:ship?'],
  'bitbucket-after': ['registry-push docker.io/acme/api:1'],
  'bitbucket-stage': ['registry-push docker.io/acme/api:1', 'registry-push docker.io/acme/web:1'],
  'cloudbuild-buildpacks': ['registry-push gcr.io/p/app:latest'],
  'cloudbuild-other-name': ['registry-push gcr.io/p/app:latest'],
  'cloudbuild-secret-name': ['registry-push gcr.io/p/app:latest'],
  'travis-deploy-script': ['registry-push docker.io/acme/api:1'],
  'travis-import': ['opaque import acme/shared:docker.yml?'],
  'travis-import-local': ['registry-push docker.io/acme/api:1'],
  appveyor: ['registry-push docker.io/acme/api:1?'],
  semaphore: ['opaque .semaphore/semaphore.yml?'],
  gitea: ['registry-push docker.io/acme/api:1'],
  forgejo: ['registry-push docker.io/acme/api:1'],
  'forgejo-action': ['registry-push docker.io/acme/api:1'],
  concourse: ['opaque ci/pipeline.yml?'],
  codebuild: ['registry-push $REPO/$REPO:latest'],
  'codebuild-batch': ['registry-push docker.io/acme/api:1'],
  cirrus: ['opaque .cirrus.yml?'],
  sourcehut: ['opaque .build.yml?'],
  harness: ['opaque .harness/p.yaml?'],
  'dagger-azure': ['registry-push ttl.sh/x:latest'],
};

describe('pushes that other systems hide', () => {
  test.each(Object.entries(HIDDEN))('%s', (name, files) => {
    expect([...new Set(deliveriesOf(files))]).toEqual(EXPECTED[name]);
  });
});

describe('what looks like them and delivers nothing', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    [
      'a setup workflow without a push',
      {
        '.circleci/config.yml':
          'version: 2.1\nsetup: true\norbs: {continuation: circleci/continuation@1}\nworkflows: {w: {jobs: [{continuation/continue: {configuration_path: .circleci/more.yml}}]}}\n',
        '.circleci/more.yml':
          'version: 2.1\njobs: {t: {docker: [{image: a}], steps: [{run: make test}]}}\nworkflows: {w: {jobs: [t]}}\n',
      },
    ],
    ['the pipeline of a Jenkins plugin', { Jenkinsfile: 'buildPlugin(useContainerAgent: true)\n' }],
    ['a wrapper of a library around statements', { Jenkinsfile: "withThings { sh 'true' }\n" }],
    [
      'a downstream job of another kind in a job without credentials',
      { Jenkinsfile: "node { build job: 'nightly-tests' }\n" },
    ],
    [
      'a plugin that tells people',
      {
        '.drone.yml':
          'kind: pipeline\nsteps:\n  - name: n\n    image: plugins/slack\n    settings: {webhook: {from_secret: s}}\n',
      },
    ],
    [
      'a task that deploys an image',
      {
        'azure-pipelines.yml':
          'steps:\n  - task: AzureWebAppContainer@1\n    inputs: {appName: a, imageName: acme/api}\n',
      },
    ],
    [
      'a deployment that runs an image',
      {
        'k8s/build-api.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: acme/api}]}}}\n',
      },
    ],
    [
      'a GitLab step that echoes',
      { '.gitlab-ci.yml': 'job:\n  run:\n    - name: e\n      step: gitlab.com/components/echo@v1\n' },
    ],
    ['a hook that only tells', { '.buildkite/hooks/post-command': '#!/bin/bash\necho done\n' }],
    [
      'functions of a Dagger module in a job without credentials',
      { 'azure-pipelines.yml': 'steps:\n  - script: dagger call test\n' },
    ],
  ])('%s', (_, files) => {
    expect(deliveriesOf(files)).toEqual([]);
  });
});
