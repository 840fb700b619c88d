// Every way in which GitHub tells that something changed, against the running app.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { COMPLIANCE, DELIVERY, type Gate, POLICY, startGate } from '../app/harness.ts';
import type { PullStory, RepositoryStory } from '../support/story.ts';
import { emitOther } from '../support/world/events.ts';
import { APPROVED, DOCKERFILE, RELEASE } from './stories.ts';

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

const freshRepository = (): RepositoryStory => {
  count += 1;
  return gate.repository(`path-${count}`, { files: { 'README.md': 'hello\n', Dockerfile: DOCKERFILE } });
};

const opened = async (
  repository: RepositoryStory,
  spec: Partial<Parameters<RepositoryStory['openPullRequest']>[0]> = {},
): Promise<PullStory> => {
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
    ...spec,
  });
  await gate.settled();
  return pull;
};

/** Two pull requests with one head: what is new on `main` is there on `stable`. */
const neighbours = async (repository: RepositoryStory): Promise<{ red: PullStory; green: PullStory }> => {
  await repository.push('stable', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
  const head = await repository.push('one', { 'one.md': '1\n' }, { as: 'dev', from: 'stable' });
  repository.repository.branches.set('two', head);
  const red = await opened(repository, { branch: 'one', commits: [] });
  const green = await opened(repository, { branch: 'two', base: 'stable', commits: [] });
  expect(green.head()).toBe(red.head());
  return { red, green };
};

const delivery = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;

const labelled = async (pull: PullStory, as = 'olga'): Promise<void> => {
  await pull.label(APPROVED, { as });
  await gate.settled();
};

describe('a pull request', () => {
  test('that goes to another base is judged anew, and the old green is replaced first', async () => {
    const repository = freshRepository();
    await repository.push('stable', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
    const pull = await opened(repository, { base: 'stable', branch: 'topic', files: { 'a.md': 'a\n' } });
    // The branch starts at main, so the delivery of `stable` is not in it.
    expect(delivery(pull)).toBe('success');
    await pull.push({ '.github/workflows/release.yml': RELEASE });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    await pull.retarget('main');
    await gate.settled();
    expect(delivery(pull)).toBe('action_required');
    const runs = repository.repository.suites
      .flatMap((suite) => suite.runs)
      .filter(({ name, sha }) => name === DELIVERY && sha === pull.head());
    expect(runs.map(({ title }) => title)).toEqual([
      expect.stringContaining('Nothing new'),
      expect.stringContaining('another base'),
      expect.stringContaining('Waiting'),
    ]);
  });

  test('that is closed no longer weighs on another with the same head', async () => {
    const repository = freshRepository();
    const { red, green } = await neighbours(repository);
    expect(delivery(green)).toBe('action_required');
    expect(green.check(DELIVERY)?.summary).toContain(`#${red.number}`);
    await red.close();
    await gate.settled();
    expect(delivery(green)).toBe('success');
  });

  test('that moves on no longer weighs on another with its old head', async () => {
    const repository = freshRepository();
    const { red, green } = await neighbours(repository);
    expect(delivery(green)).toBe('action_required');
    await red.push({ 'more.md': 'more\n' });
    await gate.settled();
    expect(delivery(green)).toBe('success');
    expect(delivery(red)).toBe('action_required');
  });

  test('in draft is judged, and commented when it is ready', async () => {
    const pull = await opened(freshRepository(), { draft: true });
    expect(delivery(pull)).toBe('action_required');
    expect(pull.comments()).toEqual([]);
    await pull.draft(false);
    await gate.settled();
    expect(pull.comments()).toHaveLength(1);
  });

  test('is judged again by Re-run, Re-run all and the Re-check button', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    const runs = (): number =>
      repository.repository.suites.flatMap((suite) => suite.runs).filter(({ name }) => name === DELIVERY)
        .length;
    const before = runs();
    await pull.rerun(DELIVERY, { as: 'dev' });
    await gate.settled();
    await pull.rerunAll({ as: 'dev' });
    await gate.settled();
    await pull.clickAction(DELIVERY, 'recheck', { as: 'dev' });
    await gate.settled();
    expect(runs()).toBe(before + 3);
    expect(delivery(pull)).toBe('action_required');
  });

  test('of a fork is judged and re-run though GitHub names no pull request for its commits', async () => {
    const repository = freshRepository();
    const fork = repository.fork('mallory');
    const pull = await opened(repository, { author: 'mallory', from: fork });
    expect(delivery(pull)).toBe('action_required');
    await pull.rerunAll({ as: 'dev' });
    await gate.settled();
    expect(delivery(pull)).toBe('action_required');
    await labelled(pull);
    expect(delivery(pull)).toBe('success');
  });

  test('keeps its approval over a forced push with the same content, and loses it with another', async () => {
    const pull = await opened(freshRepository());
    await labelled(pull);
    await pull.forcePush([{ files: { '.github/workflows/release.yml': RELEASE }, message: 'Again' }]);
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    await pull.forcePush([
      {
        files: { '.github/workflows/release.yml': RELEASE.replace('acme/api', 'acme/other') },
        message: 'Other',
      },
    ]);
    await gate.settled();
    expect(delivery(pull)).toBe('action_required');
  });
});

describe('a merge queue', () => {
  test('has the content of each group judged: approved passes, another delivery below it does not matter', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    await labelled(pull);
    const group = await pull.enqueue({ as: 'dev' });
    await gate.settled();
    const checks = repository.checks(group.headSha);
    expect(checks.map(({ name, conclusion }) => [name, conclusion]).sort()).toEqual([
      [COMPLIANCE, 'success'],
      [DELIVERY, 'success'],
    ]);
  });

  test('is stopped by a group whose delivery nobody approved', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    const group = await pull.enqueue({ as: 'dev' });
    await gate.settled();
    expect(repository.checks(group.headSha).find(({ name }) => name === DELIVERY)?.conclusion).toBe(
      'action_required',
    );
  });
});

