// What healing asks of the forge and remembers → the adapters that do it.
import type { Settings } from './env.ts';
import type { Api, ApiFor } from './github/api.ts';
import type { Quotas } from './github/quotas.ts';
import {
  changedPullRequests,
  failedDeliveries,
  installations,
  redeliver,
  shownRuns,
} from './github/upkeep.ts';
import type { Memory, Upkeep } from './healing.ts';
import { takeChore } from './store/chores.ts';
import type { Database } from './store/database.ts';
import { doubtedPullRequests, endDoubt } from './store/doubts.ts';
import { expiredPullRequests, standingOf } from './store/pull-requests.ts';
import { tidyStore } from './store/store.ts';
import { knowsInstallation, mayRedeliver, noteRedelivery } from './store/upkeep.ts';

export function upkeepOn(app: () => Promise<Api>, apiFor: ApiFor, quotas: Quotas, appId: number): Upkeep {
  return {
    failed: async (since, pages, from) => failedDeliveries(await app(), since, pages, from),
    redeliver: async (id) => redeliver(await app(), id),
    installations: async () => installations(await app()),
    changed: async (installation, since) =>
      changedPullRequests(await apiFor(installation.id), installation, since),
    quota: quotas.left,
    shownRuns: async (pull, headSha) => shownRuns(await apiFor(pull.installation), pull, headSha, appId),
  };
}

/** What the store keeps without asking: caches, and records of work that is done. */
const CACHE_BYTES = 2 * 1024 ** 3;
const WORK_DAYS = 30;

export function memoryOn(database: Database, { ledgerDays }: Settings): Memory {
  const { handle } = database;
  return {
    takeChore: (name, seconds, now) => takeChore(database, name, seconds, now),
    mayRedeliver: (delivery, most, pauseSeconds, now) =>
      mayRedeliver(handle, delivery, most, pauseSeconds, now),
    redelivered: (delivery, now) => noteRedelivery(handle, delivery, now),
    standing: (pull) => standingOf(handle, pull),
    knows: (installation) => knowsInstallation(handle, installation),
    expired: (now, most) => expiredPullRequests(handle, now, most),
    doubted: (most) => doubtedPullRequests(handle, most),
    endDoubt: (doubted) => endDoubt(handle, doubted),
    tidy: (now) => tidyStore(database, { ledgerDays, cacheBytes: CACHE_BYTES, workDays: WORK_DAYS }, now),
  };
}
