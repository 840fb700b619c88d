// The conditions of a PowerShell script and what comes of their answers: whether it then stops, or leaves something out.
import type { Token } from './powershell-tokens.ts';

export type Question = {
  /** Offsets of the condition, without its parentheses. */
  readonly start: number;
  readonly end: number;
  /** Whether the script ends with a failure, or leaves something out, when it holds and when it doesn't. */
  readonly success: boolean;
  readonly failure: boolean;
};

type Body = { readonly leaves: boolean; readonly acts: boolean; readonly next: number };

const ABSENT = { leaves: false, acts: false };
const LEAVES = /^(throw|exit|return|write-error|break)$/i;
const WORDS = /^(write-(host|output|verbose|warning|information|debug)|echo|out-null|else|elseif|if)$/i;

/** The `if`s, in the order in which they start; linear but for the depth of their nesting. */
export function questionsOf(tokens: readonly Token[]): readonly Question[] {
  return tokens.flatMap((token, index): readonly Question[] => {
    if (token.kind !== 'word' || !/^(if|elseif)$/i.test(token.text)) return [];
    const first = tokens[index + 1];
    const close = first?.text === '(' ? closing(tokens, index + 1) : -1;
    const last = tokens[close];
    if (first === undefined || last === undefined) return [];
    const then = bodyAt(tokens, close + 1);
    const follows = tokens[then.next];
    const otherwise = follows?.text.toLowerCase() === 'else' ? bodyAt(tokens, then.next + 1) : ABSENT;
    return [
      {
        start: first.end,
        end: last.start,
        success: then.leaves || otherwise.acts,
        failure: otherwise.leaves || (then.acts && !then.leaves),
      },
    ];
  });
}

/** Brackets within brackets that are looked through for the end of one. */
const MAX_TOKENS = 4096;

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length && index < open + MAX_TOKENS; index += 1) {
    const kind = tokens[index]?.kind;
    if (kind === 'open' || kind === 'method') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** What stands in the braces at a place; what is nested in them again may not be reached. */
function bodyAt(tokens: readonly Token[], open: number): Body {
  const close = tokens[open]?.text === '{' ? closing(tokens, open) : -1;
  if (close < 0) return { ...ABSENT, next: open };
  let depth = 0;
  let leaves = false;
  let acts = false;
  let isFirst = true;
  for (let index = open + 1; index < close; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text === '{' && token.kind === 'open') depth += 1;
    if (token.text === '}' && token.kind === 'close') depth -= 1;
    if (isFirst && token.kind === 'word') {
      const code = tokens[index + 1]?.text;
      if (depth === 0 && LEAVES.test(token.text) && !(/^exit$/i.test(token.text) && code === '0'))
        leaves = true;
      else if (!WORDS.test(token.text)) acts = true;
    }
    if (token.kind === 'method') acts = true;
    isFirst = token.kind === 'end' || token.kind === 'open' || token.text === '}';
  }
  return { leaves, acts, next: close + 1 };
}
