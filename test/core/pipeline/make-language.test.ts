// GNU make's language as the prover reads it: what a goal runs, with variables, functions and conditions settled.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, found, WORKFLOW, workflowOf } from './judged.ts';

function made(
  makefile: string,
  command = 'make push',
  files: Record<string, string> = {},
): readonly string[] {
  return deliveriesOf({ Makefile: makefile, ...files, [WORKFLOW]: workflowOf(`- run: ${command}\n`) });
}

const pushed = (image: string): string => `registry-push docker.io/${image}`;

describe('variables', () => {
  test.each([
    ['recursive: the last value counts', 'N = $(M)\nM = api\nM = web\n', 'web'],
    ['simple: the value of then counts', 'M = api\nN := $(M)\nM = web\n', 'api'],
    ['?= keeps what is there', 'N = api\nN ?= web\n', 'api'],
    ['+= adds a word', 'A = ap\nA += i\nN = $(subst $() ,,$(A))\n', 'api'],
    ['!= runs a command', 'N != echo api\n', 'api'],
    ['a name that is computed', 'KIND = x\nx_NAME = api\nN = $($(KIND)_NAME)\n', 'api'],
    ['define of one line', 'define N\napi\nendef\n', 'api'],
    ['a comment is no part of the value', 'N = api# the name\n', 'api'],
    ['a substitution reference', 'F = api.dockerfile\nN = $(F:.dockerfile=)\n', 'api'],
  ])('%s', (_, variables, name) => {
    expect(made(`${variables}push:\n\tdocker push acme/$(N):1\n`)).toEqual([pushed(`acme/${name}:1`)]);
  });

  test('a variable of one target holds for what it needs, and for nothing else', () => {
    const makefile =
      'TAG = dev\nimage:\n\tdocker push acme/api:$(TAG)\nrelease: TAG = 1\nrelease: image\nother: image\n';
    expect(made(makefile, 'make release')).toEqual([pushed('acme/api:1')]);
    expect(made(makefile, 'make other')).toEqual([pushed('acme/api:dev')]);
  });

  test('a variable of one target that switches the push', () => {
    const makefile =
      'image:\n\tdocker buildx build $(ARGS) -t acme/api:1 .\nlocal: ARGS = --load\nlocal: image\nship: ARGS = --push\nship: image\n';
    expect(made(makefile, 'make local')).toEqual([]);
    expect(made(makefile, 'make ship')).toEqual([pushed('acme/api:1')]);
  });

  test('the command line wins over the file, and reaches the make that a recipe calls', () => {
    const files = { 'sub/Makefile': 'N = web\npush:\n\tdocker push acme/$(N):1\n' };
    expect(made('push:\n\t$(MAKE) -C sub push\n', 'make push N=api', files)).toEqual([pushed('acme/api:1')]);
    expect(made('export N = api\npush:\n\t$(MAKE) -C sub push\n', 'make push', files)).toEqual([
      pushed('acme/web:1'),
    ]);
  });

  test('an exported variable reaches the scripts of recipes', () => {
    const files = { 'push.sh': 'docker push acme/$N:1\n' };
    expect(made('export N = api\npush:\n\t./push.sh\n', 'make push', files)).toEqual([pushed('acme/api:1')]);
    expect(made('N = api\npush:\n\t./push.sh\n', 'make push', files)).not.toContain(pushed('acme/api:1'));
  });
});

describe('functions', () => {
  test.each([
    ['addprefix', '$(addprefix ac,me)', 'acme'],
    ['addsuffix', '$(addsuffix me,ac)', 'acme'],
    ['patsubst', '$(patsubst %.x,%me,ac.x)', 'acme'],
    ['subst', '$(subst x,c,axme)', 'acme'],
    ['strip', '$(strip   acme  )', 'acme'],
    ['word', '$(word 2,a acme b)', 'acme'],
    ['lastword', '$(lastword a acme)', 'acme'],
    ['filter', '$(filter %me,a acme b)', 'acme'],
    ['filter-out', '$(filter-out a b,a acme b)', 'acme'],
    ['notdir and basename', '$(notdir $(basename x/acme.mk))', 'acme'],
    ['if', '$(if $(filter x,x),acme,other)', 'acme'],
    ['or', '$(or ,acme,other)', 'acme'],
    ['and', '$(and x,acme)', 'acme'],
    ['call', '$(call turned,me,ac)', 'acme'],
    ['join', '$(join ac,me)', 'acme'],
    ['foreach', '$(subst $() ,,$(foreach p,ac me,$(p)))', 'acme'],
    ['shell', '$(shell echo ACME | tr A-Z a-z)', 'acme'],
    ['wildcard', '$(patsubst images/%/Dockerfile,%,$(wildcard images/*/Dockerfile))', 'acme'],
  ])('%s', (_, written, expected) => {
    const makefile = `turned = $(2)$(1)\npush:\n\tdocker push ${written}/api:1\n`;
    expect(made(makefile, 'make push', { 'images/acme/Dockerfile': 'FROM scratch\n' })).toEqual([
      pushed(`${expected}/api:1`),
    ]);
  });

  test('rules that eval makes for each image', () => {
    const makefile = `IMAGES = api web
define rule
push-$(1):
\tdocker push acme/$(1):1
endef
$(foreach i,$(IMAGES),$(eval $(call rule,$(i))))
push: $(addprefix push-,$(IMAGES))
`;
    expect(made(makefile)).toEqual([pushed('acme/api:1'), pushed('acme/web:1')]);
  });

  test('a loop over what is not known is one push whose name is not known', () => {
    const [only, ...others] = found({
      Makefile: 'push:\n\t$(foreach i,$(IMAGES),docker push acme/$(i):1;)\n',
      [WORKFLOW]: workflowOf('- run: make push\n'),
    }).deliveries;
    expect(others).toEqual([]);
    expect(only?.kind).toBe('registry-push');
    expect(only?.destination.repository[0]).toBe('acme/');
  });
});

