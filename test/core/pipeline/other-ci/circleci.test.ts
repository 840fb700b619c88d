import { describe, expect, test } from '@jest/globals';
import { delivered, told } from './told.ts';

const FILE = '.circleci/config.yml';
const PUSH = 'registry-push docker.io/acme/api:1';
const JOB =
  'jobs:\n  ship:\n    docker: [{image: cimg/base:1}]\n    steps:\n      - run: docker push acme/api:1\n';

function workflow(job: string, head = ''): string {
  return `version: 2.1\n${head}${JOB}workflows:\n  w:\n    jobs:\n      - ${job}\n`;
}

describe('when a job runs', () => {
  test.each([
    ['branches, no tags', 'ship', [`${PUSH} @ push-branch, workflow_dispatch`]],
    [
      'a branch',
      'ship: {filters: {branches: {only: main}}}',
      [`${PUSH} @ push-branch main, workflow_dispatch?`],
    ],
    [
      'all but a branch',
      'ship: {filters: {branches: {ignore: [main]}}}',
      [`${PUSH} @ push-branch, workflow_dispatch?`],
    ],
    ['tags only', 'ship: {filters: {branches: {ignore: /.*/}, tags: {only: /.*/}}}', [`${PUSH} @ push-tag`]],
    ['an approval is no job', 'hold: {type: approval}', []],
    ['a job no workflow names', 'other', []],
  ])('%s', (_, job, expected) => {
    expect(told(FILE, workflow(job))).toEqual(expected);
  });

  test('branch names in lists make points of their own', () => {
    const filters =
      'ship:\n          filters:\n            branches:\n              only:\n                - main\n';
    expect(told(FILE, workflow(filters))).toEqual([`${PUSH} @ push-branch main, workflow_dispatch?`]);
  });

  test('a workflow with a schedule runs on it alone', () => {
    const content = `${JOB}workflows:\n  w:\n    triggers:\n      - schedule: {cron: "0 0 * * *", filters: {branches: {only: main}}}\n    jobs: [ship]\n`;
    expect(told(FILE, content)).toEqual([`${PUSH} @ schedule`]);
  });

  test.each([
    ['<< pipeline.parameters.ship >>', [`${PUSH}? @ workflow_dispatch`]],
    ['{not: << pipeline.parameters.ship >>}', [`${PUSH} @ push-branch, schedule, workflow_dispatch?`]],
    ['{equal: [api, << pipeline.trigger_source >>]}', [`${PUSH} @ workflow_dispatch`]],
  ])('when: %s', (when, expected) => {
    const content = `parameters:\n  ship: {type: boolean, default: false}\n${JOB}workflows:\n  w:\n    when: ${when}\n    jobs: [ship]\n`;
    expect(
      told(
        FILE,
        content
          .replace('not: << pipeline.parameters.ship >>', 'not: "<< pipeline.parameters.ship >>"')
          .replace('api, << pipeline.trigger_source >>', 'api, "<< pipeline.trigger_source >>"'),
      ),
    ).toEqual(expected);
  });

  test('a script that asks for the branch', () => {
    const script = 'if [ "${CIRCLE_BRANCH}" == "main" ]; then docker push acme/api:1; fi';
    const content = `jobs:\n  build:\n    steps:\n      - run: |\n          ${script}\n      - deploy: {command: docker push acme/web:1}\n`;
    expect(told(FILE, content)).toEqual([
      `${PUSH} @ push-branch main`,
      'registry-push docker.io/acme/web:1 @ push-branch',
    ]);
  });

  test('without workflows the job build runs', () => {
    expect(
      delivered(FILE, 'jobs:\n  build:\n    steps:\n      - run: {command: docker push acme/api:1}\n'),
    ).toEqual([PUSH]);
  });
});

