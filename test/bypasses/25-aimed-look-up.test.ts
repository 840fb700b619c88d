// Bypass 25: a look-up is aimed at an address of the attacker’s choice.
import { expect, test } from '@jest/globals';
import { expectHeld, stage } from './attack.ts';

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