describe('rules', () => {
  test.each([
    ['a pattern', 'push-%:\n\tdocker push acme/$*:1\n', 'make push-api'],
    [
      'a static pattern',
      'ALL = push-api\n$(ALL): push-%: build-%\n\tdocker push acme/$*:1\nbuild-%:\n\t:\n',
      'make push-api',
    ],
    ['a recipe behind a semicolon', 'push: ; docker push acme/api:1\n', 'make push'],
    ['the first need', 'push: api\n\tdocker push acme/$<:1\napi:\n\t:\n', 'make'],
    ['.ONESHELL', '.ONESHELL:\npush:\n\tN=api\n\tdocker push acme/$$N:1\n', 'make push'],
    ['.DEFAULT_GOAL', '.DEFAULT_GOAL := push\nbuild:\n\t:\npush:\n\tdocker push acme/api:1\n', 'make'],
    [
      'the last of two recipes',
      'push:\n\tdocker push acme/old:1\npush:\n\tdocker push acme/api:1\n',
      'make push',
    ],
    [
      'needs expanded a second time',
      '.SECONDEXPANSION:\npush: $$(G)\nG = api\napi:\n\tdocker push acme/$@:1\n',
      'make push',
    ],
  ])('%s', (_, makefile, command) => {
    expect(made(makefile, command)).toEqual([pushed('acme/api:1')]);
  });

  test('a rule of an included file', () => {
    const files = { 'make/images.mk': 'push:\n\tdocker push acme/api:1\n' };
    expect(made('DIR = make\ninclude $(DIR)/*.mk\n', 'make push', files)).toEqual([pushed('acme/api:1')]);
  });

  test('a match-anything pattern ends', () => {
    const { gaps, deliveries } = found({
      Makefile: '%: %.in\n\tcp $< $@\npush: config\n\tdocker push acme/api:1\n',
      [WORKFLOW]: workflowOf('- run: make push\n'),
    });
    expect(gaps).toEqual([]);
    expect(deliveries).toHaveLength(1);
  });

  test('a goal that no rule in sight makes is said', () => {
    expect(made('include $(shell fetch-rules)\nbuild:\n\t:\n', 'make docker-push')).toEqual([
      'opaque make docker-push?',
    ]);
  });
});

describe('conditions', () => {
  const makefile = (condition: string): string =>
    `${condition}\npush:\n\tdocker push acme/api:1\nelse\npush:\n\tdocker build .\nendif\n`;

  test.each([
    ['A = x\nifeq ($(A),x)', true],
    ['A = x\nifneq ($(A),x)', false],
    ['A = x\nifeq "$(A)" "x"', true],
    ['A = x\nifdef A', true],
    ['A =\nifdef A', false],
    ['A = x\nifndef A', false],
    ['A = x\nifneq (,$(filter x y,$(A)))', true],
  ])('%s', (condition, isPushed) => {
    expect(made(makefile(condition))).toEqual(isPushed ? [pushed('acme/api:1')] : []);
  });

  test('else ifeq', () => {
    const chain = 'A = y\nifeq ($(A),x)\nN = web\nelse ifeq ($(A),y)\nN = api\nelse\nN = job\nendif\n';
    expect(made(`${chain}push:\n\tdocker push acme/$(N):1\n`)).toEqual([pushed('acme/api:1')]);
  });

  test('inside a recipe', () => {
    const recipe =
      'A = x\npush:\nifeq ($(A),x)\n\tdocker push acme/api:1\nelse\n\tdocker push acme/web:1\nendif\n';
    expect(made(recipe)).toEqual([pushed('acme/api:1')]);
  });

  test('what the caller sets decides', () => {
    const step = (value: string) =>
      deliveriesOf({
        Makefile: makefile('ifeq ($(A),x)'),
        [WORKFLOW]: workflowOf(`- run: make push\n  env:\n    A: ${value}\n`),
      });
    expect(step('x')).toEqual([pushed('acme/api:1')]);
    expect(step('y')).toEqual([]);
  });

  test('what only the run knows leaves both open', () => {
    expect(made(makefile('ifeq ($(shell date +%u),1)'))).toEqual([pushed('acme/api:1?')]);
  });

  test('a name that an open condition sets is one of its values', () => {
    const chosen =
      'ifeq ($(shell date +%u),1)\nN = api\nelse\nN = web\nendif\npush:\n\tdocker push acme/$(N):1\n';
    expect(made(chosen)).toEqual([pushed('acme/api:1?'), pushed('acme/web:1?')]);
  });
});

