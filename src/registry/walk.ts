// An image name → its lineage: what the core wants to know next is looked up until it wants nothing more.
import { traceLineage } from '../core/images/lineage.ts';
import { questionKey } from '../core/images/lineage-candidates.ts';
import { sourceKey } from '../core/images/lineage-dockerfile.ts';
import { formatReference } from '../core/images/reference.ts';
import type { Gap } from '../core/model/evidence.ts';
import type { ImageReference } from '../core/model/image.ts';
import type {
  ImageInspection,
  ImageQuestion,
  Lineage,
  PlatformName,
  SourceFile,
  SourceText,
} from '../core/model/lineage.ts';
import type { PublicFiles } from '../ports.ts';
import type { RegistryClient } from './client.ts';
import { failure, gapOf } from './failure.ts';
import { inspectImage } from './inspect.ts';

/** Images looked up for one lineage. */
const LOOK_UP_LIMIT = 96;

/** Files of source repositories read for one lineage: two for each of a dozen hops. */
const SOURCE_LIMIT = 24;

export type LookedUp = {
  readonly lineage: Lineage;
  /** The image itself, or why it could not be read. */
  readonly image: ImageInspection | Gap;
};

export type LineageTools = {
  readonly client: RegistryClient;
  /** Where Dockerfiles are read; null where nothing is read, which each hop then says. */
  readonly files: PublicFiles | null;
};

/** Never rejects for what a registry does: what can't be read is a gap of the lineage. */
export async function lookUpImage(
  { client, files }: LineageTools,
  start: ImageReference,
  platform: PlatformName | null,
  onProgress: (stage: string, done: number, total: number) => void = () => undefined,
): Promise<LookedUp> {
  const first = questionKey({ reference: start, platform: null });
  const inspections = new Map<string, ImageInspection | Gap>();
  const texts = new Map<string, SourceText>();
  for (;;) {
    const { lineage, wanted, wantedSources } = traceLineage(start, inspections, texts);
    const image = inspections.get(first);
    if (wanted.length === 0 && wantedSources.length === 0 && image !== undefined) return { lineage, image };
    onProgress('asking registries', inspections.size, 0);
    // Looking closer at an image costs no room: it is in there already.
    const isKnown = (question: ImageQuestion): boolean => inspections.has(questionKey(question));
    const room = Math.max(0, LOOK_UP_LIMIT - inspections.size);
    const roomForFiles = Math.max(0, SOURCE_LIMIT - texts.size);
    const [answers, read] = await Promise.all([
      Promise.all(
        wanted.map((question, index) =>
          index < room || isKnown(question)
            ? inspectImage(client, question.reference, question.platform ?? platform, question.depth)
            : Promise.resolve(tooMany(question.reference)),
        ),
      ),
      Promise.all(
        wantedSources.map((file, index) =>
          index < roomForFiles ? readSource(files, file) : Promise.resolve(TOO_MANY_FILES),
        ),
      ),
    ]);
    for (const [index, question] of wanted.entries()) {
      const answer = answers[index];
      if (answer !== undefined) inspections.set(questionKey(question), answer);
    }
    for (const [index, file] of wantedSources.entries()) {
      const text = read[index];
      if (text !== undefined) texts.set(sourceKey(file), text);
    }
  }
}

async function readSource(files: PublicFiles | null, file: SourceFile): Promise<SourceText> {
  return files === null ? { missing: 'Not read: nobody here may ask GitHub.' } : await files.read(file);
}

const TOO_MANY_FILES: SourceText = {
  missing: `Not read: at most ${SOURCE_LIMIT} files are read for one lineage.`,
};

function tooMany(reference: ImageReference): Gap {
  const reason = `More than ${LOOK_UP_LIMIT} images would have to be looked up.`;
  return gapOf(failure('limit', reason), formatReference(reference));
}
