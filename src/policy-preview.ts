// A pull request that changes a policy file → a check that says what is wrong with it and what it would change.

import type { Evidence, PolicySource } from './core/model/evidence.ts';
import type { CheckReport } from './core/model/report.ts';
import { POLICY_PATH } from './core/policy/schema.ts';
import { type PolicyEffect, policyCheck } from './core/report/policy-check.ts';
import { review, wanted } from './core/review.ts';
import type { PullRequestRef, PullRequests } from './ports.ts';

/** Open pull requests that are judged by the proposed policy; the check names the limit. */
const MOST_PULLS = 200;

export type PreviewPorts = {
  readonly pulls: Pick<PullRequests, 'open'>;
  /** What the newest recorded verdict of a pull request was made from; null when there is none. */
  readonly hindsight: (pull: PullRequestRef) => Promise<Evidence | null>;
  /** What the proposed policy wants to know beside what was seen when the pull request was judged. */
  readonly complete: (pull: PullRequestRef, evidence: Evidence) => Promise<Evidence>;
  /** Name of the repository that holds the organisation's policy. */
  readonly policyRepository: string;
};

const changesPolicy = ({ changes }: Evidence): boolean =>
  changes.some(({ path, previousPath }) => path === POLICY_PATH || previousPath === POLICY_PATH);

/** What a judgement wants to read, and the proposed policy beside it. */
export function wantedWithPolicy(evidence: Evidence): readonly string[] {
  const entry = evidence.head.entries.find(({ path }) => path === POLICY_PATH);
  const missing =
    changesPolicy(evidence) && entry !== undefined && evidence.blobs[entry.oid] === undefined
      ? [POLICY_PATH]
      : [];
  return [...new Set([...wanted(evidence), ...missing])].sort();
}

/** Null for a pull request that leaves the policy alone. Nothing is published, and nobody's verdict changes. */
export async function previewPolicy(
  pull: PullRequestRef,
  evidence: Evidence,
  ports: PreviewPorts,
): Promise<CheckReport | null> {
  if (!changesPolicy(evidence)) return null;
  const origin = pull.repository === ports.policyRepository ? 'organization' : 'repository';
  const proposed = proposedSource(evidence, origin, `${pull.owner}/${pull.repository}:${POLICY_PATH}`);
  if (proposed === 'unreadable') return policyCheck([], [], { unreadable: true, left: 0 });
  const withIt = (one: Evidence): Evidence => ({
    ...one,
    policies: [
      ...one.policies.filter((each) => each.origin !== origin),
      ...(proposed === null ? [] : [proposed]),
    ],
    // Whether there is a policy at all is answered by the proposal.
    gaps: one.gaps.filter(({ kind }) => kind !== 'missing-policy'),
  });
  const problems = review(withIt(evidence)).verdict.gaps.filter(({ kind }) => kind === 'policy');
  const open = await ports.pulls.open(
    pull.installation,
    origin === 'organization' ? null : pull.repositoryId,
  );
  const effects: PolicyEffect[] = [];
  for (const { pull: other } of problems.length > 0 ? [] : open.slice(0, MOST_PULLS)) {
    const seen = await ports.hindsight(other);
    if (seen === null) continue;
    const proposedFor = await ports.complete(other, withIt(seen));
    const [before, after] = [review(seen).verdict.outcome, review(proposedFor).verdict.outcome];
    if (before !== after)
      effects.push({ slug: `${other.owner}/${other.repository}`, number: other.number, before, after });
  }
  return policyCheck(problems, effects, { unreadable: false, left: Math.max(0, open.length - MOST_PULLS) });
}

/** Null when the file is deleted. */
function proposedSource(
  { head, blobs }: Evidence,
  origin: PolicySource['origin'],
  label: string,
): PolicySource | null | 'unreadable' {
  const entry = head.entries.find(({ path }) => path === POLICY_PATH);
  if (entry === undefined) return null;
  const blob = blobs[entry.oid];
  if (blob?.kind !== 'text' || entry.kind === 'symlink') return 'unreadable';
  return { origin, label, path: POLICY_PATH, oid: entry.oid, text: blob.text, isUnderReview: true };
}
