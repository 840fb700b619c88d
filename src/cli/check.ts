// `clear-to-ship check`: evidence → verdict → the report in the format asked for, and an exit code.
import { resolve } from 'node:path';
import type { Evidence } from '../core/model/evidence.ts';
import { deliverySentence } from '../core/pipeline/sentence.ts';
import { renderDocument } from '../core/report/document.ts';
import { toJson } from '../core/report/json.ts';
import { render } from '../core/report/render.ts';
import { toSarif } from '../core/report/sarif.ts';
import { sourceTexts } from '../core/report/sources.ts';
import { renderText } from '../core/report/text.ts';
import { type Review, RULE_TEXTS, review } from '../core/review.ts';
import { RULES } from '../core/rules/index.ts';
import { isProblem, problem } from '../workspace/problem.ts';
import { saveEvidence } from '../workspace/saved.ts';
import { type CollectOptions, collect } from './collect.ts';
import { type Effects, paintFor } from './effects.ts';
import { EXIT } from './exit-codes.ts';
import type { CHECK_FORMATS } from './formats.ts';
import { jsonText, tellProblem } from './output.ts';

export type CheckOptions = CollectOptions & {
  readonly format: (typeof CHECK_FORMATS)[number];
  readonly saveEvidence?: string;
};

/** `version` is this program's, for reports that name it. */
export async function check(
  target: string,
  options: CheckOptions,
  version: string,
  effects: Effects,
): Promise<number> {
  const evidence = await collect(target, options, effects);
  if (isProblem(evidence)) return tellProblem(evidence, effects);
  if (options.saveEvidence !== undefined && !(await saved(options.saveEvidence, evidence, effects)))
    return EXIT.usage;
  const reviewed = review(evidence);
  effects.stdout(rendered(reviewed, evidence, options, version, effects));
  return EXIT[reviewed.verdict.outcome];
}

async function saved(name: string, evidence: Evidence, effects: Effects): Promise<boolean> {
  const file = resolve(effects.cwd, name);
  try {
    await saveEvidence(file, evidence);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    tellProblem(problem(`The evidence can't be saved as ${file} (${code}).`, 'Name another file.'), effects);
    return false;
  }
}

function rendered(
  { verdict, facts, policy }: Review,
  evidence: Evidence,
  { format }: CheckOptions,
  version: string,
  effects: Effects,
): string {
  switch (format) {
    case 'text':
      return renderText(verdict, {
        width: effects.columns,
        paint: paintFor(effects),
        rules: RULE_TEXTS,
        source: sourceTexts(evidence),
        sentence: deliverySentence,
      });
    case 'json':
      return jsonText(toJson(verdict, deliverySentence));
    case 'sarif':
      return jsonText(toSarif(verdict, RULES, version));
    case 'markdown':
      return renderDocument(
        verdict.outcome,
        render(verdict, facts, policy, evidence.changes, RULE_TEXTS, Number.POSITIVE_INFINITY),
      );
    default:
      return format satisfies never;
  }
}
