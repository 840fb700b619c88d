import { describe, expect, test } from '@jest/globals';
import { environmentAt, readDockerfile, withArguments } from '../../../src/core/dockerfile/read.ts';
import type { Dockerfile } from '../../../src/core/model/dockerfile.ts';
import { format, text } from '../../../src/core/value.ts';
import { bases, body, read, reasons } from './reading.ts';

const environment = (file: Dockerfile, stage: number, instruction: number) =>
  Object.fromEntries(
    [...environmentAt(file, stage, instruction)].map(([name, value]) => [name, format(value)]),
  );

describe('bases', () => {
  test.each([
    ['an earlier stage', 'FROM a AS b\nFROM b', ['a', 'stage 0']],
    ['the last of two stages of one name', 'FROM a AS x\nFROM b AS x\nFROM x', ['a', 'b', 'stage 1']],
    ['a later stage’s name is an image', 'FROM b\nFROM a AS b', ['b', 'a']],
    ['a stage may be called like an image', 'FROM golang AS golang\nFROM golang', ['golang', 'stage 0']],
    ['or scratch', 'FROM debian AS scratch\nFROM scratch', ['debian', 'stage 0']],
    ['scratch', 'FROM scratch', ['scratch']],
    ['a stage by argument', 'ARG T=two\nFROM a AS one\nFROM b AS two\nFROM $T', ['a', 'b', 'stage 1']],
    ['stage names have no case', 'FROM a AS Base\nFROM base', ['a', 'stage 0']],
    ['FROM and AS have no case', 'from a as b\nFrOm b', ['a', 'stage 0']],
    ['a number is no stage in FROM', 'FROM a\nFROM 0', ['a', '0']],
    ['a registry with a port', 'FROM localhost:5000/x:1', ['localhost:5000/x:1']],
  ])('%s', (_, source, expected) => {
    expect(bases(read(source))).toEqual(expected);
  });

  test('holes leave stages possible, and the platform alone makes them no image', () => {
    const file = read(
      'FROM a AS build-amd64\nFROM b AS build-arm64\nFROM c AS other\nFROM build-${TARGETARCH}\n',
    );
    expect(file.stages[3]).toMatchObject({ base: { kind: 'image', candidates: [0, 1] }, uses: [0, 1] });
    expect(file.imports.map((one) => format(one.source))).toEqual(['a', 'b', 'c']);
  });

  test('a build argument may also name an image, so it stays an import', () => {
    const file = read('ARG KIND\nFROM a AS build-x\nFROM build-$KIND\n');
    expect(file.stages[1]).toMatchObject({ base: { candidates: [0] } });
    expect(file.imports.map((one) => format(one.source))).toEqual(['a', 'build-$KIND']);
  });
});

describe('scopes', () => {
  test('a stage takes over the variables, labels apart, of the stage it is built from', () => {
    const file = read('FROM a AS one\nARG X=1\nENV Y=$X\nLABEL l=1\nFROM one\nENV Z=$X$Y\n');
    expect(environment(file, 1, 1)).toEqual({ X: '1', Y: '1', Z: '11' });
    expect(file.stages[1]?.labels).toEqual({});
  });

  test('an ENV line sees the values from before it', () => {
    const file = read('FROM a\nENV A=1\nENV A=2 B=$A\n');
    expect(environment(file, 0, 9)).toEqual({ A: '2', B: '1' });
  });

  test('the scope at an instruction doesn’t hold what comes later', () => {
    const file = read('FROM a\nENV A=1\nRUN x\nENV B=2\n');
    expect(environment(file, 0, 1)).toEqual({ A: '1' });
    expect(environmentAt(file, 7, 0).size).toBe(0);
  });

  test('ARG without default takes the global value, else keeps ENV’s, else is a hole', () => {
    const file = read('ARG G=g\nARG N\nFROM a\nENV E=e\nARG G\nARG E\nARG N\n');
    expect(environment(file, 0, 9)).toEqual({ E: 'e', G: 'g', N: '$N' });
    expect(file.stages[0]?.environment.get('N')).toMatchObject([
      { why: expect.stringContaining('build’s arguments') },
    ]);
  });

  test('the old form of ENV takes the rest of the line', () => {
    expect(environment(read('FROM a\nENV A b  c=d\nENV\tQ "x y"'), 0, 9)).toEqual({ A: 'b  c=d', Q: 'x y' });
  });

  test('from scratch nothing is set, from an image anything may be', () => {
    expect(read('FROM scratch\nUSER u$X').stages[0]?.instructions[0]?.words[0]?.value).toEqual(['u']);
    expect(read('FROM a\nUSER u$X').stages[0]?.instructions[0]?.words[0]?.value).toMatchObject([
      'u',
      { expression: '$X' },
    ]);
  });

  test('names of objects are names like others', () => {
    const file = read(
      'ARG constructor=x\nFROM a:$constructor\nENV __proto__=1 toString=2\nLABEL __proto__=3\n',
    );
    expect(bases(file)).toEqual(['a:x']);
    expect([...environmentAt(file, 0, 9).keys()]).toEqual(['__proto__', 'toString']);
    expect(Object.keys(file.stages[0]?.labels ?? {})).toEqual(['__proto__']);
  });
});

