import { describe, expect, test } from '@jest/globals';
import { found } from '../judged.ts';
import { delivered, linesOf, told } from './told.ts';

const CI = '.gitlab-ci.yml';
const PUSH = 'registry-push docker.io/acme/api:1';

function job(rest: string): string {
  return `ship:\n  script: docker push acme/api:1\n${rest}`;
}

describe('when a job runs', () => {
  const always = 'push-branch, push-tag, schedule, workflow_dispatch';
  test.each([
    ['nothing said: branches and tags, no merge requests', '', [`${PUSH} @ ${always}`]],
    ['only a branch', '  only: [main]\n', [`${PUSH} @ push-branch main, schedule?, workflow_dispatch?`]],
    ['only tags', '  only: [tags]\n', [`${PUSH} @ push-tag, schedule?, workflow_dispatch?`]],
    ['except branches', '  only: [pushes]\n  except: [branches]\n', [`${PUSH} @ push-tag`]],
    ['merge requests', '  only: [merge_requests]\n', [`${PUSH} @ pull_request`]],
    [
      'a rule for a branch',
      '  rules:\n    - if: $CI_COMMIT_BRANCH == "main"\n',
      [`${PUSH} @ push-branch main, schedule?, workflow_dispatch?`],
    ],
    [
      'a rule for tags',
      '  rules:\n    - if: $CI_COMMIT_TAG\n',
      [`${PUSH} @ push-tag, schedule?, workflow_dispatch?`],
    ],
    [
      'the first rule decides',
      '  rules:\n    - if: $CI_COMMIT_BRANCH\n      when: never\n    - if: $CI_PIPELINE_SOURCE == "push"\n',
      [`${PUSH} @ push-tag`],
    ],
    ['never', '  rules:\n    - when: never\n', []],
    [
      'a pattern for tags',
      '  rules:\n    - if: \'$CI_COMMIT_TAG =~ /^v\\d+$/ && $CI_PIPELINE_SOURCE == "push"\'\n',
      [`${PUSH}? @ push-tag`],
    ],
    [
      'started by hand still ships',
      '  when: manual\n  only: [tags]\n',
      [`${PUSH} @ push-tag, schedule?, workflow_dispatch?`],
    ],
    [
      'a file that is there',
      `  rules:\n    - exists: [${CI}]\n      if: $CI_PIPELINE_SOURCE == "schedule"\n`,
      [`${PUSH} @ schedule`],
    ],
    ['a file that is not there', '  rules:\n    - exists: [Dockerfile.release]\n', []],
  ])('%s', (_, rest, expected) => {
    expect(told(CI, job(rest))).toEqual(expected);
  });

  test('the default branch is one of its own', () => {
    expect(
      told(
        CI,
        job('  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == "push"\n'),
      ),
    ).toEqual([`${PUSH} @ push-branch $CI_DEFAULT_BRANCH`]);
  });

  test('workflow rules keep a whole pipeline from running', () => {
    const workflow = 'workflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n';
    expect(told(CI, `${workflow}${job('  rules:\n    - when: on_success\n')}`)).toEqual([
      `${PUSH} @ pull_request`,
    ]);
  });
});

