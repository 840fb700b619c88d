// A verdict → the approval packet: one page from which the OSPO can decide.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Decision } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Obligation, Policy } from '../model/policy.ts';
import type { JudgedDelivery, JudgedFinding, Verdict } from '../model/verdict.ts';
import { deliveryGraph } from '../pipeline/graph.ts';
import { clearanceOf } from '../rules/clearances.ts';
import { insideImports } from '../rules/inside-imports.ts';
import { aboutDigest } from '../verdict/fingerprint.ts';
import { belongsToDelivery, isOpen } from '../verdict/judge.ts';
import { awaitedText } from './awaited.ts';
import { componentSections } from './component-sections.ts';
import { differences } from './differences.ts';
import { code, fenced } from './markdown.ts';
import { decisionRows, deliverySection, shippedSections } from './packet-sections.ts';
import { fitted, list, type Section, section } from './sections.ts';
import { counted, escaped, gapLine, obligationName, placeLink, type RuleText, timeText } from './words.ts';

/** GitHub's limit for a comment is 65,536 characters; we count bytes, which are never fewer. */
const COMMENT_LIMIT = 65_000;

/** Marks our comment, so that it is found again whatever was edited around it. */
export const PACKET_MARK = '<!-- clear-to-ship: approval packet -->';

/** Null when nothing in this pull request has to be decided by the OSPO. `limit`: of the text, in bytes. */
export function packet(
  verdict: Verdict,
  facts: Facts,
  policy: Policy,
  rules: ReadonlyMap<string, RuleText>,
  ancestry: readonly Section[] = [],
  limit = COMMENT_LIMIT,
): string | null {
  const concerns = verdict.findings.filter(
    ({ finding, obligation, standing }) =>
      belongsToDelivery(finding, obligation) && (isOpen(standing) || standing.kind === 'approved'),
  );
  if (concerns.length === 0) return null;
  const about = new Map<string, JudgedFinding[]>();
  for (const concern of concerns) {
    const key = aboutDigest(concern.finding.about);
    about.set(key, [...(about.get(key) ?? []), concern]);
  }
  const shipped = verdict.deliveries.filter(
    ({ fingerprint, change }) => about.has(fingerprint) && change.change !== 'stopped',
  );
  const asked = shipped.map((delivery) => ({ delivery, concerns: about.get(delivery.fingerprint) ?? [] }));
  const told = new Set(shipped.map(({ fingerprint }) => fingerprint));
  const others = concerns.filter(({ finding }) => !told.has(aboutDigest(finding.about)));
  return fitted(
    [
      section(`${PACKET_MARK}\n## ${headline(verdict, concerns)}`),
      ...decisions(verdict, concerns),
      ...lapsed(verdict),
      ...shippedSections(asked, rules),
      ...asked.map((each) => deliverySection(verdict, facts, each, rules)),
      ...questions(
        verdict,
        others,
        rules,
        clearedInside(verdict, facts, policy, builtFrom(shipped, others, facts)),
      ),
      ...componentSections(verdict, facts, policy, builtFrom(shipped, others, facts)),
      ...ancestry,
      ...stillOpen(verdict),
      ...picture(shipped),
    ],
    limit,
    (count) =>
      `_${counted([[count, 'more section', 'more sections']])} did not fit into one comment; \`clear-to-ship check --format markdown\` prints everything._`,
  );
}

function headline(verdict: Verdict, concerns: readonly JudgedFinding[]): string {
  if (concerns.some(({ standing }) => standing.kind === 'rejected')) return 'Delivery rejected';
  if (concerns.every(({ standing }) => standing.kind === 'approved')) return 'Delivery approved';
  if (verdict.lapses.some(({ because }) => because === 'changed'))
    return 'Delivery changed since it was approved: approval needed again';
  return verdict.lapses.length > 0 ? 'Delivery approval needed again' : 'Delivery approval needed';
}

