import { expect, test } from '@jest/globals';
import { renderExplanation } from '../../../src/core/report/explanation.ts';
import { PLAIN } from '../../../src/core/report/terminal.ts';
import type { Rule } from '../../../src/core/rules/rule.ts';

const RULE: Rule = {
  id: 'named-thing',
  obligation: 'flow-02-base-images',
  title: 'Things have names',
  severity: 'warning',
  why: 'A thing without a name is another thing tomorrow, and nobody can say which of the two was meant when it was written down.',
  remedy: 'Give it a name.',
  guidance: [
    { document: 'docker-flows', section: '2', sentence: 1 },
    { document: 'docker-flows', section: '2', sentence: 3 },
    { document: 'docker-image-security', section: '1', sentence: 2 },
  ],
  examples: {
    accepts: [
      {
        title: 'A name',
        policy: 'version: 1\n',
        base: { 'a/Dockerfile': 'FROM old\n' },
        files: { 'a/Dockerfile': 'FROM a\n\nRUN b\n' },
      },
    ],
    rejects: [
      {
        title: 'No name',
        files: { Dockerfile: 'FROM scratch\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
    ],
  },
  check: () => [],
};

test('a rule’s screen', () => {
  expect(renderExplanation(RULE, { width: 70, paint: PLAIN })).toMatchSnapshot();
});

test('without guidance it says so', () => {
  expect(renderExplanation({ ...RULE, guidance: [] }, { width: 70, paint: PLAIN })).toContain(
    'guidance    none\n',
  );
});
