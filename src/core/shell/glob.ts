// Shell patterns (`*`, `?`, `[…]`) matched against known text, in time bounded by pattern × text.

type Token =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'set'; readonly accepts: (letter: string) => boolean };

/** Length of pattern × text beyond which matching answers `unknown`. */
const MAX_WORK = 4_000_000;

/** Whether `pattern` matches all of `content`; null when that would take too long to find out. */
export function matchGlob(pattern: string, content: string): boolean | null {
  if (pattern.length * content.length > MAX_WORK) return null;
  const tokens = tokenize(pattern);
  let token = 0;
  let letter = 0;
  let star = -1;
  let resume = 0;
  while (letter < content.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token;
      resume = letter;
      token += 1;
    } else if (current !== undefined && accepts(current, content.charAt(letter))) {
      token += 1;
      letter += 1;
    } else if (star >= 0) {
      token = star + 1;
      resume += 1;
      letter = resume;
    } else return false;
  }
  while (tokens[token]?.kind === 'star') token += 1;
  return token === tokens.length;
}

function accepts(token: Token, letter: string): boolean {
  return token.kind === 'any' || (token.kind === 'set' && token.accepts(letter));
}

function tokenize(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const letter = pattern.charAt(index);
    if (letter === '*') tokens.push({ kind: 'star' });
    else if (letter === '?') tokens.push({ kind: 'any' });
    else if (letter === '[') {
      const end = setEnd(pattern, index);
      tokens.push({
        kind: 'set',
        accepts: end < 0 ? (other) => other === '[' : readSet(pattern.slice(index + 1, end)),
      });
      if (end >= 0) index = end;
    } else {
      const escaped = letter === '\\' && index + 1 < pattern.length;
      if (escaped) index += 1;
      const literal = pattern.charAt(index);
      tokens.push({ kind: 'set', accepts: (other) => other === literal });
    }
  }
  return tokens;
}

function setEnd(pattern: string, start: number): number {
  let from = start + 1;
  if (pattern[from] === '!' || pattern[from] === '^') from += 1;
  if (pattern[from] === ']') from += 1;
  for (let index = from; index < pattern.length; index += 1) {
    if (pattern[index] === '[' && pattern[index + 1] === ':') {
      const close = pattern.indexOf(':]', index + 2);
      if (close < 0) return -1;
      index = close + 1;
    } else if (pattern[index] === ']') return index;
  }
  return -1;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
};

function readSet(body: string): (letter: string) => boolean {
  const negated = body.startsWith('!') || body.startsWith('^');
  const tests: ((letter: string) => boolean)[] = [];
  for (let index = negated ? 1 : 0; index < body.length; index += 1) {
    const name = body.startsWith('[:', index) ? body.slice(index + 2, body.indexOf(':]', index)) : null;
    if (name !== null) {
      const expression = CLASSES[name];
      tests.push((letter) => expression?.test(letter) ?? false);
      index += name.length + 3;
      continue;
    }
    const first = body.charAt(index);
    const last = body[index + 1] === '-' && index + 2 < body.length ? body.charAt(index + 2) : first;
    if (last !== first) index += 2;
    tests.push((letter) => letter >= first && letter <= last);
  }
  return (letter) => tests.some((test) => test(letter)) !== negated;
}

/** Whether a text means only itself as a pattern. */
export function isLiteralPattern(pattern: string): boolean {
  return !/[*?[\\]|[@+!]\(/.test(pattern);
}

/** Escapes a text so that it means itself inside a pattern. */
export function quotePattern(content: string): string {
  return content.replace(/[*?[\]\\]/g, '\\$&');
}

/** Length of the shortest or longest start of `content` that matches; null when none does or it can't be told. */
export function matchStart(pattern: string, content: string, longest: boolean): number | null {
  for (let step = 0; step <= content.length; step += 1) {
    const length = longest ? content.length - step : step;
    if (matchGlob(pattern, content.slice(0, length)) === true) return length;
  }
  return null;
}

/** Like `matchStart` for the end. */
export function matchEnd(pattern: string, content: string, longest: boolean): number | null {
  for (let step = 0; step <= content.length; step += 1) {
    const length = longest ? content.length - step : step;
    if (matchGlob(pattern, content.slice(content.length - length)) === true) return length;
  }
  return null;
}
