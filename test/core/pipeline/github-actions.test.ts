import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, found, scriptStep, short, WORKFLOW, workflowOf } from './judged.ts';

const PUSH = scriptStep('docker push acme/api:1');

function triggers(content: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return found({ ...files, [WORKFLOW]: content }).deliveries.flatMap((delivery) =>
    delivery.triggers.map(
      ({ event, filter, happens }) =>
        `${event}${filter === null ? '' : ` ${filter}`}${happens === 'unknown' ? '?' : ''}`,
    ),
  );
}

function workflow(on: string, job: string): string {
  return `on:\n${on}\njobs:\n  a:\n    runs-on: x\n${job}`;
}

describe('when', () => {
  test.each([
    ['on: push without filters', '  push:', ['push-branch', 'push-tag']],
    ['branch filters only', '  push:\n    branches: [main]', ['push-branch main']],
    ['ignored branches only', '  push:\n    branches-ignore: [docs]', ['push-branch !docs']],
    ['tag filters only', '  push:\n    tags: ["v*"]', ['push-tag v*']],
    ['both', '  push:\n    branches: [main]\n    tags: ["v*"]', ['push-branch main', 'push-tag v*']],
    ['path filters only', '  push:\n    paths: [src/**]', ['push-branch', 'push-tag']],
  ])('%s', (_, on, expected) => {
    expect(triggers(workflow(on, `    steps:\n      - run: docker push acme/api:1\n`))).toEqual(expected);
  });

  test.each([
    ["github.event_name != 'pull_request'", ['push-branch main', 'push-tag v*']],
    ["github.event_name == 'pull_request'", ['pull_request']],
    ["startsWith(github.ref, 'refs/tags/')", ['push-tag v*']],
    ["github.ref == 'refs/heads/main'", ['push-branch main']],
    ["github.ref_type == 'tag' || github.ref_name == 'dev'", ['push-tag v*']],
    ['github.event.pull_request.merged == true', ['pull_request?']],
    ['vars.SHIP', ['pull_request?', 'push-branch main?', 'push-tag v*?']],
    ['false', []],
    [`\${{ always() && github.event_name == 'push' }}`, ['push-branch main', 'push-tag v*']],
  ])('if: %s on the job and on the step', (condition, expected) => {
    const on = '  pull_request:\n  push:\n    branches: [main]\n    tags: ["v*"]';
    expect(
      triggers(workflow(on, `    if: ${condition}\n    steps:\n      - run: docker push acme/api:1\n`)),
    ).toEqual(expected);
    expect(
      triggers(workflow(on, `    steps:\n      - run: docker push acme/api:1\n        if: ${condition}\n`)),
    ).toEqual(expected);
  });

  test('a job whose need is skipped is skipped, unless it says always()', () => {
    const jobs = (condition: string) =>
      `on: [push, pull_request]\njobs:\n  first:\n    if: github.event_name == 'push'\n    runs-on: x\n    steps: [{run: 'true'}]\n  second:\n    needs: first\n    runs-on: x\n    steps: [{run: 'true'}]\n  third:\n    needs: second\n${condition}    runs-on: x\n    steps:\n      - run: docker push acme/api:1\n`;
    expect(triggers(jobs(''))).toEqual(['push-branch', 'push-tag']);
    expect(triggers(jobs('    if: always()\n'))).toEqual(['pull_request', 'push-branch', 'push-tag']);
  });

  test('a test of the event inside the script decides as well', () => {
    const script =
      'if [ "$GITHUB_EVENT_NAME" = push ] && [[ "$GITHUB_REF" == refs/tags/* ]]; then docker push acme/api:1; fi';
    expect(triggers(workflowOf(scriptStep(script), '[push, pull_request]'))).toEqual(['push-tag']);
  });

  test('the condition is kept as written', () => {
    const [delivery] = found({
      [WORKFLOW]: workflow(
        '  push:',
        '    if: vars.A\n    steps:\n      - if: vars.B\n        run: test -n "$C" && docker push acme/api:1\n',
      ),
    }).deliveries;
    expect(delivery?.condition).toBe('vars.A && vars.B && test -n "$C"');
    expect(delivery?.happens).toBe('unknown');
  });
});

