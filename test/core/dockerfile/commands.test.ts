import { describe, expect, test } from '@jest/globals';
import { readDockerfile } from '../../../src/core/dockerfile/read.ts';
import { format } from '../../../src/core/value.ts';

function commands(text: string) {
  return readDockerfile('Dockerfile', 'oid', { kind: 'text', text }).commands.map(
    ({ stage, words, location }) => [stage, words.map(format).join(' '), location.range.start.line],
  );
}

describe('commands of a Dockerfile', () => {
  test('follows lists, variables and continuations, stage by stage', () => {
    expect(
      commands('FROM a\nARG V=1\nRUN one $V \\\n && two\nFROM b\nRUN <<EOF\nthree\nEOF\nRUN ["four", "x"]\n'),
    ).toEqual([
      [0, 'one 1', 3],
      [0, 'two', 4],
      [1, 'three', 7],
      [1, 'four x', 9],
    ]);
  });

  test('reads PowerShell where SHELL says so', () => {
    expect(commands('FROM a\nSHELL ["powershell", "-Command"]\nRUN Get-Item x; Write-Host y\n')).toEqual([
      [0, 'Get-Item x', 3],
      [0, 'Write-Host y', 3],
    ]);
  });

  test('knows what feeds a command and what stands in front of it', () => {
    const [, command] = readDockerfile('Dockerfile', 'oid', {
      kind: 'text',
      text: 'FROM a\nRUN yes | KEY=on tool\n',
    }).commands;
    expect(command?.fedBy.map(format)).toEqual(['yes']);
    expect([...(command?.assignments ?? [])].map(([key, value]) => [key, format(value)])).toEqual([
      ['KEY', 'on'],
    ]);
  });
});
