// Something wrong with a policy file → the gap that blocks and says where.
import type { Gap, PolicySource } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';

/** `what` completes "The policy file … , line 3, …". The organisation's file lives elsewhere, so only its line is said. */
export function problem(source: PolicySource, location: Location, what: string, remedy: string): Gap {
  return {
    kind: 'policy',
    cause: 'content',
    subject: source.label,
    location: source.origin === 'repository' || source.isUnderReview === true ? location : null,
    reason: `The policy file ${source.label}, line ${location.range.start.line}, ${what}.`,
    remedy,
  };
}

/** More than this from one file helps nobody. */
const MOST_PROBLEMS = 20;

/** The first problems of a file, and how many more there are. Only those that are shown are put into words. */
export function few<T>(
  problems: readonly T[],
  source: PolicySource,
  worded: (problem: T) => Gap,
): readonly Gap[] {
  const shown = problems.slice(0, MOST_PROBLEMS).map(worded);
  const rest = problems.length - shown.length;
  if (rest === 0) return shown;
  return [
    ...shown,
    {
      kind: 'policy',
      cause: 'content',
      subject: source.label,
      location: null,
      reason: `The policy file ${source.label} has ${rest} more problem${rest === 1 ? '' : 's'}.`,
      remedy: 'Correct the first ones; the others are shown then.',
    },
  ];
}

/** The beginning of the file, for what is wrong with all of it. */
export function wholeFile(source: PolicySource): Location {
  return { path: source.path, range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } };
}