describe('what it runs', () => {
  const using = (rest: string, job: string) => `${rest}workflows:\n  w:\n    jobs:\n      - ${job}\n`;
  test.each([
    [
      'a command with parameters',
      using(
        'commands:\n  push:\n    parameters: {tag: {type: string, default: "1"}}\n    steps: [{run: "docker push acme/api:<< parameters.tag >>"}]\njobs:\n  j:\n    steps: [push, {push: {tag: "2"}}]\n',
        'j',
      ),
      ['registry-push docker.io/acme/api:1,2'],
    ],
    [
      'job parameters in a matrix',
      using(
        'jobs:\n  j:\n    parameters: {app: {type: string}}\n    steps: [{run: "docker push acme/<< parameters.app >>:1"}]\n',
        'j: {matrix: {parameters: {app: [api, web]}}}',
      ),
      [PUSH, 'registry-push docker.io/acme/web:1'],
    ],
    [
      'a step that never runs',
      using(
        'jobs:\n  j:\n    parameters: {ship: {type: boolean, default: false}}\n    steps: [{when: {condition: << parameters.ship >>, steps: [{run: docker push acme/api:1}]}}]\n'.replace(
          '<< parameters.ship >>',
          '"<< parameters.ship >>"',
        ),
        'j',
      ),
      [],
    ],
    [
      'environments of executor and job',
      using(
        'executors:\n  e: {docker: [{image: x}], environment: {ORG: acme}}\njobs:\n  j:\n    executor: e\n    environment: {T: "1"}\n    steps: [{run: "docker push $ORG/api:$T"}]\n',
        'j',
      ),
      [PUSH],
    ],
    [
      'the docker orb',
      using('orbs: {docker: circleci/docker@2.8.0}\n', 'docker/publish: {image: acme/api, tag: "1"}'),
      [PUSH],
    ],
    [
      'the docker orb elsewhere',
      using(
        'orbs: {d: circleci/docker@2.8.0}\n',
        'd/publish: {image: acme/api, tag: "1,latest", registry: quay.io}',
      ),
      ['registry-push quay.io/acme/api:1,latest'],
    ],
    [
      'an orb step',
      using(
        'orbs: {docker: circleci/docker@2.8.0}\njobs:\n  j:\n    steps: [{docker/build: {image: acme/api, tag: "1"}}, {docker/push: {image: acme/api, tag: "1"}}]\n',
        'j',
      ),
      [PUSH],
    ],
    [
      'the ECR orb',
      using('orbs: {aws-ecr: circleci/aws-ecr@9}\n', 'aws-ecr/build_and_push_image: {repo: api, tag: "1"}'),
      ['registry-push $AWS_ACCOUNT_ID.dkr.ecr.$AWS_REGION.amazonaws.com/api:1'],
    ],
    [
      'the ECR orb told not to push',
      using(
        'orbs: {aws-ecr: circleci/aws-ecr@9}\n',
        'aws-ecr/build_and_push_image: {repo: api, push_image: false}',
      ),
      [],
    ],
    [
      'an orb written in the file',
      using('orbs:\n  own:\n    jobs:\n      j: {steps: [{run: docker push acme/api:1}]}\n', 'own/j'),
      [PUSH],
    ],
    [
      'an orb nobody knows',
      using('orbs: {x: acme/docker-tools@1}\n', 'x/publish: {image: acme/api}'),
      ['opaque x/publish?'],
    ],
    [
      'an orb for something else',
      using('orbs: {n: circleci/node@5, x: acme/tools@1}\n', 'n/run: {x: y}'),
      [],
    ],
    [
      'an orb that tells by its own name',
      using('orbs: {x: acme/docker-publisher@1}\n', 'x/go'),
      ['opaque x/go?'],
    ],
    [
      'the registry of an ACR by name or host',
      using(
        'orbs: {azure: circleci/azure-acr@0.2}\n',
        'azure/build-and-push-image: {registry-name: acme.azurecr.io, repo: api, tag: "1"}',
      ),
      ['registry-push acme.azurecr.io/api:1'],
    ],
    [
      'what a step leaves for the next ones',
      using(
        'jobs:\n  j:\n    environment: {ORG: acme}\n    steps:\n      - run: echo \'export IMAGE="$ORG/api"\' >> $BASH_ENV\n      - run: |\n          source $BASH_ENV\n          docker push $IMAGE:1\n',
        'j',
      ),
      [PUSH],
    ],
    [
      'steps that a command and a job are given',
      using(
        'commands:\n  around:\n    parameters: {body: {type: steps}}\n    steps: [{steps: << parameters.body >>}]\njobs:\n  j:\n    parameters: {after: {type: steps, default: []}}\n    steps: [{around: {body: [{run: docker push acme/api:1}]}}, << parameters.after >>]\n',
        'j: {after: [{run: docker push acme/web:1}]}',
      ),
      [PUSH, 'registry-push docker.io/acme/web:1'],
    ],
    [
      'an archive',
      using(
        'jobs:\n  j:\n    steps: [{run: docker save -o out/api.tar acme/api}, {store_artifacts: {path: out}}]\n',
        'j',
      ),
      ['image-archive out/api.tar'],
    ],
  ])('%s', (_, content, expected) => {
    expect(delivered(FILE, content)).toEqual(expected);
  });
});
