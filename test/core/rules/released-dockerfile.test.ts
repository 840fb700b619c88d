// A Dockerfile that a public repository releases already: asked about again for what comes, not for what goes.
import { describe, expect, test } from '@jest/globals';
import { deliverySentence } from '../../../src/core/pipeline/sentence.ts';
import { toJson } from '../../../src/core/report/json.ts';
import { PLAIN } from '../../../src/core/report/terminal.ts';
import { renderText } from '../../../src/core/report/text.ts';
import { RULE_TEXTS, review } from '../../../src/core/review.ts';
import { evidenceOf } from '../../support/samples.ts';

const LICENSED = '# SPDX-License-Identifier: MIT\n';
const BEFORE = `${LICENSED}FROM debian:12.7\nRUN apt-get install -y --no-install-recommends curl git\n`;

function judged(after: string, path = 'Dockerfile') {
  const { verdict } = review(
    evidenceOf({
      title: '',
      base: { Dockerfile: BEFORE },
      files: { [path]: after },
      visibility: 'public',
      policy: 'version: 1\napproval: {teams: [acme/ospo]}\n',
    }),
  );
  const found = verdict.findings.filter(({ finding }) => finding.rule === 'dockerfile-delivery');
  return { verdict, found, outcome: verdict.delivery };
}

describe('against what the base released', () => {
  test.each([
    ['another package', BEFORE.replace('git', 'git jq'), 'needs-approval'],
    ['another version of the base', BEFORE.replace('12.7', '12.8'), 'needs-approval'],
    ['another licence', BEFORE.replace('MIT', 'Apache-2.0'), 'needs-approval'],
    ['a package less', BEFORE.replace(' git', ''), 'clear'],
    ['a comment', `${BEFORE}# done\n`, 'clear'],
  ])('%s', (_, after, outcome) => {
    expect(judged(after).outcome).toBe(outcome);
  });

  test('commands that name packages may be indented anew', () => {
    const dockerfile = (indent: string): string =>
      `${LICENSED}FROM alpine:3.22\nRUN apk add --no-cache $( \\\n${indent}scanelf --needed /usr/lib \\\n${indent}| sort -u )\n`;
    const { verdict } = review(
      evidenceOf({
        title: '',
        base: { Dockerfile: dockerfile('\t') },
        files: { Dockerfile: dockerfile('    \t\t') },
        visibility: 'public',
      }),
    );
    const [found] = verdict.findings.filter(({ finding }) => finding.rule === 'dockerfile-delivery');
    expect(found?.finding.about.packages?.join()).toContain('scanelf');
    expect(found?.standing.kind).toBe('pre-existing');
  });

  test('what comes is told, on the terminal and in JSON', () => {
    const { verdict, found } = judged(BEFORE.replace('curl git', 'curl=8.1 jq'));
    expect(found.map(({ finding }) => finding.message)).toEqual([
      'Merging releases a change of `Dockerfile`: the repository is public.',
    ]);
    const text = renderText(verdict, {
      width: 100,
      paint: PLAIN,
      rules: RULE_TEXTS,
      source: () => null,
      sentence: deliverySentence,
    });
    expect(text).toContain('    diff packages: curl, git → curl=8.1, jq\n');
    const [one] = toJson(verdict, deliverySentence).findings.filter(
      ({ rule }) => rule === 'dockerfile-delivery',
    );
    expect(one?.differences).toEqual([
      { aspect: 'packages', gone: ['curl', 'git'], fresh: ['curl=8.1', 'jq'] },
    ]);
  });

  test('a habit that was there before is not new with another version', () => {
    const before = `${LICENSED}FROM debian:12.7\nRUN apt-get install -y acme=1.0\n`;
    const { verdict } = review(
      evidenceOf({
        title: '',
        base: { Dockerfile: before },
        files: { Dockerfile: before.replace('1.0', '1.1') },
      }),
    );
    const found = verdict.findings.filter(({ finding }) => finding.rule === 'recommended-packages');
    expect(found.map(({ standing }) => standing.kind)).toEqual(['pre-existing']);
  });

  test('a new file is no change of one', () => {
    const { found } = judged(BEFORE, 'other/Dockerfile');
    expect(found.map(({ finding }) => finding.message)).toEqual([
      'Merging releases `other/Dockerfile`: the repository is public.',
    ]);
    expect(found[0]?.finding.previously).toBeUndefined();
  });
});
