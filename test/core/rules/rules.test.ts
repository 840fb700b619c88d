import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { OBLIGATIONS } from '../../../src/core/policy/modes.ts';
import { RULES, ruleById } from '../../../src/core/rules/index.ts';

const folder = fileURLToPath(new URL('../../../src/core/rules/', import.meta.url));

/** `obligation/id` of every file that stands in an obligation's folder. */
function onDisk(): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && (OBLIGATIONS as readonly string[]).includes(entry.name))
    .flatMap((entry) => readdirSync(`${folder}${entry.name}`).map((file) => `${entry.name}/${file}`))
    .sort();
}

describe('the list of rules', () => {
  test('holds exactly the files in the folders of the obligations, in their order', () => {
    expect(RULES.map(({ obligation, id }) => `${obligation}/${id}.ts`)).toEqual(onDisk());
  });

  test('finds a rule by its id', () => {
    for (const rule of RULES) expect(ruleById(rule.id)).toBe(rule);
    expect(ruleById('no-such-rule')).toBeNull();
  });

  test('names each rule once', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))('%s is documented', (_, rule) => {
    expect(rule.title).toMatch(/^[A-Z`].*[^.]$/);
    expect(rule.why).toMatch(/\.$/);
    expect(rule.remedy).toMatch(/[.)]$/);
    const asks = rule.examples.rejects.some(({ expect: { outcome } }) => outcome === 'needs-approval');
    expect(rule.decision ?? 'Nothing').toMatch(asks ? /\?$/ : /./);
    expect(rule.examples.accepts.length).toBeGreaterThan(0);
    expect(rule.examples.rejects.length).toBeGreaterThan(0);
    expect(rule.guidance.length).toBeGreaterThan(0);
  });
});
