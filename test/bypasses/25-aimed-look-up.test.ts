// Bypass 25: a look-up is aimed at an address of the attacker’s choice.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { POLICY } from '../app/harness.ts';
import { expectHeld, shown, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test('no image name makes the app ask anybody but GitHub', async () => {
  const mark = gate().github.mark();
  const pull = await opened(repository(), {
    files: {
      'image/Dockerfile':
        'FROM 169.254.169.254/latest/meta-data\nCOPY --from=127.0.0.1:9/x /a /a\nRUN curl http://[::1]/x\n',
    },
  });
  expectHeld(pull);
  // Tests can't leave loopback, and everything on loopback that answered was the stand-in itself.
  const asked = gate()
    .github.requests.slice(mark)
    .filter(({ operation }) => operation === 'unknown');
  expect(asked).toEqual([]);
  expect(gate().github.schemaProblems).toEqual([]);
});

describe('with look-ups switched on, and a policy that asks for the inside', () => {
  const aimed = stage({
    policy: `${POLICY.replace('registries:\n', "registries:\n  ask: ['127.0.0.1', localhost, 169.254.169.254]\n")}vetting: {require-lineage: true}\n`,
    settings: { registries: { isAsked: true, inside: [], credentials: null } },
  });

  test('an address of the inside is not contacted unless whoever runs the server named it', async () => {
    let connections = 0;
    const inside = createServer((_, response) => response.end('secret'));
    inside.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const { port } = inside.address() as AddressInfo;
    const pull = await aimed.opened(aimed.repository(), {
      files: {
        'image/Dockerfile': `FROM 127.0.0.1:${port}/a/b:1\nCOPY --from=localhost:${port}/a/c:1 /a /a\nCOPY --from=169.254.169.254/latest/meta-data:1 /b /b\n`,
      },
    });
    await new Promise((resolve) => inside.close(resolve));
    expectHeld(pull);
    expect(shown(pull)).toContain('which is no public address: it was not contacted');
    expect(connections).toBe(0);
  });
});
