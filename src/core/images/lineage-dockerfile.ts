// Where an image says it was built from, and what stands in the Dockerfile there → the base that its `FROM` names.
import { readDockerfile } from '../dockerfile/read.ts';
import type { Stage } from '../model/dockerfile.ts';
import type { Gap } from '../model/evidence.ts';
import type {
  BaseEvidence,
  BuildSource,
  ImageInspection,
  SourceFile,
  SourceTexts,
} from '../model/lineage.ts';
import { format, known } from '../value.ts';
import { type Claim, SCRATCH } from './lineage-claims.ts';
import type { Provenance } from './lineage-provenance.ts';
import { labelledSource, statedSources } from './lineage-sources.ts';
import { officialName } from './official-images.ts';
import { type LibraryEntry, libraryEntry, libraryFile } from './official-library.ts';
import { parseReference } from './reference.ts';

export type SourceClaims = {
  readonly bases: readonly Claim[];
  /** What the library of official images names; null where it names nothing, or the image is none. */
  readonly library: BuildSource | null;
  /** What speaks of the source and names no base. */
  readonly evidence: readonly BaseEvidence[];
  readonly conflicts: readonly string[];
  /** What could not be read now and may be later. */
  readonly gaps: readonly Gap[];
  /** Files to read first. */
  readonly wanted: readonly SourceFile[];
};

export function sourceKey({ repository, commit, path }: SourceFile): string {
  return `${repository} ${commit ?? 'HEAD'} ${path}`;
}

export function sourceClaims(
  image: ImageInspection,
  provenances: readonly Provenance[],
  texts: SourceTexts,
): SourceClaims {
  const library = inLibrary(image, texts);
  const dockerfile = dockerfileOf(image, provenances, library.entry);
  const parts = [
    library,
    ...(dockerfile === null ? [] : [claimIn(dockerfile, texts)]),
    ...(library.entry === null ? [] : [beside(library.entry, statedSources(image, provenances))]),
  ];
  return {
    bases: parts.flatMap(({ bases }) => bases),
    library: library.entry?.source ?? null,
    evidence: parts.flatMap(({ evidence }) => evidence),
    conflicts: parts.flatMap(({ conflicts }) => conflicts),
    gaps: parts.flatMap(({ gaps }) => gaps),
    wanted: parts.flatMap(({ wanted }) => wanted),
  };
}

type Part = Omit<SourceClaims, 'library'>;

const NOTHING: Part = { bases: [], evidence: [], conflicts: [], gaps: [], wanted: [] };

function open(source: BaseEvidence['source'], says: string): Part {
  return { ...NOTHING, evidence: [{ source, names: null, agrees: 'unknown', says }] };
}

function inLibrary(
  { reference, platform }: ImageInspection,
  texts: SourceTexts,
): Part & { readonly entry: LibraryEntry | null } {
  const name = officialName(reference);
  const tag = reference.tag ?? (reference.digest === null ? 'latest' : null);
  if (name === null || tag === null) return { ...NOTHING, entry: null };
  const file = libraryFile(name);
  const text = texts.get(sourceKey(file));
  if (text === undefined) return { ...NOTHING, wanted: [file], entry: null };
  if (!('text' in text)) return { ...unread('official library', text), entry: null };
  const entry = libraryEntry(text.text, tag, platform);
  if (entry === null)
    return { ...open('official library', `Does not build ${tag} for ${platform} any more.`), entry: null };
  if (entry.builder === 'dockerfile') return { ...NOTHING, entry };
  const claim: Claim = {
    source: 'official library',
    base: SCRATCH,
    weight: reference.digest === null ? 'own' : 'supposed',
    remark: 'takes the file system as it is, as its publisher’s own tool makes it',
  };
  return { ...NOTHING, bases: [claim], entry };
}

/** Nobody can tell now, or ever: both are said beside the base. */
function unread(source: BaseEvidence['source'], answer: { readonly missing: string } | Gap, what = ''): Part {
  if ('missing' in answer) return open(source, `${what}${answer.missing}`);
  const said = open(source, `${what}Could not be read: ${answer.reason}`);
  return answer.cause === 'world' ? { ...said, gaps: [answer] } : said;
}

type NamedDockerfile = {
  readonly source: BuildSource & { readonly commit: string };
  readonly path: string;
  readonly weight: Claim['weight'];
  /** Why it need not be the one that this image was built from; null when there is no doubt of that kind. */
  readonly doubt: string | null;
};

