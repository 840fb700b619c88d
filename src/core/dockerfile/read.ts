// A Dockerfile's text → facts: stages with resolved bases, what enters them, notices, and gaps for what can't be read.
import { canonicalJson } from '../canonical-json.ts';
import type { CopiedScript, Dockerfile } from '../model/dockerfile.ts';
import type { Blob, Gap, Oid } from '../model/evidence.ts';
import type { Import } from '../model/import.ts';
import type { Value } from '../model/value.ts';
import { headComments } from './comments.ts';
import { readDirectives } from './directives.ts';
import { imageImports } from './image-imports.ts';
import { readImports } from './imports/read.ts';
import { offsetOf } from './logical-line.ts';
import { readNotice } from './notice.ts';
import { segment } from './raw-instruction.ts';
import { refusal, refusedInstructions, refusedLines, refusedUses } from './refusals.ts';
import { rootCopies } from './root-copies.ts';
import { ASSIGNMENT_LIMIT, limitGaps, type Reading } from './scope.ts';
import { locate, type SourceText, sourceText } from './source-text.ts';
import { stage } from './stages.ts';
import { templateGap, templateLine } from './template.ts';
import { tooLarge, unreadable } from './unreadable.ts';

/** UTF-16 units; a longer file is a gap. The largest among thousands of public Dockerfiles has under 200,000. */
const TEXT_LIMIT = 1_048_576;
/** Steps that expansions of one file may take together; ordinary files need fewer than a thousand. */
const STEP_LIMIT = 1_000_000;

/** Gaps listed one by one. */
const GAP_LIMIT = 20;

/**
 * Reads a file as BuildKit would without build arguments. Never throws; what can't be read is in `gaps`. The same
 * blob is asked for again while evidence is still being collected, so its reading is kept as long as it is.
 */
export function readDockerfile(path: string, oid: Oid, blob: Blob): Dockerfile {
  const files = FILES.get(blob) ?? new Map<string, Dockerfile>();
  FILES.set(blob, files);
  const key = `${oid} ${path}`;
  const file =
    files.get(key) ??
    (blob.kind === 'text'
      ? readText(path, oid, blob.text, {}, [])
      : nothing(path, oid, '', unreadable(path, blob)));
  files.set(key, file);
  return file;
}

const FILES = new WeakMap<Blob, Map<string, Dockerfile>>();

/**
 * The same file read with arguments that a build passes (`--build-arg`); they replace those it was read with. Many ask
 * about the same build, so each reading is kept as long as its file is.
 */
export function withArguments(dockerfile: Dockerfile, passed: Readonly<Record<string, Value>>): Dockerfile {
  if (dockerfile.text === '') return { ...dockerfile, arguments: passed };
  const readings = READINGS.get(dockerfile) ?? new Map<string, Dockerfile>();
  READINGS.set(dockerfile, readings);
  const key = canonicalJson(passed);
  const { path, oid, text, scripts } = dockerfile;
  const reading = readings.get(key) ?? readText(path, oid, text, passed, scripts);
  readings.set(key, reading);
  return reading;
}

/** The same file with what the scripts do that its steps run and that came from the build context. */
export function withScripts(dockerfile: Dockerfile, given: readonly CopiedScript[]): Dockerfile {
  const { path, oid, text, arguments: passed } = dockerfile;
  const scripts = given.toSorted((a, b) => (a.image < b.image ? -1 : 1));
  const earlier = FOLLOWED.get(dockerfile)?.find((one) => sameScripts(one.scripts, scripts));
  if (earlier !== undefined) return earlier;
  const reading = readText(path, oid, text, passed, scripts);
  FOLLOWED.set(dockerfile, [...(FOLLOWED.get(dockerfile) ?? []), reading]);
  return reading;
}

const FOLLOWED = new WeakMap<Dockerfile, readonly Dockerfile[]>();

function sameScripts(left: readonly CopiedScript[], right: readonly CopiedScript[]): boolean {
  return (
    left.length === right.length &&
    left.every((one, index) => {
      const other = right[index];
      return one.image === other?.image && one.path === other.path && one.text === other.text;
    })
  );
}

const READINGS = new WeakMap<Dockerfile, Map<string, Dockerfile>>();

/**
 * The variables in scope at one instruction. The index past the last instruction gives those at the stage's end;
 * a stage or instruction that doesn't exist has none.
 */
export function environmentAt(
  dockerfile: Dockerfile,
  stageIndex: number,
  instructionIndex: number,
): ReadonlyMap<string, Value> {
  const found = dockerfile.stages[stageIndex];
  return (found?.instructions[instructionIndex] ?? found)?.environment ?? new Map();
}

