import { describe, expect, test } from '@jest/globals';
import { readGroovy } from '../../../../src/core/pipeline/other-ci/jenkins/groovy.ts';
import { found } from '../judged.ts';
import { delivered, linesOf, told } from './told.ts';

const FILE = 'Jenkinsfile';
const PUSH = 'registry-push docker.io/acme/api:1';
const ALL = 'pull_request, push-branch, push-tag';

function stage(rest: string): string {
  return `pipeline {\n  agent any\n  stages {\n    stage('Ship') {\n${rest}\n    }\n  }\n}\n`;
}

const STEPS = "      steps { sh 'docker push acme/api:1' }";

describe('when a stage runs', () => {
  test.each([
    ['always', '', [`${PUSH} @ ${ALL}`]],
    ['a branch', "when { branch 'main' }", [`${PUSH} @ push-branch main`]],
    ['not a branch', "when { not { branch 'main' } }", [`${PUSH} @ ${ALL}`]],
    ['a tag', "when { tag 'v*' }", [`${PUSH}? @ push-tag`]],
    ['any tag', 'when { buildingTag() }', [`${PUSH} @ push-tag`]],
    ['a pull request', 'when { changeRequest() }', [`${PUSH} @ pull_request`]],
    ['either', "when { anyOf { branch 'main'; buildingTag() } }", [`${PUSH} @ push-branch main, push-tag`]],
    [
      'both',
      "when {\n allOf {\n branch 'main'\n environment name: 'SHIP', value: 'yes'\n }\n}",
      [`${PUSH}? @ push-branch main`],
    ],
    [
      'an expression',
      "when { expression { return env.BRANCH_NAME == 'main' } }",
      [`${PUSH} @ push-branch main`],
    ],
    ['an expression that nobody knows', 'when { expression { params.SHIP } }', [`${PUSH}? @ ${ALL}`]],
    [
      'a start',
      "when { expression { env.BRANCH_NAME.startsWith('main') && !env.CHANGE_ID } }",
      [`${PUSH}? @ push-branch, push-tag`],
    ],
  ])('%s', (_, when, expected) => {
    expect(
      told(
        FILE,
        stage(`      ${when}
${STEPS}`),
      ),
    ).toEqual(expected);
  });

  test('a variable of the pipeline decides a stage', () => {
    const content = (value: string) =>
      `pipeline {\n environment { SHIP = '${value}' }\n stages { stage('a') {\n when { environment name: 'SHIP', value: 'true' }\n${STEPS}\n}}}`;
    expect(delivered(FILE, content('true'))).toEqual([PUSH]);
    expect(delivered(FILE, content('false'))).toEqual([]);
  });

  test('a scripted if with its else', () => {
    const content =
      "node {\n  if (env.BRANCH_NAME == 'main') {\n    sh 'docker push acme/api:1'\n  } else {\n    sh 'docker push acme/api:2'\n  }\n}";
    expect(told(FILE, content)).toEqual([
      `${PUSH} @ push-branch main`,
      'registry-push docker.io/acme/api:2 @ pull_request, push-branch, push-tag',
    ]);
  });
});

