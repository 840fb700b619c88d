// Events about branches, labels, repositories, teams and installations → errands over the pull requests they concern.

import type { Context, Probot } from 'probot';
import { definesDeliveries, pushedRef } from './core/pipeline/pushed.ts';
import { POLICY_PATH } from './core/policy/schema.ts';
import { actorOf } from './github/pull-state.ts';
import { MEMBERSHIPS } from './memberships.ts';
import type { AnswerCache, Errand, Estate, Inbox, Job, PullRequestRef } from './ports.ts';
import { installationOf, job, placeOf, repositoryRef } from './webhook.ts';

export type EstateOptions = {
  readonly inbox: Inbox;
  readonly answers: AnswerCache;
  readonly estate: Estate;
  readonly policyRepository: string;
};

const QUEUE_BRANCH = /^refs\/heads\/gh-readonly-queue\//;
const NO_COMMIT = /^0+$/;

export function acceptEstateEvents(probot: Probot, options: EstateOptions): void {
  const { inbox, estate } = options;
  probot.on('push', (context) => acceptPush(options, context));
  // A label that is renamed may come to say what nobody claimed: what pull requests wear is looked at again.
  probot.on(['label.edited', 'label.deleted'], async ({ id, payload }) => {
    if (payload.action === 'edited' && payload.changes?.name === undefined) return;
    await sweep(inbox, repositoryOf(payload, payload.repository), `label.${payload.action}`, id, {
      refresh: true,
    });
  });
  probot.on(
    [
      'repository.renamed',
      'repository.transferred',
      'repository.publicized',
      'repository.privatized',
      'repository.edited',
      'repository.unarchived',
    ],
    async ({ id, payload }) => {
      const { repository, action } = payload;
      // Before anybody else's comment could name it as it was.
      if (action !== 'edited') await estate.forgetFiles(repository.id);
      const cause = `repository.${action}`;
      await sweep(inbox, repositoryOf(payload, repository), cause, id, { discover: true });
      const before = payload.action === 'renamed' ? payload.changes.repository.name.from : null;
      await policyMoved(options, payload, repository.owner.login, [repository.name, before], cause, id);
    },
  );
  probot.on(['repository.archived', 'repository.deleted'], async ({ id, payload }) => {
    const { repository, action } = payload;
    const installation = installationOf(payload);
    if (installation !== null) await estate.leave(installation, repository.id);
    await policyMoved(
      options,
      payload,
      repository.owner.login,
      [repository.name],
      `repository.${action}`,
      id,
    );
  });
  // Everything is known under names that somebody else may take now.
  probot.on('organization.renamed', ({ id, payload }) =>
    sweep(inbox, everywhere(payload, payload.organization.login), 'organization.renamed', id, {
      discover: true,
    }),
  );
  probot.on(
    [
      'membership.added',
      'membership.removed',
      'team.edited',
      'team.deleted',
      'team.created',
      'organization.member_removed',
      'organization.member_added',
    ],
    async ({ id, name, payload }) => {
      const place = everywhere(payload, payload.organization?.login);
      if (place !== null) await options.answers.forget(`${MEMBERSHIPS}${place.installation} `);
      await sweep(inbox, place, `${name}.${payload.action}`, id, {});
    },
  );
  probot.on(
    ['installation.created', 'installation.unsuspend', 'installation.new_permissions_accepted'],
    ({ id, payload }) =>
      sweep(
        inbox,
        everywhere(payload, accountOf(payload.installation)),
        `installation.${payload.action}`,
        id,
        {
          discover: true,
        },
      ),
  );
  probot.on(['installation.deleted', 'installation.suspend'], ({ payload }) =>
    estate.leave(payload.installation.id, null),
  );
  probot.on('installation_repositories.added', async ({ id, payload }) => {
    const owner = accountOf(payload.installation) ?? '';
    for (const repository of payload.repositories_added) {
      const ref = repositoryRef({ ...repository, owner: { login: owner } }, 0, payload.installation.id);
      await sweep(inbox, ref, 'installation_repositories.added', id, { discover: true });
    }
    const names = payload.repositories_added.map(({ name }) => name);
    await policyMoved(options, payload, owner, names, 'installation_repositories.added', id);
  });
  probot.on('installation_repositories.removed', async ({ id, payload }) => {
    for (const repository of payload.repositories_removed)
      if (repository.id !== undefined) await estate.leave(payload.installation.id, repository.id);
    const names = payload.repositories_removed.map(({ name }) => name);
    const owner = accountOf(payload.installation) ?? '';
    await policyMoved(options, payload, owner, names, 'installation_repositories.removed', id);
  });
}