describe('a push to a branch that ships', () => {
  test('by a merge of what was approved opens no issue', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    await labelled(pull);
    await pull.merge({ as: 'dev' });
    await gate.settled();
    expect(repository.issues()).toEqual([]);
  });

  test('with an uncleared delivery opens one issue that names it', async () => {
    const repository = freshRepository();
    await repository.push('main', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
    await gate.settled();
    expect(repository.issues()).toHaveLength(1);
    expect(repository.issues()[0]?.title).toContain('Uncleared delivery on main');
    expect(repository.issues()[0]?.body).toContain('ghcr.io/acme/api');
  });

  test('past a red check, by an administrator, opens an issue too', async () => {
    const repository = gate.repository('bypassed', {
      files: { Dockerfile: DOCKERFILE },
      requiredChecks: [DELIVERY],
      collaborators: { dev: 'write', boss: 'admin' },
    });
    const pull = await opened(repository);
    await pull.merge({ as: 'boss', bypass: true });
    await gate.settled();
    expect(repository.issues()).toHaveLength(1);
  });

  test('that is nobody’s base says nothing', async () => {
    const repository = freshRepository();
    await repository.push('experiment', { '.github/workflows/release.yml': RELEASE }, { as: 'dev' });
    await gate.settled();
    expect(repository.issues()).toEqual([]);
  });
});

describe('what happens around pull requests', () => {
  test('a label renamed into the approving one approves nothing and is taken off', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    await pull.label('harmless', { as: 'sam' });
    await gate.settled();
    await repository.renameLabel('harmless', APPROVED, { as: 'dev' });
    await gate.settled();
    expect(delivery(pull)).toBe('action_required');
    expect(pull.labels()).not.toContain(APPROVED);
  });

  test('a deleted label takes no approval back', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    await labelled(pull);
    await repository.deleteLabel(APPROVED, { as: 'dev' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
  });

  test('a change of the organisation’s policy is felt by open pull requests', async () => {
    const other = await startGate();
    const repository = other.repository('watched', { files: { Dockerfile: DOCKERFILE } });
    const pull = repository.openPullRequest({
      author: 'dev',
      branch: 'release',
      files: { '.github/workflows/release.yml': RELEASE },
    });
    await other.settled();
    expect(delivery(pull)).toBe('action_required');
    const { policies } = other;
    await policies.push('main', { '.github/clear-to-ship.yml': `${POLICY}mode: advise\n` }, { as: 'olga' });
    await other.settled();
    expect(delivery(pull)).toBe('success');
    await policies.push('main', { '.github/clear-to-ship.yml': POLICY }, { as: 'olga' });
    await other.settled();
    expect(delivery(pull)).toBe('action_required');
    await other.stop();
  });

  test('a repository that becomes public has its open pull requests judged as public', async () => {
    const repository = freshRepository();
    const pull = await opened(repository, { files: { 'images/Dockerfile': 'FROM debian:12.12-slim\n' } });
    const before = pull.check(COMPLIANCE)?.summary;
    Object.assign(repository.repository, { visibility: 'public' });
    emitOther(
      gate.github.world,
      repository.repository,
      ['repository', 'publicized'],
      gate.github.user('dev'),
      {},
    );
    await gate.settled();
    expect([pull.check(COMPLIANCE)?.summary, delivery(pull)]).not.toEqual([before, 'success']);
  });

  test('a claim that could not be checked is decided when the team can be seen again', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    const restore = gate.github.faults.add({
      on: (request) => request.path.includes('/memberships/'),
      failure: { status: 404 },
    });
    const blind = gate.github.faults.add({
      on: (request) => /\/teams\/ospo$/.test(request.path),
      failure: { status: 404 },
    });
    await pull.label(APPROVED, { as: 'olga' });
    // Both answers have to be hidden until it gave up on them: with one of them alone, olga would be nobody's member.
    while (!pull.check(DELIVERY)?.title?.startsWith('Undecided'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(delivery(pull)).not.toBe('success');
    restore();
    blind();
    await gate.acme.addMember('ospo', 'nina');
    await gate.settled();
    expect(delivery(pull)).toBe('success');
  });
});
