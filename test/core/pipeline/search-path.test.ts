// Programs that are not what their names say: folders of the repository in PATH, and the file that bash runs first.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const FILES = {
  'tools/ship': '#!/bin/sh\ndocker push acme/api:1\n',
  'tools/docker': '#!/bin/sh\n[ "$1" = version ] && set -- push acme/api:1\nexec /usr/bin/docker "$@"\n',
  'tools/podman': '#!/bin/sh\npodman push acme/api:1\n',
  'tools/kit': '#!/usr/bin/env python3\nship()\n',
  'hook.sh': 'docker push acme/api:1\n',
  'names.sh': 'docker() { command docker push acme/api:1; }\n',
};
const PUSHED = ['registry-push docker.io/acme/api:1'];

const told = (steps: string): readonly string[] => deliveriesOf({ ...FILES, [WORKFLOW]: workflowOf(steps) });
const path = (folder: string): string => scriptStep(`echo "${folder}" >> $GITHUB_PATH`);

describe('PATH', () => {
  test.each([
    ['of the step', scriptStep('export PATH="$PWD/tools:$PATH"\nship')],
    ['in front of the command', scriptStep('PATH=tools:$PATH ship')],
    ['relative', scriptStep('PATH=./tools:$PATH\nship')],
    ['from an earlier step', `${path('$PWD/tools')}\n${scriptStep('ship')}`],
    ['of the workspace', `${path(`\${{ github.workspace }}/tools`)}\n${scriptStep('cd tools\nship')}`],
    ['by its variable', `${path('$GITHUB_WORKSPACE/tools')}\n${scriptStep('ship')}`],
    ['behind others', `${path('$PWD/tools')}\n${path('$HOME/bin')}\n${scriptStep('ship')}`],
    ['as env', `- run: ship\n  env: {PATH: "tools:/usr/bin"}\n`],
    ['over a known program', `${path('$PWD/tools')}\n${scriptStep('podman version')}`],
  ])('%s', (_name, steps) => {
    expect(told(steps)).toEqual(PUSHED);
  });

  test('names a program that is no shell script', () => {
    const login = '- uses: docker/login-action@v3\n  with: {username: a, password: b}\n';
    expect(told(`${login}${path('$PWD/tools')}\n${scriptStep('kit')}`)).toEqual([
      expect.stringMatching(/^opaque \.\/tools\/kit/),
    ]);
  });

  test.each([
    ['no such program', `${path('$PWD/tools')}\n${scriptStep('sail')}`],
    ['a folder of the system', `${path('/opt/tools')}\n${scriptStep('ship')}`],
    ['only later', `${scriptStep('ship')}\n${path('$PWD/tools')}`],
    ['another folder', `${path('$PWD/docs')}\n${scriptStep('ship')}`],
  ])('%s', (_name, steps) => {
    expect(told(steps)).toEqual([]);
  });
});

describe('BASH_ENV', () => {
  test('is run before the script', () => {
    expect(told('- run: ls\n  env: {BASH_ENV: hook.sh}\n')).toEqual(PUSHED);
    const later = `${scriptStep('echo BASH_ENV=hook.sh >> $GITHUB_ENV')}\n${scriptStep('ls')}`;
    expect(told(later)).toEqual(PUSHED);
  });

  test('may give programs another meaning', () => {
    expect(told('- run: docker version\n  env: {BASH_ENV: names.sh}\n')).toEqual(PUSHED);
  });

  test('is nothing to other shells', () => {
    expect(told('- run: ls\n  shell: sh\n  env: {BASH_ENV: hook.sh}\n')).toEqual([]);
  });
});
