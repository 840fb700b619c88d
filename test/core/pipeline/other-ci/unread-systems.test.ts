import { describe, expect, test } from '@jest/globals';
import { deliveriesOf } from '../judged.ts';

describe('CI systems that are not interpreted', () => {
  test.each([
    ['.cirrus.yml', 'task:\n  script: docker push acme/api\n'],
    [
      '.semaphore/semaphore.yml',
      'blocks:\n  - task:\n      jobs:\n        - commands:\n            - podman push acme/api\n',
    ],
    [
      'ci/pipeline.yml',
      'resources:\n- name: image\n  type: registry-image\n  source: {repository: acme/api}\n',
    ],
    ['.teamcity/settings.kts', 'script { scriptContent = "docker push acme/api" }\n'],
    ['.prow.yaml', 'postsubmits:\n- spec:\n    containers:\n    - command: [docker, push, acme/api]\n'],
    ['.harness/build.yaml', 'step: {type: BuildAndPushDockerRegistry, spec: {repo: acme/api}}\n'],
  ])('%s speaks of pushing', (path, text) => {
    expect(deliveriesOf({ [path]: text })).toEqual([`opaque ${path}?`]);
  });

  test.each([
    ['.cirrus.yml', 'task:\n  script: docker build .\n'],
    ['.cirrus.yml', '# docker push acme/api\ntask:\n  script: make test\n'],
    ['ci/values.yml', 'note: docker push acme/api\n'],
    ['vendor/x/concourse/p.yml', 'run: docker push acme/api\n'],
  ])('%s does not', (path, text) => {
    expect(deliveriesOf({ [path]: text })).toEqual([]);
  });
});
