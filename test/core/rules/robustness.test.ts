// Whatever people write, the rules answer: no exception, the same answer twice, every finding in a file that exists.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deriveFacts } from '../../../src/core/derive.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { defaultPolicy } from '../../../src/core/policy/defaults.ts';
import { RULES } from '../../../src/core/rules/index.ts';
import type { Sample } from '../../../src/core/rules/rule.ts';
import { evidenceOf } from '../../support/samples.ts';

const SAMPLES: readonly Sample[] = RULES.flatMap(({ examples }) => [
  ...examples.accepts,
  ...examples.rejects,
]);

function allFindings(sample: Sample): readonly Finding[] {
  const policy = defaultPolicy(['acme']);
  const facts = deriveFacts(evidenceOf(sample), policy);
  return RULES.flatMap((rule) => rule.check(facts, policy));
}

const mutation = fc.record({
  how: fc.constantFrom('drop', 'double', 'cut', 'insert', 'swap'),
  line: fc.nat(40),
  column: fc.nat(60),
  text: fc.oneof(
    fc.constantFrom(
      '$(',
      `\${`,
      `\${{ `,
      '"',
      "'",
      '\\',
      '<<EOF',
      '--from=',
      '@sha256:',
      '- ',
      ': ',
      '\t',
      '\r',
      '🚢',
    ),
    fc.string({ maxLength: 6 }),
  ),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(content: string, { how, line, column, text }: Mutation): string {
  const lines = content.split('\n');
  const at = line % lines.length;
  const current = lines[at] ?? '';
  const where = column % (current.length + 1);
  if (how === 'drop') lines.splice(at, 1);
  if (how === 'double') lines.splice(at, 0, current);
  if (how === 'cut') lines[at] = current.slice(0, where);
  if (how === 'insert') lines[at] = current.slice(0, where) + text + current.slice(where);
  if (how === 'swap') lines.push(...lines.splice(at, 1));
  return lines.join('\n');
}

const mutated: fc.Arbitrary<Sample> = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  .map(([sample, mutations]) => {
    const paths = Object.keys(sample.files);
    const files = { ...sample.files };
    mutations.forEach((each, index) => {
      const path = paths[(each.line + index) % paths.length] ?? '';
      files[path] = mutate(files[path] ?? '', each);
    });
    return { ...sample, files };
  });

describe('all rules together', () => {
  test('answer the same, without throwing, whatever stands in the files', () => {
    fc.assert(
      fc.property(mutated, (sample) => {
        const found = allFindings(sample);
        expect(allFindings(sample)).toEqual(found);
        for (const { location, message } of found) {
          expect(Object.keys(sample.files)).toContain(location.path);
          expect(location.range.start.line).toBeGreaterThan(0);
          expect(message).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});
