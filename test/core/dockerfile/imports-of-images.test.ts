import { describe, expect, test } from '@jest/globals';
import { withArguments } from '../../../src/core/dockerfile/read.ts';
import { format, text } from '../../../src/core/value.ts';
import { read, reasons, slice } from './reading.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

const imports = (source: string) => {
  const file = read(source);
  return file.imports.map(
    (one) => `${one.kind} ${format(one.source)} @${one.stage} line ${one.instructionLine}`,
  );
};

describe('every place an image enters', () => {
  test.each([
    ['FROM', 'FROM a:1', ['base-image a:1 @0 line 1']],
    ['scratch is none', 'FROM scratch\nCOPY --from=scratch / /', []],
    ['a stage is none', 'FROM a AS x\nFROM x', ['base-image a @0 line 1']],
    [
      'COPY --from',
      'FROM scratch\nCOPY --chown=1 \\\n  --from=b/c:2 /x /y',
      ['copied-image b/c:2 @0 line 2'],
    ],
    [
      'COPY --from a stage or its number',
      'FROM a AS x\nFROM scratch\nCOPY --from=X /a /\nCOPY --from=0 /a /',
      ['base-image a @0 line 1'],
    ],
    [
      'RUN --mount',
      'FROM a\nRUN --mount=type=bind,from=b,target=/x --mount=type=cache,target=/y,from=c x',
      ['base-image a @0 line 1', 'mounted-image b @0 line 2', 'mounted-image c @0 line 2'],
    ],
    [
      'a number is an image in a mount',
      'FROM a\nRUN --mount=from=0,target=/x x',
      ['base-image a @0 line 1', 'mounted-image 0 @0 line 2'],
    ],
    [
      'a quoted field',
      'FROM a AS s\nRUN --mount=\'"from=b",target=/x\' x',
      ['base-image a @0 line 1', 'mounted-image b @0 line 2'],
    ],
    [
      'ONBUILD',
      'FROM a\nONBUILD COPY --from=b /x /\nONBUILD RUN --mount=from=c,target=/x y',
      ['base-image a @0 line 1', 'copied-image b @0 line 2', 'mounted-image c @0 line 3'],
    ],
    [
      'the frontend',
      '# syntax=docker/dockerfile:1 # x\nFROM scratch',
      ['frontend-image docker/dockerfile:1 @-1 line 1'],
    ],
  ])('%s', (_, source, expected) => {
    expect(imports(source)).toEqual(expected);
  });

  test('positions are those of the names', () => {
    const source = `# syntax=f/e:1\nFROM --platform=x a:1 AS y\nFROM scratch\nCOPY --from=b@${DIGEST} / /z\nRUN --mount=type=bind,from=c:3,target=/x x\n`;
    const file = read(source);
    expect(file.imports.map((one) => slice(source, one.location))).toEqual([
      'f/e:1',
      'a:1',
      `b@${DIGEST}`,
      'c:3',
    ]);
  });

  test('the frontend a build asks for takes the directive’s place', () => {
    const file = withArguments(read('# syntax=a\nFROM scratch'), { BUILDKIT_SYNTAX: text('b') });
    expect(file.imports.map((one) => format(one.source))).toEqual(['b']);
  });
});

describe('pinning', () => {
  test.each([
    [`FROM a:1@${DIGEST}`, 'digest', 'pinned-checksum'],
    [`ARG D=${DIGEST}\nFROM a@$D`, 'digest', 'pinned-checksum'],
    [`ARG T\nFROM a:$T@${DIGEST}`, 'digest', 'pinned-checksum'],
    ['FROM a:1', 'version', 'none'],
    ['FROM a', 'moving', 'none'],
    ['FROM a:latest', 'moving', 'none'],
    ['ARG T\nFROM a:$T', 'unknown', 'unknown'],
    ['FROM acme/Upper', 'unknown', 'unknown'],
    ['FROM a@sha256:12', 'unknown', 'unknown'],
  ])('%s', (source, pinning, method) => {
    expect(read(source).imports[0]).toMatchObject({ pinning, verification: { method } });
  });
});

describe('whole file systems copied into one layer', () => {
  const foreign = (source: string) => read(source).squash.map((one) => one.foreign.map(format));

  test.each([
    ['of an image', 'FROM a\nCOPY --from=b / /', [['b']]],
    ['as a dot', 'FROM a\nCOPY --from=b . /', [['b']]],
    ['with a dot behind', 'FROM a\nCOPY --from=b /. /rootfs/', [['b']]],
    ['all that lies in it', 'FROM a\nCOPY --from=b /* /', [['b']]],
    ['in JSON form', 'FROM a\nCOPY --from=b ["/", "/"]', [['b']]],
    ['by a variable', 'FROM a\nENV R=/\nCOPY --from=b $R /', [['b']]],
    ['of a stage with foreign layers', 'FROM b AS x\nFROM x AS y\nFROM scratch\nCOPY --from=y / /', [['b']]],
    ['of a stage from scratch', 'FROM scratch AS x\nFROM a\nCOPY --from=x / /', [[]]],
    [
      'through another copy',
      'FROM b AS x\nFROM scratch AS y\nCOPY --from=x / /\nFROM a\nCOPY --from=y / /',
      [['b'], ['b']],
    ],
    [
      'of stages that the platform chooses among',
      'FROM b AS x-amd64\nFROM c AS x-arm64\nFROM x-$TARGETARCH AS x\nFROM scratch\nCOPY --from=x / /',
      [['b', 'c']],
    ],
    ['beside other sources', 'FROM a\nCOPY --from=b /bin / /', [['b']]],
    ['in a trigger', 'FROM a\nONBUILD COPY --from=b / /', [['b']]],
    ['not of the build context', 'FROM a\nCOPY / /', []],
    ['not a folder of it', 'FROM a\nCOPY --from=b /usr /\nCOPY --from=b /*.txt /', []],
  ])('%s', (_, source, expected) => {
    expect(foreign(source)).toEqual(expected);
  });
});

describe('refused uses', () => {
  test.each([
    ['FROM a\nCOPY --from=$X / /', 'expands no variables in --from'],
    ['FROM a\nRUN --mount=from=b-$X,target=/ y', 'expands no variables in from='],
    ['FROM a\nCOPY --from=3 / /', 'There is no stage 3: the file has 1'],
    ['FROM a\nCOPY --from=late /x /\nFROM b AS late', '`late` is defined only later'],
    ['FROM a AS me\nCOPY --from=me /x /', '`me` is this very stage'],
  ])('%s', (source, reason) => {
    expect(reasons(read(source))).toEqual([expect.stringContaining(`2: `)]);
    expect(reasons(read(source))[0]).toContain(reason);
  });
});
