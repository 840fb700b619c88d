import { describe, expect, test } from '@jest/globals';
import { deliveriesOf } from './judged.ts';

const W = (steps: string, more = '') =>
  `on: push\n${more}jobs:\n  j:\n    runs-on: u\n    steps:\n${steps
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}\n`;
const WORKFLOW_PATH = '.github/workflows/x.yml';
const HCL =
  'target "docker-metadata-action" {}\ntarget "app" {\n  inherits = ["docker-metadata-action"]\n}\ngroup "default" { targets = ["app"] }\n';
const META =
  '- id: meta\n  uses: docker/metadata-action@v5\n  with: {images: ghcr.io/acme/app, tags: "type=raw,value=edge"}\n';
const CASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'meta-cwd': {
    [WORKFLOW_PATH]: W(
      META +
        '- uses: docker/bake-action@v6\n  with:\n    push: true\n    files: |\n      ./docker-bake.hcl\n      cwd://${{ steps.meta.outputs.bake-file }}',
    ),
    'docker-bake.hcl': HCL,
  },
  'meta-plain': {
    [WORKFLOW_PATH]: W(
      META +
        '- uses: docker/bake-action@v4\n  with:\n    push: true\n    files: |\n      ./docker-bake.hcl\n      ${{ steps.meta.outputs.bake-file }}',
    ),
    'docker-bake.hcl': HCL,
  },
  'meta-tags-labels': {
    [WORKFLOW_PATH]: W(
      META +
        '- uses: docker/bake-action@v6\n  with:\n    push: true\n    files: |\n      ./docker-bake.hcl\n      cwd://${{ steps.meta.outputs.bake-file-tags }}\n      cwd://${{ steps.meta.outputs.bake-file-labels }}',
    ),
    'docker-bake.hcl': HCL,
  },
  'meta-none': {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with:\n    push: true\n    files: |\n      ./docker-bake.hcl\n      cwd:///tmp/bake-meta.json',
    ),
    'docker-bake.hcl': HCL,
  },
  'set-hole': {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with:\n    files: docker-bake.hcl\n    targets: app\n    set: ${{ vars.SET }}',
    ),
    'docker-bake.hcl': 'target "app" { tags = ["acme/app:1"] }',
  },
  'set-hole-target': {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with:\n    targets: app\n    set: |\n      ${{ vars.T }}.output=type=registry',
    ),
    'docker-bake.hcl': 'target "app" { tags = ["acme/app:1"] }',
  },
  digest: {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with:\n    targets: app\n    set: |\n      *.tags=ghcr.io/acme/app\n      *.output=type=image,push-by-digest=true,name-canonical=true,push=true',
    ),
    'docker-bake.hcl': 'target "app" { tags = ["acme/app:1"] }',
  },
  'source-remote': {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with:\n    source: https://github.com/other/repo.git\n    push: true',
    ),
  },
  'source-own': {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with:\n    source: ${{ github.server_url }}/${{ github.repository }}.git#${{ github.ref }}\n    push: true\n    targets: app',
    ),
    'docker-bake.hcl': 'target "app" { tags = ["acme/app:1"] }',
  },
  'source-sub': {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with:\n    source: "{{defaultContext}}:sub"\n    push: true\n    targets: app',
    ),
    'sub/docker-bake.hcl': 'target "app" { tags = ["acme/app:1"] }',
  },
  'matrix-target': {
    [WORKFLOW_PATH]: `on: push\njobs:\n  j:\n    runs-on: u\n    strategy: {matrix: {target: [a, b]}}\n    steps:\n      - uses: docker/bake-action@v6\n        with: {targets: "\${{ matrix.target }}", push: true}\n`,
    'docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }\ntarget "b" { tags = ["ghcr.io/acme/b:1"] }',
  },
  'json-target-list': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --push ${{ inputs.target }}'),
    'docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }\ntarget "b" { tags = ["ghcr.io/acme/b:1"] }',
  },
  'env-var': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --push a\n  env: {TAG: v2, REGISTRY: quay.io}'),
    'docker-bake.hcl':
      'variable "TAG" {}\nvariable "REGISTRY" { default = "docker.io" }\ntarget "a" { tags = ["${REGISTRY}/acme/a:${TAG}"] }',
  },
  'remote-cli': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --push "https://github.com/other/repo.git#main" app'),
  },
  stdin: { [WORKFLOW_PATH]: W('- run: ./gen | docker buildx bake --push -f - app') },
  'compose-bake': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake -f docker-compose.yml --push'),
    'docker-compose.yml': 'services:\n  web: {build: ., image: acme/web:1}\n  db: {image: postgres}\n',
  },
  'compose-xbake': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake web'),
    'compose.yaml':
      'services:\n  web:\n    image: acme/web:1\n    build:\n      context: .\n      x-bake: {output: ["type=registry"]}\n',
  },
  'push-local-out': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --push a'),
    'docker-bake.hcl': 'target "a" {\n  tags = ["acme/a:1"]\n  output = ["type=local,dest=out"]\n}',
  },
  'print-only': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --print --push a'),
    'docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }',
  },
  'cond-output': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake a'),
    'docker-bake.hcl':
      'variable "PUSH" {}\ntarget "a" {\n  tags = ["acme/a:1"]\n  output = equal(PUSH, "true") ? ["type=registry"] : ["type=docker"]\n}',
  },
  'oci-archive': {
    [WORKFLOW_PATH]: W(
      '- run: docker buildx bake a\n- uses: actions/upload-artifact@v4\n  with: {path: out.tar}',
    ),
    'docker-bake.hcl': 'target "a" {\n  output = [{type = "oci", dest = "out.tar"}]\n}',
  },
  'cache-to': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake a'),
    'docker-bake.hcl': 'target "a" {\n  cache-to = ["type=registry,ref=acme/cache,mode=max"]\n}',
  },
  'set-push': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --set "*.push=true" a'),
    'docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }',
  },
  'bake-file-env': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --push a\n  env: {BUILDX_BAKE_FILE: ci/b.hcl}'),
    'ci/b.hcl': 'target "a" { tags = ["acme/a:1"] }',
  },
  'named-missing-file': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake -f missing.hcl -f docker-bake.hcl --push a'),
    'docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }',
  },
  attest: {
    [WORKFLOW_PATH]: W('- run: docker buildx bake --provenance=true --push a'),
    'docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }',
  },
  workdir: {
    [WORKFLOW_PATH]: W(
      '- uses: docker/bake-action@v6\n  with: {workdir: sub, source: ., push: true, targets: a}',
    ),
    'sub/docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }',
  },
  'files-in-folder': {
    [WORKFLOW_PATH]: W('- run: docker buildx bake -f ci/docker-bake.hcl --push a\n'),
    'ci/docker-bake.hcl': 'target "a" { tags = ["acme/a:1"] }',
  },
};

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'meta-cwd': ['registry-push ghcr.io/acme/app:edge'],
  'meta-plain': ['registry-push ghcr.io/acme/app:edge'],
  'meta-tags-labels': ['registry-push ghcr.io/acme/app:edge'],
  'meta-none': ['registry-push bake file/bake file:?'],
  'set-hole': ['registry-push docker.io/acme/app:1?'],
  'set-hole-target': ['registry-push docker.io/acme/app:1?'],
  digest: ['registry-push ghcr.io/acme/app:latest'],
  'source-remote': ['registry-push bake file/bake file:'],
  'source-own': ['registry-push docker.io/acme/app:1'],
  'source-sub': ['registry-push docker.io/acme/app:1'],
  'matrix-target': ['registry-push docker.io/acme/a:1', 'registry-push ghcr.io/acme/b:1'],
  'json-target-list': ['registry-push bake file/bake file:'],
  'env-var': ['registry-push quay.io/acme/a:v2'],
  'remote-cli': ['registry-push bake file/bake file:'],
  stdin: ['registry-push bake file/bake file:'],
  'compose-bake': ['registry-push docker.io/acme/web:1'],
  'compose-xbake': ['registry-push docker.io/acme/web:1'],
  'push-local-out': [],
  'print-only': [],
  'cond-output': ['registry-push docker.io/acme/a:1?'],
  'oci-archive': ['image-archive out.tar'],
  'cache-to': ['registry-push docker.io/acme/cache:latest'],
  'set-push': ['registry-push docker.io/acme/a:1'],
  'bake-file-env': ['registry-push docker.io/acme/a:1'],
  'named-missing-file': ['registry-push bake file/bake file:?', 'registry-push docker.io/acme/a:1'],
  attest: ['registry-push docker.io/acme/a:1'],
  workdir: ['registry-push docker.io/acme/a:1'],
  'files-in-folder': ['registry-push docker.io/acme/a:1'],
};

describe('bakes in workflows', () => {
  test.each(Object.entries(CASES))('%s', (name, files) => {
    expect([...new Set(deliveriesOf(files))]).toEqual(EXPECTED[name]);
  });
});
