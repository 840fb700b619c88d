// Who approves what, where the policy asks further teams by kind; and approvals that last only as long as a membership.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, POLICY, startGate } from '../app/harness.ts';
import type { PullStory, RepositorySpec } from '../support/story.ts';
import { APPROVED, DOCKERFILE, REJECTED, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

/** Public pushes need security as well; one person is in both teams. */
const BY_KIND = POLICY.replace(
  '  teams: [acme/ospo]\n',
  '  teams: [acme/ospo]\n  also:\n    - {flows: [6], teams: [acme/security]}\n  while-member: true\n',
);

let gate: Gate;
let count = 0;

beforeAll(async () => {
  gate = await startGate({
    policy: BY_KIND,
    teams: { ospo: ['olga', 'otto', 'both'], security: ['sam', 'both'] },
  });
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const opened = async (spec: RepositorySpec = {}): Promise<PullStory> => {
  count += 1;
  const repository = gate.repository(`kinds-${count}`, {
    files: { Dockerfile: DOCKERFILE },
    collaborators: { dev: 'write', olga: 'triage', otto: 'triage', sam: 'triage', both: 'triage' },
    ...spec,
  });
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
  });
  await gate.settled();
  return pull;
};

const delivery = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;
const labelled = async (pull: PullStory, as: string, label = APPROVED): Promise<void> => {
  await pull.label(label, { as });
  await gate.settled();
};

describe('a delivery that two teams have to approve', () => {
  test('waits until both have, and says which of them has not', async () => {
    const pull = await opened();
    expect(pull.check(DELIVERY)?.summary).toContain('a member of `acme/security` (flow 6)');
    await labelled(pull, 'olga');
    expect(delivery(pull)).toBe('action_required');
    expect(pull.check(DELIVERY)?.title).toBe('Waiting for approval of 1 delivery by acme/security');
    expect(pull.check(DELIVERY)?.summary).toContain('Approved so far by `olga` of `acme/ospo`.');
    expect(pull.comments()[0]?.body).toContain('Approved so far by `olga` of `acme/ospo`.');
    // Taken off, so that the next one can set it.
    expect(pull.labels()).not.toContain(APPROVED);
    await labelled(pull, 'sam');
    expect(delivery(pull)).toBe('success');
    expect(pull.check(DELIVERY)?.title).toBe('Approved by olga, sam');
  });

  test('is not cleared by one person who is in both', async () => {
    const pull = await opened();
    await labelled(pull, 'both');
    expect(delivery(pull)).toBe('action_required');
    await labelled(pull, 'otto');
    expect(delivery(pull)).toBe('success');
  });

  test('stays rejected by one of them whatever the other says', async () => {
    const pull = await opened();
    await labelled(pull, 'sam', REJECTED);
    await labelled(pull, 'olga');
    expect(delivery(pull)).toBe('failure');
    await labelled(pull, 'sam');
    expect(delivery(pull)).toBe('success');
  });
});

test('a team that takes back its word takes nothing from questions that it is not asked', async () => {
  const pull = await opened();
  const archive = `on: push
jobs:
  archive:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: docker build -t app . && docker save app -o app.tar
      - uses: actions/upload-artifact@v4
        with: {name: app, path: app.tar}
`;
  await pull.push({ '.github/workflows/archive.yml': archive });
  await gate.settled();
  await labelled(pull, 'olga');
  await labelled(pull, 'sam');
  expect(delivery(pull)).toBe('success');
  await pull.unlabel(APPROVED, { as: 'sam' });
  await gate.settled();
  expect(delivery(pull)).toBe('action_required');
  // Of the push, which security is asked about, and not of the archive.
  expect(pull.check(DELIVERY)?.title).toContain('Waiting for approval of 1 delivery');
});

describe('an approval', () => {
  test('ends on the day that its giver named', async () => {
    const pull = await opened();
    await labelled(pull, 'sam');
    await pull.review('APPROVE', { as: 'olga', body: 'For the trial only.\n\nExpires: 2026-01-31' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    expect(pull.comments()[0]?.body).toContain('until 2026-02-01: For the trial only.');
    gate.github.clock.set('2026-02-01T00:10:00Z');
    await gate.server.heal();
    await gate.settled();
    expect(delivery(pull)).toBe('action_required');
    expect(pull.check(DELIVERY)?.summary).toContain('The approval by `olga` of 2026-01-05 has expired.');
  });

  test('ends with the membership of whoever gave it, where the policy says so, and comes back with it', async () => {
    const pull = await opened();
    await labelled(pull, 'sam');
    await labelled(pull, 'otto');
    expect(delivery(pull)).toBe('success');
    await gate.acme.removeMember('ospo', 'otto');
    await gate.settled();
    expect(delivery(pull)).toBe('action_required');
    expect(pull.check(DELIVERY)?.summary).toContain('`otto` is no longer in `acme/ospo`');
    await gate.acme.addMember('ospo', 'otto');
    await gate.settled();
    expect(delivery(pull)).toBe('success');
  });
});
