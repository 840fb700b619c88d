// Which images of a change registries are asked about, and which one takes the place of which.
import { describe, expect, test } from '@jest/globals';
import { formatReference } from '../../../src/core/images/reference.ts';
import { imagesToAsk, review } from '../../../src/core/review.ts';
import { ASKED_LIMIT } from '../../../src/core/rules/asked-images.ts';
import { PLATFORM_LIMIT } from '../../../src/core/rules/built-platforms.ts';
import { replacedImages } from '../../../src/core/rules/replaced-images.ts';
import { evidenceOf } from '../../support/samples.ts';

type Files = Readonly<Record<string, string>>;

function asked(files: Files, base?: Files, policy = 'version: 1\n'): readonly string[] {
  const evidence = evidenceOf({ title: '', files, policy, ...(base === undefined ? {} : { base }) });
  return imagesToAsk(evidence).images.map(formatReference);
}

const WORKFLOW =
  'on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker buildx build --push -t docker.io/acme/product:1 .\n';

describe('registries are asked about', () => {
  test('what a change brings in and what that replaces, not what stays', () => {
    const before = { Dockerfile: 'FROM golang:1.25 AS build\nFROM debian:12.12\n' };
    const after = { Dockerfile: 'FROM golang:1.25 AS build\nFROM debian:13.1\n' };
    expect(asked(after, before)).toEqual(['docker.io/library/debian:12.12', 'docker.io/library/debian:13.1']);
    expect(asked(before, before)).toEqual([]);
  });

  test('the base of what is newly delivered, though it stays', () => {
    const before = { Dockerfile: 'FROM debian:13.1\n' };
    expect(asked({ ...before, '.github/workflows/image.yml': WORKFLOW }, before)).toEqual([
      'docker.io/library/debian:13.1',
    ]);
  });

  test('images copied from and mounted, no frontends and no unknown names', () => {
    const file =
      '# syntax=docker/dockerfile:1\nARG V\nFROM debian:$V\nCOPY --from=busybox:1.37 /a /a\nRUN --mount=from=alpine:3.22,target=/x true\n';
    expect(asked({ Dockerfile: file })).toEqual([
      'docker.io/library/alpine:3.22',
      'docker.io/library/busybox:1.37',
    ]);
  });

  test('only where policy lets ask, a port counting as part of the host', () => {
    const files = {
      Dockerfile: 'FROM registry.acme.example:5000/a:1\nFROM quay.io/b/c:1\nFROM registry.acme.example/d:1\n',
    };
    const policy = (hosts: string): string => `version: 1\nregistries: {ask: [${hosts}]}\n`;
    expect(asked(files, undefined, policy(''))).toEqual([]);
    expect(asked(files, undefined, policy('"registry.acme.example:5000"'))).toEqual([
      'registry.acme.example:5000/a:1',
    ]);
    expect(asked(files, undefined, policy('registry.acme.example'))).toHaveLength(2);
  });

  test('the vetted copy of an image too', () => {
    const policy =
      'version: 1\nregistries: {ask: [docker.io, registry.acme.example]}\nvetting: {images: [{image: docker.io/library/debian, vetted-by: x, on: 2026-01-01, expires: 2026-12-31, copy: "registry.acme.example/debian:{tag}"}]}\n';
    expect(asked({ Dockerfile: 'FROM debian:13.1\n' }, undefined, policy)).toEqual([
      'docker.io/library/debian:13.1',
      'registry.acme.example/debian:13.1',
    ]);
  });

  test('so many and no more; the others are named', () => {
    const lines = Array.from({ length: ASKED_LIMIT + 3 }, (_, index) => `FROM debian:${index}`);
    const evidence = evidenceOf({ title: '', files: { Dockerfile: `${lines.join('\n')}\n` } });
    const { images, beyond } = imagesToAsk(evidence);
    expect([images.length, beyond.length]).toEqual([ASKED_LIMIT, 3]);
  });
});

describe('an image takes the place of', () => {
  const pairs = (files: Files, base: Files): readonly string[] => {
    const { facts } = review(evidenceOf({ title: '', files, base }));
    return replacedImages(facts).map(({ image, before }) => `${image.name} ← ${before?.name ?? 'nothing'}`);
  };

  test('the one of the same repository, else of the same stage', () => {
    expect(
      pairs(
        { Dockerfile: 'FROM node:24 AS build\nFROM alpine:3.22\nCOPY --from=busybox:2 /a /a\n' },
        { Dockerfile: 'FROM debian:13\nCOPY --from=busybox:1 /a /a\nFROM node:22\n' },
      ),
    ).toEqual(['node:24 ← node:22', 'alpine:3.22 ← nothing', 'busybox:2 ← busybox:1']);
    expect(pairs({ Dockerfile: 'FROM alpine:3.22\n' }, { Dockerfile: 'FROM debian:13\n' })).toEqual([
      'alpine:3.22 ← debian:13',
    ]);
  });

  test('nothing where the file is new, and nothing is said of what stays', () => {
    expect(
      pairs(
        { Dockerfile: 'FROM debian:13\n', 'b/Dockerfile': 'FROM node:24\n' },
        { Dockerfile: 'FROM debian:13\n' },
      ),
    ).toEqual(['node:24 ← nothing']);
  });
});

describe('platforms', () => {
  const action = (platforms: string): string =>
    `on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: acme/product:1\n          platforms: ${platforms}\n`;
  const platformsOf = (workflow: string) =>
    imagesToAsk(
      evidenceOf({
        title: '',
        files: { Dockerfile: 'FROM debian:13.1\n', '.github/workflows/image.yml': workflow },
      }),
    ).platforms;

  test.each([
    ['linux/arm64,linux/amd64', ['linux/amd64', 'linux/arm64']],
    ['linux/arm64/v8', ['linux/arm64']],
    ['arm64, x86_64', ['linux/amd64', 'linux/arm64']],
    ['$' + '{{ vars.PLATFORMS }}', []],
    ['local', []],
  ])('of an action with %s', (written, expected) => {
    expect(platformsOf(action(written)).asked).toEqual(expected);
  });

  test('of a command', () => {
    const command = WORKFLOW.replace('--push', '--push --platform linux/s390x,linux/amd64');
    expect(platformsOf(command).asked).toEqual(['linux/amd64', 'linux/s390x']);
    expect(platformsOf(WORKFLOW)).toEqual({ asked: [], beyond: [] });
  });

  test('so many and no more; the others are named', () => {
    const many = ['riscv64', 's390x', 'ppc64le', '386', 'arm/v7', 'arm64', 'amd64', 'mips64le'];
    const { asked, beyond } = platformsOf(action(many.map((each) => `linux/${each}`).join(',')));
    expect(asked).toHaveLength(PLATFORM_LIMIT);
    expect(asked[0]).toBe('linux/amd64');
    expect(beyond).toEqual(['linux/riscv64', 'linux/s390x']);
  });
});
