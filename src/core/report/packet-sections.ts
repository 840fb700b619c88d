// The approval packet's part on deliveries: a table of all, what to weigh, and for each how it happens and who answers for it.
import type { Delivery } from '../model/delivery.ts';
import type { AnswerName } from '../model/delivery-file.ts';
import type { Facts } from '../model/facts.ts';
import type { JudgedDelivery, JudgedFinding, Verdict } from '../model/verdict.ts';
import { deliverySentence, deliveryStatement } from '../pipeline/sentence.ts';
import { answersFor } from '../rules/answers.ts';
import { format } from '../value.ts';
import { differences } from './differences.ts';
import { cell, code } from './markdown.ts';
import { type Section, section } from './sections.ts';
import { escaped, obligationName, placeLink, type RuleText } from './words.ts';

/** A delivery with all questions about it. */
export type AskedDelivery = {
  readonly delivery: JudgedDelivery;
  readonly concerns: readonly JudgedFinding[];
};

/** Bytes that are kept for the table of all deliveries before what follows is cut. */
const LEAST_TABLE = 24_000;

/** Each delivery on a line where there are several, then what has to be weighed about all of them. */
export function shippedSections(
  asked: readonly AskedDelivery[],
  rules: ReadonlyMap<string, RuleText>,
): readonly Section[] {
  if (asked.length === 0) return [];
  const heading = '### What would leave the company';
  const rows = asked.map(({ delivery: { change }, concerns }) =>
    [
      `| ${cell(escaped(capitalized(deliveryStatement(change.delivery))))}`,
      cell(flowsOf(concerns)),
      `${SINCE[change.change]} |`,
    ].join(' | '),
  );
  const weighed = decisionsOf(
    asked.flatMap(({ concerns }) => concerns),
    rules,
  );
  return [
    ...(asked.length === 1
      ? [section(heading)]
      : [
          {
            head: `${heading}\n\n| what | falls under | since the base |\n|---|---|---|`,
            rows,
            of: 'deliveries',
            least: LEAST_TABLE,
          },
        ]),
    ...(weighed.length === 0 ? [] : [section('To decide:\n', weighed.map(item), 'questions')]),
  ];
}

/** What whoever approves has to weigh about what is not approved yet, each question once. */
export function decisionsOf(
  concerns: readonly JudgedFinding[],
  rules: ReadonlyMap<string, RuleText>,
): readonly string[] {
  const open = concerns.filter(
    ({ finding, standing }) => finding.outcome === 'needs-approval' && standing.kind !== 'approved',
  );
  const asked = open.flatMap(({ finding }) => rules.get(finding.rule)?.decision ?? []);
  return [...new Set(asked)].map(escaped);
}

function item(question: string): string {
  return `- [ ] ${question}`;
}

export function deliverySection(
  verdict: Verdict,
  facts: Facts,
  { delivery: { change }, concerns }: AskedDelivery,
  rules: ReadonlyMap<string, RuleText>,
): Section {
  const { delivery } = change;
  const sentence = deliverySentence(delivery);
  // What the rule says to every author is told once, as a question to whoever approves.
  const remedies = new Set(
    concerns.map(({ finding: { remedy, rule } }) => {
      const text = rules.get(rule);
      return remedy ?? (text?.decision === undefined ? (text?.remedy ?? '') : '');
    }),
  );
  return section(
    `#### ${escaped(capitalized(deliveryStatement(delivery)))}\n`,
    [
      `- ${NEWNESS[change.change]}${fallsUnder(concerns)}`,
      ...concerns.flatMap(({ finding, obligation }) =>
        // The heading says already what a delivery's own question is about.
        finding.message.includes(sentence)
          ? []
          : [`- ${capitalized(obligationName(obligation))}: ${escaped(finding.message)}`],
      ),
      `- How it happens: ${delivery.evidencePath.map(({ label, location }) => `${escaped(label)} (${placeLink(verdict.subject, location)})`).join(' → ')}`,
      ...buildLines(delivery),
      ...(delivery.condition === null ? [] : [`- Only when: ${code(delivery.condition)}`]),
      `- Squashed: ${delivery.options.squash}; signed: ${delivery.options.signed}; provenance: ${delivery.options.provenance}; SBOM: ${delivery.options.sbom}`,
      ...answers(facts, delivery),
      ...delivery.unsettled.map(
        ({ what, settledBy, location }) =>
          `- **Not known**: ${escaped(what)} (${placeLink(verdict.subject, location)}). ${escaped(ended(settledBy))}`,
      ),
      ...(change.previously === null
        ? []
        : differences(change.previously, change.about).map((line) => `- Changes ${line}`)),
      ...[...remedies]
        .filter((remedy) => remedy !== '' && !isSaid(remedy, delivery))
        .map((remedy) => `- To settle it: ${escaped(capitalized(remedy.replace(SETTLING, '')))}`),
    ],
    'lines about this delivery',
  );
}

