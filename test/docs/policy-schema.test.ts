// The published schema is what editors and other programs check a policy with: it has to say what the app says.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const check = new Ajv2020({ strict: false, allowUnionTypes: true, validateFormats: false }).compile(
  JSON.parse(read('docs/policy.schema.json')),
);

test('takes the examples of the documentation', () => {
  const examples = [...read('docs/policy.md').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
    ([, text = '']) => text,
  );
  const whole = examples.filter((text) => text.startsWith('version:'));
  expect(whole.length).toBeGreaterThan(0);
  for (const example of whole) expect([check(parse(example)), check.errors]).toEqual([true, null]);
});

test.each([
  ['a key that nobody knows', 'version: 1\naproval: {teams: [acme/ospo]}\n'],
  ['another version', 'version: 2\n'],
  ['no version', 'mode: advise\n'],
  ['a mode that is none', 'version: 1\nmode: warn\n'],
  ['nobody who may approve', 'version: 1\napproval: {teams: []}\n'],
  ['a count that is none', 'version: 1\napproval: {teams: [acme/ospo], count: 0}\n'],
  [
    'an exception without a reason',
    'version: 1\nexceptions: [{rule: upgrade-all, owner: acme/x, expires: 2027-01-01}]\n',
  ],
])('refuses %s', (_, text) => {
  expect(check(parse(text))).toBe(false);
});
