// Gaps of evidence, policy and facts → those that bear on this change, each once, sorted.

import { canonicalJson } from '../canonical-json.ts';
import type { Gap } from '../model/evidence.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import type { Case } from './case.ts';

/** `before`: what the base could not show either; told, and not blamed on this change. */
export type Gaps = { readonly counted: readonly Gap[]; readonly before: readonly Gap[] };

/**
 * What the base could not show either is not blamed on this change, unless a retry might close it or the change touches
 * it. A missing policy only matters when there is something to judge by it.
 */
export function gapsOf({ evidence, facts, policyGaps }: Case, findings: readonly JudgedFinding[]): Gaps {
  const key = ({ kind, subject, reason }: Gap): string => canonicalJson([kind, subject, reason]);
  const earlier = new Set((facts.base?.gaps ?? []).map(key));
  const touched = new Set(evidence.changes.flatMap(({ path, previousPath }) => [path, previousPath ?? path]));
  const isTouched = ({ subject, location }: Gap): boolean =>
    touched.has(subject) || (location !== null && touched.has(location.path));
  const isNew = (gap: Gap): boolean => gap.cause === 'world' || !earlier.has(key(gap)) || isTouched(gap);
  const ofHead = facts.head.gaps.filter(isNew);
  const isJudged =
    ofHead.length > 0 ||
    findings.some(({ standing }) => standing.kind !== 'pre-existing') ||
    facts.deliveries.some(({ change }) => change === 'started' || change === 'changed');
  const outside = [...evidence.gaps, ...policyGaps].filter(
    ({ kind }) => kind !== 'missing-policy' || isJudged,
  );
  return {
    counted: sortedOnce([...outside, ...ofHead]),
    before: sortedOnce(facts.head.gaps.filter((gap) => !isNew(gap))),
  };
}

/** What is wrong with the policy first: nothing else counts before that is mended. */
function sortedOnce(gaps: readonly Gap[]): readonly Gap[] {
  const distinct = new Map(gaps.map((gap) => [canonicalJson(gap), gap]));
  const place = (gap: Gap): string =>
    [
      gap.kind === 'policy' ? '0' : '1',
      gap.location?.path ?? gap.subject,
      String(gap.location?.range.start.line ?? 0).padStart(10, '0'),
    ].join('\u0000');
  return [...distinct]
    .map(([text, gap]) => ({ order: `${place(gap)}\u0000${text}`, gap }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ gap }) => gap);
}
