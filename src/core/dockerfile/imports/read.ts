// A Dockerfile's stages turned into what their commands bring in from elsewhere: all imports except images.
import type { BuildCommand, CopiedFile, Dockerfile, Stage } from '../../model/dockerfile.ts';
import type { Gap } from '../../model/evidence.ts';
import type { Import } from '../../model/import.ts';
import type { Location, Position } from '../../model/position.ts';
import type { Truth, Value } from '../../model/value.ts';
import { choice } from '../../shell/variables.ts';
import { format, same } from '../../value.ts';
import { sourceText } from '../source-text.ts';
import { additions } from './add.ts';
import { checksIn } from './checks.ts';
import { whole } from './download.ts';
import type { Fetch, Surroundings } from './fetch.ts';
import { ALWAYS, fetchersOf } from './fetchers.ts';
import { newFollowBudget } from './followed-tools.ts';
import { gitCommands } from './git.ts';
import { pipedPrograms } from './piped-programs.ts';
import { isLanguage } from './program-files.ts';
import { configuredRepositories, copiedRepositories, writtenRepositories } from './repositories.ts';
import { settingsOf } from './settings.ts';
import { runStage, type StageRun } from './stage-commands.ts';
import { isMaterial, openCheckBook, verify } from './verification.ts';

type File = Pick<Dockerfile, 'path' | 'text' | 'directives' | 'stages' | 'scripts'>;

/**
 * Downloads, clones, packages and package repositories, in the order of the file. Scripts that can't be read are
 * gaps, and so is what a step limit cut off.
 */
export function readImports(file: File): {
  readonly imports: readonly Import[];
  readonly commands: readonly BuildCommand[];
  readonly gaps: readonly Gap[];
  readonly copied: readonly CopiedFile[];
} {
  const source = sourceText(file.path, file.text);
  const scripts = new Map(file.scripts.map(({ image, path, text }) => [image, sourceText(path, text)]));
  const runs: StageRun[] = [];
  const budget = newFollowBudget();
  const imports: Import[] = [];
  const commands: BuildCommand[] = [];
  const gaps: Gap[] = [];
  for (const stage of file.stages) {
    const below = stage.base.kind === 'stage' ? (runs[stage.base.stage] ?? null) : null;
    const run = runStage(file, stage, source, scripts, runs, below, budget);
    runs.push(run);
    imports.push(...stageImports(stage, run));
    commands.push(...buildCommands(stage, run));
    gaps.push(...run.gaps.map(({ gap, location }) => gapOf(gap, location)));
  }
  const copied = new Map(runs.flatMap(({ wanted }) => wanted.map((each) => [each.image, each])));
  return {
    imports: imports.sort(byPlace),
    commands,
    gaps: onePerScript(gaps, file.path),
    copied: [...copied.values()].sort(byImage),
  };
}

function buildCommands(stage: Stage, run: StageRun): readonly BuildCommand[] {
  return run.commands.map(({ invocation, before, locate }) => ({
    stage: stage.index,
    words: invocation.argv.map(({ value }) => value),
    assignments: invocation.assignments,
    stdin: invocation.stdin,
    fedBy: before.flatMap((index) => {
      const name = run.commands[index]?.invocation.argv[0];
      return name === undefined ? [] : [name.value];
    }),
    location: locate(invocation.start, invocation.end),
  }));
}

function stageImports(stage: Stage, run: StageRun): readonly Import[] {
  const surroundings = {
    commands: run.commands,
    gitAfter: gitCommands(run.commands),
    weakenedBefore: settingsOf(run),
    isWritten: writtenIn(run),
  };
  const fetched: Fetch[] = [];
  for (const command of run.commands) {
    for (const fetcher of fetchersOf(command.name)) fetched.push(...fetcher(command, surroundings));
    if (command.invocation.redirects.length > 0)
      for (const fetcher of ALWAYS) fetched.push(...fetcher(command, surroundings));
  }
  fetched.push(...pipedPrograms(run.commands, fetched));
  const counts = new Map<number, number>();
  for (const { order } of fetched) counts.set(order, (counts.get(order) ?? 0) + 1);
  const written = run.writes.flatMap((write) => writtenRepositories(write, run.commands.length));
  const added = stage.instructions.flatMap((instruction) => [
    ...additions(instruction),
    ...copiedRepositories(instruction),
  ]);
  added.push(...run.configured.flatMap(configuredRepositories));
  const all = [...fetched.map((fetch) => placed(fetch, counts, run)), ...written, ...added].filter(
    (fetch) => !fetch.probe,
  );
  // Most stages only install packages, which nothing else has to check.
  const isLeftOpen = all.some(({ kind, verification }) => verification === null || kind === 'download');
  const book = isLeftOpen ? openCheckBook(all, checksIn(run), run) : null;
  return merge(
    all
      .filter((fetch) => book === null || !isMaterial(fetch, book))
      .map(
        (fetch): Import => ({
          kind: fetch.kind,
          source: fetch.source,
          stage: stage.index,
          location: fetch.location,
          instructionLine:
            fetch.instructionLine ??
            run.commands[fetch.order]?.instruction.location.range.start.line ??
            lineOf(stage, fetch.location),
          secureChannel: fetch.secureChannel,
          verification: book === null ? (fetch.verification ?? UNCHECKED) : verify(fetch, book),
          pinning: fetch.pinning,
          pipedToShell: fetch.pipedToShell,
          packages: fetch.packages,
          weakened: fetch.weakened,
        }),
      ),
  );
}