describe('what it runs', () => {
  test.each([
    [
      'single quotes leave the sign to the shell',
      "environment { T = '2' }\n",
      "sh 'docker push acme/api:$T'",
      ['registry-push docker.io/acme/api:2'],
    ],
    [
      'double quotes are filled by Groovy',
      "environment { T = '2' }\n",
      'sh "docker push acme/api:${T}"',
      ['registry-push docker.io/acme/api:2'],
    ],
    [
      'what Groovy computes stays open',
      '',
      'sh "docker push acme/api:${version()}"',
      ['registry-push docker.io/acme/api:${version()}'],
    ],
    ['a named script', '', "sh(label: 'push', script: 'docker push acme/api:1', returnStdout: true)", [PUSH]],
    ['several lines', '', "sh '''\n  docker build -t acme/api:1 .\n  docker push acme/api:1\n'''", [PUSH]],
    ['texts joined', '', "sh 'docker push ' + 'acme/api:1'", [PUSH]],
    ['escaped signs', '', 'sh "for t in 1; do docker push acme/api:\\$t; done"', [PUSH]],
    [
      'withEnv',
      '',
      "withEnv(['T=3']) { sh 'docker push acme/api:$T' }",
      ['registry-push docker.io/acme/api:3'],
    ],
    [
      'commented out',
      '',
      "// sh 'docker push acme/api:1'\n/* sh 'docker push acme/api:1' */\necho 'docker push acme/api:1'",
      [],
    ],
    [
      'kaniko in a container',
      '',
      "container('kaniko') { sh '/kaniko/executor --destination ghcr.io/acme/api:1' }",
      ['registry-push ghcr.io/acme/api:1'],
    ],
    [
      'an archive',
      '',
      "sh 'docker save -o api.tar acme/api'\narchiveArtifacts artifacts: 'api.tar'",
      ['image-archive api.tar'],
    ],
  ])('%s', (_, environment, steps, expected) => {
    expect(
      delivered(FILE, `pipeline {\n${environment}stages { stage('a') { steps {\n${steps}\n} } } }`),
    ).toEqual(expected);
  });

  test.each([
    ['build and push', "docker.build('acme/api:1').push()", [PUSH]],
    [
      'a variable',
      "def app = docker.build('acme/api')\napp.push('1')\napp.push('2')",
      [PUSH, 'registry-push docker.io/acme/api:2'],
    ],
    [
      'under a registry',
      "docker.withRegistry('https://ghcr.io', 'creds') {\n  docker.image('acme/api').push('1')\n}",
      ['registry-push ghcr.io/acme/api:1'],
    ],
    [
      'Docker Hub by its address',
      "docker.withRegistry('https://index.docker.io/v1/', 'creds') {\n  docker.image('acme/api').push('1')\n}",
      [PUSH],
    ],
    [
      'an open tag',
      'def app = docker.build(\'acme/api\')\napp.push("${env.BUILD_NUMBER}")',
      ['registry-push docker.io/acme/api:${env.BUILD_NUMBER}'],
    ],
    ['only built and tested', "def app = docker.build('acme/api')\napp.inside { sh 'make test' }", []],
    ['a list is no image', "def things = []\nthings.push('x')", []],
    [
      'inside branches run in parallel',
      "def work = [:]\nwork['a'] = {\n  sh 'docker push acme/api:1'\n}\nparallel work",
      [PUSH],
    ],
    [
      'a step of a library',
      "buildDockerAndPublishImage('api', [tag: 'x'])",
      ['opaque buildDockerAndPublishImage?'],
    ],
  ])('scripted: %s', (_, content, expected) => {
    expect(delivered(FILE, `node {\n${content}\n}\n`)).toEqual(expected);
  });

  test('lines are those of the shell commands', () => {
    expect(
      linesOf(FILE, 'node {\n  sh """\n    echo \\$HOME\n    docker push acme/api:1\n  """\n}\n'),
    ).toEqual(['Jenkinsfile:4']);
  });

  test.each([
    ['a stage sets the environment for later ones', "env.NAME = 'acme/api'", '"$NAME:1"', [PUSH]],
    [
      'a variable of the stage ends with it',
      "def NAME = 'acme/api'",
      '"$NAME:1"',
      ['registry-push $NAME/$NAME:1'],
    ],
  ])('%s', (_, first, image, expected) => {
    const content = `pipeline { stages {
      stage('a') { steps { script { ${first} } } }
      stage('b') { steps { sh 'docker push ${image}' } }
    } }`;
    expect(delivered(FILE, content)).toEqual(expected);
  });

  test.each([
    ['either branch of an if', "if (params.BIG) { env.T = '1' } else { env.T = '2' }"],
    [
      'either case of a switch',
      "switch (kind) {\n case 'a':\n env.T = '1'\n break\n default:\n env.T = '2'\n }",
    ],
    ['either side of a question', "def T = big ? '1' : '2'"],
  ])('%s', (_, first) => {
    expect(delivered(FILE, `node {\n${first}\nsh "docker push acme/api:\${T}"\n}\n`)).toEqual([
      'registry-push docker.io/acme/api:1,2',
    ]);
  });

  test.each([
    ['a value or else another', `def host = env.HOST ?: 'ghcr.io'`],
    ['a parameter with a default', `parameters { string(name: 'host', defaultValue: 'ghcr.io') }`],
    ['a choice', `parameters { choice(name: 'host', choices: ['ghcr.io', 'quay.io']) }`],
  ])('%s', (_, first) => {
    const content = `pipeline {\n${first}\nstages { stage('a') { steps { sh "docker push \${host}/acme/api:1" } } } }`;
    expect(delivered(FILE, content)).toEqual(['registry-push ghcr.io/acme/api:1']);
  });

  test('blocks beside each other on one line are all read', () => {
    const content =
      "pipeline { agent any; stages { stage('a') { when { branch 'main' } steps { sh 'docker push acme/api:1' } } stage('b') { steps { sh 'docker push acme/web:1' } } } }";
    expect(told(FILE, content)).toEqual([
      `${PUSH} @ push-branch main`,
      `registry-push docker.io/acme/web:1 @ ${ALL}`,
    ]);
  });

  test.each([
    ['each', "def all = ['api', 'web']\nall.each { one -> docker.build(\"acme/${one}:1\").push() }"],
    ['it', "def all = ['api', 'web']\nall.each { sh \"docker push acme/${it}:1\" }"],
    ['for', "for (one in ['api', 'web']) { sh \"docker push acme/${one}:1\" }"],
    ['a map', "def all = [a: 'api', b: 'web']\nall.each { key, one -> sh \"docker push acme/${one}:1\" }"],
    [
      'the rows of a matrix',
      "matrix { axes { axis { name 'ONE'; values 'api', 'web' } } stages { stage('a') { steps { sh 'docker push acme/$ONE:1' } } } }",
    ],
  ])('what is written out is gone through: %s', (_, content) => {
    expect(delivered(FILE, `node {\n${content}\n}\n`)).toEqual([PUSH, 'registry-push docker.io/acme/web:1']);
  });

  test.each([
    [
      "rtDockerPush(serverId: 'a', image: 'art.example/acme/api:1', targetRepo: 'x')",
      'art.example/acme/api:1',
    ],
    [
      "def art = Artifactory.docker server: s\nart.push('art.example/acme/api:1', 'x')",
      'art.example/acme/api:1',
    ],
  ])('plugins that are given the whole name: %s', (content, expected) => {
    expect(delivered(FILE, `node {\n${content}\n}\n`)).toEqual([`registry-push ${expected}`]);
  });

  test.each([
    [
      "step([$class: 'DockerBuilderPublisher', tagsString: 'acme/api', pushOnSuccess: true])",
      ['opaque DockerBuilderPublisher?'],
    ],
    ['def v = getReleaseVersion(TAG_NAME)', []],
    ["helper.buildAndPush('acme/api')", ['opaque helper.buildAndPush?']],
    ['def helper = new DockerHelper(this)', []],
  ])('%s', (content, expected) => {
    expect(delivered(FILE, `node {\n${content}\n}\n`)).toEqual(expected);
  });

  test('a library step that is configured by a block is said, a wrapper is not', () => {
    expect(delivered(FILE, "publishImage { name = 'api' }")).toEqual(['opaque publishImage?']);
    expect(delivered(FILE, "withDockerThings { sh 'true' }\ndockerNode('x') { sh 'true' }")).toEqual([]);
  });

  test('functions get what their callers give them', () => {
    const content = 'def ship(name) {\n  sh "docker push ${name}"\n}\nnode { ship(\'acme/api:1\') }\n';
    expect(delivered(FILE, content)).toEqual([PUSH]);
  });

  test('functions that call each other end', () => {
    expect(delivered(FILE, "def a() { b() }\ndef b() { a()\n sh 'docker push acme/api:1' }\na()\n")).toEqual([
      PUSH,
    ]);
  });
});

describe('Groovy', () => {
  test('brackets and texts are paired', () => {
    const { tokens, broken } = readGroovy('a(b: \'x)\', [c, "}"]) { d }');
    expect(broken).toBeNull();
    expect(tokens.map((token) => token.kind)).toEqual(['word', 'group', 'group']);
  });

  test.each([
    ["sh 'a", 3],
    ['a { b', 2],
    ['a }', 2],
    ['/* x', 0],
  ])('%s is broken at %i', (content, at) => {
    expect(readGroovy(content).broken).toBe(at);
  });

  test('a broken file is a gap, and what can be read is told all the same', () => {
    const { deliveries, gaps } = found({ [FILE]: "node { sh 'docker push acme/api:1'\n" });
    expect(gaps.map((gap) => gap.kind)).toEqual(['syntax']);
    expect(deliveries).toHaveLength(1);
  });
});