/** Where one of `names` is the repository that holds the policy, another policy may hold for everything from now on. */
async function policyMoved(
  { inbox, answers, policyRepository }: EstateOptions,
  payload: object,
  owner: string,
  names: readonly (string | null | undefined)[],
  cause: string,
  delivery: string,
): Promise<void> {
  if (!names.includes(policyRepository)) return;
  await answers.forget(`policies ${owner}/${policyRepository} `);
  await sweep(inbox, everywhere(payload, owner), `${cause} of the policy`, delivery, {});
}

/** A push to any branch, or of a tag: whether it ships is found out later, where that takes asking. */
async function acceptPush(
  { inbox, answers, estate, policyRepository }: EstateOptions,
  { id, payload }: Context<'push'>,
): Promise<void> {
  const { repository, ref, before, after } = payload;
  const place = repositoryOf(payload, repository);
  const pushed = pushedRef(ref);
  if (place === null || pushed === null || QUEUE_BRANCH.test(ref)) return;
  const isBranch = pushed.kind === 'branch';
  const isDefault = isBranch && pushed.name === repository.default_branch;
  if (repository.name === policyRepository && isDefault) {
    await answers.forget(`policies ${place.owner}/${policyRepository} `);
    const all = { ...place, repositoryId: 0, repository: policyRepository };
    await sweep(inbox, all, 'push to the policy', id, {});
  }
  const watched = isDefault || (isBranch && (await estate.isBase(repository.id, pushed.name)));
  if (watched) {
    await answers.forget(`policies ${place.owner}/${policyRepository} ${repository.id} ${ref}`);
    if (touches(payload.commits, (path) => path === POLICY_PATH))
      await sweep(inbox, place, 'push to the policy', id, {});
  }
  const appears = NO_COMMIT.test(before);
  // A branch that goes brings nothing; neither does one that starts at a commit which is elsewhere already. What is on a
  // topic branch may have waited for its tag, though.
  if (payload.deleted || (isBranch && appears && payload.commits.length === 0)) return;
  const errand = {
    kind: 'push' as const,
    ref,
    watched,
    defining: !isBranch || touches(payload.commits, definesDeliveries),
    defaultBranch: repository.default_branch,
    before,
    // Of an annotated tag, `after` is the tag itself.
    after: isBranch ? after : (payload.head_commit?.id ?? after),
    ...placeOf(repository),
    actor: actorOf(payload.sender ?? null),
  };
  await inbox.accept({ state: null, claim: null, job: { ...job(place, 'push', id), errand } });
}

type Touching = {
  readonly added?: readonly string[];
  readonly modified?: readonly string[];
  readonly removed?: readonly string[];
};

/** GitHub lists at most 2,048 commits of a push; a longer one may touch anything. */
const LISTED_COMMITS = 2_048;
function touches(commits: readonly Touching[], matters: (path: string) => boolean): boolean {
  return (
    commits.length >= LISTED_COMMITS ||
    commits.some(({ added = [], modified = [], removed = [] }) =>
      [...added, ...modified, ...removed].some(matters),
    )
  );
}

function repositoryOf(
  payload: object,
  repository: Parameters<typeof repositoryRef>[0],
): PullRequestRef | null {
  const installation = installationOf(payload);
  return installation === null ? null : repositoryRef(repository, 0, installation);
}

/** A whole installation: no repository in particular. */
function everywhere(payload: object, owner: string | undefined): PullRequestRef | null {
  const installation = installationOf(payload);
  return installation === null
    ? null
    : { installation, repositoryId: 0, owner: owner ?? '', repository: '', number: 0 };
}

/** Enterprises have no login. */
function accountOf({ account }: { readonly account: object | null }): string | undefined {
  return account !== null && 'login' in account && typeof account.login === 'string'
    ? account.login
    : undefined;
}

/** Nothing to do for events that no installation sent. */
async function sweep(
  inbox: Inbox,
  place: PullRequestRef | null,
  cause: string,
  delivery: string,
  { discover = false, refresh = false }: { readonly discover?: boolean; readonly refresh?: boolean },
): Promise<void> {
  if (place === null) return;
  const errand: Errand = { kind: 'sweep', discover };
  const sweeping: Job = { ...job(place, cause, delivery), refresh, errand };
  await inbox.accept({ state: null, claim: null, job: sweeping });
}
