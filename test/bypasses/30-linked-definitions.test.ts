// Bypass 30: what is judged lies behind a link, in another repository, or is called what no definition is called.
import { expect, test } from '@jest/globals';
import { RELEASE } from '../scenarios/stories.ts';
import { expectHeld, shown, stage, WORKFLOW } from './attack.ts';

const { gate, opened, repository } = stage();

const CALLS = `on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with: {submodules: true}
      - run: ./vendor/ship.sh
        env: {TOKEN: '\${{ secrets.TOKEN }}'}
`;

test('a workflow that is a link to a file of the repository', async () => {
  expectHeld(
    await opened(repository(), {
      files: { [WORKFLOW]: { symlink: '../../ci/release.txt' }, 'ci/release.txt': RELEASE },
    }),
  );
});

test('a script in a submodule can’t be seen into, when it comes and when the submodule moves', async () => {
  const vendored = (digit: string) => ({ submodule: digit.repeat(40) });
  expectHeld(await opened(repository(), { files: { [WORKFLOW]: CALLS, vendor: vendored('a') } }));
  const target = repository();
  await target.push('main', { [WORKFLOW]: CALLS, vendor: vendored('a') }, { as: 'eve' });
  await gate().settled();
  expectHeld(await opened(target, { files: { vendor: vendored('b') } }));
});

test('a policy of a repository that is a link is no policy, and nothing passes until it is mended', async () => {
  const target = repository({
    files: {
      Dockerfile: 'FROM debian:12.12-slim\n',
      '.github/clear-to-ship.yml': { symlink: '../loose.yml' },
      'loose.yml': 'version: 1\n',
    },
  });
  const pull = await opened(target);
  expectHeld(pull);
  expect(shown(pull)).toContain('.github/clear-to-ship.yml');
});

test('a script that nobody may execute yet is asked about when it comes', async () => {
  const pull = await opened(repository(), {
    files: {
      [WORKFLOW]: CALLS.replace('./vendor/ship.sh', './ship.sh'),
      'ship.sh': { text: '#!/bin/sh\ndocker push ghcr.io/acme/later\n', mode: '100644' },
    },
  });
  expectHeld(pull);
  expect(shown(pull)).toContain('ghcr.io/acme/later');
});
