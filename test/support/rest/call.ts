// One request as the routes see it, and what every route asks of it: the repository, the permission, the page.
import type { Deliveries } from '../webhooks/deliveries.ts';
import { installationFor, roleOf, roleReaches } from '../world/accounts.ts';
import type { Account, Issue, PullRequest, Repository, Role, World } from '../world/state.ts';
import type { Caller, Tokens } from './authentication.ts';
import { forbidden, GitHubProblem, notFound } from './problem.ts';

export type Body = Readonly<Record<string, unknown>>;

export type Call = {
  readonly world: World;
  readonly tokens: Tokens;
  readonly deliveries: Deliveries;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body; `{}` for none. A list is possible for labels. */
  readonly body: unknown;
  /** The `Accept` header. */
  readonly accept: string;
};

export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of `body`, for raw media types. */
  readonly raw?: Buffer;
};

export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** As in GitHub's description, e.g. `/repos/{owner}/{repo}/pulls`. */
  readonly path: string;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
};

/** A permission an installation needs, by the name and level it has in the manifest. */
export type Need = readonly [permission: string, level: 'read' | 'write'];

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });

/** The body as an object; anything else counts as empty. */
export const bodyOf = (call: Call): Body =>
  typeof call.body === 'object' && call.body !== null && !Array.isArray(call.body) ? (call.body as Body) : {};

export const text = (body: Body, name: string): string | undefined =>
  typeof body[name] === 'string' ? body[name] : undefined;

export const hasPermission = (caller: Caller, [permission, level]: Need): boolean => {
  if (caller.kind !== 'installation') return false;
  const given = caller.permissions[permission];
  return given === level || given === 'admin' || (given === 'write' && level === 'read');
};

const canSee = (world: World, caller: Caller, repository: Repository): boolean => {
  if (repository.visibility === 'public') return true;
  if (caller.kind === 'user') return roleReaches(roleOf(world, repository, caller.account), 'read');
  return (
    caller.kind === 'installation' &&
    installationFor(world, repository) === caller.installation &&
    (caller.repositories === null || caller.repositories.has(repository.id))
  );
};

const mayUse = (
  world: World,
  caller: Caller,
  repository: Repository,
  needs: readonly Need[],
  role: Role,
): boolean => {
  const reads = needs.every(([, level]) => level === 'read');
  if (caller.kind === 'user') return roleReaches(roleOf(world, repository, caller.account), role);
  if (caller.kind !== 'installation') return reads && repository.visibility === 'public';
  const installed = installationFor(world, repository) === caller.installation;
  if (!installed) return reads && repository.visibility === 'public';
  return needs.some((need) => hasPermission(caller, need));
};

/**
 * The repository, for a caller that sees it (404 otherwise) and may use it so (403 otherwise). An installation needs
 * one of `needs`; a person needs the role.
 */
export const openRepository = (
  { world, caller }: Pick<Call, 'world' | 'caller'>,
  owner: string | undefined,
  name: string | undefined,
  needs: readonly Need[],
  role: Role = 'read',
): Repository => {
  const repository = world.repositories.get(`${owner}/${name}`.toLowerCase());
  if (repository === undefined || !canSee(world, caller, repository)) throw notFound();
  if (!mayUse(world, caller, repository, needs, role))
    throw forbidden(
      caller.kind === 'user'
        ? 'Must have admin rights to Repository.'
        : 'Resource not accessible by integration',
    );
  return repository;
};

export const repositoryOf = (call: Call, needs: readonly Need[], role: Role = 'read'): Repository =>
  openRepository(call, call.params.owner, call.params.repo, needs, role);

export const pullOf = (repository: Repository, number: string | undefined): PullRequest => {
  const pull = repository.pulls.get(Number(number));
  if (pull === undefined) throw notFound();
  return pull;
};

export const issueOf = (repository: Repository, number: string | undefined): Issue => {
  const issue = repository.issues.get(Number(number));
  if (issue === undefined) throw notFound();
  return issue;
};

/** Under whose name a write happens: the App's bot, or the person. */
export const actorOf = ({ world, caller }: Pick<Call, 'world' | 'caller'>): Account => {
  if (caller.kind === 'user') return caller.account;
  if (caller.kind === 'installation') return world.app.bot;
  throw new GitHubProblem(401, 'Requires authentication');
};

export const viaApp = ({ caller }: Pick<Call, 'caller'>): boolean => caller.kind === 'installation';

/** One page of a list with GitHub's `Link` header; 30 a page unless asked otherwise, at most 100. */
export const paged = (
  call: Call,
  route: string,
  items: readonly unknown[],
  shape: (page: readonly unknown[]) => unknown = (page) => page,
): Answer => {
  const perPage = Math.min(Math.max(Number(call.query.get('per_page') ?? 30) || 30, 1), 100);
  const page = Math.max(Number(call.query.get('page') ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / perPage), 1);
  const link = (to: number, rel: string): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${call.world.address.url}${route}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
  ];
  return {
    ...ok(shape(items.slice((page - 1) * perPage, page * perPage))),
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
  };
};
