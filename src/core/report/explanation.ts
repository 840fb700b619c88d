// A rule → its explanation for a terminal: what it asks, why, what to do, and samples of both kinds.
import type { GuidanceReference, RejectedSample, Rule, Sample } from '../rules/rule.ts';
import { labelled, type Paint, wrap } from './terminal.ts';
import { obligationName } from './words.ts';

export type ExplanationOptions = { readonly width: number; readonly paint: Paint };

/** Prose wider than this is hard to read. */
const PROSE_WIDTH = 88;

/** Ends with a line feed. */
export function renderExplanation(rule: Rule, options: ExplanationOptions): string {
  const { paint } = options;
  const width = Math.min(options.width, PROSE_WIDTH);
  const label = (name: string, text: string): string[] =>
    labelled(name.padEnd(12), text, width, (shown) => paint('dim', shown));
  const lines = [
    `${paint('heading', rule.id)} ${paint(rule.severity, rule.severity)} ${paint('dim', `(${obligationName(rule.obligation)})`)}`,
    '',
    ...wrap(`${rule.title}.`, width),
    '',
    ...label('why', rule.why),
    ...label('what to do', rule.remedy),
    ...label('guidance', guidance(rule.guidance)),
    ...rule.examples.accepts.flatMap((sample) => sampleLines('passes', sample, options)),
    ...rule.examples.rejects.flatMap((sample) => sampleLines('finds', sample, options)),
  ];
  return `${lines.join('\n').replace(/[ \t]+$/gm, '')}\n`;
}

function guidance(references: readonly GuidanceReference[]): string {
  if (references.length === 0) return 'none';
  const bySection = Map.groupBy(references, ({ document, section }) => `${document}, section ${section}`);
  return [...bySection]
    .map(([place, of]) => {
      const sentences = of.map(({ sentence }) => sentence).join(', ');
      return `${place} (${of.length === 1 ? 'sentence' : 'sentences'} ${sentences})`;
    })
    .join('; ');
}

const ANSWER = { violation: 'violation', 'needs-approval': 'needs approval', unknown: 'unknown' } as const;

function sampleLines(
  kind: 'passes' | 'finds',
  sample: Sample | RejectedSample,
  { paint }: ExplanationOptions,
): string[] {
  const expected = 'expect' in sample ? ` → ${ANSWER[sample.expect.outcome]}` : '';
  const style = kind === 'passes' ? 'good' : 'error';
  return [
    '',
    `${paint(style, kind.padEnd(7))} ${sample.title}${paint('dim', expected)}`,
    ...(sample.policy === undefined ? [] : block('policy', sample.policy, paint)),
    ...Object.entries(sample.base ?? {}).flatMap(([path, text]) => block(`${path} before`, text, paint)),
    ...Object.entries(sample.files).flatMap(([path, text]) => block(path, text, paint)),
  ];
}

function block(title: string, text: string, paint: Paint): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return [`        ${paint('path', title)}`, ...lines.map((line) => `        ${paint('dim', '|')} ${line}`)];
}
