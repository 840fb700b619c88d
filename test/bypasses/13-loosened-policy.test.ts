// Bypass 13: a repository’s policy, or one that the pull request brings, loosens the organisation’s.
import { expect, test } from '@jest/globals';
import { DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import { delivery, expectHeld, shown, stage, WORKFLOW } from './attack.ts';

const { opened, repository } = stage();

test('a repository can’t switch a flow off', async () => {
  const target = repository({
    files: { Dockerfile: DOCKERFILE, '.github/clear-to-ship.yml': 'version: 1\nmode: off\n' },
  });
  expectHeld(await opened(target));
});

test('a policy in the head changes nothing for its own pull request', async () => {
  const pull = await opened(repository(), {
    files: {
      [WORKFLOW]: RELEASE,
      '.github/clear-to-ship.yml': 'version: 1\nmode: off\napproval:\n  teams: [acme/everybody]\n',
    },
  });
  expect(delivery(pull)).toBe('action_required');
});

test('_extends is no key', async () => {
  const target = repository({
    files: { Dockerfile: DOCKERFILE, '.github/clear-to-ship.yml': '_extends: stranger/policy\nversion: 1\n' },
  });
  const pull = await opened(target);
  expect(delivery(pull)).toBe('failure');
  expect(shown(pull)).toContain('_extends');
});
