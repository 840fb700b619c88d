import { describe, expect, test } from '@jest/globals';
import { speaksOfPushing } from '../../../src/core/pipeline/handed-text.ts';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';
import { deliveriesOf, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const LOGIN = `- uses: docker/login-action@v3
  with: {username: acme, password: "\${{ secrets.P }}"}
`;
const told = (script: string): readonly string[] =>
  deliveriesOf({ [WORKFLOW]: workflowOf(`${LOGIN}${scriptStep(script)}`) });

describe('text that pushes, handed to something that is not followed', () => {
  test.each([
    ['python3 -c "import os; os.system(\'docker push acme/api\')"'],
    ["python3 - <<'E'\nimport subprocess\nsubprocess.run(['docker', 'push', 'acme/api'])\nE"],
    ['awk \'BEGIN { system("docker push acme/api") }\''],
    ['node -e \'require("child_process").execFileSync("docker", ["push", "acme/api"])\''],
    ["ssh build@host 'docker build -t acme/api . && docker push acme/api'"],
    ['docker exec builder docker push acme/api'],
    ["docker compose run --rm tools sh -c 'docker push acme/api'"],
    ["sg docker -c 'docker push acme/api'"],
    ["script -q -c 'podman push acme/api' /dev/null"],
    ["echo 'docker push acme/api' | at now"],
    ["shopt -s expand_aliases\nalias ship='docker push'\nship acme/api"],
    ['flock /tmp/lock docker --config /tmp/c push acme/api'],
    ["docker run --rm alpine sh -c 'skopeo copy docker://a docker://ghcr.io/acme/b'"],
  ])('%s', (script) => {
    expect(told(script)).toEqual([expect.stringMatching(/^opaque /)]);
  });

  test.each([
    ['echo "now run docker push acme/api"'],
    ["cat <<'E'\ndocker push acme/api\nE"],
    ["git commit -m 'docker push works again'"],
    ['grep -r "docker push" scripts'],
    ["ssh build@host 'docker pull acme/api && docker compose up -d'"],
    ['docker exec api ls'],
  ])('is only talked about: %s', (script) => {
    expect(told(script)).toEqual([]);
  });

  test('a command that is computed as a whole may be any command', () => {
    expect(told('$(cat /run/command) acme/api')).toEqual([expect.stringMatching(/^opaque /)]);
    // What is written in another notation is read.
    expect(told('$(echo ZG9ja2VyIHB1c2g= | base64 -d) acme/api')).toEqual([
      'registry-push docker.io/acme/api:latest',
    ]);
    expect(told('${{ vars.COMMAND }} acme/api')).toEqual([expect.stringMatching(/^opaque /)]);
    expect(told('"$(command -v node)" --version')).toEqual([]);
  });

  test('what runs inside arithmetic is seen', () => {
    expect(told('echo $(( $(docker push acme/api | wc -l) + 1 ))')).toEqual([
      'registry-push docker.io/acme/api:latest',
    ]);
  });
});

describe('programs in other languages', () => {
  const push = (shell: string, script: string): readonly string[] =>
    deliveriesOf({
      [WORKFLOW]: workflowOf(`- shell: ${shell}\n  run: |\n${script.replace(/^/gm, '    ')}`),
      'run.sh': 'docker push $(cat $1)\n',
    });

  test.each([
    ['python', 'import subprocess\nsubprocess.run(["docker", "push", "acme/api"])'],
    ['python', 'import subprocess\nsubprocess.run([\n  "docker",\n  "push",\n  "acme/api"])'],
    ['python', 'import docker\ndocker.from_env().images.push("acme/api")'],
    ['perl {0}', 'system("docker push acme/api");'],
    ['./run.sh {0}', 'acme/api'],
  ])('%s: %s', (shell, script) => {
    expect(push(shell, script)).toEqual([expect.stringMatching(/^opaque (?:a script for|\.\/run\.sh)/)]);
  });

  test.each([
    ['python', 'print("docker")\nimages = []\nimages.push("a")'],
    ['node {0}', 'const docker = [];\ndocker.push("a");'],
  ])('%s pushes nothing: %s', (shell, script) => {
    expect(push(shell, script)).toEqual([]);
  });

  test('a command over several lines', () => {
    expect(told("ssh build@host <<'E'\ndocker buildx build \\\n  -t acme/api \\\n  --push .\nE")).toEqual([
      expect.stringMatching(/^opaque ssh/),
    ]);
  });

  test.each(["docker '--a=", 'docker --a ', 'docker build ', 'docker ( '])(
    'is searched in proportion to its length: %s',
    (unit) => {
      const took = (length: number): number =>
        processorTime(() => speaksOfPushing(unit.repeat(length / unit.length)));
      expect(took(400_000)).toBeLessThan(EXPLODES);
    },
  );
});
