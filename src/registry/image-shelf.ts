// Names of images → what registries said of them: kept, asked for when it is time, never waited for by whoever judges.
import { formatReference } from '../core/images/reference.ts';
import { toldByPackages, withToldDistribution } from '../core/images/told-distribution.ts';
import type { Gap, Instant } from '../core/model/evidence.ts';
import type { ImageRecord, ImageReference } from '../core/model/image.ts';
import type { PlatformName } from '../core/model/lineage.ts';
import type { AnswerCache, Clock, Images } from '../ports.ts';
import { createRegistryClient, type RegistryClient } from './client.ts';
import type { Credentials } from './credentials.ts';
import { keepingDocuments } from './documents-kept.ts';
import { failure, gapOf } from './failure.ts';
import { type HostPermission, permissionFor } from './hosts.ts';
import { keepableVouchers } from './kept-vouchers.ts';
import type { Resolve } from './transport.ts';
import { vouchersOf } from './vouchers.ts';
import { type LookedUp, lookUpImage } from './walk.ts';

export type ImageShelfOptions = {
  readonly answers: AnswerCache;
  readonly clock: Clock;
  /** Hosts that whoever runs the server allows beyond public addresses and TLS; policy has to name them as well. */
  readonly hosts: readonly HostPermission[];
  readonly credentials: Credentials;
  readonly resolve?: Resolve;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * How long an answer is taken as it is, and how long it is shown at all while a newer one is on its way, in
 * milliseconds. A tag may move, and what hangs on a digest (signatures) may grow.
 */
const LIVES = {
  /** Judging again does not ask again at once: the look-up that failed is being repeated already. */
  unseen: { fresh: MINUTE, kept: HOUR },
  tag: { fresh: 15 * MINUTE, kept: 24 * HOUR },
  digest: { fresh: 24 * HOUR, kept: 90 * 24 * HOUR },
} as const;

/** All look-ups of one change together, in milliseconds. */
const DEADLINE = 45_000;

/** Images looked up side by side; each asks for a few documents at a time. */
const SIDE_BY_SIDE = 4;

export function createImageShelf(options: ImageShelfOptions): Images {
  const { answers, clock } = options;
  const recallOne = (reference: ImageReference, platforms: readonly PlatformName[]): Promise<ImageRecord> =>
    answers.through(
      keyOf(reference, platforms),
      async () => unasked(reference),
      () => 0,
    );
  const keep = async (record: ImageRecord, platforms: readonly PlatformName[]): Promise<void> => {
    const key = keyOf(record.reference, platforms);
    await answers.forget(key);
    const { kept } = lifeOf(record);
    await answers.through(
      key,
      async () => record,
      () => kept,
    );
  };
  const isDue = (record: ImageRecord): boolean =>
    record.askedAt === null || clock().getTime() - Date.parse(record.askedAt) >= lifeOf(record).fresh;
  return {
    recall: (images, platforms = []) =>
      Promise.all(images.map((reference) => recallOne(reference, platforms))),
    isDue,
    async lookUp(images, registries, files, platforms = []) {
      const client = createRegistryClient({
        hosts: options.hosts.filter(({ host }) => isNamed(host, registries)),
        known: registries.map((host) => ({ host, scheme: 'https', private: false })),
        credentials: options.credentials,
        now: () => clock().getTime(),
        signal: AbortSignal.timeout(DEADLINE),
        ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
      });
      const kept = keepingDocuments(client, answers);
      const at = clock().toISOString();
      const queue = [...images];
      const passing: Gap[] = [];
      let changed = false;
      const lookUpOne = async (reference: ImageReference, before: ImageRecord): Promise<void> => {
        const [usual = null, ...others] = platforms;
        const tools = { client: kept, files };
        const found = await lookUpImage(tools, reference, usual);
        let record = await withVouchers(kept, recordFrom(reference, found, at), found);
        for (const platform of others)
          record = withPlatform(record, platform, await lookUpImage(tools, reference, platform));
        const unseen = record.gaps.filter(({ cause }) => cause === 'world');
        passing.push(...unseen);
        // A registry that is down takes nothing back: what it said counts as long as it is kept.
        if (unseen.length > 0 && isAnswer(before)) return;
        await keep(record, platforms);
        changed ||= !isSameAnswer(before, record);
      };
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const before = await recallOne(next.reference, platforms);
          // What came to nothing is asked again by the queue's own pauses.
          changed ||= isAnswer(before) && before.askedAt !== next.askedAt;
          if (isDue(before) || !isAnswer(before)) await lookUpOne(next.reference, before);
        }
      };
      try {
        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
      } finally {
        client.close();
      }
      return { changed, passing };
    },
  };
}

