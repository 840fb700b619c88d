// A verdict and its policy → the next instant at which time alone may change it.
import type { Instant } from '../model/evidence.ts';
import type { ModeSchedule, Policy } from '../model/policy.ts';
import type { Verdict } from '../model/verdict.ts';

const DAY_MILLISECONDS = 86_400_000;

/**
 * The first end of an approval the verdict rests on, or the first day on which the policy says something else, after
 * `at`; null when time changes nothing.
 */
export function nextChange(verdict: Verdict, policy: Policy, at: Instant): Instant | null {
  const now = Date.parse(at);
  const instants = [...approvalEnds(verdict, policy, now), ...policyDays(policy)]
    .filter((each) => each > now)
    .sort((a, b) => a - b);
  return instants[0] === undefined ? null : new Date(instants[0]).toISOString();
}

/** As `coverage.ts` reads them: an approval ends with its own date or with the life the policy gives it now. */
function approvalEnds(
  { findings, approvals }: Verdict,
  { approval }: Policy,
  now: number,
): readonly number[] {
  const decisions = [
    ...approvals.given,
    ...findings.flatMap(({ standing }) => (standing.kind === 'approved' ? standing.by : [])),
  ];
  return decisions.flatMap(({ at, expires }) => [
    // Whoever leaves a team is heard of; in case the event got lost, it is asked again after a day.
    ...(approval.whileMember ? [now + DAY_MILLISECONDS] : []),
    ...(expires === null ? [] : [Date.parse(expires)]),
    ...(approval.expiresAfterDays === null
      ? []
      : [Date.parse(at) + approval.expiresAfterDays * DAY_MILLISECONDS]),
  ]);
}

function policyDays({ modes, rules, exceptions, baseImages, vetting }: Policy): readonly number[] {
  const schedules: readonly ModeSchedule[] = [...Object.values(modes), ...Object.values(rules)];
  // Excused and allowed to the end of the last day.
  const lastDays = [
    ...exceptions.map(({ expires }) => expires),
    ...baseImages.allow.flat().flatMap(({ expires }) => (expires === null ? [] : [expires])),
    ...vetting.registers.flat().map(({ expires }) => expires),
  ];
  // The packet says that a vetting ends from this day on.
  const warnings = vetting.registers
    .flat()
    .map(({ expires }) => Date.parse(expires) - vetting.warnDays * DAY_MILLISECONDS);
  return [
    ...schedules.flatMap(({ next }) => (next === null ? [] : [Date.parse(next.from)])),
    ...lastDays.map((day) => Date.parse(day) + DAY_MILLISECONDS),
    ...warnings,
  ];
}
