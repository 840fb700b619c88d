// The deliveries of a repository → a list for a terminal: certain ones first, then what can't be told, then what is unseen.
import type { Delivery } from '../model/delivery.ts';
import type { Gap } from '../model/evidence.ts';
import { visible } from './markdown.ts';
import { labelled, type Paint } from './terminal.ts';
import { counted } from './words.ts';

export type DeliveryListOptions = {
  readonly width: number;
  readonly paint: Paint;
  /** One sentence about a delivery, without full stop and without its evidence path, which is listed below it. */
  readonly sentence: (delivery: Delivery) => string;
};

/** Prose wider than this is hard to read. */
const PROSE_WIDTH = 100;

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
    ...gapSection(gaps, options),
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
  const width = Math.min(options.width, PROSE_WIDTH);
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

function gapSection(gaps: readonly Gap[], options: DeliveryListOptions): (readonly string[])[] {
  if (gaps.length === 0) return [];
  const width = Math.min(options.width, PROSE_WIDTH);
  const lines = gaps.map((gap) => {
    const place =
      gap.location === null ? gap.subject : `${gap.location.path}:${gap.location.range.start.line}`;
    return [
      `  ${options.paint('path', visible(place))} ${options.paint('question', gap.kind.replaceAll('-', ' '))}`,
      ...labelled('    ', visible(gap.reason), width, (label) => label),
      ...labelled('    fix  ', visible(gap.remedy), width, (label) => options.paint('dim', label)),
    ];
  });
  const [head = [], ...rest] = lines;
  return [[options.paint('heading', 'Could not be read'), '', ...head], ...rest];
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
