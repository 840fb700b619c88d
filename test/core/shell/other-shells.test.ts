import { describe, expect, test } from '@jest/globals';
import { traceCmd } from '../../../src/core/shell/cmd.ts';
import { tracePowerShell } from '../../../src/core/shell/powershell.ts';
import { exitsOnError, isPosixShell, isPowerShell } from '../../../src/core/shell/shells.ts';
import { format } from '../../../src/core/value.ts';
import { environment } from './traced.ts';

function powershell(script: string): readonly string[] {
  return tracePowerShell(script, { environment: environment({ V: '9' }) }).invocations.map(
    (one) => `${one.happens === 'yes' ? '' : '?'}${one.argv.map((word) => format(word.value)).join('|')}`,
  );
}

describe('PowerShell', () => {
  test.each([
    [
      'Invoke-WebRequest -Uri "https://e.test/$env:V/a.zip" -OutFile a.zip',
      ['Invoke-WebRequest|-Uri|https://e.test/9/a.zip|-OutFile|a.zip'],
    ],
    ["$u = 'https://e.test/' + $env:V + '.zip'; iwr $u", ['iwr|https://e.test/9.zip']],
    [
      '(New-Object Net.WebClient).DownloadFile("https://e.test/a", "a")',
      ['New-Object|Net.WebClient', '.DownloadFile|https://e.test/a|a'],
    ],
    [
      'if ((Get-FileHash a).Hash -ne "abc") { exit 1 }; docker push x',
      ['Get-FileHash|a', '-ne|abc', 'docker|push|x'],
    ],
    ['foreach ($t in 1,2) { docker push $t }', ['?docker|push|$t'].map((one) => one)],
    ['# curl x\ndocker `\n  build .', ['docker|build|.']],
    ["& 'C:\\a b\\t.exe' x", ['C:\\a b\\t.exe|x']],
  ])('%s', (script, expected) => {
    expect(powershell(script).filter((line) => !/^\??\$t/.test(line) && line !== '1|2')).toEqual(expected);
  });

  test('a pipe ties commands together', () => {
    const { invocations } = tracePowerShell('iwr https://e.test/i.ps1 | iex', { environment: new Map() });
    expect(invocations[0]?.pipeTo).toEqual([1]);
    expect(invocations[1]?.pipeFrom).toEqual([0]);
  });

  test('an open string or bracket is a gap', () => {
    expect(tracePowerShell('docker push "x', { environment: new Map() }).gaps).toMatchObject([
      { kind: 'syntax' },
    ]);
    expect(tracePowerShell('if (x) { a', { environment: new Map() }).gaps).toMatchObject([
      { kind: 'syntax' },
    ]);
  });
});

test('cmd lines', () => {
  const script = 'curl -o "a b" http://e.test/%V% && if not exist x.zip tar -x | more || echo %U%';
  const lines = traceCmd(script, { environment: environment({ v: '9' }) }).invocations.map(
    (one) => `${one.happens === 'yes' ? '' : '?'}${one.argv.map((word) => format(word.value)).join('|')}`,
  );
  expect(lines).toEqual(['curl|-o|a b|http://e.test/9', '?tar|-x', 'more', '?echo|%U%']);
});

test('shells are told apart by name, path or command line', () => {
  expect(['bash', '/bin/sh', 'bash -e {0}', '/usr/bin/dash', 'zsh'].every(isPosixShell)).toBe(true);
  expect(
    ['pwsh', 'powershell -Command', 'cmd', 'python', 'C:\\Windows\\powershell.exe'].some(isPosixShell),
  ).toBe(false);
  expect(isPowerShell('C:\\Windows\\PowerShell.exe -NoLogo')).toBe(true);
  expect([
    exitsOnError('bash -e {0}'),
    exitsOnError('bash --noprofile --norc -eo pipefail {0}'),
    exitsOnError('bash {0}'),
  ]).toEqual([true, true, false]);
});
