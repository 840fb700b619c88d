// PowerShell text cut into words, brackets and ends of commands. Not a grammar: enough to see plain commands.

export type Token = {
  readonly kind: 'word' | 'open' | 'close' | 'end' | 'operator' | 'method';
  /** Without quotes and escapes; of a method its name. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether variables inside are replaced. */
  readonly expands: boolean;
  /** Of a closing parenthesis: it closes a value, not the arguments of a method. */
  readonly expression: boolean;
};

type Problem = { readonly reason: string; readonly at: number };

const METHOD = /^\)?(?:\.|::)(\w+)\(/;

/** Linear. An unterminated string or a bracket left open is told; the tokens up to there are given. */
export function tokenize(script: string): {
  readonly tokens: readonly Token[];
  readonly problem: Problem | null;
} {
  const tokens: Token[] = [];
  const brackets: ('method' | 'value' | 'block')[] = [];
  let problem: Problem | null = null;
  const push = (
    kind: Token['kind'],
    content: string,
    start: number,
    end: number,
    expands = false,
    expression = false,
  ) => {
    tokens.push({ kind, text: content, start, end, expands, expression });
  };
  let at = 0;
  while (at < script.length) {
    const letter = script.charAt(at);
    const next = script.charAt(at + 1);
    if (letter === '`' && /[\r\n]/.test(next)) at += next === '\r' && script[at + 2] === '\n' ? 3 : 2;
    else if (letter === '#' && (at === 0 || /[\s;({]/.test(script.charAt(at - 1)))) at = lineEnd(script, at);
    else if (letter === '<' && next === '#') at = after(script, '#>', at);
    else if (letter === '\n' || letter === ';' || letter === '|' || (letter === '&' && next === '&')) {
      push('end', letter, at, at + 1);
      at += (letter === '|' || letter === '&') && next === letter ? 2 : 1;
    } else if (/\s|,/.test(letter)) at += 1;
    else if (letter === '{' || (letter === '@' && next === '{')) {
      brackets.push('block');
      push('open', '{', at, at + 1);
      at += letter === '@' ? 2 : 1;
    } else if (letter === '}') {
      brackets.pop();
      push('close', '}', at, at + 1);
      at += 1;
    } else if (letter === '(' || ((letter === '$' || letter === '@') && next === '(')) {
      brackets.push('value');
      push('open', '(', at, at + 1);
      at += letter === '(' ? 1 : 2;
    } else if (letter === ')') {
      const closes = brackets.pop();
      push('close', ')', at, at + 1, false, closes === 'value');
      const method = METHOD.exec(script.slice(at, at + 80));
      at += 1;
      if (method?.[1] !== undefined) {
        push('method', method[1], at, at + method[0].length - 1);
        brackets.push('method');
        at += method[0].length - 1;
      } else at += /^(\.\w+)+/.exec(script.slice(at, at + 200))?.[0].length ?? 0;
    } else if (letter === '=' && next !== '=') {
      push('operator', '=', at, at + 1);
      at += 1;
    } else if (letter === '+') {
      push('operator', '+', at, at + 1);
      at += 1;
    } else if (letter === '!' || letter === '>' || letter === '<') at += 1;
    else {
      const word = readWord(script, at);
      if (word.unterminated) problem ??= { reason: 'a string is not closed', at };
      const method = word.quoted ? null : /^(?:.*?)(?:\.|::)(\w+)$/.exec(word.content);
      if (method?.[1] !== undefined && script[word.end] === '(') {
        push('method', method[1], at, word.end);
        brackets.push('method');
        at = word.end + 1;
      } else {
        push('word', word.content, at, word.end, word.expands);
        at = Math.max(word.end, at + 1);
      }
    }
  }
  if (problem === null && brackets.length > 0)
    problem = { reason: 'a bracket is not closed', at: script.length };
  return { tokens, problem };
}

function lineEnd(script: string, from: number): number {
  const end = script.indexOf('\n', from);
  return end < 0 ? script.length : end;
}

function after(script: string, closing: string, from: number): number {
  const end = script.indexOf(closing, from);
  return end < 0 ? script.length : end + closing.length;
}

type Word = {
  readonly content: string;
  readonly end: number;
  readonly expands: boolean;
  readonly quoted: boolean;
  readonly unterminated: boolean;
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '' };

function readWord(script: string, start: number): Word {
  let content = '';
  let at = start;
  let expands = false;
  let quoted = false;
  let unterminated = false;
  while (at < script.length) {
    const letter = script.charAt(at);
    if (letter === "'" || letter === '"') {
      const string = readString(script, at);
      content += string.content;
      expands ||= letter === '"';
      unterminated ||= string.unterminated;
      quoted ||= at === start;
      at = string.end;
    } else if (letter === '`') {
      const escaped = script.charAt(at + 1);
      if (/[\r\n]/.test(escaped)) break;
      content += ESCAPES[escaped] ?? escaped;
      at += 2;
    } else if (letter === '$' && script[at + 1] === '{') {
      const end = after(script, '}', at);
      content += script.slice(at, end);
      expands = true;
      at = end;
    } else if (/[\s;|(){},]/.test(letter) || (letter === '=' && at > start && /^\$[\w:]*$/.test(content)))
      break;
    else {
      expands ||= letter === '$';
      content += letter;
      at += 1;
    }
  }
  return { content, end: Math.min(at, script.length), expands, quoted, unterminated };
}

function readString(script: string, start: number): { content: string; end: number; unterminated: boolean } {
  const quote = script.charAt(start);
  let content = '';
  let at = start + 1;
  while (at < script.length) {
    const letter = script.charAt(at);
    if (letter === quote && script[at + 1] === quote) {
      content += quote;
      at += 2;
    } else if (letter === quote) return { content, end: at + 1, unterminated: false };
    else if (letter === '`' && quote === '"') {
      const escaped = script.charAt(at + 1);
      content += ESCAPES[escaped] ?? escaped;
      at += 2;
    } else if (letter === '$' && quote === '"' && script[at + 1] === '(') {
      const end = after(script, ')', at);
      content += script.slice(at, end);
      at = end;
    } else {
      content += letter;
      at += 1;
    }
  }
  return { content, end: Math.min(at, script.length), unterminated: true };
}
