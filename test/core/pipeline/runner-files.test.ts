// What steps leave to later ones in the runner's files: lines, and texts of several lines in one command or many.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const BUILD = scriptStep('docker buildx build $ARGS -t acme/api:1 .');
const pushes = ['registry-push docker.io/acme/api:1'];
const deliveredAfter = (script: string, steps = BUILD): readonly string[] =>
  deliveriesOf({ [WORKFLOW]: workflowOf(`${scriptStep(script)}\n${steps}`) });

describe('a variable for later steps', () => {
  test.each([
    ['a line', 'echo "ARGS=--push" >> $GITHUB_ENV'],
    ['a block', "{\n  echo 'ARGS<<EOF'\n  echo --push\n  echo EOF\n} >> $GITHUB_ENV"],
    [
      'command by command',
      'echo "ARGS<<EOF" >> "$GITHUB_ENV"\necho "--push" >> $GITHUB_ENV\necho EOF >> ${GITHUB_ENV}',
    ],
    [
      'with a mark made up',
      'EOF=$(openssl rand -hex 8)\necho "ARGS<<$EOF" >> $GITHUB_ENV\necho "--push" >> $GITHUB_ENV\necho "$EOF" >> $GITHUB_ENV',
    ],
    ['without an end', 'echo "ARGS<<EOF" >> $GITHUB_ENV\nprintf -- --push >> $GITHUB_ENV'],
    [
      'between lines of another file',
      'echo "ARGS<<EOF" >> $GITHUB_ENV\necho a=b >> $GITHUB_OUTPUT\necho --push >> $GITHUB_ENV\necho EOF >> $GITHUB_ENV',
    ],
  ])('%s', (_name, script) => {
    expect(deliveredAfter(script)).toEqual(pushes);
  });

  test('ends at its mark', () => {
    const script = 'echo "X<<EOF" >> $GITHUB_ENV\necho EOF >> $GITHUB_ENV\necho "ARGS=--push" >> $GITHUB_ENV';
    expect(deliveredAfter(script)).toEqual(pushes);
    // Inside the text of another variable it sets nothing, and what nothing sets may be anything.
    const inside = 'echo "X<<EOF" >> $GITHUB_ENV\necho "ARGS=--push" >> $GITHUB_ENV';
    expect(deliveredAfter(inside)).toEqual(['registry-push docker.io/acme/api:1?']);
  });

  test('is set or not when one of its lines is', () => {
    const script =
      'echo "T<<EOF" >> $GITHUB_OUTPUT\nif [ -n "$X" ]; then echo acme/api:1 >> $GITHUB_OUTPUT; fi\necho EOF >> $GITHUB_OUTPUT';
    const step = `- uses: docker/build-push-action@v6\n  with: {push: true, tags: "\${{ steps.s.outputs.T }}"}\n`;
    const found = deliveriesOf({
      [WORKFLOW]: workflowOf(`${scriptStep(script).replace('- run:', '- id: s\n  run:')}\n${step}`),
    });
    expect(found).toEqual([expect.stringContaining('docker.io/acme/api:1')]);
  });

  test('may be set by a script in another language', () => {
    const makefile = { Makefile: 'push:\n\tdocker buildx build $(OUTPUT) -t acme/api:1 .\n' };
    const files = (first: string): Record<string, string> => ({
      ...makefile,
      [WORKFLOW]: workflowOf(`${first}\n${scriptStep('make push')}`),
    });
    const silent = '- shell: pwsh\n  run: Get-ChildItem\n';
    const writing =
      '- shell: pwsh\n  run: \'"OUTPUT=--push" | Out-File -FilePath $env:GITHUB_ENV -Append\'\n';
    expect(deliveriesOf(files(silent))).toEqual([]);
    expect(deliveriesOf(files(writing))).toEqual(['registry-push docker.io/acme/api:1?']);
  });
});
