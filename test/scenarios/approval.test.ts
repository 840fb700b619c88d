// Who may approve what, told as people live it, against the running app.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { COMPLIANCE, DELIVERY, type Gate, startGate } from '../app/harness.ts';
import type { PullStory, RepositoryStory } from '../support/story.ts';
import { APPROVED, DOCKERFILE, REJECTED, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

let gate: Gate;
let count = 0;

beforeAll(async () => {
  gate = await startGate();
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

function freshRepository(): RepositoryStory {
  count += 1;
  return gate.repository(`story-${count}`, { files: { 'README.md': 'hello\n', Dockerfile: DOCKERFILE } });
}

async function opened(
  repository: RepositoryStory,
  spec: { labels?: readonly string[]; author?: string } = {},
): Promise<PullStory> {
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
    ...spec,
  });
  await gate.settled();
  return pull;
}

async function labelled(pull: PullStory, label: string, as: string): Promise<void> {
  await pull.label(label, { as });
  await gate.settled();
}

const conclusion = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;

describe('a delivery that starts', () => {
  test('waits for the OSPO, with a packet and the waiting label', async () => {
    const pull = await opened(freshRepository());
    expect(conclusion(pull)).toBe('action_required');
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
    expect(pull.labels()).toContain('delivery: waiting');
    expect(pull.comments()).toHaveLength(1);
    expect(pull.comments()[0]?.body).toContain('ghcr.io/acme/api');
  });

  test('is cleared by a member of the approving team, and says by whom', async () => {
    const pull = await opened(freshRepository());
    await labelled(pull, APPROVED, 'olga');
    expect(conclusion(pull)).toBe('success');
    expect(pull.check(DELIVERY)?.title).toContain('olga');
    expect(pull.labels()).toEqual([APPROVED]);
    expect(pull.comments()).toHaveLength(1);
    expect(pull.comments()[0]?.body).toContain('approved');
  });

  test('is cleared by an approving review of a member', async () => {
    const pull = await opened(freshRepository());
    await pull.review('APPROVE', { as: 'otto' });
    await gate.settled();
    expect(conclusion(pull)).toBe('success');
  });

  test('is not cleared by a review of anybody else, and nobody is bothered', async () => {
    const pull = await opened(freshRepository());
    await pull.review('APPROVE', { as: 'eve' });
    await gate.settled();
    expect(conclusion(pull)).toBe('action_required');
    expect(pull.comments()).toHaveLength(1);
  });

  test.each(['sam', 'dev'])(
    'is not cleared by %s, whose label is taken off with a reason',
    async (person) => {
      const pull = await opened(freshRepository());
      await labelled(pull, APPROVED, person);
      expect(conclusion(pull)).toBe('action_required');
      expect(pull.labels()).not.toContain(APPROVED);
      expect(pull.comments().at(-1)?.body).toContain(person);
    },
  );

  test('is not cleared by a label that was there when it opened', async () => {
    const pull = await opened(freshRepository(), { labels: [APPROVED] });
    expect(conclusion(pull)).toBe('action_required');
    expect(pull.labels()).not.toContain(APPROVED);
  });

  test('is not cleared by its own author, though she is of the OSPO', async () => {
    const repository = gate.repository('own-work', {
      files: { Dockerfile: DOCKERFILE },
      collaborators: { olga: 'write' },
    });
    const pull = await opened(repository, { author: 'olga' });
    await labelled(pull, APPROVED, 'olga');
    expect(conclusion(pull)).toBe('action_required');
    expect(pull.comments().at(-1)?.body).toMatch(/author/);
  });

  test('is rejected by a review, and comes to rest: our own label is nobody’s claim', async () => {
    const pull = await opened(freshRepository());
    const before = gate.github.webhooks.list().length;
    await pull.review('REQUEST_CHANGES', { as: 'olga', body: 'not this registry' });
    await gate.settled();
    expect(conclusion(pull)).toBe('failure');
    expect(pull.labels()).toEqual([REJECTED]);
    expect(pull.comments()).toHaveLength(1);
    const labels = gate.github.webhooks
      .list()
      .slice(before)
      .map(({ action }) => action);
    expect(labels.filter((action) => action === 'labeled')).toHaveLength(1);
  });

  test('is stopped by a rejection until that is taken back', async () => {
    const pull = await opened(freshRepository());
    await labelled(pull, REJECTED, 'olga');
    expect(conclusion(pull)).toBe('failure');
    expect(pull.check(DELIVERY)?.title).toBe('Rejected by olga');
    await pull.unlabel(REJECTED, { as: 'olga' });
    await gate.settled();
    expect(conclusion(pull)).toBe('action_required');
  });
});

describe('a review that decided', () => {
  const reviewed = async (event: 'APPROVE' | 'REQUEST_CHANGES') => {
    count += 1;
    const repository = gate.repository(`reviewed-${count}`, {
      files: { Dockerfile: DOCKERFILE },
      // Whoever dismisses has to be allowed to write.
      collaborators: { dev: 'write', eve: 'write', olga: 'write', otto: 'write' },
    });
    const pull = await opened(repository);
    const review = await pull.review(event, { as: 'olga', body: 'As said.' });
    await gate.settled();
    return { pull, review };
  };

  test.each(['olga', 'otto'])('against it counts until %s, who may, dismisses it', async (by) => {
    const { pull, review } = await reviewed('REQUEST_CHANGES');
    expect(conclusion(pull)).toBe('failure');
    await pull.dismiss(review, { as: by });
    await gate.settled();
    expect(conclusion(pull)).toBe('action_required');
    await labelled(pull, APPROVED, 'otto');
    expect(conclusion(pull)).toBe('success');
  });

  test('for it counts until somebody who may dismisses it, and no longer than that', async () => {
    const { pull, review } = await reviewed('APPROVE');
    expect(conclusion(pull)).toBe('success');
    await pull.dismiss(review, { as: 'eve' });
    await gate.settled();
    expect(conclusion(pull)).toBe('success');
    await pull.dismiss(review, { as: 'otto' });
    await gate.settled();
    expect(conclusion(pull)).toBe('action_required');
  });
});

describe('an approval', () => {
  test('survives a rebase, a reformatted workflow and a changed comment', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    await labelled(pull, APPROVED, 'olga');
    await repository.push('main', { 'docs.md': 'new\n' }, { as: 'eve' });
    await pull.rebase({ as: 'dev' });
    await gate.settled();
    expect(conclusion(pull)).toBe('success');
    await pull.push({
      '.github/workflows/release.yml': `# Releases.\n\n${RELEASE.replace("tags: ['v*']", 'tags:\n      - "v*"')}`,
    });
    await gate.settled();
    expect(conclusion(pull)).toBe('success');
    expect(pull.comments()).toHaveLength(1);
  });

  test.each([
    [
      'the base image',
      { Dockerfile: DOCKERFILE.replace('debian:12.12-slim', 'debian:13.1-slim') },
      'debian:13.1-slim',
    ],
    [
      'the destination',
      { '.github/workflows/release.yml': RELEASE.replace('ghcr.io/acme/api', 'ghcr.io/acme/api-public') },
      'api-public',
    ],
    [
      'the trigger',
      { '.github/workflows/release.yml': RELEASE.replace("tags: ['v*']", 'branches: [main]') },
      'push-branch',
    ],
    ['the licence', { Dockerfile: DOCKERFILE.replace('Apache-2.0', 'MIT') }, 'MIT'],
  ])('is withdrawn by a change of %s, which the check names', async (_, files, named) => {
    const pull = await opened(freshRepository());
    await labelled(pull, APPROVED, 'olga');
    await pull.push(files);
    await gate.settled();
    expect(conclusion(pull)).toBe('action_required');
    expect(pull.labels()).not.toContain(APPROVED);
    expect(pull.check(DELIVERY)?.summary).toContain('no longer holds');
    expect(pull.check(DELIVERY)?.summary).toContain(named);
    await labelled(pull, APPROVED, 'otto');
    expect(conclusion(pull)).toBe('success');
  });

  test('is not asked for again on a later pull request for the same delivery', async () => {
    const repository = freshRepository();
    const first = await opened(repository);
    await labelled(first, APPROVED, 'olga');
    const second = repository.openPullRequest({
      author: 'eve',
      branch: 'again',
      files: { '.github/workflows/release.yml': RELEASE },
    });
    await gate.settled();
    expect(conclusion(second)).toBe('success');
  });

  test('of another pull request is not told as one that this pull request ever had', async () => {
    const repository = freshRepository();
    const first = await opened(repository);
    await labelled(first, APPROVED, 'olga');
    const second = repository.openPullRequest({
      author: 'eve',
      branch: 'alike',
      files: { '.github/workflows/release.yml': RELEASE.replace('acme/api', 'acme/api-too') },
    });
    await gate.settled();
    expect(conclusion(second)).toBe('action_required');
    expect(second.check(DELIVERY)?.summary).not.toContain('no longer holds');
    expect(second.comments()[0]?.body).toContain('## Delivery approval needed\n');
  });

  test('of what the base has is told to whoever changes it, with what changed', async () => {
    const repository = freshRepository();
    const first = await opened(repository);
    await labelled(first, APPROVED, 'olga');
    await first.merge({ as: 'dev' });
    await gate.settled();
    const second = repository.openPullRequest({
      author: 'eve',
      branch: 'elsewhere',
      files: { '.github/workflows/release.yml': RELEASE.replace('acme/api', 'acme/api-too') },
    });
    await gate.settled();
    expect(conclusion(second)).toBe('action_required');
    expect(second.check(DELIVERY)?.summary).toContain(`on #${first.number} no longer holds`);
    expect(second.check(DELIVERY)?.summary).toContain('api-too');
  });

  test('covers what is left when something is taken away, and what was left out comes back only as long as it stands', async () => {
    const workflow = '.github/workflows/release.yml';
    const [both, one] = [RELEASE.replace(/(ghcr\.io\/acme\/api:)(.*)/, '$1$2,$1stable'), RELEASE];
    const pull = await opened(freshRepository());
    await pull.push({ [workflow]: both });
    await gate.settled();
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(conclusion(pull)).toBe('success');
    await pull.push({ [workflow]: one });
    await gate.settled();
    expect(pull.check(DELIVERY)?.title).toBe('Approved by olga');
    await pull.push({ [workflow]: both });
    await gate.settled();
    expect(pull.check(DELIVERY)?.title).toBe('Approved by olga');
    // Shown the part, the reviewer takes back what it rests on.
    await pull.push({ [workflow]: one });
    await gate.settled();
    await pull.unlabel(APPROVED, { as: 'olga' });
    await gate.settled();
    const waiting = 'Waiting for approval of 1 delivery, 1 other thing';
    expect(pull.check(DELIVERY)?.title).toBe(waiting);
    await pull.push({ [workflow]: both });
    await gate.settled();
    expect(pull.check(DELIVERY)?.title).toBe(waiting);
  });

  test('ends when the approver takes the label off', async () => {
    const pull = await opened(freshRepository());
    await labelled(pull, APPROVED, 'olga');
    await pull.unlabel(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(conclusion(pull)).toBe('action_required');
  });

  test('does not end when somebody else takes the label off', async () => {
    const pull = await opened(freshRepository());
    await labelled(pull, APPROVED, 'olga');
    await pull.unlabel(APPROVED, { as: 'sam' });
    await gate.settled();
    expect(conclusion(pull)).toBe('success');
  });

  test('given while its content could not be seen waits for a better look, and counts then', async () => {
    const pull = await opened(freshRepository());
    gate.github.webhooks.decide(() => 'hold');
    await pull.push({ '.github/workflows/release.yml': RELEASE.replace('acme/api', 'acme/unseen') });
    const blind = gate.github.faults.add({
      on: ({ path }) => path.includes('/compare/'),
      failure: { status: 403, message: 'Resource not accessible' },
    });
    gate.github.webhooks.decide(null);
    await pull.label(APPROVED, { as: 'olga' });
    while (pull.check(DELIVERY)?.title === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pull.check(DELIVERY)?.title).toMatch(/^Undecided/);
    // Neither taken for an approval of nothing, nor taken off.
    expect(conclusion(pull)).toBe('action_required');
    blind();
    gate.github.webhooks.release();
    await gate.settled();
    expect(conclusion(pull)).toBe('success');
    expect(pull.check(DELIVERY)?.title).toBe('Approved by olga');
  });

  test('whose giver’s team can’t be asked leaves the check undecided, is not lost, and counts once it can', async () => {
    const pull = await opened(freshRepository());
    const deaf = gate.github.faults.add({
      on: ({ path }) => path.includes('/teams/ospo/memberships/olga'),
      failure: { status: 403, message: 'Resource not accessible' },
    });
    await pull.label(APPROVED, { as: 'olga' });
    while (!pull.check(DELIVERY)?.title?.startsWith('Undecided'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pull.check(DELIVERY)?.summary).toContain('the membership of olga in acme/ospo');
    expect(pull.labels()).toContain(APPROVED);
    deaf();
    // Nothing else happens: its own job is tried again.
    await gate.settled();
    expect(pull.check(DELIVERY)?.title).toBe('Approved by olga');
  });
});
