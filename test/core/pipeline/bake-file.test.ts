import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bakeTargets } from '../../../src/core/pipeline/bake-file.ts';
import { givenFiles } from '../../../src/core/pipeline/files.ts';
import { readHcl } from '../../../src/core/pipeline/hcl.ts';
import { format, text } from '../../../src/core/value.ts';

type Given = {
  readonly targets?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly names?: readonly string[];
  readonly folder?: string;
};

function targets(files: Readonly<Record<string, string>>, given: Given = {}) {
  const found = bakeTargets({
    files: givenFiles(files),
    folder: given.folder ?? '',
    names: given.names ?? [],
    targets: given.targets ?? [],
    variable: (name) => (given.variables?.[name] === undefined ? null : text(given.variables[name] ?? '')),
  });
  return found?.map((one) => [one.name, one.tags.map(format), one.source.dockerfile]) ?? null;
}

const HCL = `
variable "TAG" { default = "1" }
variable "REPO" {}
group "default" { targets = ["api", "web"] }
target "base" {
  context = "."
  args = { V = TAG }
}
target "api" {
  inherits   = ["base"]
  dockerfile = "api/Dockerfile" # beside the code
  tags       = ["acme/api:\${TAG}", "\${REPO}/api"]
}
target "web" {
  inherits = ["base"]
  context  = "./web"
  tags = [
    "acme/web:\${TAG}",
    notequal("", TAG) ? "acme/web:x" : "",
  ]
  output = ["type=registry"]
}
`;

describe('targets of a bake file', () => {
  test('groups, inheritance, variables with and without default', () => {
    expect(targets({ 'docker-bake.hcl': HCL })).toEqual([
      ['api', ['acme/api:1', `\${REPO}/api`], 'api/Dockerfile'],
      ['web', ['acme/web:1', expect.stringContaining('notequal')], 'web/Dockerfile'],
    ]);
  });

  test('the environment wins over a default', () => {
    expect(
      targets(
        { 'docker-bake.hcl': HCL },
        { targets: ['api'], variables: { TAG: '2', REPO: 'ghcr.io/acme' } },
      ),
    ).toEqual([['api', ['acme/api:2', 'ghcr.io/acme/api'], 'api/Dockerfile']]);
  });

  test('JSON, an override file, and a folder', () => {
    const files = {
      'sub/docker-bake.json': '{"target":{"default":{"tags":["a:1"],"dockerfile":"D"}}}',
      'sub/docker-bake.override.json': '{"target":{"default":{"tags":["b:1"]}}}',
    };
    expect(targets(files, { folder: 'sub' })).toEqual([['default', ['b:1'], 'sub/D']]);
  });

  test.each([
    ['no file', {}, {}],
    ['a file that is not there', { 'docker-bake.hcl': HCL }, { names: ['other.hcl'] }],
    ['a target that is not declared', { 'docker-bake.hcl': HCL }, { targets: ['nothing'] }],
    ['a broken file', { 'docker-bake.hcl': 'target "a" {' }, { targets: ['a'] }],
  ])('%s is not known, which is not "nothing"', (_, files, given) => {
    expect(targets(files, given)).toBeNull();
  });
});

test('no HCL makes it throw', () => {
  const piece = fc.constantFrom(
    'target',
    ' "a" ',
    '{',
    '}',
    '[',
    ']',
    '=',
    '"',
    '$\u007b',
    '\n',
    ',',
    '(',
    ')',
    'for',
    'x',
    ':',
    '<<EOT\n',
    'EOT',
    '#',
    '/*',
    '?',
    '1',
    'null',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      expect(typeof readHcl(pieces.join('')).broken).toBe('boolean');
    }),
  );
});
