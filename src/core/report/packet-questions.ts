// Findings → the packet's checklists: what whoever approves has to answer, what is cleared already, what the author has to do.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import type { Obligation, Policy } from '../model/policy.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { clearanceOf } from '../rules/clearances.ts';
import { insideImports } from '../rules/inside-imports.ts';
import { belongsToDelivery, isOpen } from '../verdict/judge.ts';
import { differences } from './differences.ts';
import { code } from './markdown.ts';
import { decisionsOf } from './packet-sections.ts';
import { list, type Section } from './sections.ts';
import { escaped, gapLine, obligationName, placeLink, type RuleText } from './words.ts';

/** What the OSPO has to answer beside the deliveries themselves: what goes into them, and what nobody can tell. */
export function questions(
  verdict: Verdict,
  others: readonly JudgedFinding[],
  rules: ReadonlyMap<string, RuleText>,
  cleared: readonly string[],
): readonly Section[] {
  const unknown = verdict.findings.filter(
    ({ standing, finding, obligation }) =>
      isOpen(standing) && finding.outcome === 'unknown' && !belongsToDelivery(finding, obligation),
  );
  const all = [...others, ...unknown];
  const row = ({ finding, obligation, standing }: JudgedFinding): Row => {
    const rule = rules.get(finding.rule);
    // What the rule says to every author is told once, as a question to whoever approves.
    const isWeighed = finding.outcome === 'needs-approval' && rule?.decision !== undefined;
    const remedy = finding.remedy ?? (isWeighed ? undefined : rule?.remedy);
    const changes = finding.previously === undefined ? [] : differences(finding.previously, finding.about);
    return {
      box: standing.kind === 'approved' ? '[x]' : '[ ]',
      place: placeLink(verdict.subject, finding.location),
      text: [
        ` (${obligationName(obligation)}): ${escaped(finding.message)}${remedy === undefined ? '' : ` ${escaped(remedy)}`}`,
        ...changes.map((line) => `  - Changes ${line}`),
      ].join('\n'),
    };
  };
  return TOPICS.flatMap((topic) => {
    const mine = all.filter((each) => topicOf(each) === topic);
    const rows = [...checklist(mine.map(row)), ...(topic === INSIDE_TOPIC ? cleared : [])];
    const weighed = decisionsOf(mine, rules).join(' ');
    return list(`### ${topic}${weighed === '' ? '' : `\n\n${weighed}`}`, rows, 'questions');
  });
}

const INSIDE_TOPIC = 'From other projects of the organisation';
const OTHER_TOPIC = 'Also to decide';
const TOPIC_OF: Partial<Record<Obligation, string>> = {
  'flow-02-base-images': 'Base images and their duties',
  'flow-04-inside-imports': INSIDE_TOPIC,
};
/** In the order in which they are shown. */
const TOPICS = [...Object.values(TOPIC_OF), OTHER_TOPIC];

function topicOf({ obligation }: JudgedFinding): string {
  return TOPIC_OF[obligation] ?? OTHER_TOPIC;
}

/** What comes from projects whose newest delivery is cleared: nobody is asked, and everybody sees it. */
export function clearedInside(
  verdict: Verdict,
  facts: Facts,
  policy: Policy,
  dockerfiles: readonly Dockerfile[],
): readonly string[] {
  return insideImports(facts, policy)
    .filter(({ dockerfile }) => dockerfiles.some(({ path }) => path === dockerfile))
    .flatMap((entry) => {
      const clearance = clearanceOf(entry, facts, policy);
      if (clearance === null) return [];
      return `- [x] ${placeLink(verdict.subject, entry.location)} (flow 4): ${code(entry.name)} comes from ${code(clearance.project)}, whose newest delivery was cleared; it shipped on ${clearance.at.slice(0, 10)}.`;
    });
}

/** What the author has to change, and what could not be read. */
export function stillOpen(verdict: Verdict): readonly Section[] {
  const violations = verdict.findings.filter(
    ({ standing, finding }) => isOpen(standing) && finding.outcome === 'violation',
  );
  const rows = violations.map(
    ({ finding }): Row => ({
      box: '[ ]',
      place: placeLink(verdict.subject, finding.location),
      text: `: ${escaped(finding.message)}`,
    }),
  );
  const gaps = verdict.gaps.map((gap) => gapLine(verdict.subject, gap));
  return list('### Open for the author', [...checklist(rows), ...gaps], 'entries');
}

type Row = { readonly box: '[x]' | '[ ]'; readonly place: string; readonly text: string };

/** Places that are named for one question. */
const MOST_PLACES = 12;

/** What is asked in the same words at several places is one question; in the order of the first of them. */
function checklist(rows: readonly Row[]): readonly string[] {
  const groups = new Map<string, Row & { readonly places: string[] }>();
  for (const row of rows) {
    const key = JSON.stringify([row.box, row.text]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...row, places: [row.place] });
    else if (!group.places.includes(row.place)) group.places.push(row.place);
  }
  return [...groups.values()].map(({ box, places, text }) => {
    const more = places.length - MOST_PLACES;
    const named = places.slice(0, MOST_PLACES).join(', ');
    return `- ${box} ${named}${more > 0 ? ` and ${more} more places` : ''}${text}`;
  });
}
