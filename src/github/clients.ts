// An installation → its client, which is kept; a request → what metrics call it.
import type { Api, ApiFor } from './api.ts';

/** Clients that are kept; they renew their tokens themselves. */
const MOST_CLIENTS = 500;

export function keptClients(apiFor: ApiFor): ApiFor {
  const made = new Map<number, Promise<Api>>();
  return (installation) => {
    const api = made.get(installation) ?? apiFor(installation);
    // At the end of the line again: whoever is asked for least goes first.
    made.delete(installation);
    made.set(installation, api);
    api.catch(() => made.delete(installation));
    for (const [oldest] of made) {
      if (made.size <= MOST_CLIENTS) break;
      made.delete(oldest);
    }
    return api;
  };
}

/** Few kinds, or the metric would grow with every repository. */
export function requestKind(method: string, url: string): string {
  const path = new URL(url).pathname;
  if (path.endsWith('/graphql')) return 'graphql';
  const kinds = [
    'access_tokens',
    'compare',
    'trees',
    'blobs',
    'memberships',
    'comments',
    'labels',
    'reviews',
  ];
  return `${method.toLowerCase()} ${kinds.find((kind) => path.includes(`/${kind}`)) ?? 'other'}`;
}
