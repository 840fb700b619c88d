import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  choiceDatum,
  type Datum,
  printedValue,
  recordDatum,
  textDatum,
  truthOf,
  unknownDatum,
} from '../../../src/core/pipeline/datum.ts';
import {
  evaluate,
  evaluateCondition,
  evaluateText,
  type Scope,
} from '../../../src/core/pipeline/expressions.ts';
import { format } from '../../../src/core/value.ts';

const hole = { expression: `\${{ inputs.kind }}`, why: 'the caller decides it' };
const scope: Scope = {
  status: { success: 'yes', failure: 'unknown', cancelled: 'unknown' },
  contexts: new Map<string, Datum>([
    [
      'github',
      recordDatum(
        [
          ['event_name', textDatum('push')],
          ['ref', textDatum(['refs/heads/', { expression: 'branch', why: 'the event decides it' }])],
          ['event', recordDatum([['pull_request', { kind: 'null' }]], 'the event decides it')],
        ],
        'the run decides it',
      ),
    ],
    [
      'inputs',
      recordDatum([
        ['kind', choiceDatum([textDatum('full'), textDatum('fast')], hole)],
        ['dry', unknownDatum('dry', 'x')],
      ]),
    ],
    ['secrets', recordDatum([], 'not visible')],
    [
      'matrix',
      recordDatum([
        ['os', textDatum('Linux')],
        ['list', { kind: 'list', items: [textDatum('a'), textDatum('b')] }],
      ]),
    ],
  ]),
};

test.each([
  ["github.event_name == 'PUSH'", 'yes'],
  ["github.event_name != 'pull_request'", 'yes'],
  ["startsWith(github.ref, 'refs/tags/')", 'no'],
  ["startsWith(github.ref, 'refs/heads/release/')", 'unknown'],
  ["github.ref == 'refs/heads/main'", 'unknown'],
  ["github.ref == 'refs/tags/v1'", 'no'],
  ["false && secrets.X == 'y'", 'no'],
  ["secrets.X == 'y' || true", 'yes'],
  ["secrets.X != ''", 'unknown'],
  ["inputs.kind == 'none'", 'no'],
  ["inputs.kind == 'full'", 'unknown'],
  ['contains(fromJSON(\'["full","fast"]\'), inputs.kind)', 'yes'],
  ["contains(github.event.pull_request.title, 'x')", 'no'],
  ["!contains(github.event.pull_request.title, 'x')", 'yes'],
  ['github.event.pull_request == null', 'yes'],
  ["github.event.head_commit.message == 'x'", 'unknown'],
  ['always()', 'yes'],
  ['failure()', 'unknown'],
  ["inputs.dry != 'true'", 'unknown'],
  ["true == 'true'", 'no'],
  ['1 == true', 'yes'],
  ["'' == 0", 'yes'],
  ["matrix.os == 'linux' && matrix.nothing == ''", 'yes'],
  ["contains(matrix.list, 'B')", 'yes'],
  ["format('{0}-{1}', 'a', 'b') == 'a-b'", 'yes'],
  ["join(matrix.list, '+') == 'a+b'", 'yes'],
  ['fromJSON(\'{"a":[1,2]}\').a[1] == 2', 'yes'],
  ["endsWith(github.ref, 'x')", 'unknown'],
  ["hashFiles('a') == ''", 'unknown'],
  ['this is no expression', 'unknown'],
])('%s is %s', (condition, truth) => {
  expect(evaluateCondition(condition, scope)).toBe(truth);
});

describe('texts', () => {
  test('known parts stay, unknown parts keep what the author wrote', () => {
    expect(format(evaluateText(`ghcr.io/\${{ secrets.ORG }}/api:\${{github.event_name}}`, scope))).toBe(
      `ghcr.io/\${{ secrets.ORG }}/api:push`,
    );
  });

  test('an undecided condition leaves both operands open', () => {
    const datum = evaluate("secrets.X && 'a' || 'b'", scope);
    expect(truthOf(datum)).toBe('yes');
    expect(printedValue(datum)).toEqual([expect.objectContaining({ choices: [['a'], ['b']] })]);
  });

  test('a text around an expression makes a condition true, as GitHub has it', () => {
    expect(evaluateCondition(`\${{ github.event_name == 'x' }} && false`, scope)).toBe('yes');
  });
});

test('no expression makes it throw', () => {
  const word = fc.constantFrom(
    'github',
    '.',
    'ref',
    '(',
    ')',
    '&&',
    '||',
    '!',
    "'a'",
    '==',
    '[',
    ']',
    '*',
    'contains',
    ',',
    '1',
    'null',
    ' ',
    'matrix',
    '${{',
    '}}',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      expect(['yes', 'no', 'unknown']).toContain(evaluateCondition(words.join(' '), scope));
    }),
  );
});
