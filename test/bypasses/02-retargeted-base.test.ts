// Bypass 2: the base branch changes under a green head.
import { expect, test } from '@jest/globals';
import { DELIVERY } from '../app/harness.ts';
import { RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('the old green is replaced before the new verdict is made', async () => {
  const target = repository();
  await target.push('stable', { [WORKFLOW]: RELEASE }, { as: 'dev' });
  const pull = await opened(target, { base: 'stable', branch: 'topic', files: { 'a.md': 'a\n' } });
  expect(delivery(pull)).toBe('success');
  await pull.retarget('main');
  await gate().settled();
  const runs = target.repository.suites
    .flatMap((suite) => suite.runs)
    .filter(({ name, sha }) => name === DELIVERY && sha === pull.head());
  expect(runs.map(({ conclusion }) => conclusion)).toEqual(['success', 'action_required', 'action_required']);
  expect(delivery(pull)).toBe('action_required');
});
