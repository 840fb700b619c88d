// Names whose host nobody knows: when the log-ins of a job settle where they go.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, WORKFLOW } from './judged.ts';

const HOST = `\${{ inputs.registry }}`;
const login = (condition: string): string =>
  `      - ${condition}uses: docker/login-action@v3\n        with: {registry: quay.io, username: a, password: b}\n`;
const push = (condition: string): string =>
  `      - ${condition}uses: docker/build-push-action@v6\n        with: {push: true, tags: '${HOST}/acme/api:1'}\n`;

function told(steps: string): readonly string[] {
  const head = `on: {workflow_call: {inputs: {registry: {type: string}, go: {type: boolean}}}}`;
  return deliveriesOf({
    [WORKFLOW]: `${head}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`,
  });
}

describe('an open host', () => {
  test('is where the only log-in goes', () => {
    expect(told(login('') + push(''))).toEqual(['registry-push quay.io/acme/api:1']);
  });

  test('stays open beside a log-in that belongs to one of several hosts', () => {
    const one = `if: inputs.registry == 'quay.io'\n        `;
    expect(told(login(one) + push(''))).toEqual([`registry-push ${HOST}/acme/api:1`]);
  });

  test('is where the log-in goes that is made when the push is', () => {
    const both = 'if: inputs.go\n        ';
    expect(told(login(both) + push(both))).toEqual(['registry-push quay.io/acme/api:1?']);
  });
});

describe('actions nobody knows', () => {
  const opaque = (uses: string, given: string): readonly string[] =>
    deliveriesOf({
      [WORKFLOW]: `on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ${uses}\n        with: {${given}}\n`,
    });

  test.each([
    ['acme/builder@v1', 'image: api, args: --all'],
    ['acme/builder/actions/publish-manifest@v1', 'image-name: api'],
    ['acme/release@v2', 'docker-image: api'],
  ])('%s with %s may push', (uses, given) => {
    expect(opaque(uses, given)).toEqual([`opaque ${uses}?`]);
  });

  test.each([
    ['acme/builder/actions/prepare-matrix@v1', 'image-name: api'],
    ['acme/scan@v1', 'image: api'],
    ['acme/publish@v1', 'path: dist'],
  ])('%s with %s does not look like it', (uses, given) => {
    expect(opaque(uses, given)).toEqual([]);
  });
});
