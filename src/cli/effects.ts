// The outside world as the command line sees it: given to `main`, so that tests run it in-process.
import { styleText } from 'node:util';
import type { Paint, Style } from '../core/report/terminal.ts';

export type Effects = {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal behind stdout. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  readonly now: () => Date;
};

const FORMATS: Readonly<Record<Style, Parameters<typeof styleText>[0]>> = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  note: ['bold', 'blue'],
  question: ['bold', 'magenta'],
  good: ['bold', 'green'],
  heading: ['bold', 'underline'],
  path: 'cyan',
  dim: 'dim',
  added: 'green',
  removed: 'red',
};

/** Colour on a terminal; `FORCE_COLOR` and `NO_COLOR` (no-color.org) decide otherwise, the former first as in Node. */
export function paintFor({ env, isTTY }: Effects): Paint {
  const forced = env.FORCE_COLOR;
  const wanted =
    forced !== undefined
      ? forced !== '0' && forced !== 'false'
      : !env.NO_COLOR && env.TERM !== 'dumb' && isTTY.stdout;
  return wanted
    ? (style, text) => (text === '' ? '' : styleText(FORMATS[style], text, { validateStream: false }))
    : (_style, text) => text;
}