function decisions(verdict: Verdict, concerns: readonly JudgedFinding[]): readonly Section[] {
  const { approvals } = verdict;
  const made = concerns.flatMap(({ standing }) =>
    standing.kind === 'approved' ? standing.by : standing.kind === 'rejected' ? [standing.by] : [],
  );
  const lines = [...new Map(made.map((decision) => [decision.id, decision])).values()].map(decisionLine);
  if (concerns.some(({ standing }) => standing.kind === 'open'))
    lines.push(
      approvals.teams.length === 0
        ? '- No policy names a team that may approve deliveries, so nobody can yet.'
        : [
            `- Waiting for ${approvals.required === 1 ? 'a member' : `${approvals.required} members`} of ${approvals.teams.map(code).join(' or ')} who had no part in these commits.`,
            awaitedText(verdict, code),
            'The approval covers what is described here, and is withdrawn when that changes.',
          ]
            .filter((sentence) => sentence !== '')
            .join(' '),
    );
  const unmapped = approvals.unmapped ?? [];
  if (unmapped.length > 0)
    lines.push(
      `- Commits are also by ${unmapped.map(code).join(', ')}, whose e-mail addresses belong to no account: make sure that whoever approves is none of them.`,
    );
  return lines.length === 0 ? [] : [section('', lines, 'decisions')];
}

function decisionLine({ kind, actor, team, at, expires, note }: Decision): string {
  const verb = { approved: 'Approved', rejected: 'Rejected', withdrawn: 'Withdrawn' }[kind];
  const until = expires === null ? '' : `, until ${expires.slice(0, 10)}`;
  return `- ${verb} by ${code(actor.login)} (${code(team)}) at ${timeText(at)}${until}${note === null ? '' : `: ${escaped(note)}`}`;
}

function lapsed({ lapses }: Verdict): readonly Section[] {
  const changed = lapses.filter(({ because }) => because === 'changed');
  const groups = changed.map(({ decision, approved, now }) =>
    [
      `Approved by ${code(decision.actor.login)} at ${timeText(decision.at)}:\n`,
      ...differences(approved, now ?? {}).map((line) => `- ${line}`),
      '',
    ].join('\n'),
  );
  return list('### What changed since the approval', groups, 'approvals');
}

/** What the OSPO has to answer beside the deliveries themselves: what goes into them, and what nobody can tell. */
function questions(
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
  const row = ({ finding, obligation, standing }: JudgedFinding): string => {
    const rule = rules.get(finding.rule);
    // What the rule says to every author is told once, as a question to whoever approves.
    const isWeighed = finding.outcome === 'needs-approval' && rule?.decision !== undefined;
    const remedy = finding.remedy ?? (isWeighed ? undefined : rule?.remedy);
    const box = standing.kind === 'approved' ? '[x]' : '[ ]';
    const changes = finding.previously === undefined ? [] : differences(finding.previously, finding.about);
    return [
      `- ${box} ${placeLink(verdict.subject, finding.location)} (${obligationName(obligation)}): ${escaped(finding.message)}${remedy === undefined ? '' : ` ${escaped(remedy)}`}`,
      ...changes.map((line) => `  - Changes ${line}`),
    ].join('\n');
  };
  return TOPICS.flatMap((topic) => {
    const mine = all.filter((each) => topicOf(each) === topic);
    const rows = [...mine.map(row), ...(topic === INSIDE_TOPIC ? cleared : [])];
    const weighed = decisionRows(mine, rules);
    const decide = weighed.length === 0 ? '' : `\nTo decide:\n\n${weighed.join('\n')}\n\nAbout:\n`;
    return list(`### ${topic}${decide === '' ? '' : `\n${decide}`}`, rows, 'questions');
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
function clearedInside(
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

/** The Dockerfiles behind what is asked: those that are built, released, or asked about themselves. */
function builtFrom(
  shipped: readonly JudgedDelivery[],
  others: readonly JudgedFinding[],
  facts: Facts,
): readonly Dockerfile[] {
  const paths = new Set([
    ...shipped.flatMap(({ change: { delivery } }) => [
      delivery.build?.dockerfile,
      delivery.kind === 'dockerfile-release' ? delivery.location.path : null,
    ]),
    ...others.map(({ finding }) => finding.location.path),
  ]);
  return facts.head.dockerfiles.filter(({ path }) => paths.has(path));
}

function stillOpen(verdict: Verdict): readonly Section[] {
  const violations = verdict.findings.filter(
    ({ standing, finding }) => isOpen(standing) && finding.outcome === 'violation',
  );
  const rows = [
    ...violations.map(
      ({ finding }) => `- [ ] ${placeLink(verdict.subject, finding.location)}: ${escaped(finding.message)}`,
    ),
    ...verdict.gaps.map((gap) => gapLine(verdict.subject, gap)),
  ];
  return list('### Open for the author', rows, 'entries');
}

function picture(shipped: readonly JudgedDelivery[]): readonly Section[] {
  if (shipped.length === 0) return [];
  const graph = deliveryGraph(shipped.map(({ change }) => change.delivery));
  return [section(`### The way out\n\n${fenced('mermaid', graph)}`)];
}
