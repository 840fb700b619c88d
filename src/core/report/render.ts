// A verdict → everything GitHub is shown about it, as data.
import type { FileChange } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Policy } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { belongsToDelivery } from '../verdict/judge.ts';
import { ancestryLines, ancestrySections } from './ancestry.ts';
import { checkRuns } from './check-run.ts';
import { layerSections } from './layers.ts';
import { packet } from './packet.ts';
import { reviewComments } from './review-comments.ts';
import type { RuleText } from './words.ts';

/** `packetLimit`: bytes of the packet where it is no comment. */
export function render(
  verdict: Verdict,
  facts: Facts,
  policy: Policy,
  changes: readonly FileChange[],
  rules: ReadonlyMap<string, RuleText>,
  packetLimit?: number,
): Report {
  return {
    headSha: verdict.subject.headSha,
    checks: checkRuns(verdict, policy.approval.labels, rules, ancestryLines(verdict.subject, facts)),
    packet: packet(
      verdict,
      facts,
      policy,
      rules,
      [...ancestrySections(verdict.subject, facts, policy), ...layerSections(verdict.subject, facts)],
      packetLimit,
    ),
    reviewComments: reviewComments(verdict, changes, rules),
    labels: labels(verdict, policy),
  };
}

/**
 * Labels only show the state; a label that claims what does not hold is taken off. The approving label is never set by
 * us, and taken off while more people have to approve, so that the next of them can set it.
 */
function labels(verdict: Verdict, policy: Policy): Report['labels'] {
  const { waiting, approved, rejected } = policy.approval.labels;
  const asked = verdict.findings.filter(({ finding, obligation }) => belongsToDelivery(finding, obligation));
  const has = (kind: string): boolean => asked.some(({ standing }) => standing.kind === kind);
  if (has('rejected')) return { add: [rejected], remove: [waiting, approved] };
  // What people set may be a decision that could not be asked about yet: it is left until it can.
  const isUnseen = verdict.gaps.some(({ cause }) => cause === 'world');
  if (has('open')) return { add: [waiting], remove: isUnseen ? [] : [approved, rejected] };
  return { add: [], remove: has('approved') ? [waiting, rejected] : [waiting, approved, rejected] };
}
