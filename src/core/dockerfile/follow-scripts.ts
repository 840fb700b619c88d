// A Dockerfile → the same with the scripts of the repository followed that it copies into the image and runs there.
import type { CopiedFile, CopiedScript, Dockerfile } from '../model/dockerfile.ts';
import type { Value } from '../model/value.ts';
import { known } from '../value.ts';
import { withScripts } from './read.ts';

/** Scripts that call scripts: this many deep. */
const MOST_ROUNDS = 8;
/** Scripts of one Dockerfile that are followed; beyond it the rest is named by a gap. */
const MOST_SCRIPTS = 64;

/** The text of a file of the repository; null when there is none, or none yet. */
export type ReadScript = (path: string) => string | null;

/**
 * `contexts`: the folders that builds in sight take as their context; without any the Dockerfile's own folder and the
 * root of the repository are tried, since these are what people build from.
 */
export function followScripts(
  dockerfile: Dockerfile,
  contexts: readonly Value[],
  read: ReadScript,
): Dockerfile {
  const roots = rootsOf(dockerfile.path, contexts);
  let current = dockerfile;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const given = new Set(current.scripts.map(({ image }) => image));
    const added = current.copied
      .filter(({ image }) => !given.has(image))
      .flatMap((file): readonly CopiedScript[] => scriptFor(file, roots, read));
    if (added.length === 0) return current;
    const scripts = [...current.scripts, ...added];
    if (scripts.length > MOST_SCRIPTS) return tooMany(current, scripts.length);
    current = withScripts(current, scripts);
  }
  return current;
}

function rootsOf(path: string, contexts: readonly Value[]): readonly string[] {
  const given = contexts
    .flatMap((context) => known(context) ?? [])
    .filter((one) => !/^[a-z+]+:|^\//i.test(one));
  const own = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return [...new Set([...given, own, ''].map(normal))];
}

function normal(folder: string): string {
  return folder
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function scriptFor(
  { image, sources }: CopiedFile,
  roots: readonly string[],
  read: ReadScript,
): readonly CopiedScript[] {
  for (const source of sources) {
    for (const root of roots) {
      const path = root === '' ? source : `${root}/${source}`;
      const text = path.split('/').includes('..') ? null : read(path);
      // As in the Dockerfile's own scripts; a carriage return ends no line for a shell and would end up in words.
      if (text !== null) return [{ image, path, text: text.replaceAll('\r\n', ' \n') }];
    }
  }
  return [];
}

function tooMany(dockerfile: Dockerfile, count: number): Dockerfile {
  return {
    ...dockerfile,
    gaps: [
      ...dockerfile.gaps,
      {
        kind: 'limit',
        cause: 'content',
        subject: dockerfile.path,
        location: null,
        reason: `The steps of ${dockerfile.path} run ${count} scripts; at most ${MOST_SCRIPTS} are followed.`,
        remedy: 'Run fewer scripts, or join them.',
      },
    ],
  };
}
