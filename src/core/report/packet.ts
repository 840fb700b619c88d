// A verdict → the approval packet: one page from which the OSPO can decide.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Decision } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Policy } from '../model/policy.ts';
import type { JudgedDelivery, JudgedFinding, Verdict } from '../model/verdict.ts';
import { deliveryGraph } from '../pipeline/graph.ts';
import { aboutDigest } from '../verdict/fingerprint.ts';
import { belongsToDelivery, isOpen } from '../verdict/judge.ts';
import { awaitedText } from './awaited.ts';
import { componentSections } from './component-sections.ts';
import { differences } from './differences.ts';
import { code, fenced } from './markdown.ts';
import { clearedInside, questions, stillOpen } from './packet-questions.ts';
import { deliverySection, shippedSections } from './packet-sections.ts';
import { fitted, list, type Section, section } from './sections.ts';
import { counted, escaped, type RuleText, timeText } from './words.ts';

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
  const shipped = verdict.deliveries
    .filter(({ fingerprint, change }) => about.has(fingerprint) && change.change !== 'stopped')
    .sort((a, b) => certainty(a) - certainty(b));
  const asked = shipped.map((delivery) => ({ delivery, concerns: about.get(delivery.fingerprint) ?? [] }));
  const told = new Set(shipped.map(({ fingerprint }) => fingerprint));
  const others = concerns.filter(({ finding }) => !told.has(aboutDigest(finding.about)));
  const behind = builtFrom(shipped, others, facts);
  return fitted(
    [
      section(`${PACKET_MARK}\n## ${headline(verdict, concerns)}`),
      ...decisions(verdict, concerns),
      ...lapsed(verdict),
      ...shippedSections(asked, rules),
      ...asked.map((each) => deliverySection(verdict, facts, each, rules)),
      ...questions(verdict, others, rules, clearedInside(verdict, facts, policy, behind)),
      ...componentSections(verdict, facts, policy, behind),
      ...ancestry,
      ...stillOpen(verdict),
      ...picture(shipped),
    ],
    limit,
    (count) =>
      `_${counted([[count, 'more section', 'more sections']])} did not fit into one comment; \`clear-to-ship check --format markdown\` prints everything._`,
  );
}

/** What surely leaves comes first, then what may, then what can't be seen into. */
function certainty({ change: { delivery } }: JudgedDelivery): number {
  return delivery.kind === 'opaque' ? 2 : delivery.happens === 'yes' ? 0 : 1;
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

function picture(shipped: readonly JudgedDelivery[]): readonly Section[] {
  if (shipped.length === 0) return [];
  const graph = deliveryGraph(shipped.map(({ change }) => change.delivery));
  return [section(`### The way out\n\n${fenced('mermaid', graph)}`)];
}
