// A turn of the queue → the gate's ports for it: every adapter, put together.
import type { Settings } from './env.ts';
import type { GatePorts } from './gate.ts';
import type { ApiFor } from './github/api.ts';
import { askBranch, isProtected } from './github/branches.ts';
import { readPolicies } from './github/policies.ts';
import { createPublicFiles } from './github/public-files.ts';
import { createGitHubPublisher } from './github/publisher.ts';
import { createGitHubRoster } from './github/roster.ts';
import { askState, askStateOrNull, createGitHubSource, listOpen } from './github/source.ts';
import { sourceWithImages } from './image-look-ups.ts';
import { sourceWithMemberships, withMemberships } from './memberships.ts';
import type { Clock, Images, PullRequestRef, PullRequestState, Roster } from './ports.ts';
import { NO_CREDENTIALS, readDockerConfig } from './registry/credentials.ts';
import { createImageShelf } from './registry/image-shelf.ts';
import { sourceWithSeen } from './seen-dockerfiles.ts';
import type { Database } from './store/database.ts';
import { latestEvidence } from './store/kept-evidence.ts';
import { askHeld, type Turn } from './store/queue-turn.ts';
import type { Store } from './store/store.ts';
import { holdOf } from './worker.ts';

type Parts = {
  readonly database: Database;
  readonly store: Store;
  readonly settings: Settings;
  readonly apiFor: ApiFor;
  readonly clock: Clock;
};

/** The gate's ports for one turn: what they write is written only while the turn is held. */
export function turnPortsOn(parts: Parts): (turn: Turn) => GatePorts {
  const images = imagesOf(parts.settings, parts.store, parts.clock);
  const roster = createGitHubRoster(parts.apiFor);
  return (turn) => turnPorts(turn, parts, images, roster);
}

function turnPorts(
  turn: Turn,
  { database, store, settings, apiFor, clock }: Parts,
  images: Images | null,
  roster: Roster,
): GatePorts {
  const hold = holdOf(turn, (fence) => askHeld(database, fence));
  const { pulls, claims } = store.forTurn();
  const stateOf = async (pull: PullRequestRef): Promise<PullRequestState> =>
    (await pulls.recall(pull)) ?? askState(await apiFor(pull.installation), pull);
  return {
    source: sourceWithMemberships(
      sourceWithImages(
        sourceWithSeen(
          createGitHubSource({
            apiFor,
            recall: pulls.recall,
            decisions: store.ledger.decisions,
            blobs: store.blobs,
            answers: store.answers,
            policyRepository: settings.policyRepository,
            clock,
          }),
          store.seenDockerfiles,
        ),
        images,
      ),
      roster,
      store.answers,
    ),
    images,
    publicFiles: async (pull) =>
      createPublicFiles({
        api: await apiFor(pull.installation),
        host: webHost(settings.apiUrl),
        answers: store.answers,
        signal: AbortSignal.timeout(FILES_MS),
      }),
    seenDockerfiles: store.seenDockerfiles,
    clearances: store.clearances,
    roster,
    ledger: store.ledgerBehind(turn.fence),
    claims,
    hindsight: (pull) => latestEvidence(database.handle, pull),
    complete: (pull, evidence) => withMemberships(pull, evidence, roster, store.answers),
    policyRepository: settings.policyRepository,
    pulls,
    inbox: store.inbox,
    hold,
    forge: {
      policies: async (pull) =>
        readPolicies(await apiFor(pull.installation), { pull }, settings.policyRepository, 'HEAD'),
      branch: async (pull, name) => askBranch(await apiFor(pull.installation), pull, name),
      isProtected: async (pull, name) =>
        isProtected(await apiFor(pull.installation), store.answers, pull, name),
      askState: async (pull) => askStateOrNull(await apiFor(pull.installation), pull),
      listOpen: async (installation, repositoryId) =>
        listOpen(await apiFor(installation), installation, repositoryId),
    },
    publisher: createGitHubPublisher({
      apiFor,
      hold,
      stateOf,
      published: store.publishedBehind(turn.fence),
      clock,
    }),
    clock,
  };
}

/** All files of one look-up together, in milliseconds: as long as its registries may take. */
const FILES_MS = 45_000;

/** Where people see what the API speaks of: GHE.com has it under `api.`, other servers under a path. */
function webHost(apiUrl: string | null): string {
  return apiUrl === null ? 'github.com' : new URL(apiUrl).host.replace(/^api\./, '');
}

/** Null where registries are never asked. */
function imagesOf({ registries }: Settings, { answers }: Store, clock: Clock): Images | null {
  if (registries === undefined || !registries.isAsked) return null;
  const { inside, credentials } = registries;
  return createImageShelf({
    answers,
    clock,
    hosts: inside.map((each) => ({ ...each, private: true })),
    credentials: credentials === null ? NO_CREDENTIALS : readDockerConfig(credentials),
  });
}

/** @throws Error that names the setting which led there. */
