import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BakeTarget, bakeTargets } from '../../../src/core/pipeline/bake-file.ts';
import { readOverride } from '../../../src/core/pipeline/bake-overrides.ts';
import { givenFiles } from '../../../src/core/pipeline/files.ts';
import { readHcl } from '../../../src/core/pipeline/hcl.ts';
import { format, text } from '../../../src/core/value.ts';

type Given = {
  readonly targets?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly names?: readonly string[];
  readonly sets?: readonly string[];
  readonly folder?: string;
};

function read(files: Readonly<Record<string, string>>, given: Given = {}): readonly BakeTarget[] | null {
  const found = bakeTargets({
    files: givenFiles(files),
    folder: given.folder ?? '',
    names: (given.names ?? []).map(text),
    targets: (given.targets ?? []).map(text),
    overrides: (given.sets ?? []).map((set) => readOverride(text(set))),
    variable: (name) => (given.variables?.[name] === undefined ? null : text(given.variables[name] ?? '')),
    madeTags: () => null,
  });
  return found.kind === 'targets' ? found.targets : null;
}

function targets(files: Readonly<Record<string, string>>, given: Given = {}) {
  return read(files, given)?.map((one) => [one.name, one.tags.map(format), one.source.dockerfile]) ?? null;
}

/** Tags by target of one HCL file. */
function tagsOf(hcl: string, given: Given = {}): Readonly<Record<string, readonly string[]>> | null {
  const found = read({ 'docker-bake.hcl': hcl }, given);
  return found && Object.fromEntries(found.map((one) => [one.name, one.tags.map(format)]));
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
      ['web', ['acme/web:1', 'acme/web:x'], 'web/Dockerfile'],
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

const value = (expression: string, given: Given = {}): readonly string[] =>
  tagsOf(`target "default" { tags = flatten([${expression}]) }`, given)?.default ?? ['unreadable'];

describe('expressions', () => {
  test.each([
    ['"a-${1 + 2 * 3}"', ['a-7']],
    ['"${upper("x")}${lower("Y")}"', ['Xy']],
    ['[for x in ["b", "a"] : "i:${x}"]', ['i:b', 'i:a']],
    ['[for i, x in ["b", "a"] : "${x}${i}" if x != "b"]', ['a1']],
    ['values({for k, v in {x = 1, y = 2} : "${k}" => "v${v}"})', ['v1', 'v2']],
    ['[{n = "a"}, {n = "b"}][*].n', ['a', 'b']],
    ['true && !false ? "yes" : "no"', ['yes']],
    ['length(["a", "b"]) >= 2 ? "many" : "few"', ['many']],
    ['regex_replace("3.24.1", "\\\\.\\\\d+$", "")', ['3.24']],
    ['regex_replace("v1.2", "^v(.*)$", "r$1")', ['r1.2']],
    ['replace("a.b.c", ".", "-")', ['a-b-c']],
    ['join("-", ["a", "b"])', ['a-b']],
    ['split(",", "a,b")', ['a', 'b']],
    ['lookup({a = "x"}, "b", "none")', ['none']],
    ['compact(["", "a"])', ['a']],
    ['distinct(["a", "a", "b"])', ['a', 'b']],
    ['concat(["a"], ["b"])', ['a', 'b']],
    ['trimprefix("v1", "v")', ['1']],
    ['format("%s:%d", "a", 2)', ['a:2']],
    ['element(["a", "b"], 3)', ['b']],
    ['reverselist(["a", "b"])', ['b', 'a']],
    ['slice(["a", "b", "c"], 1, 3)', ['b', 'c']],
    ['keys(merge({b = 1}, {a = 2}))', ['a', 'b']],
    ['"%{ if 1 < 2 }x%{ else }y%{ endif }"', ['x']],
    ['"%{ for x in ["a", "b"] }<${x}>%{ endfor }"', ['<a><b>']],
    ['"$${not}"', ['${not}']],
    ['substr("abcdef", 0, 3)', ['abc']],
    ['try("a", "b")', ['a']],
    ['semvercmp("1.2.3", ">= 1.0.0") ? "new" : "old"', ['new']],
    ['setproduct(["a"], ["b", "c"])', ['a', 'b', 'a', 'c']],
    ['sort(["b", "a"])', ['a', 'b']],
    ['coalesce(null, "a")', ['a']],
    ['range(2)', ['0', '1']],
    ['sanitize("a/b")', ['a_b']],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  test.each(['sha256("a")', 'timestamp()', 'nobody("a")', 'regex_replace("a", "(a+)+$", "")', 'NOTHING'])(
    '%s is not known, and says so with its own text',
    (expression) => {
      expect(value(expression)).toEqual([`\${${expression}}`]);
    },
  );

  test('user functions call each other, take what is left, and end when they call themselves', () => {
    const hcl = (tags: string): string => `
      function "tag" {
        params = [name]
        result = "\${REPO}/\${name}"
      }
      function "all" {
        params          = []
        variadic_params = names
        result          = [for one in names : tag(one)]
      }
      function "endless" {
        params = [x]
        result = endless(x)
      }
      variable "REPO" { default = "ghcr.io/acme" }
      target "default" { tags = ${tags} }`;
    expect(tagsOf(hcl('all("a", "b")'))).toEqual({ default: ['ghcr.io/acme/a', 'ghcr.io/acme/b'] });
    expect(tagsOf(hcl('all(["a"]...)'))).toEqual({ default: ['ghcr.io/acme/a'] });
    expect(tagsOf(hcl('[endless("a")]'))?.default?.[0]).toContain('endless');
  });

  test('heredocs lose their indentation where they ask for it', () => {
    const hcl =
      'target "default" {\n  tags = split("\\n", trimspace(<<-EOT\n    a:1\n    b:${1 + 1}\n  EOT\n  ))\n}\n';
    expect(tagsOf(hcl)).toEqual({ default: ['a:1', 'b:2'] });
  });
});

describe('variables', () => {
  const typed = (type: string, fallback: string, tags: string): string =>
    `variable "V" {\n  type = ${type}\n  default = ${fallback}\n}\ntarget "default" {\n  tags = ${tags}\n}`;

  test('lists and numbers come from the environment by their type', () => {
    const list = typed('list(string)', '["a"]', '[for v in V : "i:${v}"]');
    expect(tagsOf(list)).toEqual({ default: ['i:a'] });
    expect(tagsOf(list, { variables: { V: 'b,c' } })).toEqual({ default: ['i:b', 'i:c'] });
    const number = typed('number', '1', '["i:${V + 1}"]');
    expect(tagsOf(number, { variables: { V: '4' } })).toEqual({ default: ['i:5'] });
    expect(tagsOf(typed('list(string)', '[]', 'V'), { variables: { V_JSON: '["x:1"]' } })).toEqual({
      default: ['x:1'],
    });
  });

  test('they may stand on each other, and on themselves they are not known', () => {
    const hcl = `
      variable "A" { default = "\${B}/x" }
      variable "B" { default = "acme" }
      variable "C" { default = "\${C}" }
      target "default" { tags = [A, C] }`;
    expect(tagsOf(hcl)).toEqual({ default: ['acme/x', '${C}'] });
  });

  test('a validation does not disturb, an attribute of another target can be used', () => {
    const hcl = `
      variable "V" {
        default = "1"
        validation {
          condition = V != ""
          error_message = "set it"
        }
      }
      target "a" { tags = ["acme/a:\${V}"] }
      target "b" { tags = [for t in target.a.tags : "ghcr.io/\${t}"] }`;
    expect(tagsOf(hcl, { targets: ['b'] })).toEqual({ b: ['ghcr.io/acme/a:1'] });
  });
});

describe('matrices', () => {
  const matrix = `
    variable "ARCHES" { default = "amd64,arm64" }
    target "app" {
      name   = "app-\${replace(os.name, ".", "-")}-\${arch}"
      matrix = {
        arch = split(",", ARCHES)
        os   = [{ name = "deb.12", base = "debian" }, { name = "alp", base = "alpine" }]
      }
      tags       = ["acme/app:\${os.name}-\${arch}"]
      dockerfile = "\${os.base}/Dockerfile"
    }
    group "default" { targets = ["app"] }`;

  test('every row is a target, and the block stands for all of them', () => {
    expect(targets({ 'docker-bake.hcl': matrix })).toEqual([
      ['app-deb-12-amd64', ['acme/app:deb.12-amd64'], 'debian/Dockerfile'],
      ['app-alp-amd64', ['acme/app:alp-amd64'], 'alpine/Dockerfile'],
      ['app-deb-12-arm64', ['acme/app:deb.12-arm64'], 'debian/Dockerfile'],
      ['app-alp-arm64', ['acme/app:alp-arm64'], 'alpine/Dockerfile'],
    ]);
    expect(tagsOf(matrix, { targets: ['app-alp-arm64'] })).toEqual({
      'app-alp-arm64': ['acme/app:alp-arm64'],
    });
    expect(Object.keys(tagsOf(matrix, { targets: ['*-amd64'] }) ?? {})).toHaveLength(2);
  });

  test('rows that are decided at run time stay one open target, which any name may mean', () => {
    const open = matrix.replace('default = "amd64,arm64"', '');
    const found = read({ 'docker-bake.hcl': open }, { targets: ['app-alp-x'] });
    expect(found?.map((one) => one.tags.map(format))).toEqual([[expect.stringMatching(/^acme\/app:alp-\$/)]]);
  });

  test('too many rows are not laid out, and that is not "nothing"', () => {
    const wide =
      'target "t" {\n  name = "t${a}-${b}"\n  matrix = {\n    a = range(100)\n    b = range(100)\n  }\n}';
    expect(tagsOf(wide, { targets: ['t'] })).toBeNull();
  });
});

describe('several files, overrides and inheritance', () => {
  test('files are merged attribute by attribute, variables too', () => {
    const files = {
      'a.hcl': 'variable "V" { default = "1" }\ntarget "default" {\n tags = ["a:${V}"]\n dockerfile = "A"\n}',
      'b.json': '{"variable": {"V": {"default": "2"}}, "target": {"default": {"tags": ["b:${V}"]}}}',
    };
    expect(targets(files, { names: ['a.hcl', 'b.json'] })).toEqual([['default', ['b:2'], 'A']]);
  });

  test.each([
    [['*.tags=x:1'], { api: ['x:1'], web: ['x:1'] }],
    [['a*.tags=x:1', 'a*.tags=y:1'], { api: ['x:1', 'y:1'], web: ['acme/web'] }],
    [['web.tags+=x:1'], { api: ['acme/api'], web: ['acme/web', 'x:1'] }],
    [['base.tags=x:1'], { api: ['acme/api'], web: ['acme/web'] }],
  ])('--set %j', (sets, expected) => {
    const hcl = `
      target "base" { context = "." }
      target "api" {
        inherits = ["base"]
        tags = ["acme/api"]
      }
      target "web" { tags = ["acme/web"] }
      group "default" { targets = ["api", "web"] }`;
    expect(tagsOf(hcl, { sets })).toEqual(expected);
  });

  test('the last parent wins, arguments of all are kept, and a parent is overridden before', () => {
    const hcl = `
      target "one" {
        args = { A = "1", B = "1" }
        tags = ["one:1"]
      }
      target "two" {
        args = { B = "2" }
        tags = ["two:1"]
      }
      target "default" {
        inherits = ["one", "two"]
        args = { C = "3" }
      }`;
    const [only] = read({ 'docker-bake.hcl': hcl }, { sets: ['one.args.A=9'] }) ?? [];
    expect(only?.tags).toEqual([['two:1']]);
    expect(only?.source.arguments).toEqual({ A: ['9'], B: ['2'], C: ['3'] });
  });

  test('outputs, caches and attestations as objects', () => {
    const hcl = `
      target "default" {
        output   = [{ type = "image", name = "a,b", push = true }]
        cache-to = [{ type = "registry", ref = "acme/cache" }]
        attest   = [{ type = "provenance", mode = "max" }, "type=sbom,disabled=true"]
      }`;
    const [only] = read({ 'docker-bake.hcl': hcl }) ?? [];
    expect(only?.outputs.map(format)).toEqual(['type=image,"name=a,b",push=true']);
    expect(only?.caches.map(format)).toEqual(['type=registry,ref=acme/cache']);
    expect([only?.provenance, only?.sbom]).toEqual(['yes', 'no']);
  });
});

test('services of a compose file are targets, with what x-bake adds', () => {
  const compose = `
services:
  db: {image: postgres}
  api.v1:
    image: acme/api:\${TAG:-1}
    build:
      context: ./api
      dockerfile: D
      args: [A=1]
  web:
    image: acme/web
    build:
      context: web
      tags: [acme/web:own]
      x-bake:
        tags: [ghcr.io/acme/web:1]
        output: type=registry
`;
  expect(targets({ 'compose.yaml': compose })).toEqual([
    ['api_v1', ['acme/api:1'], 'api/D'],
    ['web', ['acme/web:own', 'ghcr.io/acme/web:1'], 'web/Dockerfile'],
  ]);
  expect(read({ 'compose.yaml': compose }, { targets: ['web'] })?.[0]?.outputs).toEqual([['type=registry']]);
});

test.each([
  ['texts', '"${x}${x}"', '"ab"'],
  ['lists', 'concat(x, x)', '["ab"]'],
  ['lists in lists', '[x, x]', '["ab"]'],
  ['replaced texts', 'replace(x, "a", x)', '"aaaa"'],
])('%s that double with every call end at a cap that is named', (_, doubled, start) => {
  const deep = Array.from({ length: 38 }, (__, at) => {
    const result = at === 37 ? doubled : `f${at + 1}(${doubled})`;
    return `function "f${at}" {\n  params = [x]\n  result = ${result}\n}`;
  }).join('\n');
  const hcl = `${deep}\ntarget "default" {\n  tags = ["x:\${jsonencode(f0(${start}))}"]\n}`;
  const [tag] = read({ 'docker-bake.hcl': hcl })?.[0]?.tags ?? [];
  expect(format(tag ?? []).slice(0, 3)).toMatch(/^x:[$…"]$/);
  expect(format(tag ?? []).length).toBeLessThan(1_000);
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
    '%{ if ',
    '%{ for a in ',
    '%{ endif }',
    '.*',
    'f(',
    ')',
    '...',
    '=>',
    '&&',
    '-',
    '!',
    '\\\\',
    '1',
    'null',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      expect(typeof readHcl(pieces.join('')).broken).toBe('boolean');
    }),
  );
});
