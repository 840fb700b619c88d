// Is this covered now? The one place that answers it, for approvals and for exceptions.
import type { About, Contributor, Decision, Evidence, Instant } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Approval, Exception, Obligation } from '../model/policy.ts';
import { isLess } from '../pipeline/about.ts';
import { matchesPattern } from '../policy/patterns.ts';
import { fingerprintOf } from './fingerprint.ts';
import { quorumsFor, seat, share, teamsOf } from './quorum.ts';

/** Something that is asked, and the obligation that asks it. */
type Question = {
  readonly fingerprint: string;
  readonly obligation: Obligation;
  /** The rule that asks, and what about: with them, an approval of something of which this is a part counts too. */
  readonly asked?: Pick<Finding, 'rule' | 'about'>;
};

/** What is known of those who decided and of the moment, beside the decisions themselves. */
export type Circumstances = {
  readonly at: Instant;
  readonly contributors: readonly Contributor[];
  readonly memberships?: Evidence['memberships'];
};

export type Coverage =
  /** `given` are approvals that count but do not suffice yet; `missing`: people of each quorum, see `quorumsFor`. */
  | { readonly kind: 'none'; readonly given: readonly Decision[]; readonly missing: readonly number[] }
  | { readonly kind: 'approved'; readonly by: readonly Decision[] }
  | { readonly kind: 'rejected'; readonly by: Decision };

/** What has been decided about one fingerprint and not been taken back since, whether or not it counts now. */
export type Decided = {
  /** Each person's latest approval since the last rejection or withdrawal, in order of time. */
  readonly approvals: readonly Decision[];
  /** The last rejection, if nobody withdrew it. */
  readonly rejection: Decision | null;
};

const DAY_MILLISECONDS = 86_400_000;

/**
 * A rejection ends the approvals before it, also when it stops to count itself later: nobody is asked about them again
 * in silence. A withdrawal by whoever was entitled takes everything back.
 */
export function decidedOn(fingerprint: string, decisions: readonly Decision[]): Decided {
  const approvals = new Map<number, Decision>();
  let rejection: Decision | null = null;
  for (const decision of decisions.filter((each) => each.fingerprints.includes(fingerprint)).sort(byTime)) {
    switch (decision.kind) {
      case 'approved':
        // Deleted first, so that the map keeps the order of time.
        approvals.delete(decision.actor.id);
        approvals.set(decision.actor.id, decision);
        break;
      case 'rejected':
        approvals.clear();
        rejection = decision;
        break;
      case 'withdrawn':
        approvals.clear();
        rejection = null;
        break;
      default:
        decision.kind satisfies never;
    }
  }
  return { approvals: [...approvals.values()], rejection };
}

/**
 * What was decided on and of which this question is what is left, by fingerprint: the same rule asked about a delivery
 * that only had more. Never the question itself.
 */
export function largerThings(
  { fingerprint, asked }: Pick<Question, 'fingerprint' | 'asked'>,
  decisions: readonly Decision[],
): ReadonlyMap<string, About> {
  const larger = new Map<string, About>();
  if (asked === undefined || !isDelivery(asked.about)) return larger;
  for (const { fingerprints, described } of decisions)
    for (const other of fingerprints) {
      const about = described[other];
      if (about === undefined || other === fingerprint || larger.has(other)) continue;
      // What is written beside a fingerprint has to be what it is of.
      if (isLess(about, asked.about) && fingerprintOf(asked.rule, about) === other) larger.set(other, about);
    }
  return larger;
}

/** Deliveries and released Dockerfiles have the aspects by which a part is told from a change. */
function isDelivery(about: About): boolean {
  return about.delivery !== undefined || (about.kind !== undefined && about.destination !== undefined);
}

/** Each person's latest approval of the question or of what it was before it only lost something, in order of time. */
function withLarger(
  question: Question,
  own: readonly Decision[],
  decisions: readonly Decision[],
): readonly Decision[] {
  // Whoever took this back, or rejected it, was shown it as it is.
  const takenBack = decisions
    .filter(({ kind, fingerprints }) => kind !== 'approved' && fingerprints.includes(question.fingerprint))
    .sort(byTime)
    .at(-1);
  const larger = [...largerThings(question, decisions).keys()]
    .map((other) => decidedOn(other, decisions))
    .flatMap(({ approvals, rejection }) => (rejection === null ? approvals : []))
    .filter((approval) => takenBack === undefined || byTime(approval, takenBack) > 0);
  if (larger.length === 0) return own;
  const latest = new Map<number, Decision>();
  for (const each of [...larger, ...own].sort(byTime)) {
    latest.delete(each.actor.id);
    latest.set(each.actor.id, each);
  }
  return [...latest.values()];
}

