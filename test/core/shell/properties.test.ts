import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tracePowerShell } from '../../../src/core/shell/powershell.ts';
import { traceScript } from '../../../src/core/shell/trace-script.ts';
import { format } from '../../../src/core/value.ts';

const PIECES = [
  'run',
  ' ',
  '\n',
  ';',
  '&&',
  '||',
  '|',
  '$(',
  ')',
  '`',
  '"',
  "'",
  '${X:-',
  '}',
  '$X',
  'if ',
  'then ',
  'fi',
  'for a in 1 2; do ',
  'done',
  'case $X in ',
  'a) ',
  ';;',
  'esac',
  '<<EOF\n',
  'EOF\n',
  '(',
  '{ ',
  '[ ',
  ' ]',
  '[[ ',
  ' ]]',
  '=',
  'x',
  '\\',
  '$((',
  '))',
  '> f',
  '${{ a }}',
  'f() ',
  'while x; do ',
  '!',
  'eval ',
  'sh -c ',
  'exit',
  'set -e',
  '{a,b}',
];
const anyScript = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));

test('whatever the text, it answers, the same each time, with offsets inside it', () => {
  fc.assert(
    fc.property(fc.oneof(anyScript, fc.string({ maxLength: 200 })), (script) => {
      const traced = traceScript(script, { environment: new Map() });
      for (const one of traced.invocations) {
        expect(one.argv.length).toBeGreaterThan(0);
        expect(one.start).toBeGreaterThanOrEqual(0);
        expect(one.end).toBeLessThanOrEqual(script.length);
        for (const word of one.argv) expect(word.start).toBeLessThanOrEqual(word.end);
      }
      const again = traceScript(script, { environment: new Map() });
      expect(JSON.stringify(again)).toBe(JSON.stringify(traced));
    }),
    { numRuns: 600 },
  );
});

test('PowerShell text is answered too', () => {
  fc.assert(
    fc.property(fc.oneof(anyScript, fc.string({ maxLength: 200 })), (script) => {
      for (const one of tracePowerShell(script, { environment: new Map() }).invocations) {
        expect(one.end).toBeLessThanOrEqual(script.length);
      }
    }),
    { numRuns: 300 },
  );
});

const plainWord = fc
  .stringMatching(/^[a-z][a-z0-9_./-]{0,8}$/)
  .filter(
    (word) =>
      !/^(if|then|fi|do|done|for|in|case|esac|while|until|else|elif|time|exit|set|eval|exec|function|select|coproc|command|env|sudo)$/.test(
        word,
      ),
  );

test('words without special characters come back as they are, where they are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(plainWord, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      (lines) => {
        const script = lines.map((line) => ['run', ...line].join(' ')).join('\n');
        const { invocations } = traceScript(script, { environment: new Map() });
        expect(invocations.map((one) => one.argv.slice(1).map((word) => format(word.value)))).toEqual(lines);
        for (const one of invocations) {
          for (const word of one.argv) expect(script.slice(word.start, word.end)).toBe(format(word.value));
        }
      },
    ),
  );
});

// Steps are counted instead of time: eight times the nesting may take at most about eight times the commands.
test.each([
  ['if x; then ', 'run;', ' fi;'],
  ['( ', 'run', ' )'],
  ['{ ', 'run;', ' };'],
  ['while x; do ', 'run;', ' done;'],
])('nesting %s is walked through once', (open, middle, close) => {
  const traced = (depth: number) =>
    traceScript(open.repeat(depth) + middle + close.repeat(depth), { environment: new Map() }).invocations
      .length;
  expect(traced(40)).toBeLessThanOrEqual(8 * traced(5) + 8);
});
