// A verdict → the approval packet: one page from which the OSPO can decide.
import type { Delivery } from '../model/delivery.ts';
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import type { Import } from '../model/import.ts';
import type { JudgedDelivery, JudgedFinding, Verdict } from '../model/verdict.ts';
import { deliveryGraph } from '../pipeline/graph.ts';
import { deliverySentence } from '../pipeline/sentence.ts';
import { format } from '../value.ts';
import { digest } from '../verdict/fingerprint.ts';
import { belongsToDelivery, isOpen } from '../verdict/judge.ts';
import { differences } from './check-run.ts';
import { code, fenced, fitted } from './markdown.ts';
import { escaped, gapLine, obligationName, placeLink, type RuleText } from './words.ts';

/** GitHub's limit for a comment, in characters; we count bytes, which are never fewer. */
const LIMIT = 65_000;

/** Marks our comment, so that it is found again whatever was edited around it. */
export const PACKET_MARK = '<!-- clear-to-ship: approval packet -->';

/** Null when nothing in this pull request has to be decided by the OSPO. */
export function packet(verdict: Verdict, facts: Facts, rules: ReadonlyMap<string, RuleText>): string | null {
  const asked = verdict.findings.filter(({ finding, obligation }) => belongsToDelivery(finding, obligation));
  const concerns = asked.filter(({ standing }) => isOpen(standing) || standing.kind === 'approved');
  if (concerns.length === 0) return null;
  const shipped = deliveriesOf(concerns, verdict);
  const dockerfiles = builtFrom(shipped, facts);
  return fitted(
    [
      `${PACKET_MARK}\n## ${headline(verdict, concerns)}`,
      ...howTo(verdict, concerns),
      ...lapses(verdict),
      ...deliverySections(verdict, shipped, concerns, rules),
      ...questions(verdict, concerns, shipped, rules),
      ...componentSections(verdict, dockerfiles),
      ...openIssues(verdict),
      ...picture(shipped),
    ],
    LIMIT,
    (count) =>
      `_${count} more sections did not fit into one comment; \`clear-to-ship check\` prints all of them._`,
  );
}

function headline(verdict: Verdict, concerns: readonly JudgedFinding[]): string {
  if (concerns.some(({ standing }) => standing.kind === 'rejected')) return 'Delivery rejected';
  const open = concerns.filter(({ standing }) => standing.kind === 'open');
  if (open.length === 0) return 'Delivery approved';
  return verdict.lapses.length > 0
    ? 'Delivery changed since it was approved: approval needed again'
    : 'Delivery approval needed';
}

function howTo({ approvals }: Verdict, concerns: readonly JudgedFinding[]): string[] {
  const decided = concerns.flatMap(({ standing }) =>
    standing.kind === 'approved' ? standing.by : standing.kind === 'rejected' ? [standing.by] : [],
  );
  const lines = [...new Map(decided.map((decision) => [decision.id, decision])).values()].map(
    (decision) =>
      `- ${decision.kind === 'approved' ? 'Approved' : 'Rejected'} by ${code(decision.actor.login)} (${code(decision.team)}) at ${decision.at}${decision.expires === null ? '' : `, until ${decision.expires.slice(0, 10)}`}${decision.note === null ? '' : `: ${escaped(decision.note)}`}`,
  );
  if (concerns.some(({ standing }) => standing.kind === 'open'))
    lines.push(
      approvals.teams.length === 0
        ? '- No policy names a team that may approve deliveries, so nobody can yet.'
        : `- Waiting for ${approvals.required === 1 ? 'a member' : `${approvals.required} members`} of ${approvals.teams.map(code).join(' or ')} who had no part in these commits${approvals.given.length > 0 ? `; so far ${approvals.given.map(({ actor }) => code(actor.login)).join(', ')}` : ''}. The approval covers what is described here, and is withdrawn when that changes.`,
    );
  return lines.length > 0 ? [lines.join('\n')] : [];
}

function lapses(verdict: Verdict): string[] {
  const changed = verdict.lapses.filter(({ because }) => because === 'changed');
  if (changed.length === 0) return [];
  return [
    [
      '### What changed since the approval',
      ...changed.map(({ decision, approved, now }) =>
        [
          `Approved by ${code(decision.actor.login)} at ${decision.at}:`,
          ...differences(approved, now ?? {}).map((line) => `- ${line}`),
        ].join('\n'),
      ),
    ].join('\n\n'),
  ];
}

function deliveriesOf(concerns: readonly JudgedFinding[], verdict: Verdict): JudgedDelivery[] {
  const abouts = new Set(concerns.map(({ finding }) => digest(finding.about)));
  return verdict.deliveries.filter(({ fingerprint }) => abouts.has(fingerprint));
}