describe('what a job runs', () => {
  test.each([
    [
      'variables, the nearest wins',
      'variables: {NAME: acme/api, TAG: "1"}\na:\n  variables: {TAG: "2"}\n  script: [docker push $NAME:$TAG]\n',
      ['registry-push docker.io/acme/api:2'],
    ],
    [
      'variables in variables',
      'variables: {NAME: "$ORG/api", ORG: acme}\na:\n  script: [docker push $NAME]\n',
      ['registry-push docker.io/acme/api:latest'],
    ],
    [
      'predefined ones stay open',
      'a:\n  script: [docker push $CI_REGISTRY_IMAGE/web:1]\n',
      ['registry-push $CI_REGISTRY_IMAGE/web:1'],
    ],
    ['a hidden job does not run', '.a:\n  script: [docker push acme/api:1]\n', []],
    [
      'extends, the last one wins',
      '.a:\n  variables: {T: "1"}\n  script: ["docker push acme/api:$T"]\n.b:\n  variables: {T: "2"}\nc:\n  extends: [.a, .b]\n',
      ['registry-push docker.io/acme/api:2'],
    ],
    ['anchors', '.s: &s\n  - docker push acme/api:1\na:\n  script: *s\n', [PUSH]],
    [
      'references',
      '.s:\n  script:\n    - docker push acme/api:1\na:\n  script:\n    - echo go\n    - !reference [.s, script]\n',
      [PUSH],
    ],
    [
      'default before_script',
      'default:\n  before_script: ["export T=3"]\na:\n  script: ["docker push acme/api:$T"]\n',
      ['registry-push docker.io/acme/api:3'],
    ],
    [
      'one if over several lines of the list',
      'a:\n  script:\n    - if [ -f x ]; then\n    - docker push acme/api:1\n    - fi\n',
      [`${PUSH}?`],
    ],
    ['after_script', 'a:\n  script: [make]\n  after_script: [docker push acme/api:1]\n', [PUSH]],
    [
      'a matrix',
      'a:\n  parallel:\n    matrix:\n      - APP: [api, web]\n  script: ["docker push acme/$APP:1"]\n',
      [PUSH, 'registry-push docker.io/acme/web:1'],
    ],
    [
      'kaniko',
      'a:\n  image: {name: "gcr.io/kaniko-project/executor:debug", entrypoint: [""]}\n  script:\n    - /kaniko/executor --context "$CI_PROJECT_DIR" --destination ghcr.io/acme/api:1\n',
      ['registry-push ghcr.io/acme/api:1'],
    ],
    ['only built', 'a:\n  script: [docker build -t acme/api .]\n', []],
    [
      'an archive kept as an artifact',
      'a:\n  script: [docker save -o out/api.tar acme/api]\n  artifacts: {paths: [out]}\n',
      ['image-archive out/api.tar'],
    ],
  ])('%s', (_, content, expected) => {
    expect(delivered(CI, content)).toEqual(expected);
  });

  test('local includes are read, their lines told in their own file', () => {
    const files = {
      'ci/build.yml': 'ship:\n  script:\n    - docker push acme/api:1\n',
      'ci/other.yml': 'x: {script: [make]}',
    };
    expect(linesOf(CI, 'include:\n  - local: /ci/build.yml\n', files)).toEqual(['ci/build.yml:3']);
    expect(delivered(CI, 'include: "/ci/*.yml"\n', files)).toContain(PUSH);
  });

  test('what overrides an included job leaves the rest of it', () => {
    const files = { 'b.yml': 'ship:\n  variables: {T: "1"}\n  script: ["docker push acme/api:$T"]\n' };
    expect(delivered(CI, 'include: b.yml\nship:\n  variables: {T: "9"}\n', files)).toEqual([
      'registry-push docker.io/acme/api:9',
    ]);
  });

  test('what is included from elsewhere is said, scanners are not', () => {
    const remote =
      'include:\n  - project: acme/ci\n    file: /docker.yml\n  - template: Security/SAST.gitlab-ci.yml\n';
    expect(delivered(CI, remote)).toEqual(['opaque include acme/ci /docker.yml?']);
  });

  test('a child pipeline of this repository is read', () => {
    const files = { 'child.yml': 'ship:\n  script: [docker push acme/api:1]\n' };
    expect(delivered(CI, 'child:\n  trigger:\n    include: child.yml\n', files)).toEqual([PUSH]);
  });

  test('a child pipeline that a job makes up is said', () => {
    const content =
      'make:\n  script: [./make.sh > child.yml]\nchild:\n  trigger:\n    include:\n      - artifact: child.yml\n        job: make\n';
    expect(delivered(CI, content)).toContain('opaque trigger child.yml?');
  });

  test('inputs of included files are given, or have a default; each include has its own', () => {
    const files = {
      'push.yml':
        'spec:\n  inputs:\n    job:\n    image:\n    tag: {default: "1"}\n---\n$[[ inputs.job ]]:\n  script: ["docker push $[[ inputs.image ]]:$[[ inputs.tag ]]"]\n',
    };
    const content =
      'include:\n  - local: push.yml\n    inputs: {job: a, image: acme/api}\n  - local: push.yml\n    inputs: {job: b, image: acme/web, tag: "2"}\n';
    expect(delivered(CI, content, files)).toEqual([PUSH, 'registry-push docker.io/acme/web:2']);
  });

  test('a file that is no YAML is a gap', () => {
    const { deliveries, gaps } = found({ [CI]: 'a: [b\nc: }' });
    expect(deliveries).toEqual([]);
    expect(gaps.map((gap) => gap.kind)).toContain('syntax');
  });
});
