// What `COPY` and `ADD` bring from the build context, and which of its files a file of the image may be.
import type { Instruction } from '../../model/dockerfile.ts';
import type { Value } from '../../model/value.ts';
import { resolvePath } from '../../shell/files.ts';
import { matchGlob } from '../../shell/glob.ts';
import { known } from '../../value.ts';

/** One source and where it goes: to `target` itself, or below it. */
export type FileCopy = { readonly source: string; readonly target: string };

/** The copies an instruction makes from the build context; none for what comes from elsewhere or isn't known. */
export function copiesOf(instruction: Instruction, directory: Value): readonly FileCopy[] {
  if (instruction.keyword === 'RUN') return mountsOf(instruction, directory);
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return [];
  if (instruction.flags.some(({ name }) => name === 'from' || name === 'parents')) return [];
  const words = instruction.words.map(({ value }) => value);
  const target = known(resolvePath(directory, words.at(-1) ?? []));
  if (target === null) return [];
  return words.slice(0, -1).flatMap((word) => {
    const source = known(word);
    if (source === null || /^[a-z+]+:\/\/|^git@|^<</i.test(source)) return [];
    return [{ source: relative(source), target }];
  });
}

/** `RUN --mount=type=bind`: the context, or a part of it, stands below the target while the command runs. */
function mountsOf(instruction: Instruction, directory: Value): readonly FileCopy[] {
  return instruction.flags.flatMap(({ name, value }) => {
    if (name !== 'mount' || value === null) return [];
    const fields = new Map(
      (known(value.value) ?? '').split(',').map((field): [string, string] => {
        const cut = field.indexOf('=');
        return cut < 0 ? [field, ''] : [field.slice(0, cut).toLowerCase(), field.slice(cut + 1)];
      }),
    );
    const written = fields.get('target') ?? fields.get('dst') ?? fields.get('destination');
    if (written === undefined || fields.has('from') || (fields.get('type') ?? 'bind') !== 'bind') return [];
    const target = known(resolvePath(directory, [written]));
    return target === null
      ? []
      : [{ source: relative(fields.get('source') ?? fields.get('src') ?? ''), target }];
  });
}

/** A path of the context without what doesn't change it; the context itself is empty. */
function relative(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** What `path` of the image may be a copy of; the last copy first. */
export function sourcesFor(copies: readonly FileCopy[], path: string): readonly string[] {
  const found = new Set<string>();
  for (const { source, target } of copies.toReversed()) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (path === target) found.add(source);
    const below = target === '/' ? path.slice(1) : pathBelow(path, target);
    if (below === null) continue;
    found.add(source === '' ? below : `${source}/${below}`);
    const folder = source.slice(0, source.lastIndexOf('/') + 1);
    const pattern = source.slice(folder.length);
    if (below === name && matchGlob(pattern, name) === true) found.add(folder + name);
  }
  found.delete('');
  return [...found];
}

function pathBelow(path: string, folder: string): string | null {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}
