// A report → one Markdown document, with everything the pull request's page would show in several places.
import type { Report } from '../model/report.ts';
import type { Outcome } from '../model/verdict.ts';
import { PACKET_MARK } from './packet.ts';
import { OUTCOME_WORDS } from './words.ts';

/** Ends with a line feed. */
export function renderDocument(outcome: Outcome, report: Report): string {
  const checks = report.checks.flatMap(({ name, title, summary, text }) => [
    `## ${name}: ${title}`,
    summary,
    ...(text === '' ? [] : [text]),
  ]);
  const packet = report.packet === null ? [] : [report.packet.replace(PACKET_MARK, '').trim()];
  return `${[`# ${OUTCOME_WORDS[outcome]}`, ...checks, ...packet].join('\n\n')}\n`;
}