describe('what flows between steps and jobs', () => {
  test('outputs, environment files and job outputs', () => {
    const content = `on: push
env:
  HOST: ghcr.io
jobs:
  name:
    runs-on: x
    outputs:
      image: \${{ steps.n.outputs.image }}
    steps:
      - id: n
        run: |
          echo "image=$HOST/acme/api" >> "$GITHUB_OUTPUT"
  ship:
    needs: name
    runs-on: x
    steps:
      - run: echo "TAG=7" >> $GITHUB_ENV
      - run: docker push "$IMAGE:$TAG"
        env:
          IMAGE: \${{ needs.name.outputs.image }}
`;
    expect(deliveriesOf({ [WORKFLOW]: content })).toEqual(['registry-push ghcr.io/acme/api:7']);
  });

  test('rows of a matrix, with include and exclude', () => {
    const content = `on: push
jobs:
  ship:
    runs-on: x
    strategy:
      matrix:
        image: [api, web, job]
        exclude:
          - image: job
        include:
          - image: api
            push: true
          - image: extra
            push: true
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: \${{ matrix.push || false }}
          tags: acme/\${{ matrix.image }}:1
`;
    expect(deliveriesOf({ [WORKFLOW]: content })).toEqual([
      'registry-push docker.io/acme/api:1',
      'registry-push docker.io/acme/extra:1',
    ]);
  });

  test('a local composite action gets its inputs and gives its outputs', () => {
    const action = `inputs:
  name:
    required: true
  tag:
    default: edge
outputs:
  full:
    value: \${{ steps.x.outputs.full }}
runs:
  using: composite
  steps:
    - id: x
      shell: bash
      run: echo "full=\${{ inputs.name }}:\${{ inputs.tag }}" >> $GITHUB_OUTPUT
    - shell: bash
      run: docker push \${{ inputs.name }}:\${{ inputs.tag }}
`;
    const steps = `- uses: ./.github/actions/ship\n  id: s\n  with: {name: acme/api}\n- run: docker push quay.io/\${{ steps.s.outputs.full }}`;
    expect(
      deliveriesOf({ [WORKFLOW]: workflowOf(steps), '.github/actions/ship/action.yml': action }),
    ).toEqual(['registry-push docker.io/acme/api:edge', 'registry-push quay.io/acme/api:edge']);
  });

  test('a local reusable workflow runs under the events of its caller, and alone only when nobody calls it', () => {
    const called = `on:
  workflow_call:
    inputs:
      image: {type: string, required: true}
      push: {type: boolean, default: false}
jobs:
  ship:
    runs-on: x
    steps:
      - if: inputs.push && github.event_name == 'push'
        run: docker push \${{ inputs.image }}
`;
    const caller = (inputs: string) =>
      `on: [push, pull_request]\njobs:\n  call:\n    uses: ./.github/workflows/ship.yml\n    with: ${inputs}\n`;
    const path = '.github/workflows/ship.yml';
    expect(triggers(caller('{image: acme/api, push: true}'), { [path]: called })).toEqual([
      'push-branch',
      'push-tag',
    ]);
    expect(triggers(caller('{image: acme/api}'), { [path]: called })).toEqual([]);
    expect(found({ [path]: called }).deliveries.map(short)).toEqual([
      `registry-push \${{ inputs.image }}/\${{ inputs.image }}:?`,
    ]);
  });

  test('a script and a Makefile of the repository are followed to the deciding line', () => {
    const files = {
      'ship.sh': '#!/bin/sh\nset -e\nmake -C build push IMAGE="$1"\n',
      'build/Makefile':
        'TAG ?= 1\nIMAGE = none\nall:\n\techo nothing\npush: image\n\t@docker push $(IMAGE):$(TAG)\nimage:\n\tdocker build -t $(IMAGE) .\n',
      [WORKFLOW]: workflowOf(scriptStep('./ship.sh acme/api')),
    };
    const [delivery] = found(files).deliveries;
    expect(delivery === undefined ? null : short(delivery)).toBe('registry-push docker.io/acme/api:1');
    expect(delivery?.location).toMatchObject({ path: 'build/Makefile', range: { start: { line: 6 } } });
    expect(delivery?.evidencePath.map((step) => step.label)).toEqual(
      expect.arrayContaining(['ci.yml', 'job job', 'ship.sh']),
    );
  });
});

