// Files of an image that the Dockerfile itself writes out, and the way of files from one stage to another.
import type { Dockerfile, Instruction } from '../../model/dockerfile.ts';
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { resolvePath } from '../../shell/files.ts';
import { known } from '../../value.ts';
import { locate, sourceText } from '../source-text.ts';
import { type FileCopy, sourcesFor } from './copied-files.ts';

/** A text with where its parts stand in the Dockerfile. */
export type MadeFile = { readonly text: string; readonly locate: (start: number, end: number) => Location };

/** What stands in an image, as far as it comes from the build context, the Dockerfile, or another stage. */
export type ImageFiles = {
  readonly copies: readonly FileCopy[];
  readonly made: ReadonlyMap<string, MadeFile>;
  readonly handed: readonly { readonly from: ImageFiles; readonly source: string; readonly target: string }[];
};

/** `COPY <<E /i.sh`: the bodies by the paths they get. */
export function writtenOut(
  instruction: Instruction,
  directory: Value,
): readonly (readonly [string, MadeFile])[] {
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return [];
  const last = instruction.words.at(-1);
  const target = known(resolvePath(directory, last?.value ?? []));
  if (target === null || last === undefined) return [];
  const isFolder = instruction.words.length > 2 || last.text.endsWith('/');
  return instruction.heredocs.map((heredoc) => {
    const source = sourceText(heredoc.location.path, heredoc.content);
    const { line } = heredoc.location.range.start;
    const made: MadeFile = {
      text: heredoc.content,
      locate: (start, end) => shifted(locate(source, start, end), line - 1),
    };
    return [isFolder ? `${target}/${heredoc.name}` : target, made] as const;
  });
}

function shifted({ path, range: { start, end } }: Location, lines: number): Location {
  return {
    path,
    range: { start: { ...start, line: start.line + lines }, end: { ...end, line: end.line + lines } },
  };
}

/** `COPY --from=stage`, from stages whose files are known. */
export function handedOver(
  instruction: Instruction,
  directory: Value,
  stages: Dockerfile['stages'],
  earlier: readonly ImageFiles[],
): ImageFiles['handed'] {
  const named = instruction.flags.find(({ name }) => name === 'from')?.value?.value;
  const name = named === undefined ? null : (known(named)?.toLowerCase() ?? null);
  if (instruction.keyword !== 'COPY' || name === null) return [];
  const index = stages.findIndex((stage) => stage.name === name || String(stage.index) === name);
  const from = earlier[index];
  const target = known(resolvePath(directory, instruction.words.at(-1)?.value ?? []));
  if (from === undefined || target === null) return [];
  return instruction.words.slice(0, -1).flatMap(({ value }) => {
    const source = known(resolvePath(['/'], value));
    return source === null ? [] : [{ from, source, target }];
  });
}

/** Places that a file is looked for in; stages may hand it on in ever more ways. */
const MAX_PLACES = 256;

/** What a path of the image holds: a text that is written out, or what it may be a copy of. */
export function lookUp(
  files: ImageFiles,
  path: string,
  budget = { left: MAX_PLACES },
): { readonly made: MadeFile | null; readonly sources: readonly string[] } {
  const made = files.made.get(path);
  if (made !== undefined) return { made, sources: [] };
  const sources = sourcesFor(files.copies, path);
  if (sources.length > 0) return { made: null, sources };
  for (const { from, source, target } of files.handed.toReversed()) {
    for (const origin of origins(path, source, target)) {
      budget.left -= 1;
      if (budget.left < 0) return { made: null, sources };
      const found = lookUp(from, origin, budget);
      if (found.made !== null || found.sources.length > 0) return found;
    }
  }
  return { made: null, sources: [] };
}

function origins(path: string, source: string, target: string): readonly string[] {
  if (path === target) return [source];
  const folder = target === '/' ? '/' : `${target}/`;
  if (!path.startsWith(folder)) return [];
  const below = path.slice(folder.length);
  const name = source.slice(source.lastIndexOf('/') + 1);
  return name === below ? [source] : [`${source === '/' ? '' : source}/${below}`];
}
