// Task runners whose files are in the repository: what `task` and `just` run.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, WORKFLOW, workflowOf } from './judged.ts';

const pushed = (image: string): string => `registry-push docker.io/${image}`;

function ran(command: string, files: Record<string, string>, more = ''): readonly string[] {
  return deliveriesOf({ ...files, [WORKFLOW]: workflowOf(`- run: ${command}\n${more}`) });
}

describe('Taskfile', () => {
  const taskfile = (content: string): Record<string, string> => ({
    'Taskfile.yml': `version: '3'\n${content}`,
  });

  test.each([
    ['a list of commands', 'task push', 'tasks:\n  push:\n    cmds:\n      - docker push acme/api:1\n'],
    ['one command', 'task push', 'tasks:\n  push: docker push acme/api:1\n'],
    ['the default task', 'task', 'tasks:\n  default:\n    cmd: docker push acme/api:1\n'],
    ['a variable', 'task push', "vars: {N: api}\ntasks:\n  push:\n    cmds: ['docker push acme/{{.N}}:1']\n"],
    [
      'a variable of the command line',
      'task push N=api',
      "tasks:\n  push:\n    cmds: ['docker push acme/{{.N}}:1']\n",
    ],
    [
      'a default',
      'task push',
      "tasks:\n  push:\n    vars: {N: '{{.N | default \"api\"}}'}\n    cmds: ['docker push acme/{{.N}}:1']\n",
    ],
    [
      'a task that is called',
      'task push',
      "tasks:\n  push:\n    cmds:\n      - task: one\n        vars: {N: api}\n  one:\n    cmds: ['docker push acme/{{.N}}:1']\n",
    ],
    ['a need', 'task push', 'tasks:\n  push:\n    deps: [one]\n  one: docker push acme/api:1\n'],
    [
      'a loop',
      'task push',
      "tasks:\n  push:\n    cmds:\n      - for: [api]\n        cmd: 'docker push acme/{{.ITEM}}:1'\n",
    ],
    ['its environment', 'task push', 'env: {N: api}\ntasks:\n  push: docker push acme/$N:1\n'],
    [
      'a name with a star',
      'task push-api',
      "tasks:\n  'push-*':\n    cmds: ['docker push acme/{{index .MATCH 0}}:1']\n    vars: {X: y}\n",
    ],
    ['an alias', 'task p', 'tasks:\n  push:\n    aliases: [p]\n    cmds: [docker push acme/api:1]\n'],
  ])('%s', (name, command, content) => {
    const image = name === 'a name with a star' ? 'acme/{{index .MATCH 0}}:1' : 'acme/api:1';
    expect(ran(command, taskfile(content))).toEqual([pushed(image)]);
  });

  test('the environment of the step fills what the file leaves open', () => {
    const files = taskfile("tasks:\n  push:\n    cmds: ['docker push acme/{{.N}}:1']\n");
    expect(ran('task push', files, '  env: {N: api}\n')).toEqual([pushed('acme/api:1')]);
  });

  test('an included file, in its own folder', () => {
    const files = {
      ...taskfile('includes:\n  images: ./images\n'),
      'images/Taskfile.yml': "version: '3'\ntasks:\n  push:\n    cmds: [./push.sh]\n",
      'images/push.sh': 'docker push acme/api:1\n',
    };
    expect(ran('task images:push', files)).toEqual([pushed('acme/api:1')]);
  });

  test('a condition nobody can settle leaves it open', () => {
    const files = taskfile(
      "tasks:\n  push:\n    cmds:\n      - cmd: docker push acme/api:1\n        if: '[ -f ready ]'\n",
    );
    expect(ran('task push', files)).toEqual([`${pushed('acme/api:1')}?`]);
  });

  test('what only builds or lists delivers nothing, and a task that is not in sight is said', () => {
    const files = taskfile('tasks:\n  build: docker build .\n');
    expect(ran('task build', files)).toEqual([]);
    expect(ran('task --list', files)).toEqual([]);
    expect(ran('docker login && task push', files)).toEqual(['opaque task push?']);
  });
});

describe('justfile', () => {
  test.each([
    ['a recipe', 'just push', 'push:\n    docker push acme/api:1\n'],
    ['the first recipe', 'just', 'push:\n    @docker push acme/api:1\n'],
    ['a variable', 'just push', 'n := "api"\npush:\n    docker push acme/{{ n }}:1\n'],
    ['joined texts', 'just push', "n := 'a' + 'pi'\npush:\n    docker push acme/{{n}}:1\n"],
    ['a variable of the command line', 'just n=api push', 'n := "x"\npush:\n    docker push acme/{{n}}:1\n'],
    ['an argument', 'just push api', 'push name:\n    docker push acme/{{name}}:1\n'],
    ['the default of an argument', 'just push', 'push name="api":\n    docker push acme/{{name}}:1\n'],
    ['the rest of the arguments', 'just push acme/api:1', 'push +what:\n    docker push {{what}}\n'],
    ['a need with arguments', 'just push', 'push: (one "api")\none name:\n    docker push acme/{{name}}:1\n'],
    [
      'a need afterwards',
      'just build',
      'build: && push\n    docker build .\npush:\n    docker push acme/api:1\n',
    ],
    [
      'a condition',
      'just push',
      'n := if "a" == "a" { "api" } else { "web" }\npush:\n    docker push acme/{{n}}:1\n',
    ],
    [
      'a script of several lines',
      'just push',
      '# ship it\n[private]\npush:\n    #!/usr/bin/env bash\n    set -e\n    N=api\n    docker push "acme/$N:1"\n',
    ],
    ['an exported variable', 'just push', 'export N := "api"\npush:\n    docker push acme/$N:1\n'],
    ['an alias', 'just p', 'alias p := push\npush:\n    docker push acme/api:1\n'],
    [
      'a default for the environment',
      'just push',
      'n := env("N", "api")\npush:\n    docker push acme/{{n}}:1\n',
    ],
  ])('%s', (_, command, justfile) => {
    expect(ran(command, { justfile })).toEqual([pushed('acme/api:1')]);
  });

  test('the environment of the step wins over a default', () => {
    const justfile = 'n := env_var_or_default("N", "x")\npush:\n    docker push acme/{{n}}:1\n';
    expect(ran('just push', { justfile }, '  env: {N: api}\n')).toEqual([pushed('acme/api:1')]);
  });

  test('imports and folders above are looked into', () => {
    const files = { Justfile: "import 'ci.just'\n", 'ci.just': 'push:\n    docker push acme/api:1\n' };
    expect(ran('just push', files)).toEqual([pushed('acme/api:1')]);
    expect(ran('just push', { ...files, 'sub/x': '' }, '  working-directory: sub\n')).toEqual([
      pushed('acme/api:1'),
    ]);
  });

  test('what only builds or lists delivers nothing, and a recipe that is not in sight is said', () => {
    const justfile = 'build:\n    docker build .\n';
    expect(ran('just build', { justfile })).toEqual([]);
    expect(ran('just --list', { justfile })).toEqual([]);
    expect(ran('docker login && just push', { justfile })).toEqual(['opaque just push?']);
  });
});
