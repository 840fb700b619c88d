// A line for Windows' `cmd /S /C` turned into its commands.
import type { Value } from '../model/value.ts';
import { EMPTY, hole, join } from '../value.ts';
import { MAX_SCRIPT_LENGTH } from './source.ts';
import type { Argument, Invocation, Trace, TraceContext } from './trace.ts';

type Draft = Omit<Invocation, 'pipeTo'> & { readonly pipeTo: number[] };

type Span = { readonly content: string; readonly start: number; readonly end: number };

/** Splits at `&`, `&&`, `|`, `||` and line ends, honours double quotes and `^`, replaces `%NAME%`. */
export function traceCmd(script: string, context: TraceContext): Trace {
  const empty: Trace = {
    invocations: [],
    environment: context.environment,
    outputs: [],
    wanted: [],
    gaps: [],
  };
  if (script.length > MAX_SCRIPT_LENGTH) {
    const reason = `the script is longer than ${MAX_SCRIPT_LENGTH} characters`;
    return {
      ...empty,
      gaps: [{ kind: 'limit', reason, remedy: 'split the script', path: null, start: 0, end: script.length }],
    };
  }
  const invocations: Draft[] = [];
  let feeding: number | null = null;
  let happens: 'yes' | 'unknown' = 'yes';
  for (const { words, separator } of commands(script)) {
    const [first, ...rest] = words;
    if (first !== undefined) {
      const conditional = /^if$/i.test(first.content);
      const meant = conditional ? guarded(rest) : words;
      const argv = meant.map(
        (word): Argument => ({
          value: expand(word.content, context),
          start: word.start,
          end: word.end,
          substitutions: [],
        }),
      );
      if (argv.length > 0) {
        const own = invocation(context, argv, conditional ? 'unknown' : happens);
        if (feeding !== null) invocations[feeding]?.pipeTo.push(invocations.length);
        invocations.push({ ...own, pipeFrom: feeding === null ? [] : [feeding] });
        feeding = separator === '|' ? invocations.length - 1 : null;
      }
    }
    happens = separator === '||' ? 'unknown' : 'yes';
  }
  return { ...empty, invocations };
}

/** The command behind the condition of an `if`. */
function guarded(words: readonly Span[]): readonly Span[] {
  let at = 0;
  while (/^(\/i|not)$/i.test(words[at]?.content ?? '')) at += 1;
  const condition = words[at]?.content ?? '';
  if (/^(exist|defined|errorlevel|cmdextversion)$/i.test(condition)) return words.slice(at + 2);
  return words.slice(condition.includes('==') ? at + 1 : at + 3);
}

function invocation(context: TraceContext, argv: readonly Argument[], happens: 'yes' | 'unknown'): Draft {
  const start = argv[0]?.start ?? 0;
  return {
    argv,
    path: null,
    start,
    end: argv.at(-1)?.end ?? start,
    happens,
    guards: happens === 'yes' ? [] : ['if'],
    wrappers: [],
    assignments: new Map(),
    environment: context.environment,
    variable: (name) => context.environment.get(name),
    redirects: [],
    stdin: null,
    pipeFrom: [],
    pipeTo: [],
    workingDirectory: context.workingDirectory ?? EMPTY,
    callPath: [],
    failureIgnored: false,
    successIgnored: true,
    substitution: false,
    entered: false,
  };
}

function* commands(
  script: string,
): Generator<{ readonly words: readonly Span[]; readonly separator: string }> {
  let words: Span[] = [];
  let at = 0;
  while (at < script.length) {
    const letter = script.charAt(at);
    if (letter === '&' || letter === '|' || letter === '\n') {
      const separator = script[at + 1] === letter ? letter + letter : letter;
      yield { words, separator };
      words = [];
      at += separator.length;
    } else if (/[\s()]/.test(letter)) at += 1;
    else {
      const word = readWord(script, at);
      words.push(word);
      at = word.end;
    }
  }
  yield { words, separator: '' };
}

function readWord(script: string, start: number): Span {
  let content = '';
  let quoted = false;
  let at = start;
  while (at < script.length) {
    const letter = script.charAt(at);
    if (letter === '"') quoted = !quoted;
    else if (letter === '^' && !quoted) {
      at += 1;
      content += script.charAt(at);
    } else if (!quoted && /[\s&|]/.test(letter)) break;
    else content += letter;
    at += 1;
  }
  return { content, start, end: Math.max(at, start + 1) };
}

function expand(content: string, context: TraceContext): Value {
  const parts = content.split(/(%\w+%)/);
  return join(
    parts.map((part, index): Value | string => {
      if (index % 2 === 0) return part;
      const name = part.slice(1, -1).toLowerCase();
      for (const [key, value] of context.environment) if (key.toLowerCase() === name) return value;
      return hole(part, 'nothing in sight sets it');
    }),
  );
}
