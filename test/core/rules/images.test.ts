import { describe, expect, test } from '@jest/globals';
import { parseReference } from '../../../src/core/images/reference.ts';
import type { ImageReference } from '../../../src/core/model/image.ts';
import type { Value } from '../../../src/core/model/value.ts';
import { defaultPolicy } from '../../../src/core/policy/defaults.ts';
import { enteringImages, isInside, listedName } from '../../../src/core/rules/images.ts';
import { hole, text } from '../../../src/core/value.ts';
import { factsOf, push } from './invented-facts.ts';

const FILE = 'ARG BASE=debian:12.7\nFROM $BASE\n';
const OPEN = 'ARG BASE\nFROM $BASE\n';

function names(dockerfile: string, ...built: readonly Value[]): readonly string[] {
  const deliveries = built.map((value) => push({ arguments: { BASE: value } }));
  return enteringImages(factsOf({ Dockerfile: dockerfile }, deliveries)).map(({ name }) => name);
}

function reference(name: string): ImageReference {
  const parsed = parseReference(name);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe('enteringImages', () => {
  test('takes the default where no build passes anything', () => {
    expect(names(FILE)).toEqual(['debian:12.7']);
  });

  test('sees the image that a build puts in the place of the default', () => {
    expect(names(FILE, text('evil/base:1'))).toEqual(['debian:12.7', 'evil/base:1']);
  });

  test('leaves a name without default to the builds that complete it', () => {
    expect(names(OPEN)).toEqual(['$BASE']);
    expect(names(OPEN, text('debian:12.7'))).toEqual(['debian:12.7']);
    expect(names(OPEN, text('debian:12.7'), hole(`\${{ vars.BASE }}`, 'it is a variable'))).toEqual([
      `\${{ vars.BASE }}`,
      'debian:12.7',
    ]);
  });

  test('takes each of several known texts', () => {
    const matrix: Value = [
      'python:',
      { expression: `\${{ matrix.python }}`, why: 'one of several', choices: [text('3.12'), text('3.13')] },
    ];
    expect(names(OPEN, matrix)).toEqual(['python:3.12', 'python:3.13']);
  });

  test('sees images in triggers that other builds will run', () => {
    const found = enteringImages(
      factsOf({ Dockerfile: 'FROM debian:12.7\nONBUILD COPY --from=other/tool:1 /tool /\n' }),
    );
    expect(found.map(({ name }) => name)).toEqual(['debian:12.7', 'other/tool:1']);
  });

  test('takes no notice of what comments ask checkers to skip', () => {
    expect(names('# check=skip=all\n# hadolint ignore=DL3006\nFROM other/tool\n')).toEqual(['other/tool']);
  });

  test('says what each image is and where it stands', () => {
    const found = enteringImages(
      factsOf({
        Dockerfile:
          '# syntax=docker/dockerfile:1\nFROM debian:12.7\nCOPY --from=busybox:1.37 /bin/sh /\nRUN --mount=from=alpine:3.22,target=/a ls\n',
      }),
    );
    expect(found.map(({ role, name, entry }) => [role, name, entry.location.range.start.line])).toEqual([
      ['build frontend', 'docker/dockerfile:1', 1],
      ['base image', 'debian:12.7', 2],
      ['copied image', 'busybox:1.37', 3],
      ['mounted image', 'alpine:3.22', 4],
    ]);
  });
});

describe('isInside', () => {
  const policy = defaultPolicy(['Acme']);
  const withRegistry = {
    ...policy,
    registries: { ...policy.registries, internal: ['build.acme.example'], own: ['registry.acme.example'] },
  };

  test.each([
    ['ghcr.io/acme/base:1', true],
    ['acme/base', false],
    ['quay.io/acme/base', false],
    ['mcr.microsoft.com/acme/base', false],
    ['build.acme.example/base', true],
    ['registry.acme.example/team/base', true],
    ['localhost:5000/base', false],
    ['debian', false],
    ['acme', false],
    ['ghcr.io/acmeevil/base', false],
    ['ghcr.io/other/acme/base', false],
    ['build.acme.example.evil.example/base', false],
  ])('%s: %s', (name, expected) => {
    expect(isInside(reference(name), withRegistry)).toBe(expected);
  });
});

test('listedName is what allow lists match: registry, repository and the tag if there is one', () => {
  expect(listedName(reference('debian'))).toBe('docker.io/library/debian');
  expect(listedName(reference('quay.io/a/b:2'))).toBe('quay.io/a/b:2');
});
