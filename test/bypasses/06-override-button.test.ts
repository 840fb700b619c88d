// Bypass 6: a button that any writer may press overrides the verdict.
import { expect, test } from '@jest/globals';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test.each(['recheck', 'override', 'approve', 'set-pass'])(
  'the action %s judges again and decides nothing',
  async (identifier) => {
    const pull = await opened(repository());
    expect(pull.checks().flatMap(({ actions }) => actions.map((each) => each.identifier))).toContain(
      'recheck',
    );
    await pull.clickAction('clear-to-ship / delivery', identifier, { as: 'dev' });
    await gate().settled();
    expect(delivery(pull)).toBe('action_required');
  },
);

test('a command in a comment decides nothing', async () => {
  const pull = await opened(repository());
  await pull.comment('/approve\n/clear-to-ship override\n/lgtm', { as: 'olga' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});
