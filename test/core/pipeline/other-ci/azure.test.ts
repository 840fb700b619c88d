import { describe, expect, test } from '@jest/globals';
import { delivered, linesOf, told } from './told.ts';

const FILE = 'azure-pipelines.yml';
const PUSH = 'registry-push docker.io/acme/api:1';
const STEP = 'steps:\n- script: docker push acme/api:1\n';

describe('when a pipeline runs', () => {
  test.each([
    [
      'by default on branches and pull requests',
      '',
      [`${PUSH} @ pull_request, push-branch, workflow_dispatch`],
    ],
    [
      'branches of the trigger',
      'trigger: [main]\npr: none\n',
      [`${PUSH} @ push-branch main, workflow_dispatch`],
    ],
    ['by hand only', 'trigger: none\npr: none\n', [`${PUSH} @ workflow_dispatch`]],
    ['tags', 'trigger:\n  tags:\n    include: ["v*"]\npr: none\n', [`${PUSH} @ push-tag, workflow_dispatch`]],
    [
      'excluded branches',
      'trigger:\n  branches:\n    exclude: [main]\npr: none\n',
      [`${PUSH} @ push-branch, workflow_dispatch`],
    ],
  ])('%s', (_, head, expected) => {
    expect(told(FILE, `${head}${STEP}`)).toEqual(expected);
  });

  test.each([
    [
      "eq(variables['Build.SourceBranch'], 'refs/heads/main')",
      [`${PUSH} @ push-branch main, workflow_dispatch?`],
    ],
    [
      "and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))",
      [`${PUSH} @ push-branch, workflow_dispatch`],
    ],
    ["startsWith(variables['Build.SourceBranch'], 'refs/tags/')", [`${PUSH}? @ workflow_dispatch`]],
    ["eq(variables.SHIP, 'true')", [`${PUSH}? @ pull_request, push-branch, workflow_dispatch`]],
    ["in(variables['Build.Reason'], 'PullRequest', 'Manual')", [`${PUSH} @ pull_request, workflow_dispatch`]],
  ])('condition: %s', (condition, expected) => {
    expect(
      told(
        FILE,
        `${STEP}  condition: ${condition}
`,
      ),
    ).toEqual(expected);
  });
});