test('a Makefile that grows without end is cut off, and says so', () => {
  const { gaps } = found({
    Makefile: `${Array.from({ length: 60 }, (_, at) => `V${at} = $(V${at + 1})$(V${at + 1})$(foreach x,1 2,$(V${at + 1})$(x))`).join('\n')}\nV60 = x\npush:\n\tdocker push acme/$(V0):1\n`,
    [WORKFLOW]: workflowOf('- run: make push\n'),
  });
  expect(new Set(gaps.map(({ kind }) => kind))).toEqual(new Set(['limit']));
});

describe('a variable that nothing in sight sets', () => {
  const MAKEFILE =
    'image:\n\tdocker buildx build $(OUTPUT) -t acme/api:1 .\nship:\nifdef PUSH\n\tdocker push acme/api:1\nendif\n';
  const judged = (steps: string, runner = 'ubuntu-latest', extra = '') =>
    deliveriesOf({
      Makefile: MAKEFILE,
      [WORKFLOW]: `on: push\njobs:\n  job:\n    runs-on: ${runner}\n${extra}    steps:\n${steps}`,
    });
  const checkout = '      - uses: actions/checkout@v5\n';
  const make = '      - run: make image ship\n';
  const may = [`${pushed('acme/api:1')}?`];

  test('is empty on a machine of GitHub whose steps before are all in sight', () => {
    expect(judged(checkout + make)).toEqual([]);
    expect(judged(`${checkout}      - run: echo "KIND=x" >> "$GITHUB_ENV"\n${make}`)).toEqual([]);
  });

  test.each([
    ['on a machine of somebody else', checkout + make, 'self-hosted', ''],
    ['on a machine that an expression names', checkout + make, '${{ inputs.runner }}', ''],
    ['in an image', checkout + make, 'ubuntu-latest', '    container: golang:1\n'],
    [
      'after an action that may set any variable',
      `      - uses: someone/setup-build@v1\n${make}`,
      'ubuntu-latest',
      '',
    ],
    ['after a program that is not read', `      - run: python prepare.py\n${make}`, 'ubuntu-latest', ''],
    ['after a file of variables', `      - run: cat settings >> $GITHUB_ENV\n${make}`, 'ubuntu-latest', ''],
  ])('may be anything %s', (_, steps, runner, extra) => {
    expect(judged(steps, runner, extra).filter((one) => one.includes('acme/api'))).not.toEqual([]);
  });

  test.each([
    ['the step', `${checkout}${make}        env: {OUTPUT: --push, PUSH: 1}\n`, ''],
    ['the job', checkout + make, '    env: {OUTPUT: --push, PUSH: 1}\n'],
    [
      'a step before',
      `      - run: |\n          echo OUTPUT=--push >> $GITHUB_ENV\n          echo PUSH=1 >> $GITHUB_ENV\n${make}`,
      '',
    ],
    ['the command line', '      - run: make image ship OUTPUT=--push PUSH=1\n', ''],
  ])('counts when it is set by %s', (_, steps, extra) => {
    expect(new Set(judged(steps, 'ubuntu-latest', extra))).toEqual(new Set([pushed('acme/api:1')]));
  });

  test('keeps its name where people read it', () => {
    const [delivery] = found({
      Makefile: 'push:\n\tdocker push ghcr.io/$(OWNER)/api:1\n',
      [WORKFLOW]: workflowOf('- run: make push\n'),
    }).deliveries;
    expect(
      delivery?.destination.repository.map((part) => (typeof part === 'string' ? part : part.expression)),
    ).toEqual(['$(OWNER)', '/api']);
  });

  test('stays open for variables that the machine sets itself', () => {
    expect(made('push:\nifdef RUNNER_DEBUG\n\tdocker push acme/api:1\nendif\n')).toEqual(may);
  });
});

describe('included files', () => {
  const files = {
    'make/push.mk': 'ifeq ($(PUSH),true)\nbuild: image\n\tdocker push acme/api:1\nendif\n',
  };
  const makefile = (written: string) =>
    `build: image\nimage:\n\tdocker build -t acme/api:1 .\ninclude ${written}\n`;

  test.each([
    'make/push.mk',
    './make/push.mk',
    '$(CURDIR)/make/push.mk',
    '$(PWD)/make/push.mk',
    '$(wildcard make/*.mk)',
  ])('are found however they are named: %s', (written) => {
    expect(made(makefile(written), 'make build PUSH=true', files)).toEqual([pushed('acme/api:1')]);
    expect(made(makefile(written), 'make build', files)).toEqual([]);
  });

  test('that are not in sight are said where the job could push', () => {
    expect(made(makefile('$(SHARED)/push.mk'), 'docker login && make build')).toEqual(['opaque make build?']);
    expect(
      made(makefile('$(SHARED)/push.mk').replace('include', '-include'), 'docker login && make build'),
    ).toEqual([]);
  });
});
