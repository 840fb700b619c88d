import { describe, expect, test } from '@jest/globals';
import type { DestinationClass } from '../../../src/core/model/delivery.ts';
import type { Value } from '../../../src/core/model/value.ts';
import { givenFiles } from '../../../src/core/pipeline/files.ts';
import { findDeliveries } from '../../../src/core/pipeline/find-deliveries.ts';
import { known } from '../../../src/core/value.ts';
import { deliveriesOf, scriptStep, short, WORKFLOW, workflowOf } from './judged.ts';

function pushed(script: string): readonly string[] {
  return deliveriesOf({ [WORKFLOW]: workflowOf(scriptStep(script)) });
}

describe('a name that has a fallback is told by it', () => {
  test.each([
    ['a whole name', `docker push "\${IMAGE:-acme/api:2}"`, 'docker.io/acme/api:2'],
    ['kept in a variable', `TARGET=\${TARGET:-acme/api}\ndocker push "$TARGET:1"`, 'docker.io/acme/api:1'],
    [
      'set where it is missing',
      `: "\${OWNER:=acme}"\ndocker push "quay.io/$OWNER/api:1"`,
      'quay.io/acme/api:1',
    ],
    ['a fallback of a fallback', `docker push "\${A:-\${B:-ghcr.io}}/acme/api:1"`, 'ghcr.io/acme/api:1'],
    [
      'cut and lowered on the way',
      `NAME=\${NAME:-refs/Acme/Api}\nSHORT=\${NAME#refs/}\ndocker push "ghcr.io/\${SHORT,,}:1"`,
      'ghcr.io/acme/api:1',
    ],
  ])('%s', (_, script, expected) => {
    expect(pushed(script)).toEqual([`registry-push ${expected}`]);
  });

  test('what a workflow sets is not overruled', () => {
    const steps = `- run: docker push "\${HOST:-docker.io}/acme/api:1"\n  env:\n    HOST: ghcr.io`;
    expect(deliveriesOf({ [WORKFLOW]: workflowOf(steps) })).toEqual(['registry-push ghcr.io/acme/api:1']);
  });

  test('a condition stays open: who calls the script decides', () => {
    expect(pushed(`if [ "\${PUSH:-no}" = yes ]; then docker push acme/api:1; fi`)).toEqual([
      'registry-push docker.io/acme/api:1?',
    ]);
  });

  test('it is said that something out of sight may set it', () => {
    const files = givenFiles({
      [WORKFLOW]: workflowOf(scriptStep(`docker push "\${IMAGE:-acme/api}:2"`)),
    });
    const [delivery] = findDeliveries(files, () => 'public').deliveries;
    expect(delivery?.unsettled.map(({ what }) => what)).toEqual([
      `\${IMAGE:-acme/api}:2 is taken to be acme/api:2: nothing in sight sets it otherwise`,
    ]);
  });
});

test('a fallback that would keep an image inside settles nothing', () => {
  const classify = (registry: Value): DestinationClass => {
    const host = known(registry);
    if (host === null) return 'unknown';
    return host === 'localhost:5000' ? 'local' : host.endsWith('.corp.example') ? 'internal' : 'public';
  };
  const told = (host: string) =>
    findDeliveries(
      givenFiles({
        [WORKFLOW]: workflowOf(scriptStep(`docker push "\${HOST:-${host}}/acme/api:1"`)),
      }),
      classify,
    ).deliveries.map((delivery) => [short(delivery), delivery.destination.class]);
  expect(told('localhost:5000')).toEqual([[`registry-push \${HOST:-localhost:5000}/acme/api:1`, 'unknown']]);
  expect(told('images.corp.example')).toEqual([
    [`registry-push \${HOST:-images.corp.example}/acme/api:1`, 'unknown'],
  ]);
  expect(told('ghcr.io')).toEqual([['registry-push ghcr.io/acme/api:1', 'public']]);
});