function deliverySections(
  verdict: Verdict,
  shipped: readonly JudgedDelivery[],
  concerns: readonly JudgedFinding[],
  rules: ReadonlyMap<string, RuleText>,
): string[] {
  const sections = shipped.map(({ change, fingerprint }) => {
    const finding = concerns.find((each) => digest(each.finding.about) === fingerprint);
    const { delivery } = change;
    const lines = [
      `#### ${escaped(deliverySentence(delivery))}`,
      '',
      `- ${finding === undefined ? '' : `${obligationName(finding.obligation)}: ${escaped(finding.finding.message)} `}${change.change === 'changed' ? 'It was there before and changes.' : 'It is new.'}`,
      `- How it happens: ${delivery.evidencePath.map(({ label, location }) => `${escaped(label)} (${placeLink(verdict.subject, location)})`).join(' → ')}`,
      ...buildLines(delivery),
      ...(delivery.condition === null ? [] : [`- Only when: ${code(delivery.condition)}`]),
      `- Squashed: ${delivery.options.squash}; signed: ${delivery.options.signed}; provenance: ${delivery.options.provenance}; SBOM: ${delivery.options.sbom}`,
      ...delivery.unsettled.map(
        ({ what, settledBy, location }) =>
          `- **Not known**: ${escaped(what)} (${placeLink(verdict.subject, location)}). ${escaped(settledBy)}`,
      ),
      ...(change.previously === null
        ? []
        : differences(change.previously, change.about).map((line) => `- Changes ${line}`)),
    ];
    const duties = finding === undefined ? undefined : rules.get(finding.finding.rule)?.remedy;
    if (duties !== undefined) lines.push(`- To decide: ${escaped(duties)}`);
    return lines.join('\n');
  });
  return sections.length === 0 ? [] : ['### What would leave the company', ...sections];
}

function buildLines({ build }: Delivery): string[] {
  if (build === null) return [];
  const parts = [
    build.dockerfile === null ? 'a Dockerfile that could not be determined' : code(build.dockerfile),
    ...(build.target === null ? [] : [`stage ${code(format(build.target))}`]),
    ...(build.context === null ? [] : [`context ${code(format(build.context))}`]),
  ];
  return [`- Built from ${parts.join(', ')}`];
}

function questions(
  verdict: Verdict,
  concerns: readonly JudgedFinding[],
  shipped: readonly JudgedDelivery[],
  rules: ReadonlyMap<string, RuleText>,
): string[] {
  const told = new Set(shipped.map(({ fingerprint }) => fingerprint));
  const others = concerns.filter(({ finding }) => !told.has(digest(finding.about)));
  const unknown = verdict.findings.filter(
    ({ standing, finding, obligation }) =>
      standing.kind === 'open' && finding.outcome === 'unknown' && !belongsToDelivery(finding, obligation),
  );
  const lines = [...others, ...unknown].map(
    ({ finding, obligation }) =>
      `- [ ] ${placeLink(verdict.subject, finding.location)} (${obligationName(obligation)}): ${escaped(finding.message)} ${escaped(finding.remedy ?? rules.get(finding.rule)?.remedy ?? '')}`,
  );
  return lines.length === 0 ? [] : [['### Also to decide', '', ...lines].join('\n')];
}

function builtFrom(shipped: readonly JudgedDelivery[], facts: Facts): Dockerfile[] {
  const paths = new Set(
    shipped.flatMap(({ change: { delivery } }) => [
      delivery.build?.dockerfile,
      delivery.kind === 'dockerfile-release' ? delivery.location.path : null,
    ]),
  );
  return facts.head.dockerfiles.filter(({ path }) => paths.has(path));
}

const IMAGE_KINDS: ReadonlySet<Import['kind']> = new Set<Import['kind']>([
  'base-image',
  'copied-image',
  'mounted-image',
  'frontend-image',
]);

function componentSections(verdict: Verdict, dockerfiles: readonly Dockerfile[]): string[] {
  return dockerfiles.flatMap((dockerfile) => {
    const licence =
      dockerfile.notice.licenses.map(({ expression }) => code(expression)).join(', ') ||
      dockerfile.notice.recognized?.id ||
      'none declared';
    const images = dockerfile.imports.filter(({ kind }) => IMAGE_KINDS.has(kind));
    const others = dockerfile.imports.filter(({ kind }) => !IMAGE_KINDS.has(kind));
    const rows = others.map(
      (each) =>
        `| ${placeLink(verdict.subject, each.location)} | ${each.kind.replaceAll('-', ' ')} | ${sourceCell(each)} | ${each.secureChannel} | ${each.verification.method.replaceAll('-', ' ')} |`,
    );
    return [
      [
        `### What is in ${code(dockerfile.path)}`,
        '',
        `- Created here: ${dockerfile.stages.length === 1 ? 'one stage' : `${dockerfile.stages.length} stages`}; licence of the Dockerfile: ${licence}`,
        ...images.map(
          (each) =>
            `- ${each.kind.replaceAll('-', ' ')}: ${code(format(each.source))}, pinned by ${each.pinning} (${placeLink(verdict.subject, each.location)})`,
        ),
        ...(rows.length === 0
          ? []
          : ['', '| import | kind | source | secure channel | verified |', '|---|---|---|---|---|', ...rows]),
      ].join('\n'),
    ];
  });
}

function sourceCell(each: Import): string {
  return each.packages.length > 0
    ? `${code(format(each.source))}: ${each.packages.map(code).join(', ')}`
    : code(format(each.source));
}

function openIssues(verdict: Verdict): string[] {
  const violations = verdict.findings.filter(
    ({ standing, finding }) => standing.kind === 'open' && finding.outcome === 'violation',
  );
  const lines = [
    ...violations.map(
      ({ finding }) => `- ${placeLink(verdict.subject, finding.location)}: ${escaped(finding.message)}`,
    ),
    ...verdict.gaps.map((gap) => gapLine(verdict.subject, gap)),
  ];
  return lines.length === 0 ? [] : [['### Still to be mended by the author', '', ...lines].join('\n')];
}

function picture(shipped: readonly JudgedDelivery[]): string[] {
  if (shipped.length === 0) return [];
  return ['### The way out', fenced('mermaid', deliveryGraph(shipped.map(({ change }) => change.delivery)))];
}