describe('what it runs', () => {
  const docker = (inputs: string, task = 'Docker@2') =>
    `trigger: none\npr: none\nsteps:\n- task: ${task}\n  inputs:\n${inputs}`;
  test.each([
    [
      'variables and macros',
      'variables: {T: "2"}\nsteps:\n- bash: docker push acme/api:$(T)\n',
      ['registry-push docker.io/acme/api:2'],
    ],
    [
      'the list form',
      'variables:\n- name: image.tag\n  value: "2"\nsteps:\n- bash: docker push acme/api:$(image.tag)\n',
      ['registry-push docker.io/acme/api:2'],
    ],
    [
      'an open macro',
      'steps:\n- bash: docker push acme/api:$(Build.BuildId)\n',
      ['registry-push docker.io/acme/api:$(Build.BuildId)'],
    ],
    [
      'variables reach the shell',
      'variables: {T: "2"}\nsteps:\n- bash: docker push acme/api:$T\n',
      ['registry-push docker.io/acme/api:2'],
    ],
    [
      'Bash@3',
      'steps:\n- task: Bash@3\n  inputs:\n    targetType: inline\n    script: docker push acme/api:1\n',
      [PUSH],
    ],
    [
      'Docker@2 builds and pushes by default',
      docker('    repository: acme/api\n    tags: |\n      1\n      latest\n'),
      ['registry-push docker.io/acme/api:1,latest'],
    ],
    ['Docker@2 build', docker('    command: build\n    repository: acme/api\n    tags: 1\n'), []],
    [
      'a connection names a registry nobody knows',
      docker('    containerRegistry: hub\n    repository: acme/api\n    tags: 1\n'),
      ['registry-push $(hub)/acme/api:1'],
    ],
    [
      'a host as connection',
      docker('    containerRegistry: acme.azurecr.io\n    repository: api\n    tags: 1\n'),
      ['registry-push acme.azurecr.io/api:1'],
    ],
    [
      'a repository with its host',
      docker('    containerRegistry: hub\n    repository: acme.azurecr.io/api\n    tags: 1\n'),
      ['registry-push acme.azurecr.io/api:1'],
    ],
    [
      'Docker@1',
      docker(
        '    azureContainerRegistry: acme.azurecr.io\n    command: Push an image\n    imageName: api:1\n',
        'Docker@1',
      ),
      ['registry-push acme.azurecr.io/api:1'],
    ],
    ['a disabled step', 'steps:\n- script: docker push acme/api:1\n  enabled: false\n', []],
    [
      'a deployment job',
      'jobs:\n- deployment: d\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n        - script: docker push acme/api:1\n',
      [PUSH],
    ],
    [
      'a matrix',
      'jobs:\n- job: j\n  strategy:\n    matrix:\n      a: {APP: api}\n      b: {APP: web}\n  steps:\n  - bash: docker push acme/$(APP):1\n',
      [PUSH, 'registry-push docker.io/acme/web:1'],
    ],
    [
      'an archive that is published',
      'steps:\n- script: docker save -o out/api.tar acme/api\n- publish: out\n',
      ['image-archive out/api.tar'],
    ],
    [
      'template conditions',
      'parameters:\n- name: ship\n  default: false\nsteps:\n- ${{ if eq(parameters.ship, true) }}:\n  - script: docker push acme/api:1\n- ${{ else }}:\n  - script: docker push acme/api:2\n',
      ['registry-push docker.io/acme/api:2'],
    ],
  ])('%s', (_, content, expected) => {
    expect(delivered(FILE, content)).toEqual(expected);
  });

  test('templates of this repository are read with their parameters', () => {
    const files = {
      'ci/push.yml':
        'parameters:\n- name: image\n  default: acme/none\nsteps:\n- bash: docker push ${{ parameters.image }}:1\n',
    };
    const content = 'steps:\n- template: ci/push.yml\n  parameters: {image: acme/api}\n';
    expect(delivered(FILE, content, files)).toEqual([PUSH]);
    expect(linesOf(FILE, content, files)).toEqual(['ci/push.yml:5']);
  });

  test('steps that are handed to a template', () => {
    const files = {
      'ci/frame.yml':
        'parameters:\n- name: work\n  type: stepList\n  default: []\nsteps:\n- script: echo before\n- ${{ parameters.work }}\n',
    };
    expect(
      delivered(
        FILE,
        'extends:\n  template: ci/frame.yml\n  parameters:\n    work:\n    - script: docker push acme/api:1\n',
        files,
      ),
    ).toEqual([PUSH]);
  });

  test('templates of other repositories are said when they look like a delivery', () => {
    expect(delivered(FILE, 'stages:\n- template: publish.yml@shared\n- template: lint.yml@shared\n')).toEqual(
      ['opaque template publish.yml@shared?'],
    );
  });

  test('templates of other repositories are said when nothing in their name tells what they are for', () => {
    expect(delivered(FILE, 'extends:\n  template: main.yml@shared\n')).toEqual([
      'opaque template main.yml@shared?',
    ]);
  });

  test.each([
    ['a list', 'default: [api, web]', '${{ each x in parameters.images }}', '${{ x }}'],
    [
      'maps',
      'default: [{name: api, ship: true}, {name: web, ship: true}, {name: no, ship: false}]',
      '${{ each x in parameters.images }}',
      '${{ x.name }}',
    ],
    ['a map', 'default: {one: api, two: web}', '${{ each x in parameters.images }}', '${{ x.value }}'],
  ])('a loop over %s', (_, values, loop, name) => {
    const isChoosy = values.includes('ship');
    const step = `- script: docker push acme/${name}:1`;
    const steps = isChoosy ? `    - \${{ if eq(x.ship, true) }}:\n      ${step}\n` : `    ${step}\n`;
    const content = `parameters:\n- name: images\n  type: object\n  ${values}\njobs:\n- ${loop}:\n  - job: J\n    steps:\n${steps}`;
    expect(delivered(FILE, content)).toEqual([PUSH, 'registry-push docker.io/acme/web:1']);
  });

  test('lists are handed on from template to template', () => {
    const files = {
      'ci/a.yml':
        'parameters: {of: []}\nsteps:\n- template: b.yml\n  parameters: {of: "${{ parameters.of }}"}\n',
      'ci/b.yml':
        'parameters: {of: []}\nsteps:\n- ${{ each x in parameters.of }}:\n  - bash: docker push acme/${{ x }}:1\n',
    };
    expect(delivered(FILE, 'steps:\n- template: ci/a.yml\n  parameters: {of: [api, web]}\n', files)).toEqual([
      PUSH,
      'registry-push docker.io/acme/web:1',
    ]);
  });

  test('Compose pushes what its file names', () => {
    const files = { 'compose.yml': 'services:\n  a: {image: quay.io/acme/a:1, build: .}\n' };
    const content =
      'steps:\n- task: DockerCompose@1\n  inputs: {action: Push services, dockerComposeFile: compose.yml}\n';
    expect(delivered(FILE, content, files)).toEqual(['registry-push quay.io/acme/a:1']);
  });
});
