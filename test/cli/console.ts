// A console for tests: what the command line wrote, and where.
import type { Effects } from '../../src/cli/effects.ts';

export type Console = { readonly effects: Effects; readonly out: () => string; readonly err: () => string };

export function fakeConsole(changes: Partial<Effects> = {}): Console {
  let out = '';
  let err = '';
  return {
    out: () => out,
    err: () => err,
    effects: {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += text;
      },
      isTTY: { stdout: false, stderr: false },
      columns: 80,
      env: { PATH: process.env.PATH, HOME: '/nonexistent' },
      cwd: '/nonexistent',
      now: () => new Date('2026-11-21T20:00:00.000Z'),
      ...changes,
    },
  };
}
