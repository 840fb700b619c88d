// Instructions grouped into stages: what each is built from, what it uses, its variables and labels.
// Source of the rules: BuildKit's frontend/dockerfile/dockerfile2llb/convert.go.
import type { Argument, Instruction, Stage, StageBase } from '../model/dockerfile.ts';
import type { Location } from '../model/position.ts';
import type { Value } from '../model/value.ts';
import { holes, known, literalLength, prefix, suffix } from '../value.ts';
import { type Context, interpret, interpretGlobal } from './instruction.ts';
import { locateIn } from './logical-line.ts';
import { readMount } from './mount.ts';
import type { RawInstruction } from './raw-instruction.ts';
import { assign, expandWord, platformScope, type Reading, type Scope } from './scope.ts';
import type { SourceText } from './source-text.ts';

/** A word that names content from elsewhere: `COPY --from`, `RUN --mount=from=`, also behind `ONBUILD`. */
export type Use = {
  readonly stage: number;
  readonly instruction: Instruction;
  readonly kind: 'copy' | 'mount';
  readonly onBuild: boolean;
  readonly name: Value;
  /** As written. */
  readonly text: string;
  readonly location: Location;
  /** The stage it names, null when it names an image or a named build context. */
  readonly target: number | null;
};

export type Staged = {
  readonly globalArguments: readonly Argument[];
  readonly stages: readonly Stage[];
  readonly uses: readonly Use[];
  /** Instructions before the first `FROM` other than `ARG`: BuildKit refuses them. */
  readonly stray: readonly RawInstruction[];
};

type Draft = Omit<Stage, 'uses'> & { readonly context: Context };

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;
const WINDOWS_IMAGE = /(?:^|[/:-])(?:windows|nanoserver|windowsservercore|servercore)(?:[/:@-]|$)/;

export function stage(source: SourceText, reading: Reading, instructions: readonly RawInstruction[]): Staged {
  const globalArguments: Argument[] = [];
  const stray: RawInstruction[] = [];
  const drafts: Draft[] = [];
  const names = new Map<string, number>();
  const pending: Omit<Use, 'target'>[] = [];
  let globals = platformScope(reading);
  let at = 0;
  for (; at < instructions.length && instructions[at]?.keyword !== 'FROM'; at += 1) {
    const raw = instructions[at];
    if (!raw) continue;
    if (raw.keyword !== 'ARG') {
      stray.push(raw);
      continue;
    }
    const step = interpretGlobal(source, reading, raw, globals);
    globalArguments.push(...step.declared);
    globals = step.scope;
  }
  while (at < instructions.length) {
    const from = instructions[at];
    let end = at + 1;
    while (end < instructions.length && instructions[end]?.keyword !== 'FROM') end += 1;
    if (from) {
      const start = startStage(source, reading, from, drafts, names, globals);
      drafts.push(fillStage(source, reading, start, instructions.slice(at + 1, end), pending));
      if (start.name !== null) names.set(start.name, start.index);
    }
    at = end;
  }
  const uses = pending.map((use) => ({ ...use, target: targetOf(use, names, drafts.length) }));
  return { globalArguments, stages: finish(drafts, uses), uses, stray };
}

type Start = Omit<Draft, 'instructions' | 'labels' | 'environment'>;

function startStage(
  source: SourceText,
  reading: Reading,
  raw: RawInstruction,
  earlier: readonly Draft[],
  names: ReadonlyMap<string, number>,
  globals: Scope,
): Start {
  const [image, as, alias] = raw.words;
  const baseLocation = image ? locateIn(source, raw.line, image.start, image.end) : raw.location;
  const name = image ? expandWord(reading, globals, image.content, baseLocation) : [];
  // Holes are compared with every earlier name, which the budget pays for.
  if (known(name) === null) reading.budget.steps -= names.size;
  const base = baseOf(name, reading.budget.steps < 0 ? new Map() : names);
  const flag = raw.flags.find((one) => one.name === 'platform')?.value ?? null;
  const platform = flag
    ? expandWord(reading, globals, flag.content, locateIn(source, raw.line, flag.start, flag.end))
    : null;
  const written = as?.content.toLowerCase() === 'as' ? (alias?.content.toLowerCase() ?? null) : null;
  const parent = base.kind === 'stage' ? earlier[base.stage] : undefined;
  const windows =
    WINDOWS_IMAGE.test((known(name) ?? prefix(name)).toLowerCase()) ||
    prefix(platform ?? []).startsWith('windows');
  const context: Context = parent
    ? { ...parent.context, globals }
    : {
        scope: { variables: new Map(), image: base.kind !== 'scratch' },
        globals,
        shell: windows ? 'cmd' : '/bin/sh',
      };
  const index = earlier.length;
  return {
    index,
    name: written !== null && STAGE_NAME.test(written) ? written : null,
    base,
    platform,
    location: raw.location,
    baseLocation,
    context,
  };
}

