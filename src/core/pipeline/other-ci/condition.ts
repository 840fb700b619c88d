// Conditions as the CI systems write them (`$A == "b" && ...`, `and(eq(a, 'b'), ...)`, `branch = main AND ...`) → Truth.
import type { Truth } from '../../model/value.ts';
import { both, either, known, not } from '../../value.ts';
import { ABSENT, type Fact, matches, openFact, sameFact, textFact } from './fact.ts';

/** A value in a condition; `truth` is set for what is a condition itself. */
export type Operand = { readonly fact: Fact; readonly truth: Truth | null };

type ConditionScope = {
  /** A variable by the name it is written with, without `$` and braces; null when nothing in sight settles it. */
  readonly name: (name: string) => Fact | null;
  /** A function; null when it is not known here. Without it no function is known. */
  readonly call?: (name: string, operands: readonly Operand[]) => Operand | null;
  /** Whether `==` tells upper and lower case apart. */
  readonly ignoreCase?: boolean;
  /** A bare word that is no known name is a text (Travis). */
  readonly bareTexts?: boolean;
};

const UNKNOWN: Operand = {
  fact: openFact('condition', 'it is decided when the run starts'),
  truth: 'unknown',
};
const TEXT_LIMIT = 4096;
const DEPTH_LIMIT = 40;
const TOKEN =
  /\s+|&&|\|\||==|!=|=~|!~|<=|>=|[()[\],!=<>:?]|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|\/(?:[^/\\\n]|\\.)+\/[a-z]*|\$\{?[\w.]+\}?|[\w.-]+(?:\*[\w.-]*)?|./gy;

/** A condition that can't be read is undecided, never false. */
export function conditionTruth(written: string, scope: ConditionScope): Truth {
  if (written.length > TEXT_LIMIT) return 'unknown';
  const tokens = tokensOf(written);
  const reader = { tokens, at: 0, scope, broken: false };
  const result = readOr(reader, 0);
  return reader.broken || reader.at < tokens.length ? 'unknown' : truthOf(result);
}

export function truthOperand(truth: Truth): Operand {
  return { fact: truth === 'unknown' ? UNKNOWN.fact : textFact(truth === 'yes' ? 'true' : 'false'), truth };
}

export function factOperand(fact: Fact): Operand {
  return { fact, truth: null };
}

/** Absent, empty and `false` do not hold; every other text does. */
export function truthOf(operand: Operand): Truth {
  if (operand.truth !== null) return operand.truth;
  const content = known(operand.fact.value);
  if (content === 'false') return 'no';
  return not(operand.fact.empty);
}

type Reader = {
  readonly tokens: readonly string[];
  at: number;
  readonly scope: ConditionScope;
  broken: boolean;
};

function tokensOf(written: string): readonly string[] {
  return (written.match(TOKEN) ?? []).filter((token) => token.trim() !== '');
}

function peek(reader: Reader): string | undefined {
  return reader.tokens[reader.at];
}

function take(reader: Reader, ...wanted: readonly string[]): boolean {
  const token = peek(reader);
  if (token === undefined || !wanted.includes(token)) return false;
  reader.at += 1;
  return true;
}

function readOr(reader: Reader, depth: number): Operand {
  let left = readAnd(reader, depth);
  while (take(reader, '||', 'OR', 'or')) {
    const right = readAnd(reader, depth);
    left = truthOperand(either(truthOf(left), truthOf(right)));
  }
  return left;
}

function readAnd(reader: Reader, depth: number): Operand {
  let left = readNot(reader, depth);
  while (take(reader, '&&', 'AND', 'and')) {
    const right = readNot(reader, depth);
    left = truthOperand(both(truthOf(left), truthOf(right)));
  }
  return left;
}

function readNot(reader: Reader, depth: number): Operand {
  if (depth > DEPTH_LIMIT) {
    reader.broken = true;
    return UNKNOWN;
  }
  const isFunction = reader.tokens[reader.at + 1] === '(' && peek(reader) === 'not' && reader.scope.call;
  if (!isFunction && take(reader, '!', 'NOT', 'not'))
    return truthOperand(not(truthOf(readNot(reader, depth + 1))));
  return readComparison(reader, depth);
}

function readComparison(reader: Reader, depth: number): Operand {
  const left = readOperand(reader, depth);
  const operator = peek(reader);
  switch (operator) {
    case '==':
    case '=':
    case '!=': {
      reader.at += 1;
      // Bitbucket and some shells double the sign.
      const right = readOperand(reader, depth);
      const equal = sameFact(left.fact, right.fact, reader.scope.ignoreCase);
      return truthOperand(operator === '!=' ? not(equal) : equal);
    }
    case '=~':
    case '!~': {
      reader.at += 1;
      const found = matchTruth(left.fact, reader);
      return truthOperand(operator === '!~' ? not(found) : found);
    }
    case 'IN':
    case 'in': {
      reader.at += 1;
      return truthOperand(readList(reader, left.fact, depth));
    }
    case 'IS':
    case 'is': {
      reader.at += 1;
      const word = (peek(reader) ?? '').toLowerCase();
      reader.at += 1;
      return truthOperand(
        word === 'blank' ? left.fact.empty : word === 'present' ? not(left.fact.empty) : 'unknown',
      );
    }
    case 'matches': {
      reader.at += 1;
      return truthOperand(matchTruth(left.fact, reader));
    }
    case '<':
    case '>':
    case '<=':
    case '>=':
      reader.at += 1;
      readOperand(reader, depth);
      return UNKNOWN;
    default:
      return left;
  }
}