/** How a remedy begins that lists what would make a delivery known. */
const SETTLING = /^What would settle it: /;

/** Whether the lines on what is not known have said it already. */
function isSaid(remedy: string, { unsettled }: Delivery): boolean {
  const ways = remedy.replace(SETTLING, '').replace(/\.$/, '').split('; ');
  return unsettled.length > 0 && ways.every((way) => unsettled.some(({ settledBy }) => settledBy === way));
}

/** A clause as a sentence. */
function ended(clause: string): string {
  return `${capitalized(clause)}${/[.)]$/.test(clause) ? '' : '.'}`;
}

/** In the order of the schema; `justification` says why it has to be the dissuaded kind. */
const ANSWERS: Record<AnswerName, string> = {
  product: 'product',
  description: 'what it is for',
  license: 'our licence',
  owner: 'who answers for it',
  contact: 'contact for recipients',
  bom: 'bill of materials',
  justification: 'justification',
  updates: 'updates',
  notices: 'notices',
  sources: 'sources',
};

/** What the repository's delivery file says of it: claims of whoever asks, and named so. */
function answers(facts: Facts, delivery: Delivery): readonly string[] {
  const file = facts.head.deliveryFile;
  const entry = answersFor(facts, delivery);
  if (file === null || entry === null) return [];
  const told = (Object.keys(ANSWERS) as AnswerName[]).flatMap((name) => {
    const answer = entry.answers[name];
    if (answer === undefined) return [];
    const absent = entry.absent.includes(name) ? ' (not in the repository)' : '';
    return [`  - ${ANSWERS[name]}: ${escaped(answer.replace(/\s+/g, ' ').trim())}${absent}`];
  });
  return [[`- According to ${code(file.path)}:`, ...told].join('\n')];
}

const NEWNESS: Record<JudgedDelivery['change']['change'], string> = {
  started: 'It is new.',
  changed: 'It was there before and changes.',
  unchanged: 'It was there before and does not change.',
  stopped: 'It stops.',
};

/** The same for a cell of the table. */
const SINCE: Record<JudgedDelivery['change']['change'], string> = {
  started: 'new',
  changed: 'changed',
  unchanged: 'as before',
  stopped: 'stopped',
};

/** " It falls under flow 6." */
function fallsUnder(concerns: readonly JudgedFinding[]): string {
  const names = flowsOf(concerns);
  return names === '' ? '' : ` It falls under ${names}.`;
}

/** "flow 2 and flow 6" */
function flowsOf(concerns: readonly JudgedFinding[]): string {
  return [...new Set(concerns.map(({ obligation }) => obligationName(obligation)))].sort().join(' and ');
}

function buildLines({ build }: Delivery): readonly string[] {
  if (build === null) return [];
  const parts = [
    build.dockerfile === null ? 'a Dockerfile that could not be determined' : code(build.dockerfile),
    ...(build.target === null ? [] : [`stage ${code(format(build.target))}`]),
    ...(build.context === null ? [] : [`context ${code(format(build.context) || '.')}`]),
  ];
  return [`- Built from ${parts.join(', ')}`];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
