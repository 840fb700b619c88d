// Pushes that other CI systems hide: in included files, plugins, templates, hooks, and objects of a cluster.
const P = (body: string): string => body.replace(/^\n/, '');

export const HIDDEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'circle-continue-elsewhere': {
    '.circleci/config.yml': P(`
version: 2.1
setup: true
orbs: {continuation: circleci/continuation@1.0.0}
workflows:
  setup:
    jobs:
      - continuation/continue:
          configuration_path: ci/real.yml
`),
    'ci/real.yml': P(`
version: 2.1
jobs:
  push:
    docker: [{image: cimg/base:current}]
    steps:
      - run: docker push acme/api:1
workflows: {w: {jobs: [push]}}
`),
  },
  'circle-continue-generated': {
    '.circleci/config.yml': P(`
version: 2.1
setup: true
orbs: {continuation: circleci/continuation@1.0.0}
jobs:
  gen:
    docker: [{image: cimg/base:current}]
    steps:
      - checkout
      - run: ./make-config > generated.yml
      - continuation/continue:
          configuration_path: generated.yml
workflows: {setup: {jobs: [gen]}}
`),
  },
  'circle-path-filtering': {
    '.circleci/config.yml': P(`
version: 2.1
setup: true
orbs: {path-filtering: circleci/path-filtering@1.0.0}
workflows:
  setup:
    jobs:
      - path-filtering/filter:
          base-revision: main
          config-path: .ci/continue.yml
          mapping: |
            src/.* run true
`),
    '.ci/continue.yml': P(`
version: 2.1
parameters: {run: {type: boolean, default: false}}
jobs:
  push:
    docker: [{image: cimg/base:current}]
    steps:
      - run: docker push acme/api:1
workflows: {w: {when: << pipeline.parameters.run >>, jobs: [push]}}
`),
  },
  'circle-unknown-orb-job': {
    '.circleci/config.yml': P(`
version: 2.1
orbs: {ship: acme/shipping@1.0.0}
workflows:
  w:
    jobs:
      - ship/release:
          context: production
`),
  },
  'circle-heroku-orb': {
    '.circleci/config.yml': P(`
version: 2.1
orbs: {heroku: circleci/heroku@2.0}
jobs:
  push:
    docker: [{image: cimg/base:current}]
    steps:
      - heroku/push-docker-image:
          app-name: my-app
          process-types: web
workflows: {w: {jobs: [push]}}
`),
  },
  'circle-inline-orb': {
    '.circleci/config.yml': P(`
version: 2.1
orbs:
  mine:
    jobs:
      ship:
        docker: [{image: cimg/base:current}]
        steps:
          - run: docker push ghcr.io/acme/api:1
workflows: {w: {jobs: [mine/ship]}}
`),
  },
  'circle-aws-ecr-9': {
    '.circleci/config.yml': P(`
version: 2.1
orbs: {aws-ecr: circleci/aws-ecr@9.0}
workflows:
  w:
    jobs:
      - aws-ecr/build_and_push_image:
          account_id: "123456789012"
          region: us-east-1
          repo: svc
          tag: latest
`),
  },
  'gitlab-run-steps': {
    '.gitlab-ci.yml': P(`
job:
  run:
    - name: push
      script: docker push acme/api:1
`),
  },
  'gitlab-run-step-ref': {
    '.gitlab-ci.yml': P(`
job:
  run:
    - name: push
      step: gitlab.com/components/docker-push@v1
      inputs: {image: acme/api}
`),
  },
  'gitlab-hooks': {
    '.gitlab-ci.yml': P(`
job:
  hooks:
    pre_get_sources_script:
      - docker push acme/api:1
  script: [echo]
`),
  },
  'gitlab-default-after': {
    '.gitlab-ci.yml': P(`
default:
  after_script:
    - docker push acme/api:1
job:
  script: [make]
`),
    Makefile: 'all:\n\techo\n',
  },
  'gitlab-component': {
    '.gitlab-ci.yml': P(`
include:
  - component: gitlab.com/acme/docker-publish/build@1.0
    inputs: {image: acme/api}
`),
  },
  'gitlab-trigger-include': {
    '.gitlab-ci.yml': P(`
child:
  trigger:
    include: ci/child.yml
`),
    'ci/child.yml': 'push:\n  script: docker push acme/api:1\n',
  },
  'gitlab-trigger-artifact': {
    '.gitlab-ci.yml': P(`
gen:
  script: ./gen > child.yml
  artifacts: {paths: [child.yml]}
child:
  trigger:
    include:
      - artifact: child.yml
        job: gen
`),
  },
  'gitlab-reference': {
    '.gitlab-ci.yml': P(`
.s:
  script:
    - docker push acme/api:1
job:
  script:
    - echo
    - !reference [.s, script]
`),
  },
  'gitlab-auto-devops': {
    '.gitlab-ci.yml': P(`
include:
  - template: Auto-DevOps.gitlab-ci.yml
`),
  },
  'gitlab-kaniko-yaml-image-args': {
    '.gitlab-ci.yml': P(`
job:
  image: {name: "gcr.io/kaniko-project/executor:debug", entrypoint: [""]}
  variables: {DEST: "--destination $CI_REGISTRY_IMAGE:1"}
  script:
    - /kaniko/executor --context . $DEST
`),
  },
  'gitlab-dotenv': {
    '.gitlab-ci.yml': P(`
a:
  script:
    - echo "IMG=acme/api:1" >> build.env
  artifacts: {reports: {dotenv: build.env}}
b:
  needs: [a]
  script:
    - docker push $IMG
`),
  },
  'gitlab-release-cli': {
    '.gitlab-ci.yml': P(`
job:
  script: [docker save acme/api > img.tar, 'curl --upload-file img.tar "$CI_API_V4_URL/projects/1/packages/generic/p/1/img.tar"']
`),
  },
  'gitlab-pages-cfg': {
    '.gitlab-ci.yml': P(`
job:
  script:
    - |
      cat > Dockerfile <<X
      FROM alpine
      X
      buildah bud -t q .
      buildah push q docker://quay.io/acme/q:1
`),
  },
  'azure-unknown-task': {
    'azure-pipelines.yml': P(`
steps:
  - task: ContainerBuild@0
    inputs: {imageName: 'acme/api', pushImage: true, registry: myacr}
`),
  },
  'azure-unknown-task2': {
    'azure-pipelines.yml': P(`
steps:
  - task: AcmePublisher@1
    inputs: {containerRegistry: conn, repository: acme/api}
`),
  },
  'azure-extends-remote': {
    'azure-pipelines.yml': P(`
resources:
  repositories:
    - repository: t
      name: org/templates
      type: git
extends:
  template: ship.yml@t
  parameters: {image: acme/api}
`),
  },
  'azure-each': {
    'azure-pipelines.yml': P(`
parameters:
  - name: images
    type: object
    default: [api, web]
steps:
  - \${{ each i in parameters.images }}:
    - script: docker push ghcr.io/acme/\${{ i }}:1
`),
  },
  'azure-if': {
    'azure-pipelines.yml': P(`
steps:
  - \${{ if eq(variables['Build.SourceBranch'], 'refs/heads/main') }}:
    - script: docker push ghcr.io/acme/api:1
`),
  },
  'azure-acrtask': {
    'azure-pipelines.yml': P(`
steps:
  - task: AzureCLI@2
    inputs: {azureSubscription: x, scriptType: bash, scriptLocation: inlineScript, inlineScript: 'az acr build -r reg -t api:1 .'}
`),
  },
  'azure-compose': {
    'azure-pipelines.yml': P(`
steps:
  - task: DockerCompose@0
    inputs: {action: Push services, containerregistrytype: Container Registry, dockerRegistryEndpoint: hub, dockerComposeFile: docker-compose.yml}
`),
    'docker-compose.yml': 'services:\n  api:\n    build: .\n    image: acme/api:1\n',
  },
  'azure-webapp-container': {
    'azure-pipelines.yml': P(`
steps:
  - task: PublishPipelineArtifact@1
    inputs: {targetPath: img.tar}
  - script: docker save acme/api -o img.tar
  - publish: img.tar
`),
  },
  'azure-deployment-hooks': {
    'azure-pipelines.yml': P(`
jobs:
  - deployment: d
    environment: prod
    strategy:
      runOnce:
        deploy:
          steps:
            - script: docker push acme/api:1
`),
  },
  'azure-containerapp-task': {
    'azure-pipelines.yml': P(`
steps:
  - task: AzureContainerApps@1
    inputs: {azureSubscription: s, acrName: myreg, appSourcePath: '.', imageToBuild: myreg.azurecr.io/a:1}
`),
  },
  'jenkins-matrix': {
    Jenkinsfile: P(`
pipeline {
  agent none
  stages {
    stage('M') {
      matrix {
        axes { axis { name 'ARCH'; values 'amd64', 'arm64' } }
        stages { stage('P') { steps { sh "docker push acme/api:\${ARCH}" } } }
      }
    }
  }
}
`),
  },
  'jenkins-noparens': {
    Jenkinsfile: P(`
pipeline {
  environment { registry = 'acme/api' }
  agent any
  stages { stage('b') { steps { script {
    dockerImage = docker.build registry + ":$BUILD_NUMBER"
    docker.withRegistry('', 'hub') { dockerImage.push() }
  } } } }
}
`),
  },
  'jenkins-sharedlib': {
    Jenkinsfile: P(`
@Library('acme-lib') _
dockerBuildAndPush image: 'acme/api'
`),
  },
  'jenkins-sharedlib2': {
    Jenkinsfile: P(`
@Library('acme-lib') _
standardPipeline {
  app = 'api'
}
`),
  },
  'jenkins-buildjob': {
    Jenkinsfile: P(`
node { build job: 'publish-images', parameters: [string(name: 'TAG', value: '1')] }
`),
  },
  'jenkins-vars-dir': {
    Jenkinsfile: 'ship()\n',
    'vars/ship.groovy': "def call() {\n  sh 'docker push acme/api:1'\n}\n",
  },
  'jenkins-load': {
    Jenkinsfile: "node { def m = load 'ci/ship.groovy'\n m.go() }\n",
    'ci/ship.groovy': "def go() { sh 'docker push acme/api:1' }\nreturn this\n",
  },
  'jenkins-map-call': { Jenkinsfile: 'node { sh(returnStdout: true, script: "docker push acme/api:1") }\n' },
  'jenkins-gstring-list': { Jenkinsfile: "node { ['docker', 'push', 'acme/api:1'].execute() }\n" },
  'jenkins-plugin-step': {
    Jenkinsfile:
      "pipeline { agent any\n stages { stage('x') { steps { dockerBuildAndPublish(repositoryName: 'acme/api', tag: '1') } } } }\n",
  },
  'jenkins-step-class': {
    Jenkinsfile:
      "node { step([$class: 'DockerBuilderPublisher', pushOnSuccess: true, tagsString: 'acme/api:1']) }\n",
  },
  'jenkins-openshift': {
    Jenkinsfile:
      "node { openshift.withCluster() { openshift.selector('bc', 'api').startBuild('--wait') } }\n",
  },
  'jenkins-openshift2': { Jenkinsfile: "node { openshiftBuild(buildConfig: 'api') }\n" },
  'jenkins-kaniko-container': {
    Jenkinsfile:
      "podTemplate { node(POD_LABEL) { container('kaniko') { sh '/kaniko/executor --destination acme/api:1 --context .' } } }\n",
  },
  'jenkins-post': {
    Jenkinsfile:
      "pipeline { agent any\n stages { stage('x') { steps { echo 'x' } } }\n post { success { sh 'docker push acme/api:1' } } }\n",
  },
  'jenkins-other-name': { 'ci/release.Jenkinsfile': "node { sh 'docker push acme/api:1' }\n" },
  'jenkins-name2': { 'Jenkinsfile.release': "node { sh 'docker push acme/api:1' }\n" },
  'jenkins-yaml': { 'jenkins/pipeline.groovy': "node { sh 'docker push acme/api:1' }\n" },
  'drone-unknown-plugin': {
    '.drone.yml': P(`
kind: pipeline
steps:
  - name: ship
    image: acme/shipper
    settings:
      target: prod
      token: {from_secret: t}
`),
  },
  'drone-ecr': {
    '.drone.yml': P(`
kind: pipeline
steps:
  - name: ship
    image: plugins/ecr
    settings: {repo: acme/api, registry: 1.dkr.ecr.us-east-1.amazonaws.com, region: us-east-1}
`),
  },
  'drone-norepo': {
    '.drone.yml': P(`
kind: pipeline
steps:
  - name: ship
    image: plugins/docker
    settings: {username: {from_secret: u}}
    environment: {PLUGIN_REPO: acme/api}
`),
  },
  'drone-template': {
    '.drone.yml': P(`
kind: template
load: docker.starlark
data: {image: acme/api}
`),
  },
  'drone-template-file': {
    '.drone.yml': P(`
kind: template
load: x.yaml
data: {}
`),
  },
  'drone-exec': {
    '.drone.yml': P(`
kind: pipeline
type: exec
steps:
  - name: ship
    commands: [docker push acme/api:1]
`),
  },
  'woodpecker-buildx': {
    '.woodpecker/x.yml': P(`
steps:
  p:
    image: woodpeckerci/plugin-docker-buildx
    settings: {repo: [acme/api, ghcr.io/acme/api], tags: [1], logins: [{registry: https://ghcr.io}]}
`),
  },
  'woodpecker-entry': {
    '.woodpecker/x.yml': P(`
steps:
  p:
    image: docker
    entrypoint: ["docker", "push", "acme/api:1"]
`),
  },
  'merged-by-tag': {
    '.woodpecker.yml': P(`
variables:
  - &plugin
    image: woodpeckerci/plugin-docker-buildx
  - &image
    repo: acme/api
steps:
  - name: publish
    !!merge <<: *plugin
    settings:
      !!merge <<: *image
`),
  },
  'jenkins-name-in-brackets': {
    Jenkinsfile: P(`
pipeline {
  environment { registry = 'harbor.acme.example/team' }
  agent any
  stages { stage('b') { steps { script {
    def app = docker.build registry + ("/api:1")
    docker.withRegistry('', 'hub') { app.push() }
  } } } }
}
`),
  },
  'azure-in-any-folder': {
    'build/pipeline.yml':
      'trigger: [main]\npool: {vmImage: ubuntu-latest}\nsteps:\n- script: docker push acme/api:1\n',
  },
  'concourse-in-a-folder-of-pipelines': {
    'ci/pipelines/main.yml':
      'resources:\n- name: i\n  type: registry-image\n  source: {repository: acme/api}\njobs:\n- name: b\n  plan:\n  - put: i\n',
  },
  'tekton-resolver': {
    '.tekton/p.yaml': P(`
apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: r}
spec:
  pipelineSpec:
    tasks:
      - name: b
        taskRef:
          resolver: hub
          params: [{name: name, value: kaniko}, {name: version, value: "0.6"}]
        params: [{name: IMAGE, value: quay.io/acme/api:1}]
`),
  },
  'tekton-catalog': {
    'tekton/p.yaml': P(`
apiVersion: tekton.dev/v1beta1
kind: Pipeline
metadata: {name: p}
spec:
  params: [{name: image, default: quay.io/acme/api}]
  tasks:
    - name: b
      taskRef: {name: buildah}
      params: [{name: IMAGE, value: $(params.image)}]
    - name: c
      taskRef: {name: skopeo-copy}
      params: [{name: srcImageURL, value: docker://a/b}, {name: destImageURL, value: docker://quay.io/acme/copy}]
    - name: d
      taskRef: {name: ko}
    - name: e
      taskRef: {name: buildpacks, kind: ClusterTask}
      params: [{name: APP_IMAGE, value: quay.io/acme/bp}]
    - name: f
      taskRef: {name: s2i-nodejs}
      params: [{name: IMAGE, value: quay.io/acme/s2i}]
    - name: g
      taskRef: {name: jib-maven}
      params: [{name: IMAGE, value: quay.io/acme/jib}]
`),
  },
  'tekton-bundle': {
    '.tekton/p.yaml': P(`
apiVersion: tekton.dev/v1
kind: TaskRun
metadata: {name: r}
spec:
  taskRef:
    resolver: bundles
    params: [{name: bundle, value: quay.io/x/y}, {name: name, value: publish}]
  params: [{name: image, value: quay.io/acme/api}]
`),
  },
  'tekton-stepaction': {
    '.tekton/p.yaml': P(`
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: t}
spec:
  steps:
    - name: s
      ref: {name: pusher}
      params: [{name: image, value: acme/api}]
---
apiVersion: tekton.dev/v1
kind: StepAction
metadata: {name: pusher}
spec:
  params: [{name: image}]
  image: docker
  script: docker push $(params.image)
`),
  },
  'openshift-buildconfig': {
    'openshift/bc.yaml': P(`
apiVersion: build.openshift.io/v1
kind: BuildConfig
metadata: {name: api}
spec:
  source: {git: {uri: https://github.com/acme/api}}
  strategy: {dockerStrategy: {}}
  output: {to: {kind: DockerImage, name: quay.io/acme/api:latest}}
`),
  },
  'kpack-image': {
    'kpack/image.yaml': P(`
apiVersion: kpack.io/v1alpha2
kind: Image
metadata: {name: api}
spec:
  tag: gcr.io/acme/api
`),
  },
  shipwright: {
    'shipwright/build.yaml': P(`
apiVersion: shipwright.io/v1beta1
kind: Build
metadata: {name: api}
spec:
  strategy: {name: buildah, kind: ClusterBuildStrategy}
  output: {image: quay.io/acme/api:latest}
`),
  },
  'argo-workflow': {
    'wf/build.yaml': P(`
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: b-}
spec:
  entrypoint: m
  templates:
    - name: m
      container:
        image: gcr.io/kaniko-project/executor
        args: ["--destination=quay.io/acme/api:1", "--context=."]
`),
  },
  'k8s-kaniko-pod': {
    'k8s/kaniko.yaml': P(`
apiVersion: v1
kind: Pod
metadata: {name: kaniko}
spec:
  containers:
    - name: kaniko
      image: gcr.io/kaniko-project/executor:latest
      args: ["--dockerfile=Dockerfile", "--context=git://github.com/acme/api", "--destination=acme/api:1"]
`),
  },
  'buildkite-upload': {
    '.buildkite/pipeline.yml': P(`
steps:
  - command: buildkite-agent pipeline upload ci/more.yml
`),
    'ci/more.yml': 'steps:\n  - command: docker push acme/api:1\n',
  },
  'buildkite-generated': {
    '.buildkite/pipeline.yml': P(`
steps:
  - command: ./gen.sh | buildkite-agent pipeline upload
`),
    'gen.sh': '#!/bin/bash\ncat <<EOF\nsteps:\n  - command: docker push acme/api:1\nEOF\n',
  },
  'buildkite-compose': {
    '.buildkite/pipeline.yml': P(`
steps:
  - plugins:
      - docker-compose#v5.2.0:
          push: api:ghcr.io/acme/api:1
`),
  },
  'buildkite-compose-image-repo': {
    '.buildkite/pipeline.yml': P(`
steps:
  - plugins:
      - docker-compose#v4.0.0:
          build: api
          image-repository: ghcr.io/acme/api
`),
  },
  'buildkite-unknown-plugin': {
    '.buildkite/pipeline.yml': P(`
steps:
  - plugins:
      - acme/docker-publish#v1: {image: acme/api}
`),
  },
  'buildkite-hook': {
    '.buildkite/pipeline.yml': 'steps:\n  - command: echo\n',
    '.buildkite/hooks/post-command': '#!/bin/bash\ndocker push acme/api:1\n',
  },
  'bitbucket-pipe': {
    'bitbucket-pipelines.yml': P(`
pipelines:
  default:
    - step:
        script:
          - pipe: atlassian/aws-ecr-push-image:1.5.0
            variables: {IMAGE_NAME: api, TAGS: 'latest'}
`),
  },
  'bitbucket-pipe-docker': {
    'bitbucket-pipelines.yml': P(`
pipelines:
  default:
    - step:
        script:
          - pipe: docker://acme/publish-pipe:1
            variables: {IMAGE: api, PASSWORD: $P}
`),
  },
  'bitbucket-import': {
    'bitbucket-pipelines.yml': P(`
pipelines:
  branches:
    main:
      import: shared-pipelines:main:ship
`),
  },
  'bitbucket-after': {
    'bitbucket-pipelines.yml': P(`
pipelines:
  default:
    - step:
        script: [echo]
        after-script: [docker push acme/api:1]
`),
  },
  'bitbucket-stage': {
    'bitbucket-pipelines.yml': P(`
pipelines:
  default:
    - stage:
        steps:
          - step: {script: [docker push acme/api:1]}
    - parallel:
        steps:
          - step: {script: [docker push acme/web:1]}
`),
  },
  'cloudbuild-buildpacks': {
    'cloudbuild.yaml': P(`
steps:
  - name: gcr.io/k8s-skaffold/pack
    entrypoint: pack
    args: [build, gcr.io/p/app, --publish]
`),
  },
  'cloudbuild-other-name': {
    'ci/release-cloudbuild.json':
      '{"steps":[{"name":"gcr.io/cloud-builders/docker","args":["push","gcr.io/p/app"]}]}',
  },
  'cloudbuild-secret-name': {
    'ci/gcb.yaml': P(`
steps:
  - name: gcr.io/cloud-builders/docker
    args: [push, gcr.io/p/app]
`),
  },
  'travis-deploy-script': {
    '.travis.yml': P(`
language: go
script: [make test]
deploy:
  provider: script
  script: docker push acme/api:1
  on: {tags: true}
`),
  },
  'travis-import': {
    '.travis.yml': P(`
import:
  - source: acme/shared:docker.yml
`),
  },
  'travis-import-local': {
    '.travis.yml': 'import:\n  - ./ci/docker.yml\n',
    'ci/docker.yml': 'after_success:\n  - docker push acme/api:1\n',
  },
  appveyor: { 'appveyor.yml': 'deploy_script:\n  - ps: docker push acme/api:1\n' },
  semaphore: {
    '.semaphore/semaphore.yml':
      'version: v1.0\nblocks:\n  - task:\n      jobs:\n        - commands:\n            - docker push acme/api:1\n',
  },
  gitea: {
    '.gitea/workflows/x.yml':
      'on: push\njobs:\n  a:\n    runs-on: u\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {push: true, tags: acme/api:1}\n',
  },
  forgejo: {
    '.forgejo/workflows/x.yml': 'on: push\njobs:\n  a:\n    runs-on: u\n    steps:\n      - run: ./ship.sh\n',
    'ship.sh': '#!/bin/sh\ndocker push acme/api:1\n',
  },
  'forgejo-action': {
    '.forgejo/workflows/x.yml':
      'on: push\njobs:\n  a:\n    runs-on: u\n    steps:\n      - uses: https://code.forgejo.org/docker/build-push-action@v6\n        with: {push: true, tags: acme/api:1}\n',
  },
  concourse: {
    'ci/pipeline.yml':
      'resources:\n  - name: img\n    type: registry-image\n    source: {repository: acme/api}\njobs:\n  - name: j\n    plan:\n      - put: img\n        params: {image: image/image.tar}\n',
  },
  codebuild: {
    'buildspec.yml':
      'version: 0.2\nphases:\n  post_build:\n    commands:\n      - docker push $REPO:latest\n',
  },
  'codebuild-batch': {
    'ci/buildspec-release.yaml':
      'version: 0.2\nphases:\n  build:\n    finally: [docker push acme/api:1]\n    commands: [echo]\n',
  },
  cirrus: { '.cirrus.yml': 'docker_builder:\n  push_script: docker push acme/api:1\n' },
  sourcehut: { '.build.yml': 'image: alpine\ntasks:\n  - x: |\n      docker push acme/api:1\n' },
  harness: {
    '.harness/p.yaml':
      'pipeline:\n  stages:\n    - stage:\n        spec:\n          execution:\n            steps:\n              - step:\n                  type: BuildAndPushDockerRegistry\n                  spec: {repo: acme/api}\n',
  },
  'dagger-azure': {
    'azure-pipelines.yml': 'steps:\n  - script: dagger call build publish --address=ttl.sh/x\n',
  },
};
