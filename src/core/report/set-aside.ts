// What a check counts and does not ask about → one line with the numbers, and a folded list for whoever wants to see.
import type { Gap, Subject } from '../model/evidence.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { code, folded } from './markdown.ts';
import type { Section } from './sections.ts';
import { counted, escaped, gapLine, placeLink, setAside } from './words.ts';

/** `findings`: those that are not shown above. None when there is nothing aside. */
export function asideSections(
  subject: Subject,
  findings: readonly JudgedFinding[],
  gaps: readonly Gap[],
): readonly Section[] {
  const told = [setAside(findings), gapsBefore(gaps)].filter((part) => part !== '').join(', ');
  if (told === '') return [];
  // What is only observed stays in the ledger, and what is approved stands in the table.
  const listed = findings.filter(({ standing: { kind } }) => kind === 'pre-existing' || kind === 'excepted');
  const line = `Not shown: ${told}.`;
  if (listed.length + gaps.length === 0) return [{ head: line, rows: [], of: 'entries' }];
  const { open, close } = folded('Show them');
  return [
    {
      head: `${line}\n\n${open}`,
      rows: [
        ...listed.map((judged) => entry(subject, judged)),
        ...gaps.map((gap) => `${gapLine(subject, gap)} (as before)`),
      ],
      of: 'entries',
      tail: close,
    },
  ];
}

export function gapsBefore(gaps: readonly Gap[]): string {
  return counted([
    [gaps.length, 'thing could not be read before either', 'things could not be read before either'],
  ]);
}

function entry(subject: Subject, { finding, standing }: JudgedFinding): string {
  const because =
    standing.kind === 'excepted'
      ? `excused until ${standing.by.expires} by ${code(standing.by.owner)}: ${escaped(standing.by.reason)}`
      : 'as before';
  return `- ${placeLink(subject, finding.location)}: ${escaped(finding.message)} (${code(finding.rule)}, ${because})`;
}
