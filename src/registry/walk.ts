// An image name → its lineage: what the core wants to know next is looked up until it wants nothing more.
import { traceLineage } from '../core/images/lineage.ts';
import { questionKey } from '../core/images/lineage-candidates.ts';
import { formatReference } from '../core/images/reference.ts';
import type { Gap } from '../core/model/evidence.ts';
import type { ImageReference } from '../core/model/image.ts';
import type { ImageInspection, ImageQuestion, Lineage, PlatformName } from '../core/model/lineage.ts';
import type { RegistryClient } from './client.ts';
import { failure, gapOf } from './failure.ts';
import { inspectImage } from './inspect.ts';

/** Images looked up for one lineage. */
const LOOK_UP_LIMIT = 96;

/** Never rejects for what a registry does: what can't be read is a gap of the lineage. */
export async function lookUpLineage(
  client: RegistryClient,
  start: ImageReference,
  platform: PlatformName | null,
  onProgress: (stage: string, done: number, total: number) => void,
): Promise<Lineage> {
  return (await lookUpImage(client, start, platform, onProgress)).lineage;
}

export type LookedUp = {
  readonly lineage: Lineage;
  /** The image itself, or why it could not be read. */
  readonly image: ImageInspection | Gap;
};

/** As `lookUpLineage`, with the image at its beginning. */
export async function lookUpImage(
  client: RegistryClient,
  start: ImageReference,
  platform: PlatformName | null,
  onProgress: (stage: string, done: number, total: number) => void = () => undefined,
): Promise<LookedUp> {
  const first = questionKey({ reference: start, platform: null });
  const inspections = new Map<string, ImageInspection | Gap>();
  for (;;) {
    const { lineage, wanted } = traceLineage(start, inspections);
    const image = inspections.get(first);
    if (wanted.length === 0 && image !== undefined) return { lineage, image };
    onProgress('asking registries', inspections.size, 0);
    // Looking closer at an image costs no room: it is in there already.
    const isKnown = (question: ImageQuestion): boolean => inspections.has(questionKey(question));
    const room = Math.max(0, LOOK_UP_LIMIT - inspections.size);
    const answers = await Promise.all(
      wanted.map((question, index) =>
        index < room || isKnown(question)
          ? inspectImage(client, question.reference, question.platform ?? platform, question.depth)
          : Promise.resolve(tooMany(question.reference)),
      ),
    );
    for (const [index, question] of wanted.entries()) {
      const answer = answers[index];
      if (answer !== undefined) inspections.set(questionKey(question), answer);
    }
  }
}

function tooMany(reference: ImageReference): Gap {
  const reason = `More than ${LOOK_UP_LIMIT} images would have to be looked up.`;
  return gapOf(failure('limit', reason), formatReference(reference));
}
