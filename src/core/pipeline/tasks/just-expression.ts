// An expression of a justfile → its value: https://just.systems/man/en/expressions-and-substitutions.html
import type { Value } from '../../model/value.ts';
import { choice } from '../../shell/variables.ts';
import { equal, hole, inCase, join, mapKnown, text } from '../../value.ts';
import { fromEnvironment } from './task-script.ts';

export type JustScope = { readonly variable: (name: string) => Value | null };

type Token = { readonly kind: 'text' | 'name' | 'command' | 'sign'; readonly content: string };

const TOKEN =
  /\s*(?:(x?f?'''[\s\S]*?'''|x?f?"""[\s\S]*?"""|x?f?'[^']*'|x?f?"(?:[^"\\]|\\.)*")|(```[\s\S]*?```|`[^`]*`)|([A-Za-z_][\w-]*)|(==|!=|=~|!~|&&|\|\||[+/(),{}]))/y;
const DEPTH_LIMIT = 60;
const COMPUTED = 'just computes it when it runs';

export function evaluateJust(written: string, scope: JustScope): Value {
  const tokens = tokenize(written);
  if (tokens === null) return hole(`{{ ${written.trim()} }}`, COMPUTED);
  const cursor = { at: 0 };
  const value = expression(tokens, cursor, scope, 0);
  return value === null || cursor.at < tokens.length ? hole(`{{ ${written.trim()} }}`, COMPUTED) : value;
}

function tokenize(written: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const trimmed = written.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) return null;
    if (match[1] !== undefined) tokens.push({ kind: 'text', content: unquoted(match[1]) });
    else if (match[2] !== undefined) tokens.push({ kind: 'command', content: match[2] });
    else if (match[3] !== undefined) tokens.push({ kind: 'name', content: match[3] });
    else tokens.push({ kind: 'sign', content: match[4] ?? '' });
  }
  return tokens;
}

function unquoted(written: string): string {
  const bare = written.replace(/^x?f?(?=['"])/, '');
  const marks = /^("""|'''|"|')/.exec(bare)?.[0] ?? '"';
  const content = bare.slice(marks.length, -marks.length);
  if (marks.startsWith("'")) return content;
  return content.replace(
    /\\([nrt"\\])/g,
    (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter,
  );
}

type Cursor = { at: number };

function isSign(tokens: readonly Token[], cursor: Cursor, ...signs: readonly string[]): boolean {
  const token = tokens[cursor.at];
  return token?.kind === 'sign' && signs.includes(token.content);
}

function take(tokens: readonly Token[], cursor: Cursor, sign: string): boolean {
  const isThere = isSign(tokens, cursor, sign);
  if (isThere) cursor.at += 1;
  return isThere;
}

function expression(tokens: readonly Token[], cursor: Cursor, scope: JustScope, depth: number): Value | null {
  if (depth > DEPTH_LIMIT) return null;
  const word = tokens[cursor.at];
  if (word?.kind === 'name' && word.content === 'if') return conditional(tokens, cursor, scope, depth);
  let left = term(tokens, cursor, scope, depth);
  while (left !== null && isSign(tokens, cursor, '+', '/')) {
    const sign = tokens[cursor.at]?.content ?? '';
    cursor.at += 1;
    const right = term(tokens, cursor, scope, depth);
    left = right === null ? null : join([left, sign === '/' ? '/' : '', right]);
  }
  return left;
}

function conditional(
  tokens: readonly Token[],
  cursor: Cursor,
  scope: JustScope,
  depth: number,
): Value | null {
  cursor.at += 1;
  const left = expression(tokens, cursor, scope, depth + 1);
  const sign = tokens[cursor.at]?.content ?? '';
  cursor.at += 1;
  const right = expression(tokens, cursor, scope, depth + 1);
  if (left === null || right === null || !take(tokens, cursor, '{')) return null;
  const then = expression(tokens, cursor, scope, depth + 1);
  if (then === null || !take(tokens, cursor, '}')) return null;
  const word = tokens[cursor.at];
  if (word?.content !== 'else') return null;
  cursor.at += 1;
  const next = tokens[cursor.at];
  const isChain = next?.kind === 'name' && next.content === 'if';
  if (!isChain && !take(tokens, cursor, '{')) return null;
  const otherwise = expression(tokens, cursor, scope, depth + 1);
  if (otherwise === null || (!isChain && !take(tokens, cursor, '}'))) return null;
  const same = sign === '==' || sign === '!=' ? equal(left, right) : 'unknown';
  if (same === 'unknown') return [choice('{{ if … }}', [then, otherwise])];
  return (same === 'yes') === (sign === '==') ? then : otherwise;
}

function term(tokens: readonly Token[], cursor: Cursor, scope: JustScope, depth: number): Value | null {
  const token = tokens[cursor.at];
  if (token === undefined) return null;
  cursor.at += 1;
  if (token.kind === 'text') return text(token.content);
  if (token.kind === 'command') return hole(token.content, COMPUTED);
  if (token.kind === 'sign') {
    if (token.content === '/') {
      const right = term(tokens, cursor, scope, depth + 1);
      return right === null ? null : join(['/', right]);
    }
    if (token.content !== '(') return null;
    const inner = expression(tokens, cursor, scope, depth + 1);
    return take(tokens, cursor, ')') ? inner : null;
  }
  if (!take(tokens, cursor, '('))
    return scope.variable(token.content) ?? hole(`{{ ${token.content} }}`, COMPUTED);
  const given: Value[] = [];
  while (!take(tokens, cursor, ')')) {
    const one = expression(tokens, cursor, scope, depth + 1);
    if (one === null) return null;
    given.push(one);
    if (!take(tokens, cursor, ',') && !isSign(tokens, cursor, ')')) return null;
  }
  return called(token.content, given);
}

function called(name: string, [first = [], second, third]: readonly Value[]): Value {
  const written = `{{ ${name}(…) }}`;
  const open = hole(written, COMPUTED);
  switch (name) {
    case 'env':
    case 'env_var':
    case 'env_var_or_default': {
      const [variable] = first;
      if (typeof variable !== 'string' || first.length !== 1) return open;
      const [part] = fromEnvironment(variable, `$${variable}`);
      return second === undefined || typeof part !== 'object'
        ? fromEnvironment(variable, `$${variable}`)
        : [{ ...part, fallback: second }];
    }
    case 'lowercase':
      return inCase(first, (content) => content.toLowerCase());
    case 'uppercase':
      return inCase(first, (content) => content.toUpperCase());
    case 'trim':
      return mapKnown(first, (content) => content.trim()) ?? open;
    case 'quote':
      return join(["'", first, "'"]);
    case 'replace': {
      const [from, to] = [second?.[0], third?.[0] ?? ''];
      if (typeof from !== 'string' || typeof to !== 'string') return open;
      return mapKnown(first, (content) => content.replaceAll(from, to)) ?? open;
    }
    case 'justfile_directory':
    case 'justfile_dir':
    case 'invocation_directory':
    case 'invocation_dir':
    case 'source_directory':
      return text('.');
    case 'just_executable':
      return text('just');
    default:
      return open;
  }
}
