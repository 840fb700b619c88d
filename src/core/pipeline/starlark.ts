// BUILD files, read just far enough: calls at the top level with the values of their named arguments.

/** What is not a plain text, list or dictionary of these is null: only Bazel can evaluate it. */
export type StarlarkValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly (StarlarkValue | null)[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [string, StarlarkValue | null])[] }
  | { readonly kind: 'flag'; readonly isOn: boolean };

export type StarlarkCall = {
  readonly name: string;
  readonly named: ReadonlyMap<string, StarlarkValue | null>;
  readonly start: number;
  readonly end: number;
};

type Token = {
  readonly text: string;
  readonly kind: 'text' | 'word' | 'sign';
  readonly start: number;
  readonly end: number;
};

const TOKEN =
  /\s+|#[^\n]*|("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([A-Za-z_][\w.]*|\d+)|(\*\*|==|[^\s\w])/y;
const DEPTH_LIMIT = 40;

/** All calls that stand in no other call; variables with plain values are filled in. Never throws. */
export function readStarlark(content: string): readonly StarlarkCall[] {
  const tokens = tokenize(content);
  const calls: StarlarkCall[] = [];
  const variables = new Map<string, StarlarkValue | null>();
  const cursor = { at: 0 };
  while (cursor.at < tokens.length) {
    const [word, next] = [tokens[cursor.at], tokens[cursor.at + 1]];
    if (word?.kind === 'word' && next?.text === '=' && next.kind === 'sign') {
      cursor.at += 2;
      variables.set(word.text, value(tokens, cursor, variables, 0));
    } else if (word?.kind === 'word' && next?.text === '(' && next.kind === 'sign') {
      cursor.at += 2;
      const named = namedArguments(tokens, cursor, variables);
      calls.push({ name: word.text, named, start: word.start, end: tokens[cursor.at - 1]?.end ?? word.end });
    } else cursor.at += 1;
  }
  return calls;
}

function tokenize(content: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < content.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(content);
    if (match === null) {
      // An unfinished text: the rest of the line is left out.
      const line = content.indexOf('\n', start);
      TOKEN.lastIndex = line === -1 ? content.length : line + 1;
      continue;
    }
    const end = TOKEN.lastIndex;
    if (match[1] !== undefined) tokens.push({ text: unquoted(match[1]), kind: 'text', start, end });
    else if (match[2] !== undefined) tokens.push({ text: match[2], kind: 'word', start, end });
    else if (match[3] !== undefined) tokens.push({ text: match[3], kind: 'sign', start, end });
  }
  return tokens;
}

