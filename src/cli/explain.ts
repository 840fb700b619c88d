// `clear-to-ship explain`: a rule's id → what it asks, why, what to do, and samples.
import { nearest } from '../core/nearest.ts';
import { renderExplanation } from '../core/report/explanation.ts';
import { RULES } from '../core/rules/index.ts';
import { type Effects, paintFor } from './effects.ts';
import { EXIT } from './exit-codes.ts';

export function explain(id: string, effects: Effects): number {
  const rule = RULES.find((each) => each.id === id);
  if (rule !== undefined) {
    effects.stdout(renderExplanation(rule, { width: effects.columns, paint: paintFor(effects) }));
    return EXIT.clear;
  }
  const ids = RULES.map((each) => each.id);
  const guess = nearest(id, ids);
  effects.stderr(
    `clear-to-ship: There is no rule ${JSON.stringify(id)}.${guess === null ? '' : ` Did you mean ${guess}?`}\n`,
  );
  effects.stderr(
    `The rules are:\n${ids
      .toSorted()
      .map((each) => `  ${each}\n`)
      .join('')}`,
  );
  return EXIT.usage;
}
