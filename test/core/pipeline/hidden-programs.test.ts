// What has more run than the command says: variables that preload, scripts for GitHub's API, builders of other houses.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const LOGIN = '- uses: docker/login-action@v3\n  with: {username: a, password: b}\n';

function ran(script: string, files: Readonly<Record<string, string>> = {}, login = LOGIN): readonly string[] {
  return deliveriesOf({ ...files, [WORKFLOW]: workflowOf(`${login}${scriptStep(script)}\n`) });
}

describe('variables that have a file of the project run as well', () => {
  test.each([
    ['LD_PRELOAD=./ship.so ls', 'LD_PRELOAD=./ship.so'],
    ['export LD_PRELOAD=$PWD/ship.so\nls', 'LD_PRELOAD=$PWD/ship.so'],
    ['LD_PRELOAD="/usr/lib/libjemalloc.so:lib/ship.so" ls', 'LD_PRELOAD=/usr/lib/libjemalloc.so:lib/ship.so'],
    ['export NODE_OPTIONS="--require ./ship.js"\nnpm ci', 'NODE_OPTIONS=--require ./ship.js'],
    ['export NODE_OPTIONS="--import=./ship.js"\nnpm ci', 'NODE_OPTIONS=--import=./ship.js'],
    ['GIT_SSH_COMMAND="./ship.sh -x" git fetch', 'GIT_SSH_COMMAND=./ship.sh -x'],
    ['export JAVA_TOOL_OPTIONS=-javaagent:ship.jar\nmvn test', 'JAVA_TOOL_OPTIONS=-javaagent:ship.jar'],
    ['PAGER=tools/ship git log', 'PAGER=tools/ship'],
  ])('%s', (script, told) => {
    const files = { 'lib/ship.so': 'x', 'tools/ship': 'x' };
    expect(ran(script, files)).toContain(`opaque ${told}?`);
  });

  test('once, however many commands find it', () => {
    expect(ran('export LD_PRELOAD=./ship.so\nls\ndate\nuname')).toEqual(['opaque LD_PRELOAD=./ship.so?']);
  });

  test.each([
    'LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2 ls',
    'LD_PRELOAD=libfaketime.so.1 ls',
    'export NODE_OPTIONS=--max-old-space-size=4096\nnpm ci',
    'GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no" git fetch',
    'PAGER=cat git log',
    'export EDITOR=vim\ngit log',
    'JAVA_TOOL_OPTIONS=-Xmx1g mvn test',
  ])('what the machine has installed: %s', (script) => {
    expect(ran(script)).toEqual([]);
  });

  test('nothing where the job could not push', () => {
    expect(ran('LD_PRELOAD=./ship.so ls', {}, '')).toEqual([]);
  });

  test('a variable of the step counts, and makes a difference to a script that does not name it', () => {
    const step = (value: string): string => `- run: ls\n  env: {LD_PRELOAD: ${value}}\n`;
    const steps = `${LOGIN}${step('/usr/lib/a.so')}${step('./ship.so')}`;
    expect(deliveriesOf({ [WORKFLOW]: workflowOf(steps) })).toEqual(['opaque LD_PRELOAD=./ship.so?']);
  });
});

describe("make's own ways", () => {
  const push = { 'ship.mk': 'ship:\n\tdocker push acme/api:1\n', Makefile: 'all:\n\techo\n' };

  test('files that MAKEFILES names are read first', () => {
    expect(ran('MAKEFILES=ship.mk make ship', push)).toEqual(['registry-push docker.io/acme/api:1']);
  });

  test('they set no default goal', () => {
    expect(ran('MAKEFILES=ship.mk make', push)).toEqual([]);
  });

  const made = (recipe: string, head = ''): readonly string[] =>
    deliveriesOf({
      Makefile: `${head}push:\n\t${recipe}\n`,
      // Of a machine of one's own nobody knows what variables it sets.
      [WORKFLOW]: workflowOf('- run: make push').replace('ubuntu-latest', 'self-hosted'),
    });

  test.each([
    ['docker push $(or $(OWNER),acme)/api:1', ['$(OWNER)/api:1?', 'docker.io/acme/api:1?']],
    ['docker push $(or $(A),$(B),acme)/api:1', ['$(A)/api:1?', '$(B)/api:1?', 'docker.io/acme/api:1?']],
    ['$(or $(ENGINE),docker) push acme/api:1', ['docker.io/acme/api:1?']],
    ['$(or $(COMMAND),docker push acme/api:1)', ['docker.io/acme/api:1?']],
    ['$(and $(PUSH),docker push acme/api:1)', ['docker.io/acme/api:1?']],
    ['$(if $(PUSH),docker push acme/api:1)', ['docker.io/acme/api:1?']],
    ['docker $(if $(PUSH),push,build) acme/api:1', ['docker.io/acme/api:1?']],
    ['docker image $(and $(PUSH),push) acme/api:1', ['docker.io/acme/api:1?']],
    ['docker buildx build $(and $(PUSH),--push) -t acme/api:1 .', ['docker.io/acme/api:1?']],
    ['docker push acme/$(intcmp 2,10,api,web):1', ['docker.io/acme/api:1']],
    ['docker push acme/$(intcmp 7,7,a,api,b):1', ['docker.io/acme/api:1']],
    ['docker push acme/$(intcmp 7,07):1', ['docker.io/acme/7:1']],
    ['$(intcmp $(N),3,docker push acme/api:1)', ['docker.io/acme/api:1?']],
    ['$(let a b,docker acme more,$(a) push $(firstword $(b))/api:1)', ['docker.io/acme/api:1']],
  ])('%s', (recipe, images) => {
    expect(made(recipe)).toEqual(images.map((image) => `registry-push ${image}`));
  });

  test('a need that is one of several', () => {
    const needs = (text: string): readonly string[] =>
      made('@echo', `push: ${text}\nship:\n\tdocker push acme/api:1\n`);
    expect(needs('$(or $(GOAL),ship)')).toHaveLength(1);
    expect(needs('$(and $(RELEASE),ship)')).toHaveLength(1);
  });
});

