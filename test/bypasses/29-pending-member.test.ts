// Bypass 29: somebody who was only invited into the approving team, or is in a team of another organisation with its name.
import { expect, test } from '@jest/globals';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage({ teams: { ospo: { members: ['olga'], pending: ['sam'] } } });

test.each(['sam', 'otto'])('%s approves nothing', async (by) => {
  gate().github.organization(`theirs-of-${by}`, { teams: { ospo: [by] } });
  const pull = await opened(repository());
  await pull.label(APPROVED, { as: by });
  await pull.review('APPROVE', { as: by });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
  expect(pull.labels()).not.toContain(APPROVED);
});
