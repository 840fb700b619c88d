import { describe, expect, test } from '@jest/globals';
import { review } from '../../src/core/review.ts';
import { evidenceOf } from '../support/samples.ts';

const FILES = {
  Dockerfile: '# SPDX-License-Identifier: MIT\nFROM debian:12.12\nCOPY app /app\n',
  'app/main.c': 'int main(void) { return 0; }\n',
  'docs/manual.md': 'Turn it on.\n',
  '.github/workflows/release.yml': `on: {push: {tags: ['v*']}}
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with: {context: ., file: Dockerfile, push: true, tags: 'ghcr.io/acme/x:1'}
`,
};
const CHANGED = { ...FILES, 'app/main.c': 'int main(void) { return 1; }\n' };

function deliveryOf(base: Record<string, string>, head: Record<string, string>, strict: string) {
  const policy = `version: 1\napproval: {teams: [acme/ospo], strict: ${strict}}\n`;
  const { facts, verdict } = review(evidenceOf({ title: 'strict', base, files: head, policy }));
  return { change: facts.deliveries[0], outcome: verdict.delivery };
}

describe('strict approval', () => {
  test('a change in the build context changes the delivery', () => {
    const { change, outcome } = deliveryOf(FILES, CHANGED, '[6]');
    expect(change?.change).toBe('changed');
    expect(change?.about['content of the build context']).not.toEqual(
      change?.previously?.['content of the build context'],
    );
    expect(outcome).toBe('needs-approval');
  });

  test('nothing changed, nothing asked', () => {
    expect(deliveryOf(FILES, FILES, '[6]')).toMatchObject({
      change: { change: 'unchanged' },
      outcome: 'clear',
    });
  });

  test.each(['[]', '[7, 8]'])('strict for %s leaves pushes to public registries alone', (strict) => {
    expect(deliveryOf(FILES, CHANGED, strict)).toMatchObject({
      change: { change: 'unchanged' },
      outcome: 'clear',
    });
  });

  test('files outside of the context do not matter', () => {
    const narrow = (files: Record<string, string>) => ({
      ...files,
      '.github/workflows/release.yml': FILES['.github/workflows/release.yml'].replace(
        'context: .,',
        'context: app,',
      ),
    });
    const { change } = deliveryOf(
      narrow(FILES),
      narrow({ ...FILES, 'docs/manual.md': 'Turn it off.\n' }),
      '[6]',
    );
    expect(change?.change).toBe('unchanged');
  });

  test.each(['../other', 'https://example.org/x.git', '${{ inputs.context }}'])(
    'a context that is no known folder (%s) is the whole repository',
    (context) => {
      const wide = (files: Record<string, string>) => ({
        ...files,
        '.github/workflows/release.yml': FILES['.github/workflows/release.yml'].replace(
          'context: .,',
          `context: '${context}',`,
        ),
      });
      const { change } = deliveryOf(
        wide(FILES),
        wide({ ...FILES, 'docs/manual.md': 'Turn it off.\n' }),
        '[6]',
      );
      expect(change?.change).toBe('changed');
    },
  );
});
