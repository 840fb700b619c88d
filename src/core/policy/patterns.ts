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

/** What stands before the first and behind the last wildcard decides about most texts; only what is between is walked. */
type Compiled = { readonly lead: string; readonly tokens: readonly Token[]; readonly tail: string };

/** A policy has a few dozen patterns, asked about for every image and destination. */
const COMPILED = new Map<string, Compiled>();
const COMPILED_LIMIT = 1_000;

/**
 * Matches all of `text`, case-sensitively. Walks all possible states at once instead of backtracking, so that time is
 * at most `pattern × text` whatever the pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  // Most patterns are plain names.
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === text;
  const { lead, tokens, tail } = compiled(pattern);
  return (
    lead.length + tail.length <= text.length &&
    text.startsWith(lead) &&
    text.endsWith(tail) &&
    walk(tokens, text.slice(lead.length, text.length - tail.length))
  );
}

function compiled(pattern: string): Compiled {
  const known = COMPILED.get(pattern);
  if (known !== undefined) return known;
  const tokens = tokensOf(pattern);
  const from = tokens.findIndex((token) => !isWhole(token));
  const to = tokens.findLastIndex((token) => !isWhole(token)) + 1;
  const lead = textOf(tokens.slice(0, from));
  const made = { lead, tokens: tokens.slice(from, to), tail: textOf(tokens.slice(to)) };
  if (COMPILED.size >= COMPILED_LIMIT) COMPILED.clear();
  COMPILED.set(pattern, made);
  return made;
}

/** Half a character would be read together with what follows it in the text, so that it is no text of its own. */
function isWhole(token: Token): token is Extract<Token, { kind: 'literal' }> {
  return token.kind === 'literal' && !/[\ud800-\udfff]/.test(token.character);
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.kind === 'literal' ? token.character : '')).join('');
}

function walk(tokens: readonly Token[], text: string): boolean {
  const [only, ...more] = tokens;
  if (more.length === 0 && only?.kind === 'all') return true;
  if (more.length === 0 && only?.kind === 'segment') return !text.includes('/');
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
