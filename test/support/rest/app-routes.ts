// The App about itself: installations, tokens, deliveries, limits, and who a token belongs to.
import { iso } from '../clock.ts';
import { installationFor, organizationOf, repositoriesOf } from '../world/accounts.ts';
import type { Installation, Permissions } from '../world/state.ts';
import type { Call, Route } from './call.ts';
import { bodyOf, created, ok, openRepository, paged } from './call.ts';
import { appJson, installationJson, privateAccountJson } from './json/accounts.ts';
import { repositoryJson } from './json/repositories.ts';
import { forbidden, GitHubProblem, notFound } from './problem.ts';

const requireApp = (call: Call): void => {
  if (call.caller.kind !== 'app') throw new GitHubProblem(401, 'A JSON web token could not be decoded');
};

const installationOf = (call: Call): Installation => {
  requireApp(call);
  const installation = call.world.installations.get(Number(call.params.installation_id));
  if (installation === undefined) throw notFound();
  return installation;
};

const LEVELS = ['read', 'write', 'admin'];

const narrowed = (installation: Installation, asked: unknown): Permissions => {
  if (typeof asked !== 'object' || asked === null) return installation.permissions;
  for (const [name, level] of Object.entries(asked))
    if (LEVELS.indexOf(String(level)) > LEVELS.indexOf(installation.permissions[name] ?? ''))
      throw new GitHubProblem(422, 'The permissions requested are not granted to this installation.');
  return asked as Permissions;
};

const selection = (call: Call, installation: Installation): ReadonlySet<number> | null => {
  const { repositories, repository_ids: ids } = bodyOf(call);
  if (!Array.isArray(repositories) && !Array.isArray(ids)) return null;
  const all = repositoriesOf(call.world, installation);
  const wanted = [...(Array.isArray(repositories) ? repositories : []), ...(Array.isArray(ids) ? ids : [])];
  return new Set(
    wanted.map((want: unknown) => {
      const found = all.find(({ name, id }) => name === want || id === want);
      if (found === undefined)
        throw new GitHubProblem(
          422,
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        );
      return found.id;
    }),
  );
};

const rate = (used: number): Record<string, number> => ({
  limit: 5000,
  used,
  remaining: 5000 - used,
  reset: Math.floor(Date.now() / 1000) + 3600,
});

export const appRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/app',
    handle: (call) => {
      requireApp(call);
      return ok({ ...appJson(call.world), installations_count: call.world.installations.size });
    },
  },
  {
    method: 'GET',
    path: '/app/installations',
    handle: (call) => {
      requireApp(call);
      const all = [...call.world.installations.values()];
      return paged(
        call,
        '/app/installations',
        all.map((each) => installationJson(call.world, each)),
      );
    },
  },
  {
    method: 'GET',
    path: '/app/installations/{installation_id}',
    handle: (call) => ok(installationJson(call.world, installationOf(call))),
  },
  {
    method: 'POST',
    path: '/app/installations/{installation_id}/access_tokens',
    handle: (call) => {
      const installation = installationOf(call);
      if (installation.suspendedAt !== null)
        throw new GitHubProblem(403, 'This installation has been suspended');
      const permissions = narrowed(installation, bodyOf(call).permissions);
      const repositories = selection(call, installation);
      const { token, expires } = call.tokens.issue({
        kind: 'installation',
        installation,
        permissions,
        repositories,
      });
      const all = installation.repositories === null && repositories === null;
      return created({
        token,
        expires_at: iso(expires),
        permissions,
        repository_selection: all ? 'all' : 'selected',
      });
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/installation',
    handle: (call) => {
      requireApp(call);
      const { owner, repo } = call.params;
      const repository = call.world.repositories.get(`${owner}/${repo}`.toLowerCase());
      const installation = repository === undefined ? null : installationFor(call.world, repository);
      if (installation === null) throw notFound();
      return ok(installationJson(call.world, installation));
    },
  },
  {
    method: 'GET',
    path: '/orgs/{org}/installation',
    handle: (call) => {
      requireApp(call);
      const account = organizationOf(call.world, call.params.org ?? '')?.account;
      const found = [...call.world.installations.values()].find((each) => each.account === account);
      if (found === undefined) throw notFound();
      return ok(installationJson(call.world, found));
    },
  },
  {
    method: 'GET',
    path: '/installation/repositories',
    handle: (call) => {
      const { caller, world } = call;
      if (caller.kind !== 'installation')
        throw forbidden('You must authenticate with an installation access token');
      const all = repositoriesOf(world, caller.installation).filter(
        ({ id }) => caller.repositories === null || caller.repositories.has(id),
      );
      const json = all.map((repository) => repositoryJson(world, repository, 'listed'));
      return paged(call, '/installation/repositories', json, (page) => ({
        total_count: all.length,
        repository_selection: caller.installation.repositories === null ? 'all' : 'selected',
        repositories: page,
      }));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    handle: (call) => {
      const repository = openRepository(call, call.params.owner, call.params.repo, [['metadata', 'read']]);
      return ok(repositoryJson(call.world, repository, 'full'));
    },
  },
  {
    method: 'GET',
    path: '/user',
    handle: ({ world, caller }) => {
      if (caller.kind === 'anonymous') throw new GitHubProblem(401, 'Requires authentication');
      if (caller.kind !== 'user') throw forbidden();
      return ok(privateAccountJson(world, caller.account));
    },
  },
  {
    method: 'GET',
    path: '/rate_limit',
    handle: () => ok({ resources: { core: rate(0), search: rate(0), graphql: rate(0) }, rate: rate(0) }),
  },
  {
    method: 'GET',
    path: '/app/hook/deliveries',
    handle: (call) => {
      requireApp(call);
      const perPage = Math.min(Number(call.query.get('per_page') ?? 30) || 30, 100);
      const status = call.query.get('status');
      const before = Number(call.query.get('cursor') ?? Number.POSITIVE_INFINITY);
      const rest = call.deliveries
        .list()
        .filter(({ id, statusCode }) => {
          const good = statusCode >= 200 && statusCode < 400;
          return id < before && (status === null || (status === 'success') === good);
        })
        .sort((a, b) => b.id - a.id);
      const page = rest.slice(0, perPage);
      const next = rest.length > perPage ? page.at(-1)?.id : undefined;
      const url = `${call.world.address.url}/app/hook/deliveries?per_page=${perPage}&cursor=${next}`;
      return {
        ...ok(page.map((delivery) => call.deliveries.json(delivery, 'item'))),
        ...(next === undefined ? {} : { headers: { link: `<${url}>; rel="next"` } }),
      };
    },
  },
  {
    method: 'GET',
    path: '/app/hook/deliveries/{delivery_id}',
    handle: (call) => {
      requireApp(call);
      const delivery = call.deliveries.find(Number(call.params.delivery_id));
      if (delivery === undefined) throw notFound();
      return ok(call.deliveries.json(delivery, 'full'));
    },
  },
  {
    method: 'POST',
    path: '/app/hook/deliveries/{delivery_id}/attempts',
    handle: (call) => {
      requireApp(call);
      const delivery = call.deliveries.find(Number(call.params.delivery_id));
      if (delivery === undefined) throw notFound();
      call.deliveries.redeliver(delivery);
      return { status: 202, body: {} };
    },
  },
];
