// JSON and problems, written so that nothing in them can act on a terminal.
import type { Problem } from '../workspace/problem.ts';
import type { Effects } from './effects.ts';
import { EXIT } from './exit-codes.ts';

/** JSON escapes C0 controls itself; this adds what reorders or hides text, as escapes that mean the same to a parser. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}\n`;
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

/** Says what is wrong and returns the exit code for it. */
export function tellProblem({ what, remedy, cause }: Problem, effects: Effects): number {
  effects.stderr(`clear-to-ship: ${what}\n${remedy}\n`);
  return cause === 'usage' ? EXIT.usage : EXIT.undecided;
}
