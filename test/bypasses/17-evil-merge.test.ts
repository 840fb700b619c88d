// Bypass 17: new content slips in with the resolution of a conflict.
import { expect, test } from '@jest/globals';
import { APPROVED, RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('the merged content is judged', async () => {
  const target = repository();
  const pull = await opened(target);
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('success');
  await target.push('main', { [WORKFLOW]: `# Ours.\n${RELEASE}` }, { as: 'eve' });
  await pull.push(
    { [WORKFLOW]: RELEASE.replace('acme/api', 'acme/slipped-in') },
    { as: 'dev', message: "Merge branch 'main' into release" },
  );
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});
