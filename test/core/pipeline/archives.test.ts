import { describe, expect, test } from '@jest/globals';
import { found, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

function archives(content: string): readonly (readonly [string, string | null, string])[] {
  return found({ [WORKFLOW]: content })
    .deliveries.filter((delivery) => delivery.kind === 'image-archive')
    .map((delivery) => [
      delivery.destination.repository.map((part) => (typeof part === 'string' ? part : '<>')).join(''),
      delivery.destination.channel,
      delivery.happens,
    ]);
}

const upload = (path: string): string => `- uses: actions/upload-artifact@v4\n  with:\n    path: ${path}`;

describe('what carries an archive away', () => {
  test.each([
    ['nothing', scriptStep('docker save acme/api > a.tar'), 'none', 'unknown'],
    [
      'an artifact of that file',
      `${scriptStep('docker save acme/api > a.tar')}\n${upload('a.tar')}`,
      'workflow-artifact',
      'yes',
    ],
    [
      'an artifact of its folder',
      `${scriptStep('docker save acme/api > out/a.tar')}\n${upload('out/')}`,
      'workflow-artifact',
      'yes',
    ],
    [
      'an artifact of other files',
      `${scriptStep('docker save acme/api > a.tar')}\n${upload('coverage/**')}`,
      'none',
      'unknown',
    ],
    [
      'a glob over the compressed file',
      `${scriptStep('docker save acme/api > a.tar\nxz a.tar')}\n${upload('"*.xz"')}`,
      'workflow-artifact',
      'yes',
    ],
    [
      'a release through a bundle',
      scriptStep('docker save acme/api > a.tar\ntar czf all.tgz a.tar\ngh release upload v1 all.tgz'),
      'release-asset',
      'yes',
    ],
    [
      'a release only on tags',
      scriptStep('docker save acme/api > a.tar\nif [ -n "$SHIP" ]; then gh release upload v1 a.tar; fi'),
      'release-asset',
      'unknown',
    ],
    [
      'storage',
      scriptStep('docker save -o a.tar acme/api\ngsutil cp a.tar gs://acme/'),
      'object-storage',
      'yes',
    ],
    [
      'the same expression on both sides',
      `${scriptStep('docker save acme/api > "$RUNNER_TEMP/a.tar"')}\n${scriptStep('scp "$RUNNER_TEMP/a.tar" host:/srv')}`,
      'file-transfer',
      'yes',
    ],
  ])('%s', (_, steps, channel, happens) => {
    expect(archives(workflowOf(steps)).map(([, ...rest]) => rest)).toEqual([[channel, happens]]);
  });

  test('the folder of the runner by both its names', () => {
    const steps = `- uses: docker/build-push-action@v6
  with:
    tags: acme/api
    outputs: type=docker,dest=\${{ runner.temp }}/a.tar
- run: zstd "$RUNNER_TEMP/a.tar" -o "\${RUNNER_TEMP}/a.tar.zst"
- uses: actions/upload-artifact@v4
  with:
    path: \${{ runner.temp }}/a.tar.zst`;
    expect(archives(workflowOf(steps)).map(([, channel]) => channel)).toEqual(['workflow-artifact']);
  });

  test('the most public of several ways, across jobs', () => {
    const content = `on: push
jobs:
  build:
    runs-on: x
    steps:
      - uses: docker/build-push-action@v6
        with: {push: false, tags: acme/api, outputs: "type=docker,dest=/tmp/api.tar"}
      - uses: actions/upload-artifact@v4
        with: {name: api, path: /tmp/api.tar}
  release:
    needs: build
    runs-on: x
    steps:
      - uses: actions/download-artifact@v4
      - run: gh release upload v1 api/api.tar
`;
    expect(archives(content)).toEqual([['/tmp/api.tar', 'release-asset', 'yes']]);
  });
});

test.each([
  ['a load', scriptStep('docker save acme/api | docker load')],
  ['files of a build', '- uses: docker/build-push-action@v6\n  with: {outputs: "type=local,dest=out"}'],
  ['another tar', `${scriptStep('tar czf site.tgz public')}\n${upload('site.tgz')}`],
])('%s is no archive of an image', (_, steps) => {
  expect(archives(workflowOf(steps))).toEqual([]);
});
