// Groovy text → tokens with their brackets paired: enough to see calls, blocks and texts, without evaluating anything.
export type GroovyText = {
  readonly kind: 'text';
  /** The content between the quotes. */
  readonly start: number;
  readonly end: number;
  /** Whether `${…}` in it is filled in. */
  readonly filled: boolean;
};
type GroovyWord = {
  readonly kind: 'word';
  readonly text: string;
  readonly start: number;
  readonly end: number;
};
export type GroovyGroup = {
  readonly kind: 'group';
  readonly open: '(' | '[' | '{';
  readonly items: readonly GroovyToken[];
  readonly start: number;
  readonly end: number;
};
type GroovySign = {
  readonly kind: 'sign';
  readonly text: string;
  readonly start: number;
  readonly end: number;
};
export type GroovyToken = GroovyText | GroovyWord | GroovyGroup | GroovySign;

type GroovyFile = {
  readonly tokens: readonly GroovyToken[];
  /** Where a text or a bracket never ends, or closes nothing; null when all is paired. */
  readonly broken: number | null;
};

const DEPTH_LIMIT = 120;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

export function readGroovy(content: string): GroovyFile {
  type Open = { readonly open: '(' | '[' | '{'; readonly items: GroovyToken[]; readonly start: number };
  const root: GroovyToken[] = [];
  const stack: Open[] = [];
  let broken: number | null = null;
  let at = 0;
  const put = (token: GroovyToken): void => {
    (stack.at(-1)?.items ?? root).push(token);
  };
  while (at < content.length) {
    const character = content[at] ?? '';
    if (character === '\n' || character === ';') {
      put({ kind: 'sign', text: '\n', start: at, end: at + 1 });
      at += 1;
    } else if (/\s/.test(character)) {
      at += 1;
    } else if (content.startsWith('//', at) || (at === 0 && content.startsWith('#!'))) {
      const end = content.indexOf('\n', at);
      at = end === -1 ? content.length : end;
    } else if (content.startsWith('/*', at)) {
      const end = content.indexOf('*/', at + 2);
      if (end === -1) broken ??= at;
      at = end === -1 ? content.length : end + 2;
    } else if (character === "'" || character === '"') {
      const quote = content.startsWith(character.repeat(3), at) ? character.repeat(3) : character;
      const end = textEnd(content, at + quote.length, quote);
      if (end === -1) broken ??= at;
      const until = end === -1 ? content.length : end;
      put({ kind: 'text', start: at + quote.length, end: until, filled: character === '"' });
      at = until + (end === -1 ? 0 : quote.length);
    } else if (/[A-Za-z_$]/.test(character)) {
      const end = wordEnd(content, at);
      put({ kind: 'word', text: content.slice(at, end), start: at, end });
      at = end;
    } else if (character === '(' || character === '[' || character === '{') {
      if (stack.length >= DEPTH_LIMIT) return { tokens: root, broken: at };
      stack.push({ open: character, items: [], start: at });
      at += 1;
    } else if (character === ')' || character === ']' || character === '}') {
      const open = stack.at(-1);
      if (open !== undefined && CLOSING[open.open] === character) {
        stack.pop();
        put({ kind: 'group', open: open.open, items: open.items, start: open.start, end: at + 1 });
      } else broken ??= at;
      at += 1;
    } else {
      const sign =
        /^(?:==~|=~|==|!=|<=|>=|&&|\|\||->|\?:|\?\.|\+=|<<|\+\+|--)/.exec(content.slice(at, at + 3))?.[0] ??
        character;
      put({ kind: 'sign', text: sign, start: at, end: at + sign.length });
      at += sign.length;
    }
  }
  for (let open = stack.pop(); open !== undefined; open = stack.pop()) {
    broken ??= open.start;
    put({ kind: 'group', open: open.open, items: open.items, start: open.start, end: content.length });
  }
  return { tokens: root, broken };
}

/** A one-line text ends with its line; escapes are skipped. */
function textEnd(content: string, from: number, quote: string): number {
  for (let at = from; at < content.length; at += 1) {
    if (content[at] === '\\') at += 1;
    else if (content.startsWith(quote, at)) return at;
    else if (quote.length === 1 && content[at] === '\n') return -1;
  }
  return -1;
}

/** Names joined by dots are one word: `env.BRANCH_NAME`, `docker.build`. */
function wordEnd(content: string, from: number): number {
  let at = from;
  while (at < content.length) {
    if (/[\w$]/.test(content[at] ?? '')) at += 1;
    else if (content[at] === '.' && /[A-Za-z_$]/.test(content[at + 1] ?? '')) at += 1;
    else break;
  }
  return at;
}
