// Questions with one cause → the first, which is told in full, and the others, of which a line each is enough.
import type { JudgedFinding } from '../model/verdict.ts';
import { differencesText } from './differences.ts';

export type Alike = {
  readonly first: JudgedFinding;
  /** In reading order; empty, or so many that telling all of them would hide the rest. */
  readonly others: readonly JudgedFinding[];
};

/** Two in full are read more easily than one and a list. */
const FEWEST_FOLDED = 2;

/**
 * Alike are open questions of one rule that change the same, wherever they stand; where nothing was there before, those at
 * one place. In reading order of their first.
 */
export function alike(findings: readonly JudgedFinding[]): readonly Alike[] {
  const groups = new Map<string, JudgedFinding[]>();
  for (const [index, judged] of findings.entries()) {
    const key = causeOf(judged) ?? `${index}`;
    groups.set(key, [...(groups.get(key) ?? []), judged]);
  }
  const told = [...groups.values()].flatMap((group): Alike[] => {
    const [first, ...others] = group;
    if (first === undefined) return [];
    return others.length >= FEWEST_FOLDED
      ? [{ first, others }]
      : group.map((each) => ({ first: each, others: [] }));
  });
  const order = new Map(findings.map((judged, index) => [judged, index]));
  return told.sort((a, b) => (order.get(a.first) ?? 0) - (order.get(b.first) ?? 0));
}

function causeOf({ finding, standing }: JudgedFinding): string | null {
  const { rule, outcome, previously, about, location } = finding;
  if (outcome === 'violation' || (standing.kind !== 'open' && standing.kind !== 'advised')) return null;
  const cause =
    previously === undefined
      ? [location.path, `${location.range.start.line}:${location.range.start.column}`]
      : differencesText(previously, about);
  return JSON.stringify([rule, outcome, standing.kind, ...cause]);
}

/** More lines of a file than this say no more. */
const MOST_LINES = 6;

/** One line for each file and destination, sorted: `Jenkinsfile:811, 812 → docker.io/acme/api`. */
export function placesOf(others: readonly JudgedFinding[]): readonly string[] {
  const groups = new Map<string, { path: string; to: string; lines: Set<number>; count: number }>();
  for (const { finding } of others) {
    const { path, range } = finding.location;
    const { about } = finding;
    const to = (about.kind?.[0] === 'opaque' ? about.tool : about.destination)?.[0] ?? '';
    const group = groups.get(`${path}\n${to}`) ?? { path, to, lines: new Set(), count: 0 };
    group.lines.add(range.start.line);
    groups.set(`${path}\n${to}`, { ...group, count: group.count + 1 });
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return sorted.map(({ path, to, lines, count }) => {
    const told = [...lines].slice(0, MOST_LINES).join(', ');
    const more = lines.size > MOST_LINES ? `, … (${lines.size} lines)` : '';
    const often = count > lines.size ? `, ${count} times` : '';
    return `${path}:${told}${more}${to === '' ? '' : ` → ${to}`}${often}`;
  });
}
