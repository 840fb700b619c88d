// Events in any order, twice, or only after a redelivery: one verdict at the end, as what people did decides it.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { DELIVERY, type Gate, startGate } from '../app/harness.ts';
import type { PullStory } from '../support/story.ts';
import { APPROVED, DOCKERFILE, REJECTED, RELEASE } from './stories.ts';

jest.setTimeout(300_000);

let gate: Gate;
let count = 0;

beforeAll(async () => {
  gate = await startGate();
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const WORKFLOW = '.github/workflows/release.yml';
/** Nothing that is asked about the one is asked about the other. */
const content = (version: number): Record<string, string> => ({
  Dockerfile: DOCKERFILE.replace('12.12', `12.${version}`),
  [WORKFLOW]: RELEASE.replace('acme/api', `acme/api-${version}`),
});

/** What people do; `act` does it only where GitHub lets them, and the model knows when. */
const ACTS = [
  'approve',
  'unapprove',
  'reject',
  'unreject',
  'review',
  'request',
  'push-0',
  'push-1',
  'draft',
] as const;
type Act = (typeof ACTS)[number];

/** What stands about each content, by the last thing that somebody entitled said about it. */
type Model = {
  readonly version: number;
  readonly labels: readonly string[];
  readonly said: Readonly<Record<number, 'approved' | 'rejected' | null>>;
  readonly draft: boolean;
};

const START: Model = { version: 0, labels: [], said: {}, draft: false };

/** Null where the act changes nothing, so that GitHub tells nobody. */
const step = (model: Model, act: Act): Model | null => {
  const say = (said: 'approved' | 'rejected' | null, labels = model.labels): Model => ({
    ...model,
    labels,
    said: { ...model.said, [model.version]: said },
  });
  const has = (label: string): boolean => model.labels.includes(label);
  const without = (label: string): readonly string[] => model.labels.filter((each) => each !== label);
  switch (act) {
    case 'approve':
      return has(APPROVED) ? null : say('approved', [...model.labels, APPROVED]);
    case 'unapprove':
      return has(APPROVED) ? say(null, without(APPROVED)) : null;
    case 'reject':
      return has(REJECTED) ? null : say('rejected', [...model.labels, REJECTED]);
    case 'unreject':
      return has(REJECTED) ? say(null, without(REJECTED)) : null;
    case 'review':
      return say('approved');
    case 'request':
      return say('rejected');
    case 'push-0':
      return model.version === 0 ? null : { ...model, version: 0 };
    case 'push-1':
      return model.version === 1 ? null : { ...model, version: 1 };
    case 'draft':
      return { ...model, draft: !model.draft };
    default:
      return act satisfies never;
  }
};

const perform = async (pull: PullStory, act: Act, model: Model): Promise<void> => {
  switch (act) {
    case 'approve':
      return pull.label(APPROVED, { as: 'olga' });
    case 'unapprove':
      return pull.unlabel(APPROVED, { as: 'otto' });
    case 'reject':
      return pull.label(REJECTED, { as: 'otto' });
    case 'unreject':
      return pull.unlabel(REJECTED, { as: 'olga' });
    case 'review':
      await pull.review('APPROVE', { as: 'otto' });
      return;
    case 'request':
      await pull.review('REQUEST_CHANGES', { as: 'olga', body: 'Not like this.' });
      return;
    case 'push-0':
      return pull.push(content(0));
    case 'push-1':
      return pull.push(content(1));
    case 'draft':
      return pull.draft(model.draft);
    default:
      return act satisfies never;
  }
};

const expected = ({ version, said }: Model): string => {
  const last = said[version] ?? null;
  if (last === null) return 'action_required';
  return last === 'approved' ? 'success' : 'failure';
};

const conclusion = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;

/** Delivers everything that was held: shuffled by `key`, some of it twice, some of it only when asked for again. */
const deliver = async (key: number): Promise<void> => {
  const { webhooks } = gate.github;
  const luck = (id: number): number => (Math.imul(id + key * 7919, 2_654_435_761) >>> 8) % 1000;
  webhooks.decide(({ redelivery, id }) => {
    if (redelivery || luck(id) > 200) return 'deliver';
    return luck(id) > 100 ? 'duplicate' : 'drop';
  });
  webhooks.release((a, b) => luck(a.id) - luck(b.id));
  await gate.settled();
  webhooks.decide(null);
  for (const entry of webhooks.list())
    if (entry.status === 'dropped') Object.assign(entry, { status: 'timed out', statusCode: 504 });
  for (let round = 0; round < 3; round += 1) {
    gate.github.clock.advance(125);
    await gate.server.heal();
    await gate.settled();
  }
};

const story = fc.record({
  acts: fc.array(fc.constantFrom(...ACTS), { minLength: 2, maxLength: 9 }),
  key: fc.nat({ max: 999 }),
});

/** Two pull requests that start the same delivery: what is said about it on one counts on the other. */
const tell = async ({ acts, key }: { acts: readonly Act[]; key: number }) => {
  count += 1;
  const repository = gate.repository(`orders-${count}`, { files: { Dockerfile: DOCKERFILE } });
  const open = (branch: string, version: number): PullStory =>
    repository.openPullRequest({ author: 'dev', branch, files: content(version) });
  const neighbours = [open('same-0', 0), open('same-1', 1)] as const;
  const pull = open('release', 0);
  await gate.settled();
  gate.github.webhooks.decide(() => 'hold');
  let model = START;
  for (const act of acts) {
    const next = step(model, act);
    if (next === null) continue;
    model = next;
    await perform(pull, act, model);
  }
  await deliver(key);
  return { model, pull, neighbours };
};

describe('one verdict', () => {
  test('whatever the order in which events arrive, twice or late', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { model, pull, neighbours } = await tell(told);
        expect(conclusion(pull)).toBe(expected(model));
        for (const [version, neighbour] of neighbours.entries()) {
          const approved = model.said[version] === 'approved';
          expect([version, conclusion(neighbour)]).toEqual([
            version,
            approved ? 'success' : 'action_required',
          ]);
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  test('also where a withdrawal arrives before the approval that it takes back', async () => {
    const repository = gate.repository('inverted', { files: { Dockerfile: DOCKERFILE } });
    const [one, two] = ['one', 'two'].map((branch) =>
      repository.openPullRequest({ author: 'dev', branch, files: content(0) }),
    ) as [PullStory, PullStory];
    await gate.settled();
    gate.github.webhooks.decide(() => 'hold');
    await one.label(APPROVED, { as: 'olga' });
    await one.unlabel(APPROVED, { as: 'olga' });
    gate.github.webhooks.decide(null);
    gate.github.webhooks.release((a, b) => b.id - a.id);
    await gate.settled();
    expect([conclusion(one), conclusion(two)]).toEqual(['action_required', 'action_required']);
  });
});