function unquoted(written: string): string {
  const marks = /^(?:"""|'''|"|')/.exec(written)?.[0].length ?? 1;
  return written.slice(marks, -marks).replace(/\\(["'\\])/g, '$1');
}

type Cursor = { at: number };
type Variables = ReadonlyMap<string, StarlarkValue | null>;

function isSign(token: Token | undefined, ...signs: readonly string[]): boolean {
  return token?.kind === 'sign' && signs.includes(token.text);
}

/** Up to the closing bracket of the call. */
function namedArguments(
  tokens: readonly Token[],
  cursor: Cursor,
  variables: Variables,
): ReadonlyMap<string, StarlarkValue | null> {
  const named = new Map<string, StarlarkValue | null>();
  while (cursor.at < tokens.length && !isSign(tokens[cursor.at], ')')) {
    const [word, next] = [tokens[cursor.at], tokens[cursor.at + 1]];
    if (word?.kind === 'word' && isSign(next, '=')) {
      cursor.at += 2;
      named.set(word.text, value(tokens, cursor, variables, 0));
    } else value(tokens, cursor, variables, 0);
    if (isSign(tokens[cursor.at], ',')) cursor.at += 1;
  }
  cursor.at += 1;
  return named;
}

/** One argument, item or right side: read to its end, null when any of it is more than plain values and `+`. */
function value(
  tokens: readonly Token[],
  cursor: Cursor,
  variables: Variables,
  depth: number,
): StarlarkValue | null {
  const line = tokens[cursor.at]?.start ?? 0;
  let result = depth > DEPTH_LIMIT ? skip(tokens, cursor) : single(tokens, cursor, variables, depth);
  while (isSign(tokens[cursor.at], '+')) {
    cursor.at += 1;
    const right = single(tokens, cursor, variables, depth);
    result = added(result, right);
  }
  const after = tokens[cursor.at];
  // Two texts side by side are one; an operator, call or comprehension is more than a plain value.
  if (after === undefined || isSign(after, ',', ')', ']', '}', ':')) return result;
  if (depth === 0 && after.kind === 'word' && after.start > line && isStatement(tokens, cursor.at))
    return result;
  skip(tokens, cursor);
  return null;
}

/** A word that starts the next statement: an assignment or a call. */
function isStatement(tokens: readonly Token[], at: number): boolean {
  return (
    isSign(tokens[at + 1], '=', '(') &&
    !['for', 'if', 'else', 'in', 'and', 'or', 'not'].includes(tokens[at]?.text ?? '')
  );
}

function single(
  tokens: readonly Token[],
  cursor: Cursor,
  variables: Variables,
  depth: number,
): StarlarkValue | null {
  const token = tokens[cursor.at];
  if (token === undefined) return null;
  cursor.at += 1;
  if (token.kind === 'text') {
    let text = token.text;
    while (tokens[cursor.at]?.kind === 'text') {
      text += tokens[cursor.at]?.text ?? '';
      cursor.at += 1;
    }
    return { kind: 'text', text };
  }
  if (token.kind === 'word') {
    if (token.text === 'True' || token.text === 'False') return { kind: 'flag', isOn: token.text === 'True' };
    return variables.get(token.text) ?? null;
  }
  if (token.text === '[') return list(tokens, cursor, variables, depth);
  if (token.text === '{') return record(tokens, cursor, variables, depth);
  if (token.text === '(') {
    const inner = value(tokens, cursor, variables, depth + 1);
    while (cursor.at < tokens.length && !isSign(tokens[cursor.at], ')')) cursor.at += 1;
    cursor.at += 1;
    return inner;
  }
  return null;
}

function list(tokens: readonly Token[], cursor: Cursor, variables: Variables, depth: number): StarlarkValue {
  const items: (StarlarkValue | null)[] = [];
  while (cursor.at < tokens.length && !isSign(tokens[cursor.at], ']')) {
    items.push(value(tokens, cursor, variables, depth + 1));
    if (isSign(tokens[cursor.at], ',')) cursor.at += 1;
    else if (!isSign(tokens[cursor.at], ']')) cursor.at += 1;
  }
  cursor.at += 1;
  return { kind: 'list', items };
}

function record(
  tokens: readonly Token[],
  cursor: Cursor,
  variables: Variables,
  depth: number,
): StarlarkValue {
  const entries: (readonly [string, StarlarkValue | null])[] = [];
  while (cursor.at < tokens.length && !isSign(tokens[cursor.at], '}')) {
    const key = value(tokens, cursor, variables, depth + 1);
    if (isSign(tokens[cursor.at], ':')) cursor.at += 1;
    const content = value(tokens, cursor, variables, depth + 1);
    entries.push([key?.kind === 'text' ? key.text : '', key?.kind === 'text' ? content : null]);
    if (isSign(tokens[cursor.at], ',')) cursor.at += 1;
    else if (!isSign(tokens[cursor.at], '}')) cursor.at += 1;
  }
  cursor.at += 1;
  return { kind: 'record', entries };
}

function added(left: StarlarkValue | null, right: StarlarkValue | null): StarlarkValue | null {
  if (left?.kind === 'text' && right?.kind === 'text') return { kind: 'text', text: left.text + right.text };
  if (left?.kind === 'list' && right?.kind === 'list')
    return { kind: 'list', items: [...left.items, ...right.items] };
  return null;
}

/** To the end of this argument, over whatever brackets it opens. */
function skip(tokens: readonly Token[], cursor: Cursor): null {
  let depth = 0;
  for (; cursor.at < tokens.length; cursor.at += 1) {
    const token = tokens[cursor.at];
    if (isSign(token, '(', '[', '{')) depth += 1;
    else if (isSign(token, ')', ']', '}')) {
      if (depth === 0) return null;
      depth -= 1;
    } else if (depth === 0 && isSign(token, ',')) return null;
  }
  return null;
}
