// Bypass 18: a direct push or an administrator’s merge goes past the gate.
import { expect, test } from '@jest/globals';
import { APPROVED, RELEASE } from '../scenarios/stories.ts';
import type { PullStory } from '../support/story.ts';
import { stage, WORKFLOW } from './attack.ts';

/** What merges delivered, as it was recorded: whether it was cleared, by pull request. */
const delivered: (readonly [string, boolean])[] = [];
const nameOf = ({ pull: { repository: of, number } }: PullStory): string => `${of.name}#${number}`;
const { gate, opened, repository } = stage({
  around: (ports) => ({
    ...ports,
    ledger: {
      ...ports.ledger,
      record: async (pull, entries, at, settled) => {
        await ports.ledger.record(pull, entries, at, settled);
        for (const entry of entries)
          if (entry.kind === 'delivered' && pull.number > 0)
            delivered.push([`${pull.repository}#${pull.number}`, entry.cleared]);
      },
    },
  }),
});

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
  expect(delivered).toEqual([[nameOf(pull), false]]);
  // The ledger tells it from a merge that somebody had cleared.
  const other = await opened(repository());
  await other.label(APPROVED, { as: 'olga' });
  await gate().settled();
  await other.merge({ as: 'dev' });
  await gate().settled();
  expect(delivered).toEqual([
    [nameOf(pull), false],
    [nameOf(other), true],
  ]);
});

test('a merge while nobody can tell whether its approval counts is recorded once that is known', async () => {
  const pull = await opened(repository());
  const deaf = gate().github.faults.add({
    on: ({ path }) => path.includes('/teams/ospo/memberships/olga'),
    failure: { status: 403, message: 'Resource not accessible' },
  });
  const asked = gate().github.mark();
  await pull.label(APPROVED, { as: 'olga' });
  await pull.merge({ as: 'dev' });
  const refused = (): number =>
    gate()
      .github.requests.slice(asked)
      .filter(({ path }) => path.includes('/memberships/olga')).length;
  while (refused() < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(delivered.map(([name]) => name)).not.toContain(nameOf(pull));
  deaf();
  await gate().settled();
  expect(delivered.at(-1)).toEqual([nameOf(pull), true]);
});
