// What lies beyond a cap is said, never left out: a push behind many others, or deep in a long text.
import { describe, expect, test } from '@jest/globals';
import { deliveriesOf, found, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const LOGIN = '- uses: docker/login-action@v3\n  with: {username: acme, password: p}\n';

function told(script: string, files: Record<string, string>): readonly string[] {
  return deliveriesOf({ ...files, [WORKFLOW]: workflowOf(`${LOGIN}${scriptStep(script)}`) });
}

const many = (count: number, one: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => one(at)).join('');

describe('beyond a cap', () => {
  test.each([60_000, 65_520, 120_000, 300_000])('handed text is searched to its end: %s', (length) => {
    const program = `${many(length / 10, () => 'x = 1   ;\n')}os.system("docker push acme/api")\n`;
    expect(told('python3 - < ship.txt', { 'ship.txt': program })).toEqual([
      expect.stringMatching(/^opaque python3/),
    ]);
    expect(told('cat ship.txt | python3 -', { 'ship.txt': program })).toEqual([
      expect.stringMatching(/^opaque python3/),
    ]);
  });

  test('a long script', () => {
    const script = `${many(7_000, () => 'x = 1   ;\n')}docker push acme/api\n`;
    const { gaps } = found({ [WORKFLOW]: workflowOf(scriptStep(script)) });
    expect(gaps.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['limit', expect.stringContaining('longer than 65536 characters')],
    ]);
  });

  test('targets of an Earthfile', () => {
    const targets = many(210, (at) => `t${at}:\n  BUILD +t${at + 1}\n`);
    const Earthfile = `VERSION 0.8\nFROM alpine\n${targets}t210:\n  SAVE IMAGE --push acme/api:1\n`;
    expect(told('earthly --push +t0', { Earthfile })).toEqual([expect.stringMatching(/^opaque earthly/)]);
  });

  test('recipes of a justfile', () => {
    const justfile = `${many(210, (at) => `t${at}: t${at + 1}\n`)}t210:\n    docker push acme/api\n`;
    expect(told('just t0', { justfile })).toEqual([expect.stringMatching(/^opaque just/)]);
  });

  test('tasks of a Taskfile', () => {
    const tasks = many(210, (at) => `  t${at}: {deps: [t${at + 1}]}\n`);
    const files = { 'Taskfile.yml': `version: '3'\ntasks:\n${tasks}  t210: docker push acme/api\n` };
    expect(told('task t0', files)).toEqual([expect.stringMatching(/^opaque task/)]);
  });

  test('modules of a Maven project', () => {
    const jib =
      '<build><plugins><plugin><artifactId>jib-maven-plugin</artifactId><configuration><to><image>acme/last</image></to></configuration><executions><execution><phase>package</phase><goals><goal>build</goal></goals></execution></executions></plugin></plugins></build>';
    const modules = many(220, (at) => `<module>m${at}</module>`);
    const files = Object.fromEntries(
      Array.from({ length: 220 }, (_, at) => [
        `m${at}/pom.xml`,
        `<project>${at === 219 ? jib : ''}</project>`,
      ]),
    );
    const poms = { ...files, 'pom.xml': `<project><modules>${modules}</modules></project>` };
    expect(told('mvn package', poms)).toEqual([expect.stringContaining('a module')]);
    expect(told('mvn compile jib:build', poms)).toEqual([expect.stringContaining('a module')]);
  });

  test('items of an array', () => {
    const script = `A=(${many(1_100, (at) => ` acme/i${at}`)} acme/last)\nfor i in "\${A[@]:1090}"; do docker push $i; done`;
    const { gaps } = found({ [WORKFLOW]: workflowOf(`${LOGIN}${scriptStep(script)}`) });
    expect(gaps.map(({ kind, reason }) => [kind, reason])).toContainEqual([
      'limit',
      expect.stringContaining('1024 items'),
    ]);
  });

  test('forms of an archive', () => {
    const moves = many(80, (at) => `mv f${at}.tar f${at + 1}.tar\n`);
    const upload = '- uses: actions/upload-artifact@v4\n  with: {name: a, path: f80.tar}\n';
    const steps = `${scriptStep(`docker save -o f0.tar acme/api\n${moves}`)}\n${upload}`;
    expect(deliveriesOf({ [WORKFLOW]: workflowOf(steps) })).toEqual(['image-archive f0.tar?']);
  });
});
