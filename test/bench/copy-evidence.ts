// Two Dockerfiles that are said to be copies → what shows it apart from the fingerprints: comments, which they leave out.
import type { Dockerfile } from '../../src/core/model/dockerfile.ts';
import type { RepositoryAt } from '../index/clones.ts';
import { ownerOf } from '../index/common-shingles.ts';

export type Held = { readonly repository: string; readonly dockerfile: Dockerfile };

/** Letters of a comment that nobody writes twice by chance. */
const LONG = 25;
/** Owners that may have such a comment: the two, and one who copied as well. */
const FEW_OWNERS = 3;

/** Half a sentence, or null where only the fingerprints speak for a copy. */
export type CopyEvidence = (copy: Held, original: Held) => string | null;

export function copyEvidence(repositories: readonly RepositoryAt[]): CopyEvidence {
  const owners = new Map<string, Set<string>>();
  for (const { about, dockerfiles } of repositories)
    for (const comment of dockerfiles.flatMap(commentsOf))
      owners.set(comment, (owners.get(comment) ?? new Set()).add(ownerOf(about)));
  return (copy, original) => {
    if (names(copy, original) || names(original, copy)) return 'one names the owner of the other';
    const theirs = new Set(commentsOf(original.dockerfile));
    const shared = commentsOf(copy.dockerfile).find(
      (comment) => theirs.has(comment) && (owners.get(comment)?.size ?? 0) <= FEW_OWNERS,
    );
    return shared === undefined ? null : `both say "${shared.slice(0, 60)}"`;
  };
}

function names({ dockerfile }: Held, { repository }: Held): boolean {
  return dockerfile.text.toLowerCase().includes(`github.com/${ownerOf({ repository })}/`);
}

function commentsOf({ text }: Dockerfile): readonly string[] {
  return text
    .split('\n')
    .filter((line) => /^\s*#/.test(line))
    .map((line) =>
      line
        .replace(/^[\s#]+/, '')
        .trim()
        .toLowerCase(),
    )
    .filter((line) => line.length >= LONG && !/^(?:syntax|escape|check)\s*=/.test(line));
}
