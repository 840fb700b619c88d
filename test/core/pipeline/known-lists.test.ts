// Lists that scripts go through and that are known: lines of files and pipes, files of the tree, numbers, checks in front.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const TWO = ['registry-push docker.io/acme/a:1', 'registry-push docker.io/acme/b:1'];
const LIST = { 'images.txt': 'acme/a:1\nacme/b:1\n' };
const TREE = { 'images/a/Dockerfile': 'FROM scratch\n', 'images/b/Dockerfile': 'FROM scratch\n' };

function ran(script: string, files: Record<string, string> = {}): readonly string[] {
  return deliveriesOf({ ...files, [WORKFLOW]: workflowOf(scriptStep(script)) });
}

describe('every line is one push', () => {
  test.each([
    ['xargs by words', 'echo acme/a:1 acme/b:1 | xargs -n1 docker push', {}],
    ['xargs by lines', 'printf "a\\nb\\n" | xargs -I {} docker push acme/{}:1', {}],
    ['xargs over a file', 'cat images.txt | xargs -n 1 docker push', LIST],
    ['while read over a file', 'while read -r i; do docker push "$i"; done < images.txt', LIST],
    [
      'while read with a last line',
      'while IFS= read -r i || [ -n "$i" ]; do docker push "$i"; done < images.txt',
      LIST,
    ],
    ['while read in a pipe', 'cat images.txt | while read -r i; do docker push "$i"; done', LIST],
    ['while read over words', 'while read -r i; do docker push "$i"; done <<< "$(cat images.txt)"', LIST],
    [
      'mapfile over a command',
      'mapfile -t A < <(cat images.txt)\nfor i in "${A[@]}"; do docker push "$i"; done',
      LIST,
    ],
    ['a pattern', 'for d in images/*/; do docker push acme/$(basename $d):1; done', TREE],
    [
      'find',
      'for f in $(find . -name Dockerfile); do docker push acme/$(basename $(dirname $f)):1; done',
      TREE,
    ],
    [
      'find in a pipe',
      'find images -name Dockerfile | while read -r f; do docker push acme/$(basename $(dirname $f)):1; done',
      TREE,
    ],
    ['ls', 'for n in $(ls images); do docker push acme/$n:1; done', TREE],
    [
      'git ls-files',
      "for f in $(git ls-files 'images/*'); do docker push acme/$(basename $(dirname $f)):1; done",
      TREE,
    ],
  ])('%s', (_, script, files) => {
    expect(ran(script, files)).toEqual(TWO);
  });

  test('seq', () => {
    expect(ran('for n in $(seq 2 3); do docker push acme/a:$n; done')).toEqual([
      'registry-push docker.io/acme/a:2,3',
    ]);
  });

  test('all words at once are one command', () => {
    expect(ran('echo acme/a:1 ghcr.io/acme/a:1 | xargs docker buildx imagetools create -t acme/b:1')).toEqual(
      ['registry-push docker.io/acme/b:1'],
    );
  });
});

test('a list that the tree does not hold is no empty list', () => {
  const images = ran('for f in dist/*.tag; do docker push acme/$f:1; done');
  expect(images).toHaveLength(1);
  expect(images[0]).toMatch(/^registry-push docker\.io\/acme\//);
  expect(ran('ls dist | xargs -I {} docker push acme/{}:1')).toHaveLength(1);
});

describe('a check that ends the script with a failure is no condition', () => {
  test.each([
    '[ -n "$X" ] || exit 1',
    'if [ -z "$X" ]; then echo missing; exit 1; fi',
    'die() { echo "$1"; exit 2; }\n[ -n "$X" ] || die missing',
    'case "$X" in a|b) ;; *) exit 1 ;; esac',
  ])('%s', (check) => {
    expect(ran(`${check}\ndocker push acme/a:1`)).toEqual(['registry-push docker.io/acme/a:1']);
  });

  test.each(['[ -n "$X" ] || exit 0', 'if [ -z "$X" ]; then exit; fi', '[ -n "$X" ] || exit "$CODE"'])(
    'an end without failure is one: %s',
    (check) => {
      expect(ran(`${check}\ndocker push acme/a:1`)).toEqual(['registry-push docker.io/acme/a:1?']);
    },
  );

  test('a check that surely fails lets nothing through', () => {
    expect(ran('X=\n[ -n "$X" ] || exit 1\ndocker push acme/a:1')).toEqual([]);
  });
});

test('a list put together in a loop, its last comma cut off', () => {
  const script =
    'TAGS=$(for t in acme/a:$X acme/b:1; do echo -n "$t,"; done | sed \'s/,$//\')\nIFS=, read -ra A <<< "$TAGS"\nfor t in "${A[@]}"; do docker push $t; done';
  expect(ran(script)).toEqual(['registry-push docker.io/acme/a:$X', 'registry-push docker.io/acme/b:1']);
});
