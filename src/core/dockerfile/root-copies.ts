// Copies that turn a whole file system into one layer: `COPY --from=x / /` in its many spellings (flow 13).
import type { Instruction, RootCopy, Stage, StageBase } from '../model/dockerfile.ts';
import type { Value } from '../model/value.ts';
import { format, known } from '../value.ts';
import { isOneOfCandidates, type Use } from './stages.ts';

/** Names kept per stage: one is enough to judge by, and chains of copies must not multiply them. */
const FOREIGN_LIMIT = 64;

/** In the order of the file. What an `ONBUILD` trigger would copy counts for the image that carries it. */
export function rootCopies(stages: readonly Stage[], uses: readonly Use[]): readonly RootCopy[] {
  const copies: { readonly use: Use; readonly stage: number }[] = uses
    .filter((use) => use.kind === 'copy' && copiesRoot(use.instruction))
    .map((use) => ({ use, stage: use.stage }));
  const foreign = foreignImages(
    stages,
    copies.map((copy) => copy.use),
  );
  return copies.map(({ use, stage }) => ({
    stage,
    from: use.name,
    foreign: sorted(use.target === null ? ownName(use) : (foreign[use.target] ?? [])),
    location: use.instruction.location,
  }));
}

/** The source is the root of the other file system: relative paths start there, and `*` takes all that lies in it. */
function copiesRoot(instruction: Instruction): boolean {
  const paths = instruction.words.map((word) => word.value);
  const sources = paths.slice(0, -1);
  return sources.some((source) => {
    const path = known(source);
    return path !== null && isRoot(path);
  });
}

function isRoot(path: string): boolean {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  if (parts.length === 1 && /^[a-zA-Z]:$/.test(parts[0] ?? '')) return true;
  if (parts.some((part) => part === '..')) return parts.every((part) => part === '..');
  return parts.every((part) => /^\*+$/.test(part)) && parts.length <= 1;
}

function ownName(use: Use): readonly Value[] {
  return known(use.name) === 'scratch' ? [] : [use.name];
}

/** The images below each stage: its base's, and those that root copies have merged into it. */
function foreignImages(stages: readonly Stage[], copies: readonly Use[]): readonly (readonly Value[])[] {
  const found: Map<string, Value>[] = [];
  const copied = Map.groupBy(copies, (use) => use.stage);
  for (const stage of stages) {
    const images = new Map<string, Value>();
    const { base } = stage;
    if (base.kind === 'image' && !isOneOfCandidates(base)) images.set(format(base.name), base.name);
    for (const below of stagesBelow(base)) {
      for (const [name, value] of found[below] ?? [])
        if (images.size < FOREIGN_LIMIT) images.set(name, value);
    }
    for (const use of copied.get(stage.index) ?? []) {
      const below = use.target === null ? ownName(use) : [...(found[use.target]?.values() ?? [])];
      for (const value of below) if (images.size < FOREIGN_LIMIT) images.set(format(value), value);
    }
    found.push(images);
  }
  return found.map((images) => [...images.values()]);
}

function stagesBelow(base: StageBase): readonly number[] {
  if (base.kind === 'scratch') return [];
  return base.kind === 'stage' ? [base.stage] : base.candidates;
}

function sorted(values: readonly Value[]): readonly Value[] {
  return values.toSorted((left, right) => (format(left) < format(right) ? -1 : 1));
}