describe('what a build passes', () => {
  const source =
    'ARG BASE=debian\nARG TAG\nFROM ${BASE}:${TAG} AS one\nARG TAG=inner\nARG TARGETARCH\nLABEL t=$TAG a=$TARGETARCH\n';

  test('replaces defaults, fills holes and decides platforms', () => {
    const file = withArguments(read(source), { TAG: text('12'), TARGETARCH: text('arm64') });
    expect(bases(file)).toEqual(['debian:12']);
    expect(Object.values(file.stages[0]?.labels ?? {}).map(format)).toEqual(['arm64', '12']);
    expect(file.arguments).toEqual({ TAG: ['12'], TARGETARCH: ['arm64'] });
  });

  test('may itself be unknown', () => {
    const file = withArguments(read(source), { TAG: [{ expression: '${{ inputs.tag }}', why: 'an input' }] });
    expect(bases(file)).toEqual(['debian:${{ inputs.tag }}']);
  });

  test('does not reach undeclared names', () => {
    expect(bases(withArguments(read('FROM a:x$Y'), { Y: text('1') }))).toEqual(['a:x']);
  });

  test('reading again without arguments gives the file back', () => {
    const file = read(source);
    expect(withArguments(withArguments(file, { TAG: text('1') }), {})).toEqual(file);
  });
});

describe('shells', () => {
  test('SHELL counts from there on and for stages built from it', () => {
    const file = read(
      'FROM a AS one\nRUN x\nSHELL ["/bin/bash", "-c"]\nRUN y\nFROM one\nHEALTHCHECK --interval=1s CMD z\n',
    );
    const scripts = file.stages.flatMap((stage) => stage.instructions.map((one) => one.script));
    expect(scripts.filter((one) => one !== null).map((one) => [one.shell, one.text])).toEqual([
      ['/bin/sh', 'x'],
      ['/bin/bash -c', 'y'],
      ['/bin/bash -c', 'z'],
    ]);
  });

  test('Windows images start with cmd', () => {
    const file = read('FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir\n');
    expect(file.stages[0]?.instructions[0]?.script?.shell).toBe('cmd');
  });
});

describe('triggers', () => {
  test('ONBUILD holds an instruction with flags, words and script', () => {
    const [copy, run] = body('ONBUILD COPY --from=x /a /b', 'ONBUILD RUN cat <<E', 'hi', 'E');
    expect(copy?.trigger).toMatchObject({ keyword: 'COPY', flags: [{ name: 'from' }] });
    expect(run?.trigger?.script?.text).toBe('cat <<E\nhi\nE');
  });
});

describe('directives', () => {
  test.each([
    ['# syntax=docker/dockerfile:1\n# escape=`\nFROM a', ['syntax docker/dockerfile:1', 'escape `']],
    ['#syntax = a/b:1 extra \nFROM a', ['syntax a/b:1 extra']],
    ['# check=skip=all;error=true\nFROM a', ['check skip=all;error=true']],
    ['# a comment\n# syntax=late\nFROM a', []],
    ['\n# syntax=late\nFROM a', []],
    ['# unknown=x\n# syntax=late\nFROM a', []],
    ['#!/usr/bin/env x\n# syntax=a/b\nFROM a', ['syntax a/b']],
    ['// syntax=a/b\nFROM a', ['syntax a/b']],
  ])('%j', (source, expected) => {
    expect(read(source).directives.map((one) => `${one.name} ${one.value}`)).toEqual(expected);
  });

  test('a second one of a kind and an impossible escape are refused', () => {
    expect(reasons(read('# escape=`\n# escape=\\\nFROM a'))).toEqual([
      expect.stringContaining('2: The directive is refused: only one escape'),
    ]);
    expect(reasons(read('# escape=^\nFROM a'))).toEqual([
      expect.stringContaining('must be \\ or a backtick, not ^'),
    ]);
  });
});

test.each([
  [{ kind: 'binary', bytes: 3 }, 'binary-file'],
  [{ kind: 'encoded', encoding: 'UTF-16LE', bytes: 3 }, 'encoded-file'],
  [{ kind: 'too-large', bytes: 9, limit: 5 }, 'large-file'],
  [{ kind: 'lfs-pointer', bytes: 130 }, 'lfs-pointer'],
  [{ kind: 'text', text: 'x'.repeat(1_048_577) }, 'large-file'],
] as const)('%j is a gap', (blob, kind) => {
  expect(readDockerfile('a/Dockerfile', '1', blob)).toMatchObject({
    gaps: [{ kind, subject: 'a/Dockerfile' }],
    stages: [],
  });
});
