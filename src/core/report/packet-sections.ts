// The approval packet's section for each delivery: what, how, who answers for it, what is to decide.
import type { Delivery } from '../model/delivery.ts';
import type { AnswerName } from '../model/delivery-file.ts';
import type { Facts } from '../model/facts.ts';
import type { JudgedDelivery, JudgedFinding, Verdict } from '../model/verdict.ts';
import { deliverySentence } from '../pipeline/sentence.ts';
import { answersFor } from '../rules/answers.ts';
import { format } from '../value.ts';
import { differences } from './differences.ts';
import { code } from './markdown.ts';
import { type Section, section } from './sections.ts';
import { escaped, obligationName, placeLink, type RuleText } from './words.ts';

/** `concerns` are all questions about this delivery, from whichever rules. */
export function deliverySection(
  verdict: Verdict,
  facts: Facts,
  { change }: JudgedDelivery,
  concerns: readonly JudgedFinding[],
  rules: ReadonlyMap<string, RuleText>,
): Section {
  const { delivery } = change;
  const sentence = deliverySentence(delivery);
  const remedies = new Set(
    concerns.map(({ finding }) => finding.remedy ?? rules.get(finding.rule)?.remedy ?? ''),
  );
  return section(
    `#### ${escaped(capitalized(sentence))}\n`,
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
          `- **Not known**: ${escaped(what)} (${placeLink(verdict.subject, location)}). ${escaped(settledBy)}`,
      ),
      ...(change.previously === null
        ? []
        : differences(change.previously, change.about).map((line) => `- Changes ${line}`)),
      ...[...remedies].filter((remedy) => remedy !== '').map((remedy) => `- To decide: ${escaped(remedy)}`),
    ],
    'lines about this delivery',
  );
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

/** " It falls under flow 6." */
function fallsUnder(concerns: readonly JudgedFinding[]): string {
  const names = [...new Set(concerns.map(({ obligation }) => obligationName(obligation)))].sort();
  return names.length === 0 ? '' : ` It falls under ${names.join(' and ')}.`;
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
