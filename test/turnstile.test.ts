// Long steps take turns: what arrives meanwhile never waits for more than one of them.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { takeTurn } from '../src/turnstile.ts';

/** Which round of the event loop it is, told by a chain of immediates. */
const rounds = () => {
  let round = 0;
  let isOver = false;
  const count = (): void => {
    round += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  return {
    now: () => round,
    stop: () => {
      isOver = true;
    },
  };
};

test('steps run one in a round, in the order in which they asked', async () => {
  const clock = rounds();
  const ran: { readonly step: number; readonly round: number }[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async (_, step) => {
      await takeTurn();
      ran.push({ step, round: clock.now() });
    }),
  );
  clock.stop();
  expect(ran.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, step) => step));
  expect(new Set(ran.map(({ round }) => round)).size).toBe(20);
});

test('whoever comes later, also out of a step, gets a turn', async () => {
  const ran: string[] = [];
  const twice = async (name: string): Promise<void> => {
    await takeTurn();
    ran.push(`${name} begins`);
    await takeTurn();
    ran.push(`${name} ends`);
  };
  await Promise.all([twice('a'), twice('b')]);
  await twice('c');
  expect(ran).toEqual(['a begins', 'b begins', 'a ends', 'b ends', 'c begins', 'c ends']);
});

test('a request is answered while steps are left', async () => {
  const server = createServer((_, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let left = 0;
  const step = async (): Promise<void> => {
    left += 1;
    await takeTurn();
    left -= 1;
  };
  const steps = Promise.all(Array.from({ length: 20_000 }, step));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await answer.text()).toBe('ok');
  expect(left).toBeGreaterThan(0);
  await steps;
  server.close();
});
