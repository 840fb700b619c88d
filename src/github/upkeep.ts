// What healing asks of GitHub: failed deliveries, installations, and pull requests that changed lately.
import type { FailedDeliveries, FailedDelivery, InstalledOn, Listed, PullRequestRef } from '../ports.ts';
import { type Api, statusOf } from './api.ts';

const PAGE = 100;

/**
 * Failed deliveries since `since`, newest first; at most `pages` of them are read, from the place `from` (null for the
 * newest). `next` is the place where there are more, null at the end.
 */
export async function failedDeliveries(
  app: Api,
  since: Date,
  pages: number,
  from: string | null,
): Promise<FailedDeliveries> {
  const deliveries: FailedDelivery[] = [];
  let next = from;
  for (let page = 0; page < pages; page += 1) {
    const { data, headers } = await app.request('GET /app/hook/deliveries', {
      per_page: PAGE,
      status: 'failure',
      ...(next === null ? {} : { cursor: next }),
    });
    for (const { id, guid, delivered_at } of data)
      if (Date.parse(delivered_at) >= since.getTime())
        deliveries.push({ id: String(id), guid, deliveredAt: delivered_at });
    const last = data.at(-1);
    next = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? '')?.[1] ?? null;
    if (last === undefined || Date.parse(last.delivered_at) < since.getTime()) next = null;
    if (next === null) break;
  }
  return { deliveries, next };
}

/** What GitHub itself will not deliver again (forgotten, or refused) is done with: it must not keep others waiting. */
export async function redeliver(app: Api, id: string): Promise<void> {
  try {
    await app.request(`POST /app/hook/deliveries/${encodeURIComponent(id)}/attempts`);
  } catch (error) {
    if (![400, 404, 410, 422].includes(statusOf(error) ?? 0)) throw error;
  }
}

export async function installations(app: Api): Promise<readonly InstalledOn[]> {
  const found: InstalledOn[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await app.rest.apps.listInstallations({ per_page: PAGE, page });
    for (const { id, account, suspended_at } of data) {
      const login = account !== null && 'login' in account ? account.login : null;
      const kind = account !== null && 'type' in account && account.type === 'User' ? 'user' : 'org';
      if (login !== null) found.push({ id, login, kind, suspended: suspended_at !== null });
    }
    if (data.length < PAGE) return found;
  }
}

type FoundPull = {
  readonly number: number;
  readonly updatedAt: string;
  readonly state: string;
  readonly headRefOid: string;
  readonly baseRefName: string;
  readonly isDraft: boolean;
  readonly labels: { readonly nodes: readonly ({ readonly name: string } | null)[] | null } | null;
  readonly repository: {
    readonly databaseId: number;
    readonly name: string;
    readonly owner: { readonly login: string };
  };
};

type Found = {
  readonly search: {
    /** How many there are, shown or not. */
    readonly issueCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly (FoundPull | null)[];
  };
};

const SEARCH = `query($words: String!, $after: String) {
  search(type: ISSUE, query: $words, first: 100, after: $after) {
    issueCount
    pageInfo { hasNextPage endCursor }
    nodes { ... on PullRequest {
      number updatedAt state headRefOid baseRefName isDraft
      labels(first: 100) { nodes { name } }
      repository { databaseId name owner { login } }
    } }
  }
}`;

/**
 * Pull requests of the installation that changed since `since`. GitHub's search shows 1,000 at most: it is asked for those
 * that changed longest ago, and after them again from where they ended.
 *
 * @throws Error when more than that changed in one second, since nobody could see them all.
 */
export async function changedPullRequests(
  api: Api,
  { id, login, kind }: InstalledOn,
  since: Date,
): Promise<readonly Listed[]> {
  const found = new Map<string, Listed>();
  for (let from = instant(since); ; ) {
    const words = `${kind}:${login} is:pr sort:updated-asc updated:>=${from}`;
    let [shown, last, total] = [0, from, 0];
    for (let after: string | null = null; ; ) {
      const { search }: Found = await api.graphql<Found>(SEARCH, { words, after });
      total = search.issueCount;
      for (const node of search.nodes) {
        shown += 1;
        if (node === null) continue;
        const one = listed(id, node);
        found.set(`${one.pull.repositoryId}/${one.pull.number}`, one);
        last = instant(new Date(node.updatedAt));
      }
      if (!search.pageInfo.hasNextPage) break;
      after = search.pageInfo.endCursor;
    }
    if (shown >= total) return [...found.values()];
    if (last === from) throw new Error(`more pull requests changed at ${from} than GitHub's search shows`);
    from = last;
  }
}

function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function listed(installation: number, node: FoundPull): Listed {
  const { repository, number, state, headRefOid, baseRefName, isDraft, labels } = node;
  return {
    pull: {
      installation,
      repositoryId: repository.databaseId,
      owner: repository.owner.login,
      repository: repository.name,
      number,
    },
    open: state === 'OPEN',
    headSha: headRefOid,
    baseRef: baseRefName,
    isDraft,
    labels: (labels?.nodes ?? []).flatMap((label) => (label === null ? [] : [label.name])),
  };
}

/** The newest run of this App of each name on the commit, by name. */
export async function shownRuns(
  api: Api,
  { owner, repository }: PullRequestRef,
  headSha: string,
  appId: number,
): Promise<ReadonlyMap<string, number>> {
  const newest = new Map<string, number>();
  for (let page = 1; ; page += 1) {
    const { data } = await api.rest.checks.listForRef({
      owner,
      repo: repository,
      ref: headSha,
      app_id: appId,
      filter: 'latest',
      per_page: PAGE,
      page,
    });
    // Ids grow with time. Should several of a name be listed, the newest is the one that counts.
    for (const { name, id } of data.check_runs) newest.set(name, Math.max(id, newest.get(name) ?? 0));
    if (data.check_runs.length < PAGE) return newest;
  }
}
