// Bypass 3: a harmless pull request shares its head with one that delivers.
import { expect, test } from '@jest/globals';
import { RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test.each([['first'], ['last']])(
  'the worst of both is shown, though the harmless one is judged %s',
  async (when) => {
    const target = repository();
    await target.push('stable', { [WORKFLOW]: RELEASE }, { as: 'dev' });
    const head = await target.push('one', { 'one.md': '1\n' }, { as: 'dev', from: 'stable' });
    target.repository.branches.set('two', head);
    const harmful = { branch: 'one', commits: [] };
    const harmless = { branch: 'two', base: 'stable', commits: [] };
    const first = await opened(target, when === 'first' ? harmless : harmful);
    const second = await opened(target, when === 'first' ? harmful : harmless);
    expect(second.head()).toBe(first.head());
    expect(delivery(first)).toBe('action_required');
    await (when === 'first' ? first : second).rerun('clear-to-ship / delivery', { as: 'dev' });
    await gate().settled();
    expect(delivery(first)).toBe('action_required');
  },
);
