// A pull request that changes a policy: what is wrong with it, and what it would do, before anybody merges it.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, POLICY, startGate } from '../app/harness.ts';
import type { PullStory } from '../support/story.ts';
import { APPROVED, DOCKERFILE, REJECTED, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

const POLICY_CHECK = 'clear-to-ship / policy';
const FILE = '.github/clear-to-ship.yml';

let gate: Gate;
let waiting: PullStory;

beforeAll(async () => {
  gate = await startGate();
  const repository = gate.repository('shipping', { files: { Dockerfile: DOCKERFILE } });
  waiting = repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
  });
  await gate.settled();
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const proposed = async (branch: string, text: string): Promise<PullStory> => {
  const pull = gate.policies.openPullRequest({ author: 'olga', branch, files: { [FILE]: text } });
  await gate.settled();
  return pull;
};

test('names the open pull requests that would turn green, and publishes nothing for them', async () => {
  const mark = gate.github.mark();
  const pull = await proposed('advise', `${POLICY}mode: advise\n`);
  const check = pull.check(POLICY_CHECK);
  expect(check?.conclusion).toBe('success');
  expect(check?.summary).toContain('acme/shipping#1');
  expect(check?.summary).toContain('Needs approval → Clear');
  expect(waiting.check(DELIVERY)?.conclusion).toBe('action_required');
  const written = gate.github.requests.slice(mark).filter(({ path }) => path.includes('/shipping/'));
  expect(written).toEqual([]);
});

test('marks a mistake on its line, and fails', async () => {
  const pull = await proposed('typo', POLICY.replace('teams:', 'taems:'));
  const check = pull.check(POLICY_CHECK);
  expect(check?.conclusion).toBe('failure');
  expect(check?.annotations.map(({ path, startLine }) => [path, startLine])).toEqual([[FILE, 3]]);
  expect(check?.annotations[0]?.message).toContain('teams');
});

test('names those that would wait for a further team; a membership that still stands changes nothing', async () => {
  const repository = gate.repository('approved', { files: { Dockerfile: DOCKERFILE } });
  const approved = repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
  });
  await gate.settled();
  await approved.label(APPROVED, { as: 'otto' });
  await gate.settled();
  const also = POLICY.replace(
    'teams: [acme/ospo]',
    'teams: [acme/ospo]\n  also: [{flows: [6], teams: [acme/security]}]',
  );
  const further = await proposed('further', also);
  expect(further.check(POLICY_CHECK)?.summary).toContain('`acme/approved#1`: Clear → Needs approval');
  const member = await proposed('member', POLICY.replace('teams:', 'while-member: true\n  teams:'));
  expect(member.check(POLICY_CHECK)?.title).toBe('No open pull request would change');
  await gate.acme.removeMember('ospo', 'otto');
  await gate.settled();
  await member.rerun(POLICY_CHECK, { as: 'olga' });
  await gate.settled();
  expect(member.check(POLICY_CHECK)?.summary).toContain('`acme/approved#1`: Clear → Needs approval');
  expect(approved.check(DELIVERY)?.conclusion).toBe('success');
});

test('is silent where the policy is left alone', async () => {
  expect(waiting.check(POLICY_CHECK)).toBeUndefined();
});

test('a rejection by label is asked for its reason, once', async () => {
  await waiting.label(REJECTED, { as: 'olga' });
  await gate.settled();
  await waiting.rerun(DELIVERY, { as: 'dev' });
  await gate.settled();
  expect(waiting.check(DELIVERY)?.conclusion).toBe('failure');
  expect(waiting.comments().filter(({ body }) => body.includes('Request changes'))).toHaveLength(1);
});
