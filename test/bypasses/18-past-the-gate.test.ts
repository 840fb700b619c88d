// Bypass 18: a direct push or an administrator’s merge goes past the gate.
import { expect, test } from '@jest/globals';
import { RELEASE } from '../scenarios/stories.ts';
import { stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('a direct push of an uncleared delivery opens an issue that names it', async () => {
  const target = repository();
  await target.push('main', { [WORKFLOW]: RELEASE }, { as: 'dev' });
  await gate().settled();
  expect(target.issues().map(({ title }) => title)).toEqual([expect.stringContaining('Uncleared delivery')]);
});

test('so does an administrator’s merge past the red check', async () => {
  const target = repository({
    requiredChecks: ['clear-to-ship / delivery'],
    collaborators: { dev: 'write', boss: 'admin' },
  });
  const pull = await opened(target);
  await expect(pull.merge({ as: 'dev' })).rejects.toThrow('Required status check');
  await pull.merge({ as: 'boss', bypass: true });
  await gate().settled();
  expect(target.issues()).toHaveLength(1);
});
