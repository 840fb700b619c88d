import { describe, expect, test } from '@jest/globals';
import type { Truth } from '../../../../src/core/model/value.ts';
import { conditionTruth } from '../../../../src/core/pipeline/other-ci/condition.ts';
import {
  ABSENT,
  type Fact,
  globMatches,
  matches,
  openFact,
  textFact,
} from '../../../../src/core/pipeline/other-ci/fact.ts';

const FACTS: Readonly<Record<string, Fact>> = {
  BRANCH: textFact('main'),
  TAG: ABSENT,
  OTHER: openFact('$OTHER', 'open', 'no', ['main', 'develop']),
  MAYBE: openFact('$MAYBE', 'open'),
  'build.branch': textFact('release/1'),
};

function truth(written: string): Truth {
  return conditionTruth(written, { name: (name) => FACTS[name] ?? null });
}

describe('conditions', () => {
  test.each<[string, Truth]>([
    ['$BRANCH == "main"', 'yes'],
    ["$BRANCH != 'main'", 'no'],
    ['$BRANCH', 'yes'],
    ['$TAG', 'no'],
    ['$TAG == null', 'yes'],
    ['$TAG == ""', 'yes'],
    ['$BRANCH == null', 'no'],
    ['$OTHER', 'yes'],
    ['$OTHER == "main"', 'no'],
    ['$OTHER == "next"', 'unknown'],
    ['$OTHER == $OTHER', 'yes'],
    ['$MAYBE', 'unknown'],
    ['$MAYBE && $TAG', 'no'],
    ['$MAYBE || $BRANCH', 'yes'],
    ['!($BRANCH == "main")', 'no'],
    ['$BRANCH =~ /^ma/', 'yes'],
    ['$BRANCH !~ /^ma/', 'no'],
    ['$BRANCH =~ /^(main|develop)$/', 'yes'],
    ['$OTHER =~ /^(main|develop)$/', 'no'],
    ['$OTHER =~ /^(main|next)$/', 'unknown'],
    ['$NOBODY == "x"', 'unknown'],
    ['build.branch == "release/1" && build.branch =~ /^release\\//', 'yes'],
    ['$BRANCH == "main" && (', 'unknown'],
    ['$BRANCH ~~ "main"', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', (written, expected) => {
    expect(truth(written)).toBe(expected);
  });

  test.each<[string, Truth]>([
    ['branch = main', 'yes'],
    ['branch IN (main, next) AND tag IS blank', 'yes'],
    ['NOT branch = main', 'no'],
    ['tag IS present', 'no'],
    ['branch =~ ^ma', 'yes'],
  ])('Travis: %s is %s', (written, expected) => {
    const facts: Readonly<Record<string, Fact>> = { branch: textFact('main'), tag: ABSENT };
    expect(conditionTruth(written, { name: (name) => facts[name] ?? null, bareTexts: true })).toBe(expected);
  });
});

describe('patterns', () => {
  test.each<[Fact, string, Truth]>([
    [textFact('main'), 'main', 'yes'],
    [textFact('release/1.2'), 'release/*', 'yes'],
    [textFact('main'), 'release/*', 'no'],
    [textFact('a'), '{a,b}', 'yes'],
    [openFact('x', 'open', 'no'), '*', 'yes'],
    [openFact('x', 'open', 'no', ['main']), 'main', 'no'],
    [ABSENT, '*', 'no'],
  ])('glob %#', (fact, pattern, expected) => {
    expect(globMatches(fact, pattern)).toBe(expected);
  });

  test('a pattern that could take exponential time stays undecided', () => {
    expect(matches(textFact('a'.repeat(200)), '^(a+)+$')).toBe('unknown');
    expect(matches(textFact('a'.repeat(200)), '(a|a)*b')).toBe('unknown');
  });
});