describe('a sub-command that is one of several', () => {
  test.each([
    [
      'VERB=build\nif [ "$GO" ]; then VERB=push; fi\ndocker $VERB acme/api:1',
      ['registry-push docker.io/acme/api:1?'],
    ],
    ['VERB=build\nif [ "$GO" ]; then VERB=tag; fi\ndocker $VERB acme/api:1 b', []],
  ])('%s', (script, told) => {
    expect(ran(script)).toEqual(told);
  });
});

describe('an alias of git that runs a command', () => {
  test.each([
    'git -c alias.x="!docker push acme/api:1" x',
    "git config --global alias.ship '!docker push acme/api:1'\ngit ship",
  ])('%s', (script) => {
    expect(ran(script)).toEqual([expect.stringMatching(/^opaque git .*!docker push acme\/api:1/)]);
  });

  test('a message about pushing', () => {
    expect(ran('git commit -m "run docker push acme/api:1"')).toEqual([]);
  });
});

describe('actions/github-script', () => {
  const script = (content: string, files: Readonly<Record<string, string>> = {}): readonly string[] => {
    const indented = content.split('\n').map((line) => `      ${line}`);
    const step = `- uses: actions/github-script@v7\n  with:\n    script: |\n${indented.join('\n')}\n`;
    return deliveriesOf({ ...files, [WORKFLOW]: workflowOf(`${LOGIN}${step}`) });
  };
  const told = (what: string): readonly string[] => [`opaque actions/github-script@v7${what}?`];

  test.each([
    "github.rest.actions.createWorkflowDispatch({owner: 'acme', repo: 'images', workflow_id: 'a.yml', ref: 'main'})",
    "github.rest.repos.createDispatchEvent({owner: 'acme', repo: 'images', event_type: 'publish'})",
    "github.request('POST /repos/acme/images/dispatches', {event_type: 'publish'})",
    "github.request('POST /repos/acme/images/actions/workflows/a.yml/dispatches', {ref: 'main'})",
    "github.request('POST /repos/{owner}/{repo}/dispatches', {owner: 'acme', repo: 'images', event_type: 'x'})",
    "const f = github.rest.repos.createDispatchEvent;\nf({owner: 'acme', repo: 'images', event_type: 'x'})",
  ])('work in another repository: %s', (content) => {
    expect(script(content)).toEqual(told(' acme/images'));
  });

  test('a repository that is computed', () => {
    const content =
      "github.rest.repos.createDispatchEvent({owner: context.repo.owner, repo: target, event_type: 'x'})";
    expect(script(content)).toEqual(told(' context.repo.owner/target'));
  });

  test.each([
    "github.rest.actions.createWorkflowDispatch({...context.repo, workflow_id: 'a.yml', ref: 'main'})",
    'github.rest.actions.createWorkflowDispatch({owner: context.repo.owner, repo: context.repo.repo, workflow_id: 1})',
    'const {owner, repo} = context.repo\ngithub.rest.repos.createDispatchEvent({owner, repo, event_type: "x"})',
    "github.rest.issues.createComment({...context.repo, issue_number: 1, body: 'run docker push'})",
  ])('this repository, and other work: %s', (content) => {
    expect(script(content)).toEqual([]);
  });

  test('a file that it loads is read for the same', () => {
    const load = "const ship = require('./.github/ship.js')\nawait ship({github, context})";
    const path = '.github/ship.js';
    expect(script(load, { [path]: "require('child_process').execSync('docker push acme/api:1')" })).toEqual(
      told(''),
    );
    expect(script(load, { [path]: 'module.exports = () => 1' })).toEqual([]);
    expect(script(load)).toEqual(told(' ./.github/ship.js'));
    expect(script("require('./a')", { 'a.js': "require('./b')", 'b.js': "require('./a')" })).toHaveLength(1);
  });

  test('images it attaches to a release', () => {
    expect(script('github.rest.repos.uploadReleaseAsset({owner, repo, name: "image.tar", data})')).toEqual(
      told(''),
    );
    expect(script('github.rest.repos.uploadReleaseAsset({owner, repo, name: "api.deb", data})')).toEqual([]);
  });
});
