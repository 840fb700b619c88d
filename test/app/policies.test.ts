// The policy is the organisation's own: names that lead elsewhere by now, and files that are none, are not believed.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Api } from '../../src/github/api.ts';
import { type Policies, readPolicies } from '../../src/github/policies.ts';
import { appClient } from '../standin/clients.ts';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import type { OrganizationStory, RepositorySpec, RepositoryStory } from '../support/story.ts';

jest.setTimeout(60_000);

let github: StandIn;
let acme: OrganizationStory;
let api: RepositoryStory;

const POLICY = 'version: 1\napproval: {teams: [acme/ospo]}\n';
const LAX = 'version: 1\nmode: off\n';
const PATH = '.github/clear-to-ship.yml';

beforeAll(async () => {
  github = await startStandIn();
  acme = github.organization('acme', { members: ['dev'] });
  acme.repository('.github', { files: { [PATH]: POLICY } });
  api = acme.repository('api');
});
afterAll(() => github.close());

const read = (owner: string, repository: string, repositoryId: number): Promise<Policies> =>
  readPolicies(
    appClient(github, acme.installation?.id) as unknown as Api,
    { pull: { installation: acme.installation?.id ?? 0, owner, repository, repositoryId, number: 1 } },
    '.github',
    'HEAD',
  );

/** Whoever took a name that the organisation gave up: everybody can read what they put there. */
const stranger = (login: string, name: string, files: RepositorySpec['files']): RepositoryStory =>
  github
    .organization(login, { install: false })
    .repository(name, { visibility: 'public', ...(files === undefined ? {} : { files }) });

test('the organisation’s policy is read beside the repository that is asked about', async () => {
  const { sources, gaps } = await read('acme', 'api', api.repository.id);
  expect(gaps).toEqual([]);
  expect(sources).toMatchObject([{ origin: 'organization', text: POLICY }]);
});

describe('nothing is believed, and it is looked again,', () => {
  const expectNothing = ({ sources, gaps }: Policies): void => {
    expect(sources).toEqual([]);
    expect(gaps).toMatchObject([{ kind: 'unreachable', cause: 'world' }]);
  };

  test('where the organisation’s old name is somebody else’s', async () => {
    const taken = stranger('acme-of-old', 'api', {});
    stranger('acme-of-old', '.github', { [PATH]: LAX });
    expect(taken.repository.id).not.toBe(api.repository.id);
    expectNothing(await read('acme-of-old', 'api', api.repository.id));
  });

  test('where the name of the policy’s repository leads to another owner', async () => {
    const theirs = stranger('elsewhere', 'taken', { [PATH]: LAX });
    const { world } = github;
    const ours = world.repositories.get('acme/.github');
    if (ours === undefined) throw new Error('acme has a policy');
    // As GitHub does with what was moved.
    world.repositories.set('acme/.github', theirs.repository);
    try {
      expectNothing(await read('acme', 'api', api.repository.id));
    } finally {
      world.repositories.set('acme/.github', ours);
    }
  });
});

describe('no policy is', () => {
  test.each<[string, RepositorySpec['files']]>([
    ['a folder in its place', { [`${PATH}/policy.yml`]: LAX }],
    ['a submodule in its place', { [PATH]: { submodule: 'a'.repeat(40) } }],
    ['what is longer than GitHub gives out', { [PATH]: `${LAX}${'# mode\n'.repeat(80_000)}` }],
    ['what is no text', { [PATH]: Buffer.from(`${LAX}\0`) }],
  ])('%s', async (what, files) => {
    const login = `org-${what.replaceAll(' ', '-').replaceAll(',', '')}`;
    const organization = github.organization(login, { members: ['dev'] });
    organization.repository('.github', files === undefined ? {} : { files });
    const { repository } = organization.repository('api');
    const { sources, gaps } = await readPolicies(
      appClient(github, organization.installation?.id) as unknown as Api,
      { pull: { installation: 0, owner: login, repository: 'api', repositoryId: repository.id, number: 1 } },
      '.github',
      'HEAD',
    );
    expect(sources).toEqual([]);
    expect(gaps).toMatchObject([{ cause: 'content' }]);
  });
});
