// What happens around pull requests, event by event: each has its effect on those that are open, or none.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { DELIVERY, type Gate, startGate } from '../app/harness.ts';
import {
  accountJson,
  installationJson,
  installedRepositoriesJson,
  organizationJson,
  teamJson,
} from '../support/rest/json/accounts.ts';
import { repositoryJson } from '../support/rest/json/repositories.ts';
import type { OrganizationStory, PullStory, RepositoryStory } from '../support/story.ts';
import { emitOther } from '../support/world/events.ts';
import { APPROVED, DOCKERFILE, RELEASE } from './stories.ts';

jest.setTimeout(60_000);

let gate: Gate;
let count = 0;
let judged: { readonly pull: string; readonly cause: string }[] = [];
/** Hears which job each verdict was made for. */
const log = pino(
  { level: 'info' },
  new Writable({
    write(chunk, _encoding, done) {
      const line = JSON.parse(String(chunk)) as { pull?: string; cause?: string; msg?: string };
      if (line.msg === 'judged') judged.push({ pull: line.pull ?? '', cause: line.cause ?? '' });
      done();
    },
  }),
);

beforeAll(async () => {
  gate = await startGate({ log });
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const FILES = { Dockerfile: DOCKERFILE };
const freshRepository = (): RepositoryStory => {
  count += 1;
  return gate.repository(`estate-${count}`, { files: FILES });
};
const open = (repository: RepositoryStory): PullStory =>
  repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
  });
const opened = async (repository = freshRepository()): Promise<PullStory> => {
  const pull = open(repository);
  await gate.settled();
  judged = [];
  return pull;
};
const delivery = (pull: PullStory): string | null | undefined => pull.check(DELIVERY)?.conclusion;
const causes = (pull: PullStory): readonly string[] => {
  const slug = `${pull.pull.repository.owner.login}/${pull.pull.repository.name}#${pull.number}`;
  return judged.filter((each) => each.pull === slug).map(({ cause }) => cause);
};

type Where = Parameters<typeof emitOther>[1];
const happens = async (
  where: Where,
  event: string,
  action: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const { world } = gate.github;
  world.clock.tick();
  emitOther(world, where, [event, action], gate.github.user('olga'), payload);
  await gate.settled();
};

describe('people and teams', () => {
  const world = () => gate.github.world;
  const membership = (): object => ({
    url: `${gate.github.url}/orgs/acme/memberships/eve`,
    state: 'active',
    role: 'member',
    organization_url: `${gate.github.url}/orgs/acme`,
    user: accountJson(world(), gate.github.user('eve')),
  });
  const team = (): object => ({ team: teamJson(world(), gate.acme.team('ospo'), 'webhook') });

  test.each<[string, string, () => object]>([
    ['team', 'edited', () => ({ ...team(), changes: { name: { from: 'OSPO of old' } } })],
    ['team', 'created', team],
    ['team', 'deleted', team],
    ['organization', 'member_removed', () => ({ membership: membership() })],
    ['organization', 'member_added', () => ({ membership: membership() })],
    [
      'membership',
      'added',
      () => ({ ...team(), scope: 'team', member: accountJson(world(), gate.github.user('nina')) }),
    ],
    [
      'membership',
      'removed',
      () => ({ ...team(), scope: 'team', member: accountJson(world(), gate.github.user('nina')) }),
    ],
  ])('%s.%s has open pull requests judged again', async (event, action, payload) => {
    const pull = await opened();
    await happens(gate.acme.organization.account, event, action, payload() as Record<string, unknown>);
    expect(causes(pull)).toEqual([`sweep after ${event}.${action}`]);
    expect(delivery(pull)).toBe('action_required');
  });
});

