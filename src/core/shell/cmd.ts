// A line for Windows' `cmd /S /C` turned into its commands.
import type { Value } from '../model/value.ts';
import { EMPTY, hole, join } from '../value.ts';
import { MAX_SCRIPT_LENGTH } from './source.ts';
import type { Argument, Invocation, Trace, TraceContext } from './trace.ts';

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
  const invocations: Invocation[] = [];
  let happens: 'yes' | 'unknown' = 'yes';
  for (const { words, separator } of commands(script)) {
    const [first, ...rest] = words;
    if (first !== undefined) {
      const conditional = /^if$/i.test(first.content);
      const own = conditional ? rest.slice(2) : words;
      const argv = own.map(
        (word): Argument => ({
          value: expand(word.content, context),
          start: word.start,
          end: word.end,
          substitutions: [],
        }),
      );
      if (argv.length > 0) invocations.push(invocation(context, argv, conditional ? 'unknown' : happens));
    }
    happens = separator === '||' ? 'unknown' : 'yes';
  }
  return { ...empty, invocations };
}

function invocation(
  context: TraceContext,
  argv: readonly Argument[],
  happens: 'yes' | 'unknown',
): Invocation {
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
    redirects: [],
    stdin: null,
    pipeFrom: [],
    pipeTo: [],
    workingDirectory: context.workingDirectory ?? EMPTY,
    callPath: [],
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
