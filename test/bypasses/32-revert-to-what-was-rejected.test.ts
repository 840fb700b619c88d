// Bypass 32: what was rejected comes back as a revert, on a pull request of somebody else, or under another title.
import { expect, test } from '@jest/globals';
import { APPROVED, REJECTED, RELEASE } from '../scenarios/stories.ts';
import { delivery, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

test('an approval that was taken back by a rejection does not come back with the content', async () => {
  const target = repository();
  const first = await opened(target);
  await first.label(APPROVED, { as: 'olga' });
  await gate().settled();
  await first.merge({ as: 'dev' });
  await target.push('main', { [WORKFLOW]: null }, { as: 'eve' });
  await gate().settled();
  const second = await opened(target, { author: 'eve', branch: 'revert-1', files: { [WORKFLOW]: RELEASE } });
  expect(delivery(second)).toBe('success');
  await second.label(REJECTED, { as: 'otto' });
  await gate().settled();
  expect(delivery(second)).toBe('failure');
  await second.close();
  const third = await opened(target, {
    author: 'dev',
    branch: 'revert-2',
    title: 'Revert "Remove the release"',
    files: { [WORKFLOW]: `# Another comment.\n${RELEASE}` },
  });
  expect(['failure', 'action_required']).toContain(delivery(third));
});
