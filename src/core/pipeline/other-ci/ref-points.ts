// The refs and events that a CI file tells apart → points of the grid, with what is known of branch and tag at each.
import type { TriggerEvent } from '../../model/delivery.ts';
import { NULL } from '../datum.ts';
import type { GridPoint } from '../triggers.ts';
import { ABSENT, type Fact, openFact, textFact } from './fact.ts';

export type RefPoint = {
  readonly point: GridPoint;
  readonly event: TriggerEvent;
  /** The branch that was pushed; for a pull request the one it wants to go into. Absent for tags. */
  readonly branch: Fact;
  readonly tag: Fact;
};

/** Branches that get a point of their own; more share the one of all others. */
const BRANCH_LIMIT = 8;
const WHY = 'the event that starts the run decides it';

/** `branches`: names the file tells apart. `defaultBranch`: a variable that stands for the default branch. */
export function refPoints(
  events: readonly TriggerEvent[],
  branches: readonly string[],
  defaultBranch: string | null = null,
): readonly RefPoint[] {
  const names = [...new Set(branches)]
    .filter((name) => /^[\w./-]+$/.test(name))
    .sort()
    .slice(0, BRANCH_LIMIT);
  const others = defaultBranch === null ? names : [...names, defaultBranch];
  return events.flatMap((event): readonly RefPoint[] => {
    const at = (filter: string | null, branch: Fact, tag: Fact): RefPoint => ({
      point: gridPoint(event, filter),
      event,
      branch,
      tag,
    });
    switch (event) {
      case 'push-branch': {
        const own = names.map((name) => at(name, textFact(name), ABSENT));
        const byDefault =
          defaultBranch === null ? [] : [at(defaultBranch, openFact(defaultBranch, WHY, 'no'), ABSENT)];
        return [...own, ...byDefault, at(null, openFact('branch', WHY, 'no', others), ABSENT)];
      }
      case 'push-tag':
        return [at(null, ABSENT, openFact('tag', WHY, 'no', names))];
      case 'pull_request':
        return [at(null, openFact('target branch', WHY, 'no'), ABSENT)];
      default:
        return [at(null, openFact('branch', WHY), openFact('tag', WHY))];
    }
  });
}

export function gridPoint(event: TriggerEvent, filter: string | null = null): GridPoint {
  return { event, filter, github: NULL, inputs: NULL };
}

/** Branches that scripts compare a variable with, e.g. `[ "$CIRCLE_BRANCH" = main ]`. */
export function branchesInScripts(content: string): readonly string[] {
  const compared =
    /(?:CI_COMMIT_BRANCH|CI_COMMIT_REF_NAME|CIRCLE_BRANCH|TRAVIS_BRANCH|BUILDKITE_BRANCH|DRONE_BRANCH|DRONE_COMMIT_BRANCH)\}?["']?\s*(?:==?|!=)\s*["']?([\w./-]+)/g;
  return [...content.matchAll(compared)].map((match) => match[1] ?? '').filter((name) => name !== '');
}
