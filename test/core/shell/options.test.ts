import { describe, expect, test } from '@jest/globals';
import { commandName, lastValue, type OptionSpec, readOptions } from '../../../src/core/shell/options.ts';
import { format } from '../../../src/core/value.ts';
import { trace } from './traced.ts';

const SPEC: OptionSpec = {
  valued: ['-f', '--file', '-t', '--tag', '-o'],
  flags: ['-q', '--push', '-x', '-z'],
  aliases: { '-t': '--tag' },
};

function read(script: string, spec: OptionSpec = SPEC) {
  const words = trace(script).invocations[0]?.argv.slice(1) ?? [];
  const options = readOptions(words, spec);
  return {
    values: Object.fromEntries(
      [...options.values].map(([name, list]) => [name, list.map((one) => format(one.value))]),
    ),
    flags: [...options.flags.keys()],
    operands: options.operands.map((one) => format(one.value)),
    unknown: options.unknown.map((one) => one.name),
    unclear: options.unclear.map((one) => format(one.value)),
  };
}

describe('readOptions', () => {
  test.each([
    ['c -f a --tag=b -tc d', { values: { '-f': ['a'], '--tag': ['b', 'c'] }, operands: ['d'] }],
    ['c -qxf a b', { values: { '-f': ['a'] }, flags: ['-q', '-x'], operands: ['b'] }],
    ['c -xzfout b', { values: { '-f': ['out'] }, flags: ['-x', '-z'], operands: ['b'] }],
    ['c --push=false -- --file x', { values: { '--push': ['false'] }, operands: ['--file', 'x'] }],
    ['c --new -N a', { flags: ['--new', '-N'], unknown: ['--new', '-N'], operands: ['a'] }],
    ['c --file', { flags: ['--file'], values: {} }],
    ['c --tag "$T" -f=$F', { values: { '--tag': ['$T'], '-f': ['$F'] }, unclear: [] }],
    ['c $ARGS a', { operands: ['$ARGS', 'a'], unclear: ['$ARGS'] }],
    ['c -', { operands: ['-'] }],
  ])('%s', (script, expected) => {
    expect(read(script)).toMatchObject(expected);
  });

  test('stops at the first operand where the tool does', () => {
    expect(read('c -q build -f x', { ...SPEC, stopAtOperand: true })).toMatchObject({
      flags: ['-q'],
      operands: ['build', '-f', 'x'],
    });
  });

  test('single-dash names are no bundles', () => {
    const spec: OptionSpec = { valued: ['-chdir'], flags: [], singleDash: true };
    expect(read('terraform -chdir=a -chdir b apply', spec)).toMatchObject({
      values: { '-chdir': ['a', 'b'] },
      operands: ['apply'],
    });
  });
});

test('the last value counts; names lose folder and .exe', () => {
  const { invocations } = trace('/usr/bin/docker --tag a --tag b; C:/x/curl.EXE; $TOOL x');
  expect(format(lastValue(readOptions(invocations[0]?.argv.slice(1) ?? [], SPEC), '--tag') ?? [])).toBe('b');
  expect(invocations.map((one) => commandName(one.argv))).toEqual(['docker', 'curl', null]);
});
