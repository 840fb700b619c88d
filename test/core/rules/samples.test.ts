// Runs every rule's samples through the whole derivation: what the docs show is what happens.
import { describe, expect, test } from '@jest/globals';
import { deriveFacts } from '../../../src/core/derive.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { readPolicy } from '../../../src/core/policy/read.ts';
import { RULES } from '../../../src/core/rules/index.ts';
import type { RejectedSample, Rule, Sample } from '../../../src/core/rules/rule.ts';
import { evidenceOf, withEdit } from '../../support/samples.ts';

function findings(rule: Rule, sample: Sample): readonly Finding[] {
  const evidence = evidenceOf(sample);
  const ids = RULES.map(({ id }) => id);
  const { policy, gaps } = readPolicy(evidence.policies, ['acme'], ids);
  // A sample without a policy file is judged by the embedded defaults; one with a broken file proves nothing.
  expect(gaps.filter(() => sample.policy !== undefined)).toEqual([]);
  const facts = deriveFacts(evidence, policy);
  expect(facts.head.wanted).toEqual([]);
  return rule.check(facts, policy);
}

const accepted = RULES.flatMap((rule) =>
  rule.examples.accepts.map((sample): [string, string, Rule, Sample] => [
    rule.id,
    sample.title,
    rule,
    sample,
  ]),
);
const rejected = RULES.flatMap((rule) =>
  rule.examples.rejects.map((sample): [string, string, Rule, RejectedSample] => [
    rule.id,
    sample.title,
    rule,
    sample,
  ]),
);

describe('accepted samples', () => {
  test.each(accepted)('%s: %s', (_, __, rule, sample) => {
    expect(findings(rule, sample).map(({ message }) => message)).toEqual([]);
  });
});

describe('rejected samples', () => {
  test.each(rejected)('%s: %s', (_, __, rule, sample) => {
    const found = findings(rule, sample);
    const { outcome, line, count = 1 } = sample.expect;
    expect(found.map(({ rule: id }) => id)).toEqual(Array.from({ length: count }, () => rule.id));
    expect([found[0]?.outcome, found[0]?.location.range.start.line]).toEqual([outcome, line]);
  });

  test.each(rejected)('%s: is told well: %s', (_, __, rule, sample) => {
    for (const { message, location, about } of findings(rule, sample)) {
      expect(message).toMatch(/^[A-Z`].*[.]$/);
      expect(Object.keys(sample.files)).toContain(location.path);
      expect(Object.values(about).flat().length).toBeGreaterThan(0);
    }
  });
});

/** The same repository, written differently. */
const REWRITTEN: readonly (readonly [string, (text: string) => string])[] = [
  ['lines moved down', (text) => text.replace(/^(FROM|on:)/m, '\n# A remark.\n\n$1')],
  ['blanks at the ends of lines', (text) => text.replace(/([^\\\n])\n/g, '$1 \n')],
  ['Windows line ends', (text) => text.replaceAll('\n', '\r\n')],
  ['more lines at the end', (text) => `${text}\n# The end.\n`],
];

describe('what a finding is about', () => {
  const cases = rejected.flatMap(([id, title, rule, sample]) =>
    REWRITTEN.map(([how, rewrite]) => ({ id, title, rule, sample, how, rewrite })),
  );

  test.each(cases)('$id: $title: stays the same with $how', ({ rule, sample, rewrite }) => {
    const files = Object.fromEntries(
      Object.entries(sample.files).map(([path, content]) => [
        path,
        path.endsWith('.json') ? content : rewrite(content),
      ]),
    );
    const abouts = (each: Sample) => findings(rule, each).map(({ about }) => about);
    expect(abouts({ ...sample, files })).toEqual(abouts(sample));
  });

  test.each(rejected)('%s: %s: two findings are about two things', (_, __, rule, sample) => {
    const abouts = findings(rule, sample).map(({ about }) => JSON.stringify(about));
    expect(new Set(abouts).size).toBe(abouts.length);
  });
});

describe('edits', () => {
  const offered = rejected.flatMap(([id, title, rule, sample]) =>
    findings(rule, sample).flatMap(({ edit, about }) =>
      edit === null ? [] : [{ id, title, rule, sample, edit, about }],
    ),
  );

  test('are offered where one edit is enough', () => {
    expect([...new Set(offered.map(({ id }) => id))].sort()).toEqual([
      'archive-without-notices',
      'copied-dockerfile',
      'insecure-download',
      'recommended-packages',
      'unjustified-delivery',
      'unlicensed-dockerfile',
      'unmaintained-delivery',
      'unpinned-base-image',
      'unverified-download',
      'unvetted-base-image',
    ]);
  });

  test.each(offered)('$id: the finding is gone after the edit: $title', ({ rule, sample, edit, about }) => {
    expect(findings(rule, withEdit(sample, edit)).map((each) => each.about)).not.toContainEqual(about);
  });
});
