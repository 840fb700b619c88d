// The wildcard patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*`, `?`, `\` escapes.
// No regular expressions: a pattern from a pull request must not be able to take exponential time.

/** Steps that all expansions of one file may take together; shared and counted down by whoever works. */
export type Budget = { steps: number };

type Token = '*' | '?' | { readonly literal: string };

/** Null when the pattern escapes something that can't be escaped; BuildKit refuses it too. */
export function parsePattern(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*' || character === '?') {
      tokens.push(character);
    } else if (character === '\\') {
      const next = characters[at + 1];
      if (next === '}' || next === '/') continue;
      if (next !== '*' && next !== '?' && next !== '\\') return null;
      tokens.push({ literal: next });
      at += 1;
    } else {
      tokens.push({ literal: character });
    }
  }
  return tokens;
}

/** The value without the shortest or longest match at its start (`#`) or end (`%`). */
export function trim(
  value: string,
  tokens: readonly Token[],
  side: 'start' | 'end',
  longest: boolean,
  budget: Budget,
): string {
  const characters = [...value];
  if (side === 'end') characters.reverse();
  const end = matchEnd(characters, 0, side === 'end' ? tokens.toReversed() : tokens, longest, budget);
  if (end === null) return value;
  const rest = characters.slice(end);
  if (side === 'end') rest.reverse();
  return rest.join('');
}

/** The value with its first match, or every match, replaced; matches are leftmost and longest. */
export function replace(
  value: string,
  tokens: readonly Token[],
  replacement: string,
  every: boolean,
  budget: Budget,
): string {
  const characters = [...value];
  const result: string[] = [];
  let at = 0;
  let previous = -1;
  while (at <= characters.length) {
    const end = matchEnd(characters, at, tokens, true, budget);
    if (end !== null && !(end === at && at === previous)) {
      result.push(replacement);
      previous = end;
      if (!every) {
        result.push(...characters.slice(end));
        return result.join('');
      }
      if (end > at) {
        at = end;
        continue;
      }
    }
    const character = characters[at];
    if (character !== undefined) result.push(character);
    at += 1;
  }
  return result.join('');
}

/**
 * Where a match that starts at `start` ends; null for none. Runs all alternatives side by side, so the cost is
 * characters × tokens, taken from the budget; an empty budget matches nothing and the caller looks at it.
 */
function matchEnd(
  characters: readonly string[],
  start: number,
  tokens: readonly Token[],
  longest: boolean,
  budget: Budget,
): number | null {
  let states = new Set<number>();
  reach(states, 0, tokens);
  let found: number | null = null;
  for (let at = start; ; at += 1) {
    if (states.has(tokens.length)) {
      found = at;
      if (!longest) return found;
    }
    budget.steps -= states.size + 1;
    const character = characters[at];
    if (character === undefined || states.size === 0 || budget.steps < 0) return found;
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token === undefined) continue;
      if (token === '*') reach(next, state, tokens);
      else if (token === '?' || token.literal === character) reach(next, state + 1, tokens);
    }
    states = next;
  }
}

/** Adds a state and those that follow it without taking a character. */
function reach(states: Set<number>, state: number, tokens: readonly Token[]): void {
  for (let at = state; !states.has(at); at += 1) {
    states.add(at);
    if (tokens[at] !== '*') return;
  }
}
