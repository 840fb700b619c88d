// The stage on which every bypass is tried: the running app, one organisation, one delivery that nobody approved.
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { COMPLIANCE, DELIVERY, type Gate, type GateOptions, startGate } from '../app/harness.ts';
import { DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import type { PullStory, RepositorySpec, RepositoryStory } from '../support/story.ts';

export const WORKFLOW = '.github/workflows/release.yml';

export type Stage = {
  readonly gate: () => Gate;
  readonly repository: (spec?: RepositorySpec) => RepositoryStory;
  readonly opened: (
    repository: RepositoryStory,
    spec?: Partial<Parameters<RepositoryStory['openPullRequest']>[0]>,
  ) => Promise<PullStory>;
};

/** Starts the app before the tests of the file, and stops it after them. */
export function stage(options: GateOptions = {}): Stage {
  jest.setTimeout(60_000);
  let gate: Gate | null = null;
  let count = 0;
  const running = (): Gate => {
    if (gate === null) throw new Error('the app runs only inside tests');
    return gate;
  };
  beforeAll(async () => {
    gate = await startGate(options);
  });
  afterAll(async () => {
    await gate?.stop();
  });
  return {
    gate: running,
    repository: (spec = {}) => {
      count += 1;
      return running().repository(`target-${count}`, { files: { Dockerfile: DOCKERFILE }, ...spec });
    },
    opened: async (repository, spec = {}) => {
      const pull = repository.openPullRequest({
        author: 'dev',
        branch: 'release',
        files: { [WORKFLOW]: RELEASE },
        ...spec,
      });
      await running().settled();
      return pull;
    },
  };
}

export const delivery = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;
export const compliance = (pull: PullStory): string | null | undefined => pull.check(COMPLIANCE)?.conclusion;

/** Everything the checks of the head say. */
export const shown = (pull: PullStory): string =>
  pull
    .checks()
    .map(({ title, summary, text, annotations }) =>
      [title, summary, text, ...annotations.map(({ message }) => message)].join('\n'),
    )
    .join('\n');

/** Not one check of the head lets a merge pass that should not: something is red or undecided. */
export const expectHeld = (pull: PullStory): void => {
  const conclusions = pull.checks().map(({ conclusion }) => conclusion);
  expect(conclusions).toHaveLength(2);
  expect(conclusions.some((each) => each === 'failure' || each === 'action_required')).toBe(true);
};
