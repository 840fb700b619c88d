// A PowerShell script turned into its plain commands, method calls and comparisons; what can't be read is a gap.
import type { Value } from '../model/value.ts';
import { EMPTY, hole, join, known, text } from '../value.ts';
import { type Question, questionsOf } from './powershell-questions.ts';
import { type Token, tokenize } from './powershell-tokens.ts';
import { capped } from './scope.ts';
import { MAX_SCRIPT_LENGTH } from './source.ts';
import type { Argument, Invocation, Trace, TraceContext, TraceGap } from './trace.ts';

const KEYWORDS = new Set([
  'if',
  'elseif',
  'else',
  'foreach',
  'for',
  'while',
  'do',
  'until',
  'switch',
  'try',
  'catch',
  'finally',
  'return',
  'throw',
  'in',
  'param',
  'begin',
  'process',
  'end',
  'trap',
  'break',
  'continue',
  'exit',
]);
const COMPARISON = /^-[ci]?(eq|ne|match|notmatch|like|notlike|contains|in)$/i;

type Draft = Omit<Invocation, 'pipeTo'> & { readonly pipeTo: number[] };

type Reader = {
  readonly script: string;
  readonly context: TraceContext;
  readonly variables: Map<string, Value>;
  readonly invocations: Draft[];
  readonly questions: readonly Question[];
  words: Argument[];
  /** Where the words of the current command began to be collected. */
  depth: number;
  /** Words of commands that a parenthesis interrupts. */
  readonly suspended: { readonly words: Argument[]; readonly assigned: string | null }[];
  assigned: string | null;
  /** After `+`: the next word is added to the last. */
  glue: boolean;
  /** After `|`: the command that the next one reads from. */
  feeding: number | null;
  /** After `&`: a quoted word is the command then. */
  called: boolean;
};

/**
 * Method calls come as commands named after the method with a leading dot (`.DownloadFile`), comparisons as
 * commands named after the operator (`-ne`) with their right side. Everything inside braces is `unknown`.
 */
export function tracePowerShell(script: string, context: TraceContext): Trace {
  if (script.length > MAX_SCRIPT_LENGTH) {
    return nothing(context, [
      gap(
        'limit',
        `the script is longer than ${MAX_SCRIPT_LENGTH} characters`,
        'split the script',
        0,
        script.length,
      ),
    ]);
  }
  const { tokens, problem } = tokenize(script);
  const reader: Reader = {
    script,
    context,
    variables: new Map(),
    invocations: [],
    questions: questionsOf(tokens),
    words: [],
    depth: 0,
    suspended: [],
    assigned: null,
    glue: false,
    feeding: null,
    called: false,
  };
  for (const token of tokens) read(reader, token);
  finish(reader);
  const gaps =
    problem === null
      ? []
      : [
          gap(
            'syntax',
            `the PowerShell script can't be read: ${problem.reason}`,
            'fix the syntax error',
            problem.at,
            problem.at,
          ),
        ];
  return { ...nothing(context, gaps), invocations: reader.invocations };
}

function nothing(context: TraceContext, gaps: readonly TraceGap[]): Trace {
  return { invocations: [], environment: context.environment, outputs: [], wanted: [], gaps };
}

function gap(kind: TraceGap['kind'], reason: string, remedy: string, start: number, end: number): TraceGap {
  return { kind, reason, remedy, path: null, start, end };
}

function read(reader: Reader, token: Token): void {
  switch (token.kind) {
    case 'end':
      finish(reader);
      reader.feeding =
        token.text === '|' && reader.invocations.length > 0 ? reader.invocations.length - 1 : null;
      return;
    case 'open':
      if (token.text === '{') {
        finish(reader);
        reader.depth += 1;
        return;
      }
      reader.suspended.push({ words: reader.words, assigned: reader.assigned });
      reader.words = [];
      reader.assigned = null;
      return;
    case 'close':
      if (token.text === '}') {
        finish(reader);
        reader.depth = Math.max(0, reader.depth - 1);
        return;
      }
      resume(reader, token);
      return;
    case 'operator':
      if (token.text === '=') assignNext(reader);
      else reader.glue = reader.words.length > 0;
      return;
    case 'method':
      reader.suspended.push({ words: reader.words, assigned: reader.assigned });
      reader.assigned = null;
      reader.words = [
        { value: text(`.${token.text}`), start: token.start, end: token.end, substitutions: [] },
      ];
      return;
    case 'word':
      addWord(reader, token);
  }
}

// `$x = …`: the variable is the word read last.
function assignNext(reader: Reader): void {
  const last = reader.words.at(-1);
  const target =
    last === undefined
      ? null
      : /^\$\{?(?:env:|script:|global:)?(\w+)\}?$/i.exec(reader.script.slice(last.start, last.end));
  reader.words = [];
  reader.assigned = target?.[1]?.toLowerCase() ?? null;
  if (reader.assigned !== null) reader.variables.delete(reader.assigned);
}

