// Every suggestion that any rule's sample leads to, applied as a click on GitHub does: its finding goes, nothing worse comes.
import { describe, expect, test } from '@jest/globals';
import type { ReviewComment } from '../../../src/core/model/report.ts';
import type { Verdict } from '../../../src/core/model/verdict.ts';
import { isShown } from '../../../src/core/report/check-run.ts';
import { render } from '../../../src/core/report/render.ts';
import { RULE_TEXTS, review } from '../../../src/core/review.ts';
import { RULES } from '../../../src/core/rules/index.ts';
import type { Sample } from '../../../src/core/rules/rule.ts';
import { evidenceOf } from '../../support/samples.ts';

function judged(sample: Sample): { readonly verdict: Verdict; readonly comments: readonly ReviewComment[] } {
  const evidence = evidenceOf(sample);
  const { verdict, facts, policy } = review(evidence);
  return { verdict, comments: render(verdict, facts, policy, evidence.changes, RULE_TEXTS).reviewComments };
}

/** What the button puts in the place of the commented lines. */
function applied(sample: Sample, { path, startLine, endLine, body }: ReviewComment): Sample {
  const [, fence = '', replacement] = /(?:^|\n)(`{3,})suggestion\n([\s\S]*?)\n\1(?:\n|$)/.exec(body) ?? [];
  if (fence === '' || replacement === undefined) throw new Error(`nothing is suggested: ${body}`);
  const lines = (sample.files[path] ?? '').split('\n');
  lines.splice(startLine - 1, endLine - startLine + 1, ...replacement.split('\n'));
  return { ...sample, files: { ...sample.files, [path]: lines.join('\n') } };
}

/** How many findings of each rule block. */
const blocking = ({ findings }: Verdict): ReadonlyMap<string, number> => {
  const open = findings.filter(
    ({ finding, standing }) => standing.kind === 'open' && finding.severity === 'error',
  );
  return new Map(
    [...Map.groupBy(open, ({ finding }) => finding.rule)].map(([rule, all]) => [rule, all.length]),
  );
};

const cases = RULES.flatMap(({ id, examples }) =>
  [...examples.accepts, ...examples.rejects].flatMap((sample) => {
    const { verdict, comments } = judged(sample);
    return comments.map((comment) => {
      const finding = verdict.findings.find(({ fingerprint }) => fingerprint === comment.key);
      return { id, title: sample.title, rule: finding?.finding.rule ?? '', sample, verdict, comment };
    });
  }),
);

describe('a suggestion, once applied', () => {
  test.each(cases)('settles $rule in “$title” of $id', ({ sample, verdict, comment }) => {
    const after = judged(applied(sample, comment)).verdict;
    const shown = after.findings.filter(isShown).map(({ fingerprint }) => fingerprint);
    expect(shown).not.toContain(comment.key);
    expect(after.gaps.length).toBeLessThanOrEqual(verdict.gaps.length);
    for (const [rule, count] of blocking(after))
      expect([rule, count]).toEqual([rule, blocking(verdict).get(rule)]);
  });
});

test('all rules that offer an edit are among them', () => {
  expect([...new Set(cases.map(({ rule }) => rule))].sort()).toEqual([
    'archive-without-notices',
    'copied-dockerfile',
    'insecure-download',
    'recommended-packages',
    'unlicensed-dockerfile',
    'unpinned-base-image',
    'unverified-download',
    'unvetted-base-image',
  ]);
});

test('there are never more than ten, and never two on the same lines', () => {
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `images/${at}/Dockerfile`,
      `FROM debian:13.1\nRUN apt-get update && apt-get install -y curl git\n`,
    ]),
  );
  const { comments } = judged({ title: 'many', files: { ...files, 'package.json': '{ "license": "MIT" }' } });
  expect(comments).toHaveLength(10);
  const places = comments.map(({ path, startLine }) => `${path}:${startLine}`);
  expect(new Set(places).size).toBe(10);
});
