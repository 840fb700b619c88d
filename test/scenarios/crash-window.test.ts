// Workers that die at the worst moment: between what is durable and what has to follow from it.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, startGate } from '../app/harness.ts';
import type { PullStory, RepositoryStory } from '../support/story.ts';
import { APPROVED, DOCKERFILE, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

/** What the next matching call to a port is followed by: the death of its worker, as far as the outside can tell. */
let deadly: 'decision' | 'release' | null = null;
let deaths = 0;
let gate: Gate;

beforeAll(async () => {
  gate = await startGate({
    around: (ports) => {
      let dead = false;
      const alive = (): void => {
        if (dead) throw new Error('killed');
      };
      const die = (): never => {
        deadly = null;
        dead = true;
        deaths += 1;
        throw new Error('killed');
      };
      return {
        ...ports,
        inbox: {
          accept: (event) => {
            alive();
            return ports.inbox.accept(event);
          },
        },
        ledger: {
          ...ports.ledger,
          record: async (pull, entries, at, settled) => {
            alive();
            await ports.ledger.record(pull, entries, at, settled);
            if (deadly === 'decision' && entries.some(({ kind }) => kind === 'decision')) die();
          },
        },
        publisher: {
          ...ports.publisher,
          publish: async (pull, report, again) => {
            alive();
            await ports.publisher.publish(pull, report, again);
            if (deadly === 'release') die();
          },
          leave: async (pull) => {
            alive();
            await ports.publisher.leave(pull);
            if (deadly === 'release') die();
          },
        },
      };
    },
  });
});
afterAll(() => gate.stop());

const delivery = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;

const opened = async (
  repository: RepositoryStory,
  spec: Partial<Parameters<RepositoryStory['openPullRequest']>[0]>,
): Promise<PullStory> => {
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'one',
    files: { '.github/workflows/release.yml': RELEASE },
    ...spec,
  });
  await gate.settled();
  return pull;
};

test('after an approval was withdrawn, no neighbour stays green on it', async () => {
  const repository = gate.repository('withdrawn', { files: { Dockerfile: DOCKERFILE } });
  const one = await opened(repository, {});
  await one.label(APPROVED, { as: 'olga' });
  await gate.settled();
  const two = await opened(repository, { branch: 'two' });
  expect(delivery(two)).toBe('success');
  deadly = 'decision';
  await one.unlabel(APPROVED, { as: 'olga' });
  await gate.settled();
  expect(deaths).toBe(1);
  expect([delivery(one), delivery(two)]).toEqual(['action_required', 'action_required']);
});

/** Two pull requests with one head: what is new on `main` is there on `stable`. */
const neighbours = async (name: string): Promise<{ red: PullStory; green: PullStory }> => {
  const repository = gate.repository(name, { files: { Dockerfile: DOCKERFILE } });
  await repository.push('stable', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
  const head = await repository.push('one', { 'one.md': '1\n' }, { as: 'dev', from: 'stable' });
  repository.repository.branches.set('two', head);
  const red = await opened(repository, { branch: 'one', commits: [] });
  const green = await opened(repository, { branch: 'two', base: 'stable', commits: [] });
  expect([delivery(red), delivery(green)]).toEqual(['action_required', 'action_required']);
  deaths = 0;
  deadly = 'release';
  return { red, green };
};

test('after a pull request moved on, whoever shared its head shows its own result', async () => {
  const { red, green } = await neighbours('moved-on');
  await red.push({ 'more.md': 'more\n' });
  await gate.settled();
  expect(deaths).toBe(1);
  expect([delivery(red), delivery(green)]).toEqual(['action_required', 'success']);
});

test('after a pull request was closed, whoever shared its head shows its own result', async () => {
  const { red, green } = await neighbours('closed');
  await red.close();
  await gate.settled();
  expect(deaths).toBe(1);
  expect(delivery(green)).toBe('success');
});
