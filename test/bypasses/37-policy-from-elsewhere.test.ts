// Bypass 37: a policy in a place that looks like the organisation's: another branch, a fork, another organisation's.
import { expect, test } from '@jest/globals';
import { APPROVED } from '../scenarios/stories.ts';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

const LOOSE = 'version: 1\nmode: off\napproval:\n  teams: [acme/everybody]\n';

test('nothing but the default branch of the organisation’s own policy repository counts', async () => {
  const { policies, github } = gate();
  await policies.push('loose', { '.github/clear-to-ship.yml': LOOSE }, { as: 'olga' });
  const fork = policies.fork('mallory');
  github.user('mallory');
  await fork.push('main', { '.github/clear-to-ship.yml': LOOSE }, { as: 'mallory' }).catch(() => undefined);
  github
    .organization('acme-inc', { members: ['dev'] })
    .repository('.github', { files: { '.github/clear-to-ship.yml': LOOSE } });
  // Changes of the policy are proposed like anything else, and count for nobody before they are merged.
  policies.openPullRequest({
    author: 'dev',
    branch: 'proposed',
    files: { '.github/clear-to-ship.yml': LOOSE },
  });
  await gate().settled();
  const pull = await opened(repository());
  expect(delivery(pull)).toBe('action_required');
  await pull.label(APPROVED, { as: 'sam' });
  await gate().settled();
  expect(delivery(pull)).toBe('action_required');
});

test('a repository of the organisation can’t bring another team, not even on its own default branch', async () => {
  const target = repository({
    files: {
      Dockerfile: 'FROM debian:12.12-slim\n',
      '.github/clear-to-ship.yml': 'version: 1\napproval:\n  teams: [acme/everybody]\n',
    },
  });
  const pull = await opened(target);
  await pull.label(APPROVED, { as: 'sam' });
  await gate().settled();
  expect(['action_required', 'failure']).toContain(delivery(pull));
});