describe('what can not be seen', () => {
  test.each([
    ['a script that is not here', scriptStep('./publish.sh'), ['opaque ./publish.sh?']],
    ['a make target without Makefile', scriptStep('make publish'), ['opaque make publish?']],
    ['a local action that is not here', '- uses: ./actions/push', ['opaque ./actions/push?']],
    [
      'an action nobody knows with inputs of a push',
      '- uses: acme/ship-image@v1\n  with: {image: acme/api, registry: ghcr.io, password: x}',
      ['opaque acme/ship-image@v1?'],
    ],
    ['an action that sets something up', '- uses: acme/setup-docker@v1\n  with: {registry: ghcr.io}', []],
  ])('%s is said', (_, steps, expected) => {
    expect(deliveriesOf({ [WORKFLOW]: workflowOf(steps) })).toEqual(expected);
  });

  test('a remote reusable workflow is said, one that only attests files is not', () => {
    const call = (uses: string) => `on: push\njobs:\n  call:\n    uses: ${uses}\n`;
    expect(deliveriesOf({ [WORKFLOW]: call('acme/ci/.github/workflows/ship.yml@v1') })).toEqual([
      'opaque acme/ci/.github/workflows/ship.yml@v1?',
    ]);
    expect(
      deliveriesOf({
        [WORKFLOW]: call(
          'slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2',
        ),
      }),
    ).toEqual([]);
  });

  test('broken YAML, no triggers and a cycle of calls are gaps or finite, never silence', () => {
    expect(found({ [WORKFLOW]: 'on: push\njobs: [\n' }).gaps).toEqual([
      expect.objectContaining({ kind: 'syntax', subject: WORKFLOW }),
    ]);
    const untriggered = found({ [WORKFLOW]: `jobs:\n  a:\n    steps:\n      - run: docker push acme/api\n` });
    expect(untriggered.deliveries.map(short)).toEqual(['registry-push docker.io/acme/api:latest?']);
    expect(untriggered.gaps).toHaveLength(1);
    const cycle = `on: [push, workflow_call]\njobs:\n  again:\n    uses: ./${WORKFLOW}\n`;
    expect(found({ [WORKFLOW]: cycle }).deliveries.map(short)).toEqual([`opaque ./${WORKFLOW}?`]);
  });
});

describe('where', () => {
  test.each([
    ['docker login ghcr.io; docker push acme/api:1', 'registry-push docker.io/acme/api:1'],
    ['docker push "$REPO:1"', 'registry-push $REPO/$REPO:1'],
    ['docker push ghcr.io/acme/api-$NAME:1', 'registry-push ghcr.io/acme/api-$NAME:1'],
    ['docker push index.docker.io/acme/api', 'registry-push docker.io/acme/api:latest'],
    [`docker push \${{ github.repository }}:1`, `registry-push docker.io/\${{ github.repository }}:1`],
    [
      `docker login -u a -p b; docker push \${{ secrets.WHO }}/api`,
      `registry-push docker.io/\${{ secrets.WHO }}/api:latest`,
    ],
  ])('%s', (script, expected) => {
    expect(deliveriesOf({ [WORKFLOW]: workflowOf(scriptStep(script)) })).toEqual([expected]);
  });
});

describe('options', () => {
  const options = (steps: string) =>
    found({ [WORKFLOW]: workflowOf(steps) }).deliveries.map(({ destination, options: own }) => [
      destination.registry.join(''),
      own.signed,
      own.provenance,
      own.squash,
    ]);

  test('content trust counts for docker push and not for buildx', () => {
    expect(options(scriptStep('export DOCKER_CONTENT_TRUST=1\ndocker push acme/api'))).toEqual([
      ['docker.io', 'yes', 'no', 'no'],
    ]);
    expect(
      options(scriptStep('export DOCKER_CONTENT_TRUST=1\ndocker buildx build --push -t acme/api .')),
    ).toEqual([['docker.io', 'no', 'no', 'no']]);
  });

  test('a signature reaches the registry it names and no other', () => {
    const steps = scriptStep(
      'docker push acme/api\ndocker push ghcr.io/acme/api\ncosign sign ghcr.io/acme/api@$DIGEST',
    );
    expect(options(steps)).toEqual([
      ['docker.io', 'no', 'no', 'no'],
      ['ghcr.io', 'yes', 'no', 'no'],
    ]);
  });

  test('an image melted after its build is squashed', () => {
    const script =
      'docker build -t acme/api .\ndocker save acme/api | docker-squash -t acme/api:flat | docker load\ndocker push acme/api:flat';
    expect(options(scriptStep(script))).toEqual([['docker.io', 'no', 'no', 'yes']]);
  });

  test('squash and provenance of the build belong to the push', () => {
    expect(options(scriptStep('docker build --squash -t acme/api .\ndocker push acme/api'))).toEqual([
      ['docker.io', 'no', 'no', 'yes'],
    ]);
    expect(
      options(
        '- uses: docker/build-push-action@v6\n  with: {push: true, tags: acme/api, provenance: mode=max}',
      ),
    ).toEqual([['docker.io', 'no', 'yes', 'no']]);
  });
});

test('the same file gives the same deliveries, whatever runs before', () => {
  const files = { [WORKFLOW]: workflowOf(PUSH) };
  expect(JSON.stringify(found(files))).toBe(JSON.stringify(found(files)));
});