function matchTruth(fact: Fact, reader: Reader): Truth {
  const token = peek(reader) ?? '';
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(token);
  if (slashed !== null) {
    reader.at += 1;
    return matches(fact, slashed[1] ?? '', slashed[2]);
  }
  if (/^['"]/.test(token)) {
    reader.at += 1;
    const content = unquoted(token);
    const inner = /^\/(.*)\/([a-z]*)$/s.exec(content);
    return matches(fact, inner?.[1] ?? content, inner?.[2]);
  }
  // Travis writes patterns without quotes or slashes: up to the next connective.
  let pattern = '';
  while (
    peek(reader) !== undefined &&
    !['&&', '||', 'AND', 'OR', ')', 'and', 'or'].includes(peek(reader) ?? '')
  ) {
    pattern += peek(reader);
    reader.at += 1;
  }
  return pattern.startsWith('$') ? 'unknown' : matches(fact, pattern);
}

/** `x IN (a, b)`; `a in x` of other languages stays undecided. */
function readList(reader: Reader, fact: Fact, depth: number): Truth {
  const close = take(reader, '(') ? ')' : take(reader, '[') ? ']' : null;
  if (close === null) {
    readOperand(reader, depth);
    return 'unknown';
  }
  let found: Truth = 'no';
  while (peek(reader) !== undefined && !take(reader, close)) {
    found = either(found, sameFact(fact, readOperand(reader, depth + 1).fact, reader.scope.ignoreCase));
    take(reader, ',');
  }
  return found;
}

function readOperand(reader: Reader, depth: number): Operand {
  const token = peek(reader);
  if (token === undefined || depth > DEPTH_LIMIT) {
    reader.broken = true;
    return UNKNOWN;
  }
  reader.at += 1;
  if (token === '(') {
    const inner = readOr(reader, depth + 1);
    if (!take(reader, ')')) reader.broken = true;
    return inner;
  }
  if (/^['"]/.test(token)) return factOperand(textFact(unquoted(token)));
  if (token.startsWith('$')) return named(token.replace(/[${}]/g, ''), reader.scope);
  if (!/^[\w.-]/.test(token)) {
    reader.broken = true;
    return UNKNOWN;
  }
  if (peek(reader) === '(') return readCall(token, reader, depth);
  if (peek(reader) === '[') {
    reader.at += 1;
    const key = known(readOperand(reader, depth + 1).fact.value);
    if (!take(reader, ']')) reader.broken = true;
    return named(`${token}.${key ?? '?'}`, reader.scope);
  }
  if (/^(true|false)$/i.test(token)) return truthOperand(/^true$/i.test(token) ? 'yes' : 'no');
  if (/^(null|nil)$/i.test(token)) return factOperand(ABSENT);
  if (/^[\d-]/.test(token)) return factOperand(textFact(token));
  if (reader.scope.bareTexts === true && reader.scope.name(token) === null)
    return factOperand(textFact(token));
  return named(token, reader.scope);
}

function readCall(name: string, reader: Reader, depth: number): Operand {
  take(reader, '(');
  const operands: Operand[] = [];
  while (peek(reader) !== undefined && !take(reader, ')')) {
    const before = reader.at;
    operands.push(readOr(reader, depth + 1));
    take(reader, ',');
    if (reader.at === before || reader.broken) {
      reader.broken = true;
      return UNKNOWN;
    }
  }
  return reader.scope.call?.(name, operands) ?? UNKNOWN;
}

function named(name: string, scope: ConditionScope): Operand {
  const fact = scope.name(name);
  return fact === null ? factOperand(openFact(`$${name}`, 'nothing in sight sets it')) : factOperand(fact);
}

function unquoted(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\(["'\\])/g, '$1')
    .replaceAll("''", "'");
}

/** Texts that a condition compares something named like `about` with: the names of refs that it tells apart. */
export function comparedTexts(written: string, about: RegExp): readonly string[] {
  if (written.length > TEXT_LIMIT) return [];
  const tokens = tokensOf(written);
  return tokens.flatMap((token, index) => {
    const sign = tokens[index - 1];
    const after = tokens[index + 1];
    const text = /^['"]/.test(token)
      ? unquoted(token)
      : /^[\w./-]+$/.test(token) && after !== '('
        ? token
        : null;
    if (text === null || text === '' || /^(true|false|null)$/i.test(text)) return [];
    const turned = after === '==' || after === '!=';
    if (turned) return about.test(tokens[index + 2] ?? '') ? [text] : [];
    if (sign === undefined || !/^(==?|!=|,|\()$/.test(sign)) return [];
    // A list (`x IN (a, b)`) or a call (`eq(variables['x'], 'a')`) names its subject some words before.
    const reach = /^(==?|!=)$/.test(sign) ? 5 : 12;
    const before = tokens.slice(Math.max(0, index - reach), index - 1);
    const connective = before.findLastIndex(
      (one) => /^(&&|\|\||AND|OR|and|or)$/.test(one) && one !== tokens[index - 1],
    );
    return before.slice(connective + 1).some((one) => about.test(one)) ? [text] : [];
  });
}
