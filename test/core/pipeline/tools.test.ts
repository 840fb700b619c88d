import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { TOOLS } from '../../../src/core/pipeline/tools/index.ts';
import { deliveriesOf, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const FOLDER = 'src/core/pipeline/tools';

describe.each(TOOLS.map((tool) => [tool.id, tool] as const))('%s', (_, tool) => {
  test.each(tool.examples.map((example) => [example.script ?? example.steps ?? '', example] as const))(
    '%s',
    (_text, example) => {
      const steps = example.script === undefined ? (example.steps ?? '') : scriptStep(example.script);
      expect(deliveriesOf({ ...example.files, [WORKFLOW]: workflowOf(steps) })).toEqual(
        [...example.delivers].sort(),
      );
    },
  );

  test('says where it is documented and shows an example', () => {
    expect(tool.documentation).toMatch(/^https:\/\//);
    expect(tool.examples.length).toBeGreaterThan(0);
  });
});

test('every tool in the folder is listed, once, sorted', () => {
  const declared = readdirSync(FOLDER)
    .filter((file) => file !== 'index.ts')
    .flatMap((file) =>
      [
        ...readFileSync(`${FOLDER}/${file}`, 'utf8').matchAll(
          /^export const \w+: Tool = \{\n\s+id: '([^']+)'/gm,
        ),
      ].map((match) => match[1]),
    );
  expect(TOOLS.map((tool) => tool.id)).toEqual([...declared].sort());
});

test('no command and no action is claimed twice', () => {
  const claims = TOOLS.flatMap((tool) => [...tool.commands, ...tool.actions]);
  expect(claims.filter((claim, at) => claims.indexOf(claim) !== at)).toEqual([]);
});
