// The file cut into instructions: keyword, flags, words, heredocs and shell script, each with its span; nothing expanded.
import type { Location } from '../model/position.ts';
import { jsonStrings, pairs, plainWords, quotedWords } from './arguments.ts';
import { type RawFlag, type Span, splitCommand } from './command.ts';
import { openersIn, type RawHeredoc, readBodies } from './heredoc.ts';
import { type LogicalLine, locateIn, readLogicalLine } from './logical-line.ts';
import type { Budget } from './pattern.ts';
import { locate, type SourceText } from './source-text.ts';

export type RawInstruction = {
  /** Upper case. */
  readonly keyword: string;
  readonly keywordSpan: Span;
  readonly line: LogicalLine;
  readonly flags: readonly RawFlag[];
  /** Everything after keyword and flags. */
  readonly rest: Span;
  readonly words: readonly Span[];
  readonly json: boolean;
  readonly heredocs: readonly RawHeredoc[];
  readonly trigger: RawInstruction | null;
  readonly location: Location;
  /** Why BuildKit's parser refuses it, if it does. */
  readonly problem: string | null;
};

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);
const JSON_KEYWORDS = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'HEALTHCHECK', 'RUN', 'SHELL', 'VOLUME']);
const HEREDOC_KEYWORDS = new Set(['ADD', 'COPY', 'RUN']);

export function segment(source: SourceText, escapeToken: string, budget: Budget): readonly RawInstruction[] {
  const instructions: RawInstruction[] = [];
  let at = 0;
  while (at < source.lineStarts.length) {
    const line = readLogicalLine(source, at, escapeToken);
    if (line === null) {
      at += 1;
      continue;
    }
    at = line.last + 1;
    const bare = readBare(line, 0, escapeToken);
    if (bare === null) continue;
    const openers = takesHeredocs(bare) ? openersIn(line.text, budget) : [];
    const { heredocs, next } = readBodies(source, openers, at);
    at = next;
    instructions.push(withHeredocs(source, bare, heredocs));
  }
  return instructions;
}

type Bare = Omit<RawInstruction, 'heredocs' | 'location' | 'trigger'> & { readonly trigger: Bare | null };

function readBare(line: LogicalLine, from: number, escapeToken: string): Bare | null {
  const command = splitCommand(line.text, from, line.text.length, escapeToken);
  if (command === null) return null;
  const { flags, rest } = command;
  const keyword = command.keyword.content.toUpperCase();
  const common = { keyword, keywordSpan: command.keyword, line, flags, rest };
  if (keyword === 'ONBUILD') {
    // BuildKit refuses ONBUILD inside ONBUILD; reading only one level also keeps this flat.
    const inner = from === 0 && rest.content !== '' ? readBare(line, rest.start, escapeToken) : null;
    return { ...common, words: [], json: false, trigger: inner, problem: null };
  }
  return {
    ...common,
    ...readWords(keyword, command.keyword.content, line.text, rest, escapeToken),
    trigger: null,
  };
}

function readWords(
  keyword: string,
  written: string,
  text: string,
  rest: Span,
  escapeToken: string,
): { words: readonly Span[]; json: boolean; problem: string | null } {
  const shown = written.length > 40 ? `${written.slice(0, 40)}…` : written;
  if (!KEYWORDS.has(keyword)) return { words: [], json: false, problem: `${shown} is no instruction` };
  if (rest.content === '') return { words: [], json: false, problem: null };
  if (keyword === 'HEALTHCHECK') return readHealthcheck(text, rest);
  if (JSON_KEYWORDS.has(keyword)) {
    const strings = jsonStrings(text, rest);
    if (strings === 'not-strings') {
      return { words: [], json: true, problem: 'the JSON form takes an array of strings only' };
    }
    if (strings !== 'not-json') return { words: strings, json: true, problem: null };
  }
  if (keyword === 'ENV' || keyword === 'LABEL') {
    const found = pairs(text, rest, escapeToken);
    if (typeof found === 'string') return { words: [], json: false, problem: found };
    const [first] = found;
    if (first?.old) {
      return { words: [first.key, first.value], json: false, problem: null };
    }
    return { words: found.map((pair) => pair.whole), json: false, problem: null };
  }
  if (keyword === 'ARG') return { words: quotedWords(text, rest, escapeToken), json: false, problem: null };
  if (['COPY', 'ADD', 'FROM', 'EXPOSE', 'VOLUME'].includes(keyword)) {
    return { words: plainWords(text, rest), json: false, problem: null };
  }
  return { words: [rest], json: false, problem: null };
}

/** `NONE`, or `CMD` and a command of its own in either form. */
function readHealthcheck(
  text: string,
  rest: Span,
): { words: readonly Span[]; json: boolean; problem: string | null } {
  const [type, second] = plainWords(text, rest);
  if (!type || !second) return { words: type ? [type] : [], json: false, problem: null };
  const command = { start: second.start, end: rest.end, content: text.slice(second.start, rest.end) };
  const strings = jsonStrings(text, command);
  if (strings === 'not-strings')
    return { words: [type], json: true, problem: 'the JSON form takes an array of strings only' };
  return strings === 'not-json'
    ? { words: [type, command], json: false, problem: null }
    : { words: [type, ...strings], json: true, problem: null };
}

function takesHeredocs(bare: Bare): boolean {
  const inner = bare.trigger ?? bare;
  return HEREDOC_KEYWORDS.has(inner.keyword) && !inner.json;
}

function withHeredocs(source: SourceText, bare: Bare, heredocs: readonly RawHeredoc[]): RawInstruction {
  const last = heredocs.at(-1);
  const head = locateIn(source, bare.line, bare.keywordSpan.start, bare.line.text.length);
  const end = last ? locate(source, bare.line.pieces[0]?.offset ?? 0, endOf(source, last)) : head;
  const trigger = bare.trigger ? withHeredocs(source, bare.trigger, heredocs) : null;
  const open = heredocs.find((heredoc) => heredoc.closingLine === null);
  return {
    ...bare,
    trigger,
    heredocs: trigger ? [] : heredocs,
    location: { path: source.path, range: { start: head.range.start, end: end.range.end } },
    problem: bare.problem ?? (open ? `the heredoc ${open.name} is not closed` : null),
  };
}

/** Offset after the closing word. */
function endOf(source: SourceText, heredoc: RawHeredoc): number {
  if (heredoc.closingLine === null) return source.text.length;
  const start = source.lineStarts[heredoc.closingLine] ?? source.text.length;
  return source.text.indexOf(heredoc.name, start) + heredoc.name.length;
}
