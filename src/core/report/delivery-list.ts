// The deliveries of a repository → a list for a terminal: certain ones first, then what can't be told, then what is unseen.
import type { Delivery } from '../model/delivery.ts';
import type { Gap } from '../model/evidence.ts';
import { gapBlocks } from './gap-text.ts';
import { visible } from './markdown.ts';
import { labelled } from './terminal.ts';
import { type Layout, proseWidth, type SourceText } from './text-layout.ts';
import { counted } from './words.ts';

export type DeliveryListOptions = Layout & {
  readonly source: SourceText;
  /** One sentence about a delivery, without full stop and without its evidence path, which is listed below it. */
  readonly sentence: (delivery: Delivery) => string;
};

/** Ends with a line feed. */
export function renderDeliveries(
  deliveries: readonly Delivery[],
  gaps: readonly Gap[],
  options: DeliveryListOptions,
): string {
  const certain = deliveries.filter(isCertain);
  const open = deliveries.filter((delivery) => !isCertain(delivery));
  const blocks = [
    ...section('Delivers', certain, options),
    ...section('Not fully known', open, options),
    ...gapBlocks(gaps, options),
    [summary(certain.length, open.length, gaps.length)],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function isCertain({ happens, unsettled }: Delivery): boolean {
  return happens === 'yes' && unsettled.length === 0;
}

function section(
  title: string,
  deliveries: readonly Delivery[],
  options: DeliveryListOptions,
): (readonly string[])[] {
  if (deliveries.length === 0) return [];
  const [head = [], ...rest] = deliveries.map((delivery) => deliveryLines(delivery, options));
  return [[options.paint('heading', title), '', ...head], ...rest];
}

function deliveryLines(delivery: Delivery, options: DeliveryListOptions): readonly string[] {
  const width = proseWidth(options);
  const steps = delivery.evidencePath.map(({ label, location }) => ({
    place: `${visible(location.path)}:${location.range.start.line}`,
    // The last step often has no other name than its place.
    label: label === `${nameOf(location.path)}:${location.range.start.line}` ? '' : visible(label),
  }));
  const widest = Math.max(0, ...steps.map(({ place }) => place.length));
  return [
    ...labelled('  ', visible(options.sentence(delivery)), width, (label) => label),
    ...steps.map(({ place, label }) =>
      `    ${options.paint('path', label === '' ? place : place.padEnd(widest))}  ${label}`.trimEnd(),
    ),
    ...delivery.unsettled.flatMap(({ what, settledBy }) => [
      ...labelled('    unknown  ', visible(what), width, (label) => options.paint('question', label)),
      ...labelled('    settle   ', visible(settledBy), width, (label) => options.paint('dim', label)),
    ]),
  ];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function summary(certain: number, open: number, gaps: number): string {
  const all = certain + open;
  const deliveries = counted([[all, 'delivery', 'deliveries']]);
  const uncertain = open === 0 ? '' : `, ${all === 1 ? '' : `${open} `}not fully known`;
  const unread = counted([[gaps, 'thing that could not be read', 'things that could not be read']]);
  if (gaps === 0)
    return all === 0
      ? 'Nothing in this repository delivers container material.'
      : `${deliveries}${uncertain}.`;
  return `${all === 0 ? 'No delivery in what could be read' : `${deliveries}${uncertain}`}; ${unread}.`;
}
