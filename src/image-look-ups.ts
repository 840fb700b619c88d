// What a change has to know of images ↔ what registries said: recalled for the judgement, asked for beside it.
import { formatReference, parseReference } from './core/images/reference.ts';
import type { Evidence, Gap } from './core/model/evidence.ts';
import type { ImageRecord, ImageReference } from './core/model/image.ts';
import type { PlatformName } from './core/model/lineage.ts';
import { imagesToAsk } from './core/review.ts';
import { ASKED_LIMIT } from './core/rules/asked-images.ts';
import { PLATFORM_LIMIT } from './core/rules/built-platforms.ts';
import type { Errand, Images, Job, Source } from './ports.ts';

/** A source whose evidence also holds what is known of the images of the change, without asking anybody. */
export function sourceWithImages(source: Source, images: Images | null): Source {
  if (images === null) return source;
  return {
    collect: async (pull, headSha, wanted) => withImages(await source.collect(pull, headSha, wanted), images),
    collectRange: async (range, wanted) => withImages(await source.collectRange(range, wanted), images),
  };
}

async function withImages(evidence: Evidence, shelf: Images): Promise<Evidence> {
  const { images, beyond, platforms } = imagesToAsk(evidence);
  if (images.length === 0) return evidence;
  const known = await shelf.recall(images, platforms.asked);
  const records = [
    ...known.map((record) => withoutPlatforms(record, platforms.beyond)),
    ...beyond.map(beyondLimit),
  ];
  return { ...evidence, images: records.sort(byName) };
}

function byName(a: ImageRecord, b: ImageRecord): number {
  return formatReference(a.reference) < formatReference(b.reference) ? -1 : 1;
}

/** What nobody looked at is said of every image: it may be another one there. */
function withoutPlatforms(record: ImageRecord, beyond: readonly PlatformName[]): ImageRecord {
  if (beyond.length === 0) return record;
  const gap: Gap = {
    kind: 'limit',
    cause: 'content',
    subject: formatReference(record.reference),
    location: null,
    reason: `It is built for more platforms than are looked up (${PLATFORM_LIMIT}): not for ${beyond.join(', ')}.`,
    remedy: 'Look at these with `clear-to-ship vet --platform`.',
  };
  return { ...record, gaps: [...record.gaps, gap] };
}

function beyondLimit(reference: ImageReference): ImageRecord {
  return {
    reference,
    digest: null,
    created: null,
    labels: {},
    askedAt: null,
    lineage: null,
    gaps: [
      {
        kind: 'limit',
        cause: 'content',
        subject: formatReference(reference),
        location: null,
        reason: `The change brings in more images than are looked up (${ASKED_LIMIT}).`,
        remedy: 'Make it smaller, or look at this image with `clear-to-ship vet`.',
      },
    ],
  };
}

/** The job that asks registries what is not known yet, or not any more, and has `then` done when that says something new; null when all is fresh. */
export function lookUpJob(evidence: Evidence, then: Job, shelf: Images | null): Job | null {
  if (shelf === null || evidence.images.length === 0) return null;
  const { images, registries, platforms } = imagesToAsk(evidence);
  const asked = new Set(images.map(formatReference));
  const due = evidence.images
    .filter((record) => shelf.isDue(record))
    .map(({ reference, askedAt }) => ({ name: formatReference(reference), askedAt }))
    .filter(({ name }) => asked.has(name));
  if (due.length === 0) return null;
  return {
    ...then,
    cause: `look-up for ${then.cause}`,
    refresh: false,
    again: false,
    errand: {
      kind: 'look-up',
      images: due,
      registries,
      ...(platforms.asked.length === 0 ? {} : { platforms: platforms.asked }),
      afterwards: { ...then, cause: 'answers of registries', refresh: false, again: false },
    },
  };
}

type LookedUp = Parameters<Images['lookUp']>[0];

/** The images that a look-up names. */
export function imagesNamed({ images }: Extract<Errand, { kind: 'look-up' }>): LookedUp {
  return images.flatMap(({ name, askedAt }) => {
    const reference = parseReference(name);
    return 'problem' in reference ? [] : [{ reference, askedAt }];
  });
}