function baseOf(name: Value, names: ReadonlyMap<string, number>): StageBase {
  const content = known(name);
  // Stage names are stored in lower case; BuildKit compares the base as written and then takes it for an image
  // with an impossible name, so the stage is what was meant.
  const stage = content === null ? undefined : names.get(content.toLowerCase());
  if (stage !== undefined) return { kind: 'stage', stage };
  if (content === 'scratch') return { kind: 'scratch' };
  return { kind: 'image', name, candidates: content === null ? candidatesFor(name, names) : [] };
}

/** A hole alone fits every stage and says nothing, so some of the name has to be known. */
function candidatesFor(name: Value, names: ReadonlyMap<string, number>): readonly number[] {
  if (literalLength(name) === 0) return [];
  const fits = [...names].filter(
    ([stage]) =>
      stage.length >= literalLength(name) &&
      stage.startsWith(prefix(name).toLowerCase()) &&
      stage.endsWith(suffix(name).toLowerCase()),
  );
  return fits.map(([, index]) => index).sort((left, right) => left - right);
}

function fillStage(
  source: SourceText,
  reading: Reading,
  start: Start,
  raws: readonly RawInstruction[],
  uses: Omit<Use, 'target'>[],
): Draft {
  const instructions: Instruction[] = [];
  const labels = new Map<string, Value>();
  let context = start.context;
  for (const raw of raws) {
    const { instruction, changes } = interpret(source, reading, raw, context);
    instructions.push(instruction);
    collectUses(source, reading, start.index, raw, instruction, context.scope, uses);
    if (raw.keyword === 'LABEL') {
      for (const [name, value] of changes) labels.set(name, value);
    } else if (raw.keyword === 'SHELL' && raw.json) {
      // With its options: `-e` decides whether a failure ends the build.
      context = { ...context, shell: raw.words.map(({ content }) => content).join(' ') || context.shell };
    } else {
      context = { ...context, scope: assign(reading, context.scope, changes) };
    }
  }
  const sorted = [...labels].sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    ...start,
    instructions,
    labels: Object.fromEntries(sorted),
    environment: context.scope.variables,
    context,
  };
}

function collectUses(
  source: SourceText,
  reading: Reading,
  stage: number,
  outer: RawInstruction,
  outerInstruction: Instruction,
  scope: Scope,
  uses: Omit<Use, 'target'>[],
): void {
  const raw = outer.trigger ?? outer;
  const instruction = outerInstruction.trigger ?? outerInstruction;
  const onBuild = outer.trigger !== null;
  for (const flag of raw.flags) {
    const copied = raw.keyword === 'COPY' && flag.name === 'from' ? flag.value : null;
    const mounted = raw.keyword === 'RUN' && flag.name === 'mount' ? (readMount(flag)?.from ?? null) : null;
    const from = copied ?? mounted;
    if (from === null) continue;
    const location = locateIn(source, raw.line, from.start, from.end);
    const name = expandWord(reading, scope, from.content, location);
    uses.push({
      stage,
      instruction,
      kind: copied ? 'copy' : 'mount',
      onBuild,
      name,
      text: from.content,
      location,
    });
  }
}

/** Only `COPY --from` takes a stage's number; a name means the last stage that has it. */
function targetOf(
  use: Omit<Use, 'target'>,
  names: ReadonlyMap<string, number>,
  count: number,
): number | null {
  const name = known(use.name);
  if (name === null) return null;
  if (use.kind === 'copy' && /^[+-]?\d+$/.test(name)) {
    const index = Number(name);
    return index >= 0 && index < count ? index : null;
  }
  return names.get(name.toLowerCase()) ?? null;
}

function finish(drafts: readonly Draft[], uses: readonly Use[]): readonly Stage[] {
  const used = drafts.map(() => new Set<number>());
  for (const use of uses) if (use.target !== null) used[use.stage]?.add(use.target);
  return drafts.map(({ context: _context, ...draft }, index) => {
    const found = used[index] ?? new Set<number>();
    if (draft.base.kind === 'stage') found.add(draft.base.stage);
    if (draft.base.kind === 'image') for (const candidate of draft.base.candidates) found.add(candidate);
    return { ...draft, uses: [...found].sort((left, right) => left - right) };
  });
}

/** Whether a base is surely one of its candidates: the platform alone decides which. */
export function isOneOfCandidates(base: Extract<StageBase, { kind: 'image' }>): boolean {
  const onlyPlatform = holes(base.name).every((one) => /^\$\{?(?:BUILD|TARGET)[A-Z]+\b/.test(one.expression));
  return base.candidates.length > 0 && onlyPlatform;
}
