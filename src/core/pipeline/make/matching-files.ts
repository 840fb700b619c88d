// A pattern of a Makefile → the files of the repository it matches, as seen from where make runs.
import { isLiteralPattern, matchGlob } from '../../shell/glob.ts';
import { byCodeUnit, type Files, repositoryPath } from '../files.ts';

// Makefiles ask for the same few patterns from many steps.
const MATCHES = new WeakMap<Files, Map<string, readonly string[]>>();

/** Null when make runs outside of the repository or the pattern leads there. */
export function matchingFiles(
  pattern: string,
  folder: string | null,
  files: Files,
): readonly string[] | null {
  if (folder === null) return null;
  const lead = folder === '' || folder === '.' ? '' : `${folder}/`;
  const path = repositoryPath(`${lead}${pattern}`);
  if (path === null) return null;
  const up = lead === '' ? '' : '../'.repeat(lead.split('/').length - 1);
  const named = (found: string): string =>
    found.startsWith(lead) ? found.slice(lead.length) : `${up}${found}`;
  if (isLiteralPattern(path)) return files.has(path) ? [named(path)] : [];
  const known = MATCHES.get(files) ?? new Map<string, readonly string[]>();
  MATCHES.set(files, known);
  const found = known.get(path) ?? matches(path, files);
  known.set(path, found);
  return found.map(named);
}

/** Segment by segment: `*` matches no slash. A pattern may name folders. */
function matches(pattern: string, files: Files): readonly string[] {
  const wanted = pattern.split('/');
  const found = new Set<string>();
  for (const path of files.list()) {
    const segments = path.split('/');
    if (segments.length < wanted.length) continue;
    if (wanted.every((one, at) => fits(one, segments[at] ?? '')))
      found.add(segments.slice(0, wanted.length).join('/'));
  }
  return [...found].sort(byCodeUnit);
}

function fits(pattern: string, segment: string): boolean {
  return (pattern.startsWith('.') || !segment.startsWith('.')) && matchGlob(pattern, segment) === true;
}
