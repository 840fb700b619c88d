// What BuildKit refuses in a file: each a gap with its line and what to do about it.
// Source of the rules: BuildKit's frontend/dockerfile/instructions/parse.go and dockerfile2llb/convert.go.
import type { Stage } from '../model/dockerfile.ts';
import type { Gap } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';
import { known } from '../value.ts';
import type { RawFlag } from './command.ts';
import { locateIn } from './logical-line.ts';
import { readMount } from './mount.ts';
import type { RawInstruction } from './raw-instruction.ts';
import { lineEnd, lineStart, locate, type SourceText } from './source-text.ts';
import type { Use } from './stages.ts';

/** BuildKit's scanner stops at physical lines of this many bytes. */
const LINE_LIMIT = 65_535;

type FlagKind = 'text' | 'boolean' | 'many';

const FLAGS: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  ADD: {
    chown: 'text',
    chmod: 'text',
    link: 'boolean',
    'keep-git-dir': 'boolean',
    checksum: 'text',
    unpack: 'boolean',
    exclude: 'many',
  },
  COPY: { chown: 'text', from: 'text', chmod: 'text', link: 'boolean', exclude: 'many', parents: 'boolean' },
  FROM: { platform: 'text' },
  HEALTHCHECK: {
    interval: 'text',
    timeout: 'text',
    'start-period': 'text',
    'start-interval': 'text',
    retries: 'text',
  },
  RUN: { mount: 'many', network: 'text', security: 'text', device: 'many' },
};

export function refusal(path: string, location: Location | null, reason: string, remedy: string): Gap {
  return { kind: 'syntax', cause: 'content', subject: path, location, reason, remedy };
}

/** What is wrong with single instructions, in the order of the file. */
export function refusedInstructions(
  source: SourceText,
  instructions: readonly RawInstruction[],
): readonly Gap[] {
  return instructions.flatMap((raw) => {
    const own = refused(source, raw);
    return raw.trigger ? [...own, ...refused(source, raw.trigger)] : own;
  });
}

function refused(source: SourceText, raw: RawInstruction): readonly Gap[] {
  if (raw.problem !== null) {
    const at = keywordLocation(source, raw);
    return [refusal(source.path, at, `${article(raw)} can’t be read: ${raw.problem}.`, remedyFor(raw))];
  }
  const wrong = wrongArguments(raw);
  const gaps = raw.flags.length === 0 ? [] : refusedFlags(source, raw);
  return wrong === null
    ? gaps
    : [
        refusal(
          source.path,
          keywordLocation(source, raw),
          `${raw.keyword} ${wrong}.`,
          'Correct the instruction.',
        ),
        ...gaps,
      ];
}

function article(raw: RawInstruction): string {
  return raw.problem?.endsWith('is no instruction') ? 'This line' : raw.keyword;
}

function remedyFor(raw: RawInstruction): string {
  if (raw.problem?.startsWith('the heredoc')) return 'Put the closing word on a line of its own.';
  if (raw.problem?.endsWith('is no instruction'))
    return 'Use an instruction of the Dockerfile reference, or end the line before with the escape character.';
  return 'Correct the instruction.';
}

function keywordLocation(source: SourceText, raw: RawInstruction): Location {
  return locateIn(source, raw.line, raw.keywordSpan.start, raw.keywordSpan.end);
}

/** What is wrong with the arguments, as the rest of a sentence; null when nothing is. */
function wrongArguments(raw: RawInstruction): string | null {
  const count = raw.words.length;
  switch (raw.keyword) {
    case 'FROM':
      if (count !== 1 && !(count === 3 && raw.words[1]?.content.toLowerCase() === 'as'))
        return 'takes an image, or an image, AS and a name';
      return count === 3 && !/^[a-z][a-z0-9-_.]*$/i.test(raw.words[2]?.content ?? '')
        ? `can’t name a stage ${raw.words[2]?.content}: names start with a letter and hold letters, digits, - _ .`
        : null;
    case 'COPY':
    case 'ADD':
      if (count < 2) return 'needs a source and a destination';
      return !raw.json && raw.heredocs.length > 0 && /^\d*<</.test(raw.words.at(-1)?.content ?? '')
        ? 'can’t write to a heredoc'
        : null;
    case 'SHELL':
      return raw.json && count > 0 ? null : 'takes a JSON array with the shell and its arguments';
    case 'ONBUILD':
      if (!raw.trigger) return 'needs an instruction';
      return ['ONBUILD', 'FROM', 'MAINTAINER'].includes(raw.trigger.keyword)
        ? `can’t trigger ${raw.trigger.keyword}`
        : null;
    case 'HEALTHCHECK':
      return wrongHealthcheck(raw);
    case 'ARG':
      if (raw.words.some((word) => word.content.startsWith('='))) return 'has a blank name';
      return count === 0 ? 'needs at least one argument' : null;
    case 'ENV':
    case 'LABEL':
    case 'EXPOSE':
    case 'VOLUME':
      return count === 0 ? 'needs at least one argument' : null;
    case 'MAINTAINER':
    case 'STOPSIGNAL':
    case 'USER':
    case 'WORKDIR':
      return count === 1 ? null : 'needs exactly one argument';
    default:
      return null;
  }
}