function readText(
  path: string,
  oid: Oid,
  text: string,
  passed: Readonly<Record<string, Value>>,
  scripts: readonly CopiedScript[],
): Dockerfile {
  if (text.length > TEXT_LIMIT) return nothing(path, oid, text, tooLarge(path, text.length, TEXT_LIMIT));
  const source = sourceText(path, text);
  const directives = readDirectives(source);
  const reading: Reading = {
    escapeToken: directives.escapeToken,
    passed,
    budget: { steps: STEP_LIMIT },
    gaps: [],
    assignments: ASSIGNMENT_LIMIT,
    dropped: new Set(),
  };
  const instructions = segment(source, directives.escapeToken, reading.budget);
  const { globalArguments, stages, uses, stray } = stage(source, reading, instructions);
  const template = templateLine(instructions, stages.length > 0);
  const firstStage = instructions.find((raw) => raw.keyword === 'FROM');
  const bodies = instructions.flatMap((raw) => (raw.trigger ?? raw).heredocs);
  const file = { directives: directives.list, arguments: passed, stages };
  const brought = readImports({ path, text, directives: directives.list, stages, scripts });
  const gaps = [
    ...directives.problems.map((problem) => directiveGap(source, problem)),
    ...refusedLines(source),
    ...(template === undefined ? refusedInstructions(source, instructions) : [templateGap(template)]),
    // BuildKit stops at the first; of a file without any FROM all of it is said by that.
    ...stray
      .filter((raw) => raw.problem === null && stages.length > 0 && template === undefined)
      .slice(0, 1)
      .map((raw) =>
        refusal(
          path,
          raw.location,
          `${raw.keyword} stands before the first FROM.`,
          'Start the file with FROM; only ARG may precede it.',
        ),
      ),
    ...(stages.length === 0 && template === undefined
      ? [refusal(path, null, 'The file has no FROM, so it builds nothing.', 'Start it with FROM.')]
      : []),
    ...refusedUses(path, stages, uses),
    ...reading.gaps,
    ...limitGaps(reading, path),
    ...(template === undefined ? brought.gaps : brought.gaps.filter(({ kind }) => kind !== 'syntax')),
  ];
  return {
    path,
    oid,
    text,
    arguments: passed,
    directives: directives.list,
    notice: readNotice(
      source,
      headComments(source, bodies),
      firstStage ? offsetOf(firstStage.line, 0) : text.length,
    ),
    globalArguments,
    stages,
    imports: [...imageImports(file, uses), ...brought.imports].sort(byImportPlace),
    commands: brought.commands,
    squash: rootCopies(stages, uses),
    copied: brought.copied,
    scripts,
    gaps: firstGaps(path, gaps.toSorted(byPosition)),
  };
}

/** BuildKit stops at the first; those that follow from it are not worth a list without end. */
function firstGaps(path: string, gaps: readonly Gap[]): readonly Gap[] {
  if (gaps.length <= GAP_LIMIT) return gaps;
  const left = gaps.length - GAP_LIMIT;
  const more = refusal(
    path,
    null,
    `${left} further places of the file can’t be read.`,
    'Correct the ones listed first.',
  );
  return [...gaps.slice(0, GAP_LIMIT), more];
}

/** In the order of the file; the frontend, which stands outside of all stages, where its directive stands. */
function byImportPlace(left: Import, right: Import): number {
  const [a, b] = [left.location.range.start, right.location.range.start];
  return left.instructionLine - right.instructionLine || a.line - b.line || a.column - b.column;
}

function byPosition(left: Gap, right: Gap): number {
  const [a, b] = [left.location?.range.start, right.location?.range.start];
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function directiveGap(source: SourceText, problem: { readonly line: number; readonly reason: string }): Gap {
  const start = source.lineStarts[problem.line] ?? 0;
  return refusal(
    source.path,
    locate(source, start, start + 1),
    `The directive is refused: ${problem.reason}.`,
    'Correct or remove the directive.',
  );
}

function nothing(path: string, oid: Oid, text: string, gap: Gap): Dockerfile {
  return {
    path,
    oid,
    text,
    arguments: {},
    directives: [],
    notice: { licenses: [], copyrights: [], origins: [], recognized: null },
    globalArguments: [],
    stages: [],
    imports: [],
    commands: [],
    squash: [],
    copied: [],
    scripts: [],
    gaps: [gap],
  };
}