const UNCHECKED: Import['verification'] = { method: 'none', location: null };

/** What runs in a function may be written wherever it is called. */
function writtenIn(run: StageRun): Surroundings['isWritten'] {
  return ({ instruction, invocation: { start, end, callPath } }) =>
    callPath.length > 0 ||
    run.writes.some((write) => write.instruction === instruction && write.start <= start && end <= write.end);
}

/** A command that fetches one thing is shown from its name to the address; otherwise each address stands alone. */
function placed(fetch: Fetch, counts: ReadonlyMap<number, number>, run: StageRun): Fetch {
  const command = run.commands[fetch.order];
  if (command === undefined || counts.get(fetch.order) !== 1) return fetch;
  const own = whole(command).range;
  const { path, range } = fetch.location;
  // The file of a program is another one than that of the command which runs it.
  if (path !== whole(command).path || command.program !== null) return fetch;
  // Nor are the lines of a program in a heredoc its command's.
  if (own.start.line !== range.start.line && isLanguage(command.name)) return fetch;
  if (!isBefore(own.start, range.start) || !isBefore(range.end, own.end)) return fetch;
  return { ...fetch, location: { ...fetch.location, range: { start: own.start, end: range.end } } };
}

function isBefore(left: Position, right: Position): boolean {
  return left.line < right.line || (left.line === right.line && left.column <= right.column);
}

/** Where a script goes on past a limit it does so at many places, and one of them says it. */
function onePerScript(gaps: readonly Gap[], own: string): readonly Gap[] {
  const said = new Set<string>();
  return gaps.filter(({ kind, subject }) => {
    if (kind !== 'limit' || subject === own) return true;
    const isNew = !said.has(subject);
    said.add(subject);
    return isNew;
  });
}

function byImage(left: CopiedFile, right: CopiedFile): number {
  return left.image < right.image ? -1 : left.image > right.image ? 1 : 0;
}

function lineOf(stage: Stage, location: Location): number {
  const line = location.range.start.line;
  const holder = stage.instructions.findLast((instruction) => instruction.location.range.start.line <= line);
  return holder?.location.range.start.line ?? line;
}

/** A loop or a function passes one place several times: one import then, as weak as the weakest pass. */
function merge(imports: readonly Import[]): readonly Import[] {
  const places = new Map<string, Import>();
  for (const one of imports) {
    const { start } = one.location.range;
    // One list may name several repositories, which all count.
    const name = one.kind === 'package-repository' ? format(one.source) : '';
    const key = `${one.kind} ${one.location.path}:${start.line}:${start.column} ${name}`;
    const before = places.get(key);
    places.set(key, before === undefined ? one : weaker(before, one));
  }
  return [...places.values()];
}

const METHODS: readonly Import['verification']['method'][] = [
  'none',
  'unknown',
  'fetched-checksum',
  'pinned-checksum',
  'signature',
];
const PINNINGS: readonly Import['pinning'][] = ['moving', 'unknown', 'version', 'digest'];

function weaker(left: Import, right: Import): Import {
  const source: Value = same(left.source, right.source)
    ? left.source
    : [choice(format(left.source), [left.source, right.source])];
  const method =
    METHODS.indexOf(left.verification.method) <= METHODS.indexOf(right.verification.method) ? left : right;
  return {
    ...left,
    source,
    secureChannel: weakest(left.secureChannel, right.secureChannel),
    verification: method.verification,
    pinning: PINNINGS.indexOf(left.pinning) <= PINNINGS.indexOf(right.pinning) ? left.pinning : right.pinning,
    pipedToShell: left.pipedToShell || right.pipedToShell,
    packages: [...new Set([...left.packages, ...right.packages])].sort(),
    weakened: left.weakened.length >= right.weakened.length ? left.weakened : right.weakened,
  };
}

function weakest(left: Truth, right: Truth): Truth {
  if (left === 'no' || right === 'no') return 'no';
  return left === 'yes' && right === 'yes' ? 'yes' : 'unknown';
}

function byPlace(left: Import, right: Import): number {
  const [a, b] = [left.location.range.start, right.location.range.start];
  return (
    left.instructionLine - right.instructionLine ||
    a.line - b.line ||
    a.column - b.column ||
    (left.kind < right.kind ? -1 : left.kind > right.kind ? 1 : 0)
  );
}

function gapOf(
  gap: {
    readonly kind: 'syntax' | 'limit' | 'missing-file';
    readonly reason: string;
    readonly remedy: string;
  },
  location: Location,
): Gap {
  const sentence = (clause: string) => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
  return {
    kind: gap.kind,
    cause: 'content',
    subject: location.path,
    location,
    reason: sentence(gap.reason),
    remedy: sentence(gap.remedy),
  };
}
