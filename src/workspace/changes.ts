// Two trees → what changed between them: renames as git sees them, and the lines of the head a unified diff shows.
import type { ChangeStatus, FileChange } from '../core/model/evidence.ts';
import { type GitPlace, runGit, startGit } from './git.ts';
import { type Problem, problem } from './problem.ts';

/** A unified diff with three lines of context, as GitHub's diffs have them. */
const CONTEXT = ['-U3'];

type Span = readonly [first: number, last: number];

type RawChange = Omit<FileChange, 'shownLines'> & {
  /** A file that became a link, or the other way round, is two sections of the patch: its end and its beginning. */
  readonly sections: 1 | 2;
};

const STATUS: Readonly<Record<string, ChangeStatus>> = {
  A: 'added',
  C: 'copied',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'modified',
};

/**
 * Changes from `base` to `head` (ids of commits or trees), sorted by path. In a partial clone contents may be missing: files
 * whose content tells that they were moved are then one removed and one added, and no lines are known.
 */
export async function readChanges(
  place: GitPlace,
  base: string,
  head: string,
): Promise<readonly FileChange[] | Problem> {
  const common = ['diff-tree', '-r', '--no-ext-diff', '--no-textconv', '--no-color'];
  const list = (renames: string): ReturnType<typeof runGit> =>
    runGit(place, [...common, renames, '-z', '--raw', base, head, '--']);
  const moved = await list('-M');
  const listed = moved?.code === 0 ? moved : await list('--no-renames');
  if (listed?.code !== 0) return incomparable(place, listed?.stderr ?? 'there is no git');
  const raw = parseRaw(listed.stdout);
  if (raw.length === 0) return [];
  const patch =
    listed === moved ? await readPatch(place, [...common, '-M', '-p', ...CONTEXT, base, head, '--']) : null;
  const changes =
    patch === null
      ? raw.map(({ sections: _, ...change }) => ({ ...change, shownLines: null }))
      : withLines(raw, patch);
  return changes.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
}

function withLines(raw: readonly RawChange[], shown: readonly (readonly Span[])[]): FileChange[] {
  let section = 0;
  const changes = raw.map(({ sections, ...change }): FileChange => {
    const spans = shown.slice(section, section + sections).flat();
    section += sections;
    return { ...change, shownLines: spans.length > 0 ? spans : null };
  });
  if (section !== shown.length) throw new Error(`git showed ${shown.length} patches for ${section} changes`);
  return changes;
}

function incomparable(place: GitPlace, reason: string): Problem {
  return problem(
    `git can't compare the files of ${place.folder} with the base: ${reason.split('\n', 1)[0] || 'no reason given'}`,
    'If the clone is partial, fetch the missing objects (`git fetch --refetch`); otherwise see what `git fsck` says.',
  );
}

/** `:<modes> <ids> <status>NUL<path>NUL[<new path>NUL]`. */
function parseRaw(output: Buffer): readonly RawChange[] {
  const fields = output.toString('utf8').split('\0');
  const changes: RawChange[] = [];
  for (let index = 0; index + 1 < fields.length; ) {
    const letter = (fields[index]?.split(' ').at(-1) ?? '').charAt(0);
    const status = STATUS[letter];
    if (status === undefined)
      throw new Error(`git reports a change of unknown kind ${JSON.stringify(letter)}`);
    const first = fields[index + 1] ?? '';
    const moved = status === 'renamed' || status === 'copied';
    const path = moved ? (fields[index + 2] ?? '') : first;
    changes.push({ path, status, previousPath: moved ? first : null, sections: letter === 'T' ? 2 : 1 });
    index += moved ? 3 : 2;
  }
  return changes;
}

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/;

/**
 * Head-side hunk spans, one list per section of the patch; null when git could not read all of it. Content lines never
 * begin with `d` or `@`.
 */
async function readPatch(
  place: GitPlace,
  args: readonly string[],
): Promise<readonly (readonly Span[])[] | null> {
  const child = startGit(place, args);
  child.stderr.resume();
  child.stdin.on('error', () => {});
  child.stdin.end();
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  const sections: Span[][] = [];
  for await (const start of lineStarts(child.stdout)) {
    if (start.startsWith('diff --git ')) sections.push([]);
    const hunk = start.startsWith('@@ ') ? HUNK.exec(start) : null;
    if (hunk === null) continue;
    const first = Number(hunk[1]);
    const count = hunk[2] === undefined ? 1 : Number(hunk[2]);
    if (count > 0) sections.at(-1)?.push([first, first + count - 1]);
  }
  return (await ended) === 0 ? sections : null;
}

/** Enough of a line to hold a hunk's numbers; the rest of long lines is dropped as it streams by. */
const LINE_START = 80;

async function* lineStarts(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let start = '';
  for await (const chunk of stream) {
    let offset = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, offset)) {
      yield start + chunk.toString('latin1', offset, Math.min(end, offset + LINE_START));
      start = '';
      offset = end + 1;
    }
    start = (start + chunk.toString('latin1', offset, offset + LINE_START)).slice(0, LINE_START);
  }
  if (start !== '') yield start;
}
