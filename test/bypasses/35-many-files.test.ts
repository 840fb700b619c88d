// Bypass 35: the delivery stands behind the files that GitHub lists at first.
import { expect, test } from '@jest/globals';
import { DELIVERY } from '../app/harness.ts';
import { APPROVED, RELEASE } from '../scenarios/stories.ts';
import type { RepositoryStory } from '../support/story.ts';
import { delivery, expectHeld, shown, stage } from './attack.ts';

const { gate, opened, repository } = stage();

const many = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`.a/${String(index).padStart(4, '0')}.md`, `${index}\n`]),
  );

const conclusion = (target: RepositoryStory, sha: string): string | null | undefined =>
  target.checks(sha).find(({ name }) => name === DELIVERY)?.conclusion;

test('more than 300 files are listed by pages, and the last of them counts', async () => {
  const target = repository();
  const pull = await opened(target, { files: { ...many(420), '.github/workflows/zz.yml': RELEASE } });
  expectHeld(pull);
  expect(delivery(pull)).toBe('action_required');
  expect(shown(pull)).toContain('ghcr.io/acme/api');
  // Of a group in the queue, and of a push, GitHub lists 300 and no more.
  const before = await pull.enqueue({ as: 'dev' });
  await gate().settled();
  expect(conclusion(target, before.headSha)).toBe('action_required');
  await pull.label(APPROVED, { as: 'olga' });
  await gate().settled();
  const group = await pull.enqueue({ as: 'dev' });
  await gate().settled();
  expect(conclusion(target, group.headSha)).toBe('success');
  await pull.merge({ as: 'dev' });
  await gate().settled();
  expect(target.issues()).toEqual([]);
});

test('a push of more than 300 files past the gate is told like any other', async () => {
  const target = repository();
  const files = { ...many(420), '.github/workflows/zz.yml': RELEASE };
  await target.push('main', files, { as: 'dev' });
  await gate().settled();
  expect(target.issues().map(({ title }) => title)).toEqual([expect.stringContaining('Uncleared delivery')]);
});
