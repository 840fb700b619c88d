// Bypass 11: text switches the check off.
import { expect, test } from '@jest/globals';
import { delivery, stage } from './attack.ts';

const { gate, opened, repository } = stage();

test.each([['skip-checks: true'], ['[skip ci] [ci skip] [no ci]'], ['clear-to-ship: off']])(
  '"%s" in title, description and commit switches nothing',
  async (text) => {
    const pull = await opened(repository(), { title: text, body: text, message: `Ship\n\n\n${text}` });
    expect(delivery(pull)).toBe('action_required');
    await pull.retitle(`${text} again`);
    await gate().settled();
    expect(delivery(pull)).toBe('action_required');
  },
);