/** Tells keys of one image apart from those of another whose name begins the same. */
function keyOf(reference: ImageReference, platforms: readonly PlatformName[]): string {
  return `image 2 ${formatReference(reference)} ${platforms.join(',')} `;
}

function isNamed(host: string, registries: readonly string[]): boolean {
  return (
    permissionFor(
      host,
      registries.map((each) => ({ host: each, scheme: 'https', private: false })),
    ) !== null
  );
}

/** Whether a registry has said all that it was asked for. */
function isAnswer({ askedAt, gaps }: ImageRecord): boolean {
  return askedAt !== null && gaps.every(({ cause }) => cause === 'content');
}

function lifeOf(record: ImageRecord): (typeof LIVES)[keyof typeof LIVES] {
  if (!isAnswer(record)) return LIVES.unseen;
  return record.reference.digest === null ? LIVES.tag : LIVES.digest;
}

function unasked(reference: ImageReference): ImageRecord {
  const problem = failure(
    'unreachable',
    'It has not been looked up yet.',
    'Wait for the answer of its registry: the change is judged again then.',
  );
  return {
    reference,
    digest: null,
    created: null,
    labels: {},
    askedAt: null,
    lineage: null,
    gaps: [gapOf(problem, formatReference(reference))],
  };
}

function recordFrom(reference: ImageReference, { lineage, image }: LookedUp, askedAt: Instant): ImageRecord {
  const isSeen = 'diffIds' in image;
  return {
    reference,
    digest: isSeen ? image.digest : null,
    created: isSeen ? image.created : null,
    labels: isSeen ? image.labels : {},
    askedAt,
    lineage: isSeen ? lineage : null,
    gaps: lineage.gaps,
  };
}

/** A gap that is the same everywhere is told once. */
function withPlatform(
  record: ImageRecord,
  platform: PlatformName,
  { lineage, image }: LookedUp,
): ImageRecord {
  const known = new Set(record.gaps.map(({ reason }) => reason));
  const further = lineage.gaps
    .filter(({ reason }) => !known.has(reason))
    .map((gap) => ({ ...gap, reason: `For ${platform}: ${gap.reason}` }));
  return {
    ...record,
    elsewhere: [...(record.elsewhere ?? []), { platform, lineage: 'diffIds' in image ? lineage : null }],
    gaps: [...record.gaps, ...further],
  };
}

async function withVouchers(
  client: RegistryClient,
  record: ImageRecord,
  { image }: LookedUp,
): Promise<ImageRecord> {
  if (!('diffIds' in image)) return record;
  const vouchers = await vouchersOf(client, image.reference, image);
  const told = toldByPackages(vouchers);
  const lineage =
    record.lineage === null || told === null ? record.lineage : withToldDistribution(record.lineage, 0, told);
  return { ...record, lineage, gaps: lineage?.gaps ?? record.gaps, vouchers: keepableVouchers(vouchers) };
}

function isSameAnswer(one: ImageRecord, other: ImageRecord): boolean {
  return JSON.stringify({ ...one, askedAt: null }) === JSON.stringify({ ...other, askedAt: null });
}
