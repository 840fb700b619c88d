// Hostile texts for every reader of CI files: its time stays in proportion to their length. Each of these took time in
// the square or the cube of it before.
import { describe, expect, test } from '@jest/globals';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';
import { found, WORKFLOW, workflowOf } from './judged.ts';

const LENGTH = 150_000;
const repeated = (text: string, length = LENGTH): string => text.repeat(Math.ceil(length / text.length));
const BLANK = repeated('\n');

const BAKE = 'docker buildx bake --push';
const bake = (content: string): Readonly<Record<string, string>> => ({
  'docker-bake.hcl': `target "default" {\n  tags = [${content}]\n}\n`,
  [WORKFLOW]: workflowOf(`- run: ${BAKE}`),
});
const azure = (step: string): Readonly<Record<string, string>> => ({
  'azure-pipelines.yml': `trigger: [main]\nsteps:\n${step}`,
});

describe('time stays linear', () => {
  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['blank lines in a Travis file', { '.travis.yml': `script: ls\n${BLANK}` }],
    ['blank lines in a Buildkite file', { '.buildkite/pipeline.yml': `steps:\n- command: ls\n${BLANK}` }],
    ['blank lines in what may be an Azure pipeline', { 'ci/pipeline.yml': `steps:\n- script: ls\n${BLANK}` }],
    ['a long line of blanks there', { 'ci/pipeline.yml': `steps:\n- script: ls\n${repeated(' ')}` }],
    ['blank lines in a manifest', { 'k8s/build.yaml': `${BLANK}kind: Pod\n` }],
    ["a plugin's name", { '.buildkite/pipeline.yml': `steps:\n- plugins:\n  - "${repeated('#')}\\n": {}\n` }],
    ['an orb', { '.circleci/config.yml': `version: 2.1\norbs: {a: "${repeated('@')}\\n!"}\n` }],
    [
      "a step's image",
      { '.drone.yml': `kind: pipeline\nsteps:\n- {name: a, image: "${repeated('@')}\\n!"}\n` },
    ],
    ["a task's name", azure(`- task: "${repeated('image')}@2"\n`)],
    ["a task's version", azure(`- task: "${repeated('@')}\\n!"\n`)],
    ['a repository', azure(`- task: Docker@2\n  inputs: {command: push, repository: "${repeated('.')}"}\n`)],
    [
      'a repository of variables',
      azure(`- task: Docker@2\n  inputs: {command: push, repository: "${repeated('$(')}"}\n`),
    ],
    ['a condition of blanks', azure(`- script: ls\n  condition: "a${repeated('\t')}b"\n`)],
    [
      'a condition of letters',
      azure(`- script: ls\n  condition: ${repeated('a')} variables['Build.SourceBranchName']\n`),
    ],
    [
      'variables of a Compose file',
      {
        'compose.yaml': `services: {a: {build: ., image: "${repeated('${')}"}}\n`,
        [WORKFLOW]: workflowOf('- run: docker compose push'),
      },
    ],
    [
      'an override of bake',
      { ...bake('"a/b"'), [WORKFLOW]: workflowOf(`- run: ${BAKE} --set "${repeated(' ')}x=y"`) },
    ],
    ['basename in bake', bake(`"a/b:\${basename("${repeated('/')}x")}"`)],
    ['chomp in bake', bake(`"a/b:\${chomp("${repeated('\\n')}x")}"`)],
    [
      'tags of Gradle',
      {
        'build.gradle': `jib {\n to {\n  tags ${repeated('\n')}\n }\n}\n`,
        [WORKFLOW]: workflowOf('- run: gradle jib'),
      },
    ],
    [
      'a playbook',
      { 'site.yml': `- docker_image:\n${BLANK}`, [WORKFLOW]: workflowOf('- run: ansible-playbook site.yml') },
    ],
    ['an archive', { [WORKFLOW]: workflowOf(`- run: docker save -o "a${repeated('/')}b" acme/api`) }],
    ['branches in a Drone file', { '.drone.yml': `kind: pipeline\nsteps: []\n# branch:${BLANK}!\n` }],
    ['branches in a Jenkinsfile', { Jenkinsfile: `pipeline { agent any }\n// branch${BLANK}!\n` }],
    [
      'addresses of uploads',
      { [WORKFLOW]: workflowOf(`- run: curl -X PUT "a${repeated('/v2/a/manifests/a')} "`) },
    ],
    [
      'variables of make',
      {
        Makefile: `push:\n\tdocker push ${repeated('$(or $(A),')}\n`,
        [WORKFLOW]: workflowOf('- run: make push'),
      },
    ],
    [
      'a script for GitHub',
      {
        [WORKFLOW]: workflowOf(
          `- uses: actions/github-script@v7\n  with: {script: "${repeated('createDispatchEvent({owner ')}"}\n`,
        ),
      },
    ],
  ])('%s', (_, files) => {
    expect(processorTime(() => found(files))).toBeLessThan(EXPLODES / 10);
  });
});
