// Long work told on stderr: one line that repaints itself on a terminal, a line now and then elsewhere.
import type { Effects } from './effects.ts';

/** Work shorter than this is not worth a word, in milliseconds. */
const PATIENCE = 500;

/** Milliseconds between repaints on a terminal, and between lines in a log. */
const PACE = { terminal: 100, log: 10_000 } as const;

const ERASE = '\r\u001b[2K';

export type ProgressLine = {
  readonly report: (stage: string, done: number, total: number) => void;
  /** Takes the line away again, if there is one. */
  readonly end: () => void;
};

export function progressLine({ stderr, isTTY, now }: Effects, quiet: boolean): ProgressLine {
  if (quiet) return { report: () => {}, end: () => {} };
  const pace = isTTY.stderr ? PACE.terminal : PACE.log;
  let next = now().getTime() + (isTTY.stderr ? PATIENCE : PACE.log);
  let shown = false;
  return {
    report: (stage, done, total) => {
      const time = now().getTime();
      if (time < next) return;
      next = time + pace;
      const numbers = total === 0 ? (done === 0 ? '' : ` ${done}`) : ` ${done}/${total}`;
      stderr(isTTY.stderr ? `${ERASE}${stage}${numbers}` : `${stage}${numbers}\n`);
      shown = isTTY.stderr;
    },
    end: () => {
      if (shown) stderr(ERASE);
      shown = false;
    },
  };
}