function wrongHealthcheck(raw: RawInstruction): string | null {
  const type = raw.words[0]?.content.toUpperCase();
  if (type === 'NONE') return raw.words.length === 1 ? null : 'NONE takes no arguments';
  if (type !== 'CMD') return 'takes NONE, or CMD and a command';
  return raw.words.length > 1 ? null : 'CMD needs a command';
}

function refusedFlags(source: SourceText, raw: RawInstruction): readonly Gap[] {
  const known = FLAGS[raw.keyword] ?? {};
  const seen = new Set<string>();
  const gaps: Gap[] = [];
  for (const flag of raw.flags) {
    const kind = Object.hasOwn(known, flag.name) ? known[flag.name] : undefined;
    const wrong = wrongFlag(flag, kind, seen.has(flag.name));
    seen.add(flag.name);
    if (wrong === null) continue;
    const location = locateIn(source, raw.line, flag.start, flag.end);
    gaps.push(
      refusal(
        source.path,
        location,
        `${raw.keyword} --${flag.name} ${wrong}.`,
        'Correct or remove the flag.',
      ),
    );
  }
  return gaps;
}

function wrongFlag(flag: RawFlag, kind: FlagKind | undefined, again: boolean): string | null {
  if (kind === undefined) return 'is no flag of this instruction';
  if (again && kind !== 'many') return 'is given twice';
  const value = flag.value?.content;
  if (kind === 'boolean')
    return value === undefined || /^(?:true|false)$/i.test(value) ? null : 'takes true or false';
  if (value === undefined) return 'needs a value';
  if (flag.name === 'mount' && readMount(flag) === null) return 'has broken quotes';
  return null;
}

/** What is wrong between stages: missing ones, names that BuildKit doesn't expand, uses before the stage exists. */
export function refusedUses(path: string, stages: readonly Stage[], uses: readonly Use[]): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const use of uses) {
    const flag = use.kind === 'copy' ? '--from' : 'from=';
    const name = known(use.name);
    if (use.text.includes('$') && name !== use.text) {
      const reason = `BuildKit expands no variables in ${flag}, here \`${use.text}\`.`;
      gaps.push(
        refusal(path, use.location, reason, 'Name the image in a stage of its own: `FROM image AS name`.'),
      );
    } else if (use.kind === 'copy' && use.target === null && /^[+-]?\d+$/.test(use.text)) {
      const reason = `There is no stage ${use.text}: the file has ${stages.length}, counted from 0.`;
      gaps.push(refusal(path, use.location, reason, 'Name the stage instead of counting.'));
    } else if (use.target !== null && use.target >= use.stage && !use.onBuild) {
      const reason = `\`${use.text}\` is ${use.target === use.stage ? 'this very stage' : 'defined only later'}.`;
      gaps.push(refusal(path, use.location, reason, 'Define the stage before the one that uses it.'));
    }
  }
  return gaps;
}

/** Lines too long for BuildKit's scanner, which counts bytes. */
export function refusedLines(source: SourceText): readonly Gap[] {
  const gaps: Gap[] = [];
  if (source.text.length * 3 <= LINE_LIMIT) return gaps;
  source.lineStarts.forEach((_, line) => {
    const start = lineStart(source, line);
    const end = lineEnd(source, line);
    if ((end - start) * 3 <= LINE_LIMIT) return;
    if (new TextEncoder().encode(source.text.slice(start, end)).length < LINE_LIMIT) return;
    const reason = `The line is longer than the ${LINE_LIMIT} bytes that BuildKit reads.`;
    gaps.push(refusal(source.path, locate(source, start, start + 1), reason, 'Break the line.'));
  });
  return gaps;
}
