// A lineage → what a reviewer reads in a terminal, or as Markdown.

import type { Lineage } from '../model/lineage.ts';
import { gapBlocks } from '../report/gap-text.ts';
import { cell, code, fenced, plain, visible } from '../report/markdown.ts';
import { labelled } from '../report/terminal.ts';
import { type Layout, prose, proseWidth } from '../report/text-layout.ts';
import type { ImageTrust } from '../trust/image-trust.ts';
import { type Row, rowsOf } from './lineage-rows.ts';

/** The image as asked, and the entry to paste. */
export type LineageSheet = {
  readonly name: string;
  readonly lineage: Lineage;
  /** What vouches for each hop, in their order; null where nobody looked. */
  readonly trust: readonly (ImageTrust | null)[];
  readonly entry: string;
};

/** Labels of rows that nobody should overlook. */
const LOUD = ['conflict', 'not met', 'denied'];

/** As wide as the longest label and two blanks. */
const LABEL_WIDTH = 23;

/** Ends with a line feed. */
export function renderLineage({ name, lineage, trust, entry }: LineageSheet, layout: Layout): string {
  const { paint } = layout;
  const blocks = [
    [paint('heading', `${visible(name)}${platformOf(lineage)}`)],
    ...lineage.hops.map((hop, index) => [
      `${index + 1} ${paint('path', visible(hop.name))}`,
      ...rowsOf(hop, trust[index] ?? null).flatMap((row) => rowLines(row, layout)),
    ]),
    ...(lineage.end === 'scratch' ? [[`${lineage.hops.length + 1} scratch`]] : []),
    ...gapBlocks(lineage.gaps, { ...layout, source: () => null }),
    [
      paint('heading', 'Entry for the policy, once you have looked at all of this'),
      '',
      ...entry
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    ],
    prose(outcomeOf(lineage), 0, layout),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function rowLines({ label, text, link }: Row, layout: Layout): readonly string[] {
  const whole = `  ${label}`.padEnd(LABEL_WIDTH);
  const dim = (shown: string): string => layout.paint(LOUD.includes(label) ? 'error' : 'dim', shown);
  const content = link === null ? visible(text) : `${link} ${visible(text)}`;
  return labelled(whole, content, proseWidth(layout), dim);
}

/** Ends with a line feed. */
export function lineageMarkdown({ name, lineage, trust, entry }: LineageSheet): string {
  const parts = [
    `# Lineage of ${code(name)}${platformOf(lineage)}`,
    outcomeOf(lineage),
    ...lineage.hops.map((hop, index) =>
      [
        `## ${index + 1}. ${code(hop.name)}`,
        '',
        '| | |',
        '|---|---|',
        ...rowsOf(hop, trust[index] ?? null).map((row) => `| ${row.label} | ${cell(markdownOf(row))} |`),
      ].join('\n'),
    ),
    ...(lineage.end === 'scratch' ? [`## ${lineage.hops.length + 1}. ${code('scratch')}`] : []),
    ...(lineage.gaps.length === 0
      ? []
      : [
          `## What could not be known\n\n${lineage.gaps
            .map(({ subject, reason, remedy }) => `- ${code(subject)}: ${plain(reason)} ${plain(remedy)}`)
            .join('\n')}`,
        ]),
    `## Entry for the policy\n\nOnce you have looked at all of this:\n\n${fenced('yaml', entry.trimEnd())}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Names and digests are shown to be copied, so they are code; everything else is prose that can't do anything. */
export function markdownOf({ text, link }: Row): string {
  const words = text
    .split(/\s+/)
    .map((word) => (/@?sha(?:256|512):[0-9a-f]|^https?:\/\//.test(word) ? codeWord(word) : plain(word)));
  return [...(link === null ? [] : [`<${link}>`]), ...words].join(' ');
}

function codeWord(word: string): string {
  const [, name = '', rest = ''] = /^(.*?)([,.;)]*)$/s.exec(word) ?? [];
  return `${code(name)}${plain(rest)}`;
}

function platformOf({ platform }: Lineage): string {
  return platform === null ? '' : ` for ${visible(platform)}`;
}

function outcomeOf({ hops, end, gaps }: Lineage): string {
  if (gaps.length === 0 && end === 'scratch')
    return `Known to scratch: ${hops.length === 1 ? 'one image' : `${hops.length} images`}.`;
  return `Undecided: ${gaps.length === 1 ? 'one thing' : `${gaps.length} things`} could not be known.`;
}
