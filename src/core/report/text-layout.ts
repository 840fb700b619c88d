// The pieces every terminal report is laid out with: places, wrapped prose, labelled notes.
import type { Delivery } from '../model/delivery.ts';
import type { Location } from '../model/position.ts';
import type { ExcerptOptions } from './excerpt.ts';
import { visible } from './markdown.ts';
import { labelled, type Paint, type Style } from './terminal.ts';
import type { RuleText } from './words.ts';

export type Layout = {
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
};

/** Content of a file that places lie in; null when it was not read or is no text. */
export type SourceText = (path: string) => string | null;

export type TextOptions = Layout & {
  readonly rules: ReadonlyMap<string, RuleText>;
  readonly source: SourceText;
  /** One sentence about a delivery, without full stop. */
  readonly sentence: (delivery: Delivery) => string;
};

/** Prose wider than this is hard to read. */
const PROSE_WIDTH = 100;

export function place({ path, range }: Location): string {
  return `${visible(path)}:${range.start.line}:${range.start.column}`;
}

export function proseWidth({ width }: Layout): number {
  return Math.min(width, PROSE_WIDTH);
}

export function prose(text: string, indent: number, layout: Layout): string[] {
  return labelled(' '.repeat(indent), visible(text), proseWidth(layout), (label) => label);
}

export function note(label: string, text: string, indent: number, layout: Layout): string[] {
  const whole = `${' '.repeat(indent)}${label.padEnd(4)} `;
  return labelled(whole, visible(text), proseWidth(layout), (shown) => layout.paint('dim', shown));
}

export function indented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => `${' '.repeat(columns)}${line}`);
}

export function excerptOptions(style: Style, indent: number, { width, paint }: Layout): ExcerptOptions {
  return { width: width - indent, style, paint };
}