describe('a repository', () => {
  test.each(['publicized', 'privatized', 'unarchived'])(
    'that is %s has its open pull requests judged again',
    async (action) => {
      const repository = freshRepository();
      const pull = await opened(repository);
      await happens(repository.repository, 'repository', action, {});
      expect(causes(pull)).toEqual([`sweep after repository.${action}`]);
    },
  );

  test.each(['archived', 'deleted'])('that is %s is left alone', async (action) => {
    const repository = freshRepository();
    const pull = await opened(repository);
    await happens(repository.repository, 'repository', action, {});
    await gate.acme.addMember('ospo', `newcomer-${action}`);
    await gate.settled();
    expect(causes(pull)).toEqual([]);
  });

  test('that is renamed is approved under its new name', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    const { world } = gate.github;
    world.repositories.delete(`acme/${repository.repository.name}`);
    Object.assign(repository.repository, { name: `renamed-${count}` });
    world.repositories.set(`acme/renamed-${count}`, repository.repository);
    await happens(repository.repository, 'repository', 'renamed', {
      changes: { repository: { name: { from: 'old' } } },
    });
    expect(causes(pull)).toEqual(['sweep after repository.renamed']);
    const mark = gate.github.mark();
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    // A label of ours may be gone already: its event is on its way when the decision has everything judged once more.
    const unknown = gate.github.requests
      .slice(mark)
      .filter(({ status, operation }) => status === 404 && operation !== 'issues/remove-label');
    expect(unknown).toEqual([]);
  });

  /** An organisation in which these approve; the answer moves the repository there. */
  const another = async (
    login: string,
    approvers: readonly string[],
  ): Promise<(repository: RepositoryStory) => Promise<void>> => {
    const { github } = gate;
    const { world } = github;
    const beta = github.organization(login, { members: ['dev', ...approvers], teams: { ospo: approvers } });
    beta.repository('.github', {
      files: { '.github/clear-to-ship.yml': `version: 1\napproval: {teams: [${login}/ospo]}\n` },
    });
    await gate.settled();
    return async ({ repository }) => {
      world.repositories.delete(`acme/${repository.name}`);
      Object.assign(repository, { owner: beta.organization.account });
      for (const each of approvers) repository.collaborators.set(github.user(each).id, 'triage');
      world.repositories.set(`${login}/${repository.name}`, repository);
      await happens(repository, 'repository', 'transferred', {
        changes: { owner: { from: { organization: organizationJson(world, gate.acme.organization) } } },
      });
    };
  };

  test('that goes to another organisation takes no approval with it', async () => {
    const repository = freshRepository();
    const pull = await opened(repository);
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    const move = await another('beta', ['bea']);
    await move(repository);
    expect(delivery(pull)).toBe('action_required');
    expect(pull.labels()).not.toContain(APPROVED);
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(delivery(pull)).toBe('action_required');
    await pull.label(APPROVED, { as: 'bea' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
  });

  test('that goes to another organisation takes no open question with it', async () => {
    const move = await another('zeta', ['olga']);
    const repository = freshRepository();
    const pull = await opened(repository);
    // Nobody can tell whether olga may approve, so that her label waits for an answer.
    const mend = gate.github.faults.add({
      on: ({ path }) => path.startsWith('/orgs/acme/teams'),
      failure: { status: 404 },
    });
    await pull.label(APPROVED, { as: 'olga' });
    await move(repository);
    mend();
    expect(delivery(pull)).toBe('action_required');
    expect(pull.check(DELIVERY)?.title).not.toMatch(/undecided/i);
    expect(pull.labels()).not.toContain(APPROVED);
    // Now it is said here.
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
  });
});

describe('an organisation that is renamed', () => {
  test('has its open pull requests judged under its new name', async () => {
    const { github } = gate;
    const { world } = github;
    const { organization, repository: add } = github.organization('old-name', {
      members: ['dev'],
      teams: { ospo: ['olga'] },
    });
    add('.github', {
      files: { '.github/clear-to-ship.yml': 'version: 1\napproval: {teams: [new-name/ospo]}\n' },
    });
    const repository = add('api', { files: FILES, collaborators: { olga: 'triage' } });
    const pull = await opened(repository);
    world.organizations.delete('old-name');
    world.organizations.set('new-name', organization);
    for (const [key, each] of [...world.repositories])
      if (each.owner === organization.account) {
        world.repositories.delete(key);
        world.repositories.set(key.replace('old-name/', 'new-name/'), each);
      }
    Object.assign(organization.account, { login: 'new-name' });
    await happens(organization.account, 'organization', 'renamed', {
      changes: { login: { from: 'old-name' } },
      membership: undefined,
    });
    expect(causes(pull)).toEqual(['sweep after organization.renamed']);
    const mark = github.mark();
    await pull.label(APPROVED, { as: 'olga' });
    await gate.settled();
    expect(delivery(pull)).toBe('success');
    expect(github.requests.slice(mark).filter(({ path }) => path.includes('old-name'))).toEqual([]);
  });
});

describe('the repository that holds the policy', () => {
  test.each(['renamed', 'privatized', 'deleted', 'transferred'])(
    'has every open pull request judged again when it is %s',
    async (action) => {
      const pull = await opened();
      await happens(gate.policies.repository, 'repository', action, {
        ...(action === 'renamed' ? { changes: { repository: { name: { from: 'policies' } } } } : {}),
        ...(action === 'transferred'
          ? {
              changes: {
                owner: {
                  from: { organization: organizationJson(gate.github.world, gate.acme.organization) },
                },
              },
            }
          : {}),
      });
      expect(causes(pull)).toEqual([`sweep after repository.${action} of the policy`]);
    },
  );

  test('and gets its old name back has them judged again, too', async () => {
    const pull = await opened();
    const { policies } = gate;
    const { repository } = policies;
    await happens({ ...repository, name: 'set-aside' }, 'repository', 'renamed', {
      changes: { repository: { name: { from: '.github' } } },
    });
    expect(causes(pull)).toEqual(['sweep after repository.renamed of the policy']);
  });
});

describe('an installation', () => {
  let selected: OrganizationStory;
  beforeAll(() => {
    selected = gate.github.organization('gamma', { members: ['dev'], install: 'selected' });
  });
  const installation = () => {
    const { installation: found } = selected;
    if (found === null) throw new Error('gamma has an installation');
    return found;
  };
  const listed = (repository: RepositoryStory): readonly Record<string, unknown>[] => {
    const {
      id,
      node_id,
      name,
      full_name,
      private: isPrivate,
    } = repositoryJson(gate.github.world, repository.repository, 'listed');
    return [{ id, node_id, name, full_name, private: isPrivate }];
  };
  const selection = (added: readonly unknown[], removed: readonly unknown[]) => ({
    installation: installationJson(gate.github.world, installation()),
    repository_selection: 'selected',
    repositories_added: added,
    repositories_removed: removed,
    requester: null,
  });

  test('that gets a repository judges what is open there', async () => {
    const repository = selected.repository('added', { files: FILES });
    const pull = open(repository);
    await gate.settled();
    expect(pull.checks()).toEqual([]);
    installation().repositories?.add(repository.repository.id);
    await happens(
      selected.organization.account,
      'installation_repositories',
      'added',
      selection(listed(repository), []),
    );
    expect(delivery(pull)).toBe('action_required');
  });

  test('that gets the repository with the policy judges everything again by it', async () => {
    const repository = selected.repository('waits', { files: FILES, installed: true });
    const policy = selected.repository('.github', {
      files: { '.github/clear-to-ship.yml': 'version: 1\napproval: {teams: [gamma/ospo]}\n' },
    });
    const pull = await opened(repository);
    expect(pull.check(DELIVERY)?.summary).toContain('There is no policy file');
    const { account } = installation();
    installation().repositories?.add(policy.repository.id);
    await happens(account, 'installation_repositories', 'added', selection(listed(policy), []));
    expect(pull.check(DELIVERY)?.summary).toContain('gamma/ospo');
    installation().repositories?.delete(policy.repository.id);
    await happens(account, 'installation_repositories', 'removed', selection([], listed(policy)));
    expect(pull.check(DELIVERY)?.summary).toContain('There is no policy file');
  });

  test('that loses a repository leaves it alone', async () => {
    const repository = selected.repository('removed', { files: FILES, installed: true });
    const pull = await opened(repository);
    expect(delivery(pull)).toBe('action_required');
    installation().repositories?.delete(repository.repository.id);
    await happens(
      selected.organization.account,
      'installation_repositories',
      'removed',
      selection([], listed(repository)),
    );
    const mark = gate.github.mark();
    await happens(selected.organization.account, 'organization', 'member_added', {
      membership: {
        url: `${gate.github.url}/orgs/gamma/memberships/dev`,
        state: 'active',
        role: 'member',
        organization_url: `${gate.github.url}/orgs/gamma`,
        user: accountJson(gate.github.world, gate.github.user('dev')),
      },
    });
    expect(causes(pull)).toEqual([]);
    expect(gate.github.requests.slice(mark).filter(({ path }) => path.includes('/gamma/removed'))).toEqual(
      [],
    );
  });

  test.each(['suspend', 'deleted'])(
    'that ends by %s is left alone, and found again when it is back',
    async (end) => {
      const repository = selected.repository(`ends-by-${end}`, { files: FILES, installed: true });
      const pull = await opened(repository);
      const whole = (): Record<string, unknown> => ({
        installation: installationJson(gate.github.world, installation()),
        repositories: installedRepositoriesJson(gate.github.world, installation()),
      });
      const { account } = installation();
      await happens(account, 'installation', end, whole());
      await pull
        .push({ 'Dockerfile.more': 'FROM debian:12.12-slim\n' }, { as: 'dev' })
        .catch(() => undefined);
      await gate.settled();
      judged = [];
      await happens(account, 'installation', end === 'suspend' ? 'unsuspend' : 'created', {
        ...whole(),
        ...(end === 'suspend' ? {} : { requester: null }),
      });
      const again = end === 'suspend' ? 'unsuspend' : 'created';
      expect(causes(pull)).toEqual([`sweep after installation.${again}`]);
      expect(delivery(pull)).toBe('action_required');
    },
  );

  test('that accepts new permissions judges everything again', async () => {
    const repository = selected.repository('permitted', { files: FILES, installed: true });
    const pull = await opened(repository);
    await happens(installation().account, 'installation', 'new_permissions_accepted', {
      installation: installationJson(gate.github.world, installation()),
    });
    expect(causes(pull)).toEqual(['sweep after installation.new_permissions_accepted']);
  });
});

describe('a push', () => {
  const EVERY_BRANCH = RELEASE.replace("  push:\n    tags: ['v*']\n", '  push:\n');
  const LINES_ONLY = RELEASE.replace("    tags: ['v*']\n", "    branches: ['line/**']\n");
  const WORKFLOW = '.github/workflows/release.yml';
  const pushed = async (
    branch: string,
    workflow: string,
    protectedBranches: readonly string[] = [],
  ): Promise<RepositoryStory> => {
    count += 1;
    const repository = gate.repository(`pushed-${count}`, { files: FILES, protectedBranches });
    await repository.push(branch, { [WORKFLOW]: workflow }, { as: 'dev' });
    await gate.settled();
    return repository;
  };

  test('to a protected branch that no pull request ever went to is judged', async () => {
    const repository = await pushed('release/1.0', RELEASE, ['release/1.0']);
    expect(repository.issues()).toHaveLength(1);
    expect(repository.issues()[0]?.title).toContain('release/1.0');
  });

  test.each([
    ['feature/x', EVERY_BRANCH],
    ['line/2', LINES_ONLY],
  ])('to the unprotected branch %s is judged where it delivers by itself', async (branch, workflow) => {
    expect((await pushed(branch, workflow)).issues()).toHaveLength(1);
  });

  test.each([
    ['feature/y', RELEASE],
    ['feature/z', LINES_ONLY],
  ])(
    'to the unprotected branch %s says nothing where it delivers nothing by itself',
    async (branch, workflow) => {
      expect((await pushed(branch, workflow)).issues()).toEqual([]);
    },
  );

  test('to a topic branch without pipelines costs one request, the next one none', async () => {
    const repository = freshRepository();
    const askedBy = async (text: string): Promise<readonly string[]> => {
      const mark = gate.github.mark();
      await repository.push('topic', { 'a.md': text }, { as: 'dev' });
      await gate.settled();
      const asked = gate.github.requests.slice(mark).map(({ operation }) => String(operation));
      return asked.filter((each) => each !== 'apps/create-installation-access-token');
    };
    expect(await askedBy('a\n')).toEqual(['repos/get-branch']);
    expect(await askedBy('b\n')).toEqual([]);
  });

  test('to a protected branch asks each time, so that rules that end are heard of at once', async () => {
    const repository = await pushed('release/2.0', RELEASE, ['release/2.0']);
    const mark = gate.github.mark();
    await repository.push('release/2.0', { 'a.md': 'a\n' }, { as: 'dev' });
    await gate.settled();
    const asked = gate.github.requests.slice(mark).map(({ operation }) => String(operation));
    expect(asked).toContain('repos/get-branch');
    expect(asked.some((each) => each.startsWith('repos/compare-commits'))).toBe(true);
  });
});
