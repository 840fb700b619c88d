// `clear-to-ship deliveries`: everything in a repository that takes container material outside, each with its evidence.
import { deliveryGraph } from '../core/pipeline/graph.ts';
import { deliverySentence, deliveryStatement } from '../core/pipeline/sentence.ts';
import { renderDeliveries } from '../core/report/delivery-list.ts';
import { jsonDelivery } from '../core/report/json.ts';
import { sourceTexts } from '../core/report/sources.ts';
import { review } from '../core/review.ts';
import { isProblem } from '../workspace/problem.ts';
import { type CollectOptions, collect } from './collect.ts';
import { type Effects, paintFor } from './effects.ts';
import { EXIT } from './exit-codes.ts';
import type { DELIVERY_FORMATS } from './formats.ts';
import { jsonText, tellProblem } from './output.ts';

export type DeliveriesOptions = CollectOptions & {
  readonly format: (typeof DELIVERY_FORMATS)[number];
  readonly graph?: boolean;
};

/** The exit code says whether everything was seen: 0, or `undecided` when something could not be read. */
export async function deliveries(
  target: string,
  options: DeliveriesOptions,
  effects: Effects,
): Promise<number> {
  const evidence = await collect(target, options, effects);
  if (isProblem(evidence)) return tellProblem(evidence, effects);
  const { facts } = review(evidence);
  const found = facts.head.deliveries;
  const gaps = [...evidence.gaps, ...facts.head.gaps];
  effects.stdout(
    options.graph
      ? `${deliveryGraph(found).trimEnd()}\n`
      : options.format === 'json'
        ? jsonText({
            version: 1,
            subject: evidence.subject,
            deliveries: found.map((delivery) => jsonDelivery(delivery, deliverySentence)),
            gaps,
          })
        : renderDeliveries(found, gaps, {
            width: effects.columns,
            paint: paintFor(effects),
            source: sourceTexts(evidence),
            sentence: deliveryStatement,
          }),
  );
  return gaps.length === 0 ? EXIT.clear : EXIT.undecided;
}
