// Glob patterns of policy files: `*` and `?` stay within a segment, `**` crosses segments, everything else is literal.

type Token =
  | { readonly kind: 'literal'; readonly character: string }
  /** `?` */
  | { readonly kind: 'one' }
  /** `*` */
  | { readonly kind: 'segment' }
  /** `**` */
  | { readonly kind: 'all' }
  /** A `**` with its slash: any number of whole segments, none as well. */
  | { readonly kind: 'folders' };

/** A policy has a few dozen patterns, asked about for every image and destination. */
const COMPILED = new Map<string, readonly Token[]>();
const COMPILED_LIMIT = 1_000;

/**
 * Matches all of `text`, case-sensitively. Walks all possible states at once instead of backtracking, so that time is
 * at most `pattern × text` whatever the pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  // Most patterns are plain names.
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === text;
  const tokens = COMPILED.get(pattern) ?? tokensOf(pattern);
  if (COMPILED.size >= COMPILED_LIMIT) COMPILED.clear();
  COMPILED.set(pattern, tokens);
  let states = new Set<number>();
  enter(tokens, states, 0);
  for (const character of text) {
    const next = new Set<number>();
    for (const state of states) advance(tokens, next, state, character);
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(tokens.length);
}

function advance(tokens: readonly Token[], next: Set<number>, state: number, character: string): void {
  const token = tokens[state];
  switch (token?.kind) {
    case undefined:
      return;
    case 'literal':
      if (token.character === character) enter(tokens, next, state + 1);
      return;
    case 'one':
      if (character !== '/') enter(tokens, next, state + 1);
      return;
    case 'segment':
      if (character !== '/') enter(tokens, next, state);
      return;
    case 'all':
      enter(tokens, next, state);
      return;
    case 'folders':
      // Inside the folders there is no way on but through a slash, so the state is kept without entering it anew.
      next.add(state);
      if (character === '/') enter(tokens, next, state + 1);
      return;
    default:
      token satisfies never;
  }
}

/** Adds a state and those that are reached from it without a character. */
function enter(tokens: readonly Token[], states: Set<number>, from: number): void {
  let state = from;
  states.add(state);
  for (let kind = tokens[state]?.kind; kind !== undefined; kind = tokens[state]?.kind) {
    if (kind === 'literal' || kind === 'one') return;
    state += 1;
    states.add(state);
  }
}

function tokensOf(pattern: string): readonly Token[] {
  return pattern.split(/(\*\*\/|\*\*|\*|\?)/).flatMap((part): Token[] => {
    switch (part) {
      case '**/':
        return [{ kind: 'folders' }];
      case '**':
        return [{ kind: 'all' }];
      case '*':
        return [{ kind: 'segment' }];
      case '?':
        return [{ kind: 'one' }];
      default:
        return [...part].map((character) => ({ kind: 'literal', character }));
    }
  });
}
