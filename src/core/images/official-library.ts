// The file of an official image in Docker's library → where a tag's Dockerfile for a platform is, as of today.
// Source: github.com/docker-library/official-images README.md ("Instruction format") and bashbrew's architectures.
import type { BuildSource, PlatformName, SourceFile } from '../model/lineage.ts';
import { buildSource } from './lineage-source.ts';

const LIBRARY = 'https://github.com/docker-library/official-images';

/** Longer texts are no file of the library: the longest of all has under 200 kB. */
const TEXT_LIMIT = 1_048_576;

/** Where the library says what it builds `name` from; on its default branch, which the builds follow. */
export function libraryFile(name: string): SourceFile {
  return { repository: LIBRARY, commit: null, path: `library/${name}` };
}

export type LibraryEntry = {
  readonly source: BuildSource;
  /** `import`: the file system is taken as it is, made by a tool of the publisher's. */
  readonly builder: 'dockerfile' | 'import';
};

type Fields = Readonly<Record<string, string>>;

/** The newest build of a tag; null where the file has no such tag for the platform, or doesn't say enough. */
export function libraryEntry(text: string, tag: string, platform: PlatformName): LibraryEntry | null {
  const architecture = architectureOf(platform);
  if (architecture === null || text.length > TEXT_LIMIT) return null;
  const [defaults = {}, ...entries] = stanzas(text);
  const fields = entries
    .map((entry): Fields => ({ ...defaults, ...entry }))
    .find(
      (entry) =>
        [...words(entry.tags), ...words(entry.sharedtags)].includes(tag) &&
        words(entry.architectures ?? 'amd64').includes(architecture),
    );
  if (fields === undefined) return null;
  const field = (name: string): string | null =>
    fields[`${architecture}-${name}`.toLowerCase()] ?? fields[name.toLowerCase()] ?? null;
  const isImport = field('Builder') === 'oci-import';
  const folder = (field('Directory') ?? '.').replace(/^(?:\.\/)*\.?$|\/+$/g, '');
  const file = field('File') ?? 'Dockerfile';
  const source = buildSource(
    'official library',
    field('GitRepo') ?? '',
    field('GitCommit'),
    folder === '' ? file : `${folder}/${file}`,
  );
  return source === null || source.commit === null
    ? null
    : { source, builder: isImport ? 'import' : 'dockerfile' };
}

/** As bashbrew calls it; null for what the official images are not built for. */
function architectureOf(platform: PlatformName): string | null {
  const [os = '', architecture = '', variant = ''] = platform.split('/');
  if (os === 'windows') return architecture === 'amd64' ? 'windows-amd64' : null;
  if (os !== 'linux') return null;
  if (architecture === 'arm') return `arm32${variant === '' ? 'v7' : variant}`;
  if (architecture === 'arm64') return 'arm64v8';
  return architecture === '386' ? 'i386' : architecture;
}

/** Fields by their names in lower case; a line that begins with a blank goes on with the one before it. */
function stanzas(text: string): readonly Fields[] {
  const all: Record<string, string>[] = [{}];
  let last: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      if (Object.keys(all.at(-1) ?? {}).length > 0) all.push({});
      last = null;
      continue;
    }
    const stanza = all.at(-1) ?? {};
    if (/^\s/.test(line)) {
      if (last !== null) stanza[last] = `${stanza[last]} ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    last = line.slice(0, colon).trim().toLowerCase();
    stanza[last] = line.slice(colon + 1).trim();
  }
  return all;
}

function words(list: string | undefined): readonly string[] {
  return (list ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
}