/**
 * Why an approval that once counted does not count now; null when it counts. An approval lives as long as it was given
 * for, or as long as today's policy lets approvals live, whichever ends first.
 */
export function lapsedBecause(
  decision: Decision,
  approval: Approval,
  { at, contributors, memberships = [] }: Circumstances,
): 'expired' | 'contributor' | 'team' | 'left' | null {
  if (!isApproving(decision, approval)) return 'team';
  if (hasExpired(decision, approval, at)) return 'expired';
  if (approval.whileMember && remaining(decision, memberships).length === 0) return 'left';
  const isContributor = contributors.some(({ actor }) => actor !== null && actor.id === decision.actor.id);
  return isContributor ? 'contributor' : null;
}

/** The teams of a decision in which its giver still is. */
function remaining(
  decision: Decision,
  memberships: NonNullable<Circumstances['memberships']>,
): readonly string[] {
  return teamsOf(decision).filter((team) =>
    memberships.some((each) => each.active && each.actor === decision.actor.id && share([each.team], [team])),
  );
}

/**
 * How one question stands. A rejection stands until whoever is entitled withdraws it, or somebody who may speak for the
 * same teams approves; it needs no independence, so that a reviewer who adds a commit does not lift it by that. What was
 * approved and only lost something since is approved.
 */
export function coverageOf(
  question: Question,
  decisions: readonly Decision[],
  approval: Approval,
  circumstances: Circumstances,
): Coverage {
  const own = decidedOn(question.fingerprint, decisions);
  const coverage = coverageBy(own, question.obligation, approval, circumstances);
  if (coverage.kind !== 'none' || own.rejection !== null) return coverage;
  const approvals = withLarger(question, own.approvals, decisions);
  return approvals === own.approvals
    ? coverage
    : coverageBy({ approvals, rejection: null }, question.obligation, approval, circumstances);
}

function coverageBy(
  { approvals, rejection }: Decided,
  obligation: Obligation,
  approval: Approval,
  circumstances: Circumstances,
): Coverage {
  const quorums = quorumsFor(approval, obligation);
  const counting = approvals
    .filter((each) => lapsedBecause(each, approval, circumstances) === null)
    .map((each) =>
      approval.whileMember ? { ...each, teams: remaining(each, circumstances.memberships ?? []) } : each,
    );
  if (rejection !== null) {
    const rejecting = quorums.filter(({ teams }) => share(teams, teamsOf(rejection)));
    const lifted = rejecting.every(({ teams }) => counting.some((each) => share(teams, teamsOf(each))));
    if (rejecting.length > 0 && !lifted) return { kind: 'rejected', by: rejection };
  }
  const { seated, missing } = seat(quorums, counting);
  return missing.every((people) => people === 0)
    ? { kind: 'approved', by: seated }
    : { kind: 'none', given: seated, missing };
}

/** The exception that excuses the finding at `at`, to the end of its last day; null when there is none. */
export function exceptionFor(
  finding: Finding,
  exceptions: readonly Exception[],
  at: Instant,
): Exception | null {
  return (
    exceptions.find(
      (exception) =>
        exception.rule === finding.rule &&
        at.slice(0, 10) <= exception.expires &&
        (exception.paths.length === 0 ||
          exception.paths.some((pattern) => matchesPattern(pattern, finding.location.path))),
    ) ?? null
  );
}

/** Whether the policy still names a team through which it was decided. */
function isApproving(decision: Decision, { teams, also }: Approval): boolean {
  return share([...teams, ...also.flatMap((each) => each.teams)], teamsOf(decision));
}

/** A date that can't be read has passed. */
function hasExpired(decision: Decision, { expiresAfterDays }: Approval, at: Instant): boolean {
  const now = Date.parse(at);
  if (decision.expires !== null && !(now < Date.parse(decision.expires))) return true;
  if (expiresAfterDays === null) return false;
  return !(now < Date.parse(decision.at) + expiresAfterDays * DAY_MILLISECONDS);
}

/** Of decisions in the same instant the stricter one is the later, whatever order they arrived in. */
const LATER_WITHIN_INSTANT: Record<Decision['kind'], number> = { approved: 0, withdrawn: 1, rejected: 2 };

export function byTime(a: Decision, b: Decision): number {
  return (
    Date.parse(a.at) - Date.parse(b.at) ||
    LATER_WITHIN_INSTANT[a.kind] - LATER_WITHIN_INSTANT[b.kind] ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
