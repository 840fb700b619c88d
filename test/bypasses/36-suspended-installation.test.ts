// Bypass 36: the App is suspended while something is opened and approved by whoever may not, and comes back.
import { expect, test } from '@jest/globals';
import { APPROVED } from '../scenarios/stories.ts';
import { installationJson, installedRepositoriesJson } from '../support/rest/json/accounts.ts';
import { emitOther } from '../support/world/events.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test('what happened meanwhile is judged anew, and labels of that time count for nothing', async () => {
  const { world } = gate().github;
  const { installation } = gate().acme;
  if (installation === null) throw new Error('acme has an installation');
  const target = repository();
  const before = await opened(target, { branch: 'before', files: { 'a.md': 'a\n' } });
  expect(delivery(before)).toBe('success');
  const tell = (action: string): void =>
    emitOther(world, installation.account, ['installation', action], gate().github.user('olga'), {
      installation: installationJson(world, installation),
      repositories: installedRepositoriesJson(world, installation),
    });
  tell('suspend');
  await gate().settled();
  installation.suspendedAt = world.clock.tick();
  const during = target.openPullRequest({
    author: 'dev',
    branch: 'during',
    files: {
      '.github/workflows/release.yml':
        'on: push\njobs: {x: {runs-on: ubuntu-latest, steps: [{run: docker push ghcr.io/acme/x}]}}\n',
    },
  });
  await during.label(APPROVED, { as: 'sam' });
  await gate().settled();
  expect(during.checks()).toEqual([]);
  installation.suspendedAt = null;
  tell('unsuspend');
  await gate().settled();
  expect(delivery(during)).toBe('action_required');
  expect(during.labels()).not.toContain(APPROVED);
});