/** The surest place that names a commit. What the library imports as it is has no Dockerfile. */
function dockerfileOf(
  image: ImageInspection,
  provenances: readonly Provenance[],
  library: LibraryEntry | null,
): NamedDockerfile | null {
  const found = statedSources(image, provenances).find(hasCommit);
  if (found !== undefined) {
    if (library?.builder === 'import' && isSamePlace(found, library.source)) return null;
    if (found.path === null) return guessed(found, 'its source names no path');
    // A provenance lists what went into the build itself, and may be of another stage than the last.
    return found.from === 'provenance'
      ? { source: found, path: found.path, weight: 'supposed', doubt: null }
      : { source: found, path: found.path, weight: 'own', doubt: null };
  }
  if (library !== null) {
    const { source, builder } = library;
    if (builder === 'import' || !hasCommit(source) || source.path === null) return null;
    const isNewest = image.reference.digest === null;
    const doubt = isNewest ? null : 'it is of the tag’s newest build';
    return { source, path: source.path, weight: isNewest ? 'own' : 'supposed', doubt };
  }
  const labelled = labelledSource(image);
  if (labelled === null || !hasCommit(labelled)) return null;
  const doubt = 'labels may be inherited';
  return labelled.path === null
    ? guessed(labelled, `${doubt} and name no path`)
    : { source: labelled, path: labelled.path, weight: 'supposed', doubt };
}

function guessed(source: NamedDockerfile['source'], doubt: string): NamedDockerfile {
  return { source, path: 'Dockerfile', weight: 'supposed', doubt };
}

function hasCommit(source: BuildSource): source is NamedDockerfile['source'] {
  return source.commit !== null;
}

function isSamePlace(one: BuildSource, other: BuildSource): boolean {
  return isSameRepository(one, other) && one.commit === other.commit;
}

function isSameRepository(one: BuildSource, other: BuildSource): boolean {
  return one.repository.toLowerCase() === other.repository.toLowerCase();
}

function claimIn({ source, path, weight, doubt }: NamedDockerfile, texts: SourceTexts): Part {
  const { repository, commit } = source;
  const file: SourceFile = { repository, commit, path };
  const answer = texts.get(sourceKey(file));
  if (answer === undefined) return { ...NOTHING, wanted: [file] };
  const place = `${path} at ${commit.slice(0, 12)}`;
  if (!('text' in answer)) return unread('dockerfile', answer, `${place}: `);
  const last = lastStage(answer.text);
  if (last === null) return open('dockerfile', `${place} can’t be read as a Dockerfile.`);
  if (last.base.kind === 'image' && known(last.base.name) === null)
    return open('dockerfile', `${place} leaves its base open: ${format(last.base.name)}.`);
  const base = baseIn(last);
  if (base === null) return open('dockerfile', `${place} names a base that is no image name.`);
  const isArgued = fromLine(answer.text, last).includes('$');
  const doubts = [
    ...(doubt === null ? [] : [doubt]),
    ...(isArgued ? ['an argument of the build may have named another'] : []),
  ];
  const claim: Claim = {
    source: 'dockerfile',
    base,
    weight: isArgued ? 'supposed' : weight,
    remark: `${place} builds on it${doubts.length === 0 ? '' : ` (${doubts.join('; ')})`}`,
  };
  return { ...NOTHING, bases: [claim] };
}

/** The last stage, or the earlier one whose file system it goes on with. */
function lastStage(text: string): Stage | null {
  const { stages } = readDockerfile('Dockerfile', '', { kind: 'text', text });
  let stage = stages.at(-1) ?? null;
  // A stage is only ever built on an earlier one.
  while (stage !== null && stage.base.kind === 'stage') stage = stages[stage.base.stage] ?? null;
  return stage;
}

function baseIn({ base }: Stage): Claim['base'] | null {
  if (base.kind !== 'image') return SCRATCH;
  const parsed = parseReference(known(base.name) ?? '');
  return 'problem' in parsed ? null : parsed;
}

function fromLine(text: string, { location: { range } }: Stage): string {
  return text
    .split('\n')
    .slice(range.start.line - 1, range.end.line)
    .join('\n');
}

/** The library goes on while an image stays: another commit of one repository is no contradiction, another repository is. */
function beside({ source }: LibraryEntry, stated: readonly BuildSource[]): Part {
  const own = stated.find(hasCommit);
  if (own === undefined) return NOTHING;
  if (!isSameRepository(own, source))
    return {
      ...NOTHING,
      conflicts: [
        `The library of official images builds it from ${source.repository}, its ${own.from} says ${own.repository}.`,
      ],
    };
  const names = null;
  return isSamePlace(own, source)
    ? {
        ...NOTHING,
        evidence: [
          { source: 'official library', names, agrees: 'yes', says: 'Builds it from the same commit.' },
        ],
      }
    : open('official library', `Builds the tag from another commit by now: ${source.commit}.`);
}
