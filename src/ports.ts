// The few small interfaces the gate needs; adapters implement them, main.ts and cli.ts choose which.
export type { Doubted, FailedDeliveries, FailedDelivery, InstalledOn, Listed } from './ports/healing.ts';
export type { Claims, Estate, Inbox, Ledger, LedgerEntry, PullRequests } from './ports/keeping.ts';
export type {
  AnswerCache,
  BlobCache,
  Clearances,
  Forge,
  Images,
  PublicFiles,
  Roster,
  SeenDockerfiles,
  Source,
} from './ports/reading.ts';
export type { Hold, KeptComment, Neighbour, Published, Publisher, Shared } from './ports/showing.ts';
export type {
  Claim,
  Clock,
  CommitRange,
  Errand,
  Job,
  PullRequestRef,
  PullRequestState,
} from './ports/work.ts';
