// Bypass 20: what the pull request brings is executed or obeyed.

import { existsSync, rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { expectHeld, stage, WORKFLOW } from './attack.ts';

const { opened, repository } = stage();

test('nothing of it runs', async () => {
  const trap = '/tmp/clear-to-ship-was-fooled';
  rmSync(trap, { force: true });
  const files = {
    [WORKFLOW]: 'on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make ship\n',
    Makefile: `X := $(shell touch ${trap})\nship:\n\ttouch ${trap}; docker push ghcr.io/acme/x\n`,
    'docker-bake.hcl': `variable "X" { default = "$(touch ${trap})" }\n`,
    '.npmrc': 'script-shell=/bin/false\n',
    'image/Dockerfile': `FROM debian:12.12-slim\nRUN touch ${trap}\n`,
  };
  const pull = await opened(repository(), { files });
  expectHeld(pull);
  expect(existsSync(trap)).toBe(false);
});