function addWord(reader: Reader, token: Token): void {
  const written = token.text;
  if (reader.words.length === 0 && KEYWORDS.has(written.toLowerCase())) return;
  if (COMPARISON.test(written)) {
    finish(reader);
    reader.words = [
      { value: text(written.toLowerCase()), start: token.start, end: token.end, substitutions: [] },
    ];
    return;
  }
  if (/^-(and|or|not|xor)$/i.test(written)) {
    finish(reader);
    return;
  }
  if (reader.words.length === 0 && (written === '&' || written === '.')) {
    reader.called = true;
    return;
  }
  const last = reader.words.at(-1);
  if (reader.glue && last !== undefined) {
    reader.words[reader.words.length - 1] = {
      ...last,
      value: capped(join([last.value, tokenValue(reader, token)])),
    };
    reader.glue = false;
    return;
  }
  reader.words.push({
    value: tokenValue(reader, token),
    start: token.start,
    end: token.end,
    substitutions: [],
  });
}

function resume(reader: Reader, token: Token): void {
  finish(reader);
  const outer = reader.suspended.pop();
  if (outer === undefined) return;
  reader.assigned = outer.assigned;
  reader.words = outer.words;
  // `.Method(…)` is over with its parenthesis; a parenthesis elsewhere stands for a value.
  if (token.expression && outer.words.length > 0) {
    reader.words.push({
      value: hole('(…)', 'it is what a command prints'),
      start: token.start,
      end: token.end,
      substitutions: [],
    });
  }
}

function finish(reader: Reader): void {
  const { words, assigned, called } = reader;
  reader.called = false;
  reader.words = [];
  reader.assigned = null;
  reader.glue = false;
  const [first] = words;
  if (first === undefined) return;
  const name = known(first.value);
  const isExpression =
    !called && (/^['"$@]/.test(reader.script.charAt(first.start)) || (name !== null && /^\d/.test(name)));
  if (assigned !== null) {
    const value =
      isExpression && words.length === 1 ? first.value : hole(`$${assigned}`, 'it is what a command returns');
    reader.variables.set(assigned, capped(value));
  }
  if (isExpression && !(words.length > 1 && name !== null && /^[\w.\\/:-]+$/.test(name) && assigned === null))
    return;
  const source = reader.feeding;
  reader.feeding = null;
  if (source !== null) reader.invocations[source]?.pipeTo.push(reader.invocations.length);
  reader.invocations.push({ ...invocation(reader, words), pipeFrom: source === null ? [] : [source] });
}

function invocation(reader: Reader, words: readonly Argument[]): Draft {
  const start = words[0]?.start ?? 0;
  const asked = comparisonIn(reader, words);
  return {
    argv: words,
    path: null,
    start,
    end: words.at(-1)?.end ?? start,
    happens: reader.depth > 0 ? 'unknown' : 'yes',
    guards: reader.depth > 0 ? ['{ … }'] : [],
    wrappers: [],
    assignments: new Map(),
    environment: reader.context.environment,
    variable: (name) => reader.context.environment.get(name),
    redirects: [],
    stdin: null,
    pipeFrom: [],
    pipeTo: [],
    workingDirectory: reader.context.workingDirectory ?? EMPTY,
    callPath: [],
    failureIgnored: !asked.failure,
    successIgnored: !asked.success,
    substitution: reader.suspended.length > 0,
    entered: false,
  };
}

/** A comparison that nothing asks about is printed as `True` or `False`; of one that is kept, the use isn't followed. */
function comparisonIn(reader: Reader, words: readonly Argument[]): Pick<Question, 'failure' | 'success'> {
  const [first] = words;
  if (first === undefined || !COMPARISON.test(known(first.value) ?? '')) return HEARD;
  const line = reader.script.slice(Math.max(0, first.start - REACH), first.start);
  if (/\$[\w:]+\s*=[^;\n{}]*$/.test(line)) return HEARD;
  return reader.questions.findLast(({ start, end }) => start <= first.start && first.start < end) ?? UNASKED;
}

/** How far before a comparison the variable stands that keeps its answer. */
const REACH = 400;

const HEARD = { failure: true, success: true };
const UNASKED = { failure: false, success: false };

const REFERENCE = /\$(?:\{(env:)?([\w:]+)\}|(env:)?(\w+)|\((\$env:(\w+))\))/gi;

function tokenValue(reader: Reader, token: Token): Value {
  if (!token.expands) return text(token.text);
  const parts: (Value | string)[] = [];
  let from = 0;
  for (const match of token.text.matchAll(REFERENCE)) {
    parts.push(token.text.slice(from, match.index));
    from = match.index + match[0].length;
    const isEnvironment = match[1] !== undefined || match[3] !== undefined || match[5] !== undefined;
    const name = match[6] ?? match[4] ?? match[2] ?? '';
    parts.push(lookUp(reader, name, isEnvironment, match[0]));
  }
  parts.push(token.text.slice(from));
  return capped(join(parts));
}

function lookUp(reader: Reader, name: string, isEnvironment: boolean, written: string): Value {
  const own = reader.variables.get(name.toLowerCase());
  if (own !== undefined) return own;
  if (isEnvironment) {
    for (const [key, value] of reader.context.environment)
      if (key.toLowerCase() === name.toLowerCase()) return value;
  }
  return hole(written, 'nothing in sight sets it');
}
