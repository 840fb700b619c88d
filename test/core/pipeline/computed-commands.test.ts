import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, found, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

function pushed(script: string): readonly string[] {
  return deliveriesOf({ [WORKFLOW]: workflowOf(scriptStep(script)) });
}

const PUSH = 'registry-push docker.io/acme/api:1';

describe('commands whose program or words are computed', () => {
  test.each([
    ['a program that is looked up', 'TOOL=$(command -v docker)\n$TOOL push acme/api:1', [PUSH]],
    ['one of two that are there', 'TOOL=$(which podman || which docker)\n"$TOOL" push acme/api:1', [PUSH]],
    [
      'a program that a branch decides',
      'if command -v podman; then T=podman; else T=docker; fi\n$T push acme/api:1',
      [`${PUSH}?`],
    ],
    ['a program by default', `\${TOOL:-docker} push acme/api:1`, [PUSH]],
    ['with sudo or without', 'T=docker\n[ -n "$ROOT" ] || T="sudo docker"\n$T push acme/api:1', [PUSH]],
    [
      'arguments put together',
      'set -- docker buildx build -t acme/api:1\nif [ "$SHIP" = 1 ]; then set -- "$@" --push; fi\nset -- "$@" .\n"$@"',
      [`${PUSH}?`],
    ],
    [
      'an array put together',
      'all=(docker buildx build -t acme/api:1)\nif [ "$SHIP" = 1 ]; then all+=(--push); fi\n"${all[@]}" .',
      [`${PUSH}?`],
    ],
    ['behind a word that nobody knows', '$SUDO docker push acme/api:1', [`${PUSH}?`]],
    ['behind nothing by default', `\${SUDO:-} docker push acme/api:1`, [PUSH]],
    [
      'put together in more ways than are told apart',
      `set -- docker build\nfor x in a b c d e f; do\n  if [ "$X" = $x ]; then set -- "$@" --label $x; fi\ndone\nif [ "$SHIP" ]; then set -- "$@" --push; fi\n"$@" -t acme/api:1 .`,
      [`${PUSH}?`],
    ],
    [
      'an option of the script that is read in a loop',
      'T=docker\nwhile [ $# -gt 0 ]; do\n  case $1 in\n    --podman) T=podman;;\n  esac\n  shift\ndone\n$T push acme/api:1',
      [`${PUSH}?`],
    ],
    ['nothing that pushes', 'all=(docker build -t acme/api:1)\n[ -z "$X" ] || all+=(-q)\n"${all[@]}" .', []],
  ])('%s', (_, script, expected) => {
    expect(pushed(script)).toEqual(expected);
  });

  test('a script below the checkout that is not there is said', () => {
    expect(pushed('bash "$(pwd)/ci/ship.sh" --now')).toEqual(['opaque ci/ship.sh?']);
  });

  test('a look-up decides no condition', () => {
    expect(
      pushed('if [ -x "$(command -v podman)" ]; then podman push acme/a:1; else docker push acme/b:1; fi'),
    ).toEqual(['registry-push docker.io/acme/a:1?', 'registry-push docker.io/acme/b:1?']);
  });
});

describe('functions that are called by a name given at run time', () => {
  const script = 'ship() { docker push "acme/api:$1"; }\nquiet() { echo; }\n"$@"\n';
  const run = (call: string) =>
    deliveriesOf({ 'run.sh': script, [WORKFLOW]: workflowOf(scriptStep(`./run.sh ${call}`)) });

  test('known, it is that function', () => {
    expect(run('ship 1')).toEqual([PUSH]);
    expect(run('quiet')).toEqual([]);
  });

  test('unknown, it may be any', () => {
    expect(run('$TASK 1')).toEqual([`${PUSH}?`]);
  });

  test('parallel runs the one it names', () => {
    expect(
      pushed('a() { docker push "acme/$1:1"; }\nb() { docker push acme/b:1; }\nparallel a ::: x y'),
    ).toEqual(['registry-push docker.io/acme/{}:1?']);
  });

  test('functions that were run before are not told twice', () => {
    expect(pushed('a() { docker push acme/api:1; }\na\n"$NEXT"')).toEqual([PUSH]);
  });
});

test('a command in a recipe of several lines stands where it is written', () => {
  const lines = (makefile: string) =>
    found({
      Makefile: makefile,
      [WORKFLOW]: workflowOf(scriptStep('make')),
    }).deliveries.map(
      ({ location }) => `${location.path}:${location.range.start.line}-${location.range.end.line}`,
    );
  expect(
    lines(
      'NAME = acme/api\nall:\n\tfor t in 1 2; do \\\n\t  docker tag a $(NAME):$$t; \\\n\t  docker push \\\n\t    $(NAME):$$t; \\\n\tdone\n',
    ),
  ).toEqual(['Makefile:5-6']);
  expect(lines('all:\n\t@docker push acme/api:1\n')).toEqual(['Makefile:2-2']);
});
