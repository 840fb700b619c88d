// Which files an upload takes with it, when both sides may hold globs and unknown parts.
import type { Truth, Value } from '../model/value.ts';
import { format } from '../value.ts';

/** Whether the pattern of an upload takes the file. The same expression on both sides stands for the same text. */
export function carries(pattern: Value, file: Value): Truth {
  const from = clean(format(pattern));
  const to = clean(format(file));
  if (from === to || from === '' || from === '.' || to.startsWith(`${from}/`)) return 'yes';
  if (globMatches(from, to)) return 'yes';
  // A folder that holds the file in a deeper place, or a name that only differs in what is not known.
  if (globMatches(`${from}/**`, to)) return 'yes';
  const open = hasHole(pattern) || hasHole(file);
  return open && ending(from) === ending(to) && ending(to) !== '' && wildMatches(pattern, file)
    ? 'unknown'
    : 'no';
}

function hasHole(value: Value): boolean {
  return value.some((part) => typeof part !== 'string');
}

/** A path without leading `./`; the workspace is where paths start, and the runner's folders have two spellings. */
function clean(path: string): string {
  return path
    .trim()
    .replace(/\$\{\{\s*github\.workspace\s*\}\}\/|\$\{?GITHUB_WORKSPACE\}?\//g, '')
    .replace(
      /\$\{\{\s*runner\.(temp|tool_cache)\s*\}\}|\$\{?RUNNER_(TEMP|TOOL_CACHE)\}?/g,
      (_, context?: string, variable?: string) => `\${{ runner.${context ?? variable?.toLowerCase()} }}`,
    )
    .replace(/^(\.\/)+/, '')
    .replace(/(?<!\/)\/+$/, '');
}

function ending(path: string): string {
  return /\.(tar(\.\w+)?|tgz|tzst|docker|oci|img|zip|gz|zst|xz)$/.exec(path)?.[0] ?? '';
}

/** `*`, `**`, `?` and `[…]`; braces are taken literally. Linear: the pattern is cut at its stars. */
function globMatches(pattern: string, path: string): boolean {
  if (!/[*?[]/.test(pattern)) return pattern === path;
  return matchSegments(pattern.split('/'), path.split('/'));
}

function matchSegments(pattern: readonly string[], path: readonly string[]): boolean {
  return starMatches(pattern, path, '**', matchName);
}

/** One path segment against one glob segment. */
function matchName(pattern: string, name: string): boolean {
  return starMatches(pattern, name, '*', (character, other) => character === '?' || character === other);
}

/** Whether `parts` are those of the pattern, of which a star stands for any number. */
function starMatches(
  pattern: ArrayLike<string>,
  parts: ArrayLike<string>,
  star: string,
  fits: (wanted: string, part: string) => boolean,
): boolean {
  let at = 0;
  let lastStar = -1;
  let mark = 0;
  let index = 0;
  while (index < parts.length) {
    const wanted = pattern[at];
    if (wanted === star) {
      lastStar = at;
      mark = index;
      at += 1;
    } else if (wanted !== undefined && fits(wanted, parts[index] ?? '')) {
      at += 1;
      index += 1;
    } else if (lastStar !== -1) {
      at = lastStar + 1;
      mark += 1;
      index = mark;
    } else return false;
  }
  while (pattern[at] === star) at += 1;
  return at === pattern.length;
}

/** Holes on either side as wildcards. */
function wildMatches(pattern: Value, file: Value): boolean {
  const wild = (value: Value): string =>
    clean(value.map((part) => (typeof part === 'string' ? part : '*')).join(''));
  const base = (path: string): string => path.split('/').at(-1) ?? path;
  const [left, right] = [base(wild(pattern)), base(wild(file))];
  return (
    matchName(left, right.replaceAll('*', '')) ||
    matchName(right, left.replaceAll('*', '')) ||
    matchName(left, right)
  );
}

/** Whether a path looks like a packed image although nothing in sight wrote it. */
export function looksLikeArchive(path: Value): boolean {
  return (
    ending(clean(format(path))) !== '' && !/\.(whl|jar|war|apk|deb|rpm|dmg|msi|exe)\b/.test(format(path))
  );
}
