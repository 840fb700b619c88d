// `[ … ]`, `test` and `[[ … ]]` judged three-valued on what is known of their words.
import type { TestExpression, Word } from 'unbash';
import type { Truth, Value } from '../model/value.ts';
import { both, either, equal, known, not, prefix, suffix, text } from '../value.ts';
import { isLiteralPattern, matchGlob } from './glob.ts';

/** Whether a value matches a shell pattern at run time; the pattern null when it is not known. */
export function matches(value: Value, pattern: string | null): Truth {
  if (pattern === null) return 'unknown';
  const content = known(value);
  if (content !== null) {
    const result = matchGlob(pattern, content);
    return result === null ? 'unknown' : result ? 'yes' : 'no';
  }
  if (/^\*+$/.test(pattern)) return 'yes';
  if (isLiteralPattern(pattern)) return equal(value, text(pattern));
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.at(-1) ?? '';
  if (!isLiteralPattern(first) || !isLiteralPattern(last)) return 'unknown';
  const start = prefix(value);
  const end = suffix(value);
  const shared = Math.min(start.length, first.length);
  if (start.slice(0, shared) !== first.slice(0, shared)) return 'no';
  const tail = Math.min(end.length, last.length);
  if (tail > 0 && end.slice(-tail) !== last.slice(-tail)) return 'no';
  const between = rest.slice(0, -1).join('') === '';
  const certain = rest.length > 0 && between && start.length >= first.length && end.length >= last.length;
  return certain ? 'yes' : 'unknown';
}

/** `[`'s or `test`'s arguments, the closing bracket left off. */
export function judgeTest(words: readonly Value[]): Truth {
  const reader = { words, at: 0 };
  const truth = disjunction(reader, 0);
  return reader.at === words.length ? truth : 'unknown';
}

type Reader = { readonly words: readonly Value[]; at: number };

const MAX_PARENTHESES = 32;

function disjunction(reader: Reader, depth: number): Truth {
  let truth = conjunction(reader, depth);
  while (peek(reader) === '-o') {
    reader.at += 1;
    truth = either(truth, conjunction(reader, depth));
  }
  return truth;
}

function conjunction(reader: Reader, depth: number): Truth {
  let truth = negation(reader, depth);
  while (peek(reader) === '-a') {
    reader.at += 1;
    truth = both(truth, negation(reader, depth));
  }
  return truth;
}

function negation(reader: Reader, depth: number): Truth {
  let negated = false;
  while (peek(reader) === '!' && reader.words.length - reader.at > 1) {
    reader.at += 1;
    negated = !negated;
  }
  const truth = primary(reader, depth);
  return negated ? not(truth) : truth;
}

function primary(reader: Reader, depth: number): Truth {
  const rest = reader.words.length - reader.at;
  if (rest === 0) return 'no';
  const first = reader.words[reader.at] ?? [];
  const second = reader.words[reader.at + 1];
  const third = reader.words[reader.at + 2];
  const operator = second === undefined ? null : known(second);
  if (rest >= 3 && operator !== null && third !== undefined && isBinary(operator)) {
    reader.at += 3;
    return compare(operator, first, third);
  }
  if (known(first) === '(' && depth < MAX_PARENTHESES) {
    reader.at += 1;
    const truth = disjunction(reader, depth + 1);
    if (peek(reader) === ')') reader.at += 1;
    return truth;
  }
  const unaryOperator = known(first);
  if (rest >= 2 && second !== undefined && unaryOperator !== null && /^-[a-zA-Z]$/.test(unaryOperator)) {
    reader.at += 2;
    return judgeUnary(unaryOperator, second);
  }
  reader.at += 1;
  return isFilled(first);
}

function peek(reader: Reader): string | null {
  const word = reader.words[reader.at];
  return word === undefined ? null : known(word);
}

function isBinary(operator: string): boolean {
  return /^(=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/.test(operator);
}

/** Whether the value is a non-empty text. */
export function isFilled(value: Value): Truth {
  if (value.length === 0) return 'no';
  if (value.some((part) => typeof part === 'string')) return 'yes';
  const [only] = value;
  if (value.length === 1 && typeof only === 'object' && only.not?.includes('') === true) return 'yes';
  if (value.length === 1 && typeof only === 'object' && only.choices !== undefined) {
    const each = only.choices.map(isFilled);
    if (each.every((truth) => truth === 'yes')) return 'yes';
    if (each.every((truth) => truth === 'no')) return 'no';
  }
  return 'unknown';
}

function judgeUnary(operator: string, operand: Value): Truth {
  if (operator === '-n') return isFilled(operand);
  if (operator === '-z') return not(isFilled(operand));
  return 'unknown';
}

function compare(operator: string, left: Value, right: Value): Truth {
  if (operator === '=' || operator === '==') return equal(left, right);
  if (operator === '!=') return not(equal(left, right));
  const first = integer(left);
  const second = integer(right);
  if (first === null || second === null) return 'unknown';
  switch (operator) {
    case '-eq':
      return truthOf(first === second);
    case '-ne':
      return truthOf(first !== second);
    case '-lt':
      return truthOf(first < second);
    case '-le':
      return truthOf(first <= second);
    case '-gt':
      return truthOf(first > second);
    case '-ge':
      return truthOf(first >= second);
    default:
      return 'unknown';
  }
}

function integer(value: Value): number | null {
  const content = known(value)?.trim();
  return content !== undefined && /^-?\d{1,15}$/.test(content) ? Number(content) : null;
}

function truthOf(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** How `[[ ]]` gets at its words. */
export type Words = {
  readonly value: (word: Word) => Value;
  readonly pattern: (word: Word) => string | null;
  readonly isSet: (name: string) => Truth;
};

export function judgeExpression(node: TestExpression, words: Words): Truth {
  switch (node.type) {
    case 'TestGroup':
      return judgeExpression(node.expression, words);
    case 'TestNot': {
      const truth = judgeExpression(node.operand, words);
      return node.negations.length % 2 === 1 ? not(truth) : truth;
    }
    case 'TestLogical': {
      const combine = node.operator === '&&' ? both : either;
      return node.operands.map((operand) => judgeExpression(operand, words)).reduce(combine);
    }
    case 'TestUnary': {
      const value = words.value(node.operand);
      const name = node.operator === '-v' ? known(value) : null;
      return name === null ? judgeUnary(node.operator, value) : words.isSet(name);
    }
    case 'TestBinary':
      return judgeBinary(node.operator, words.value(node.left), node.right, words);
  }
}

function judgeBinary(operator: string, left: Value, right: Word, words: Words): Truth {
  if (operator === '=' || operator === '==') return matches(left, words.pattern(right));
  if (operator === '!=') return not(matches(left, words.pattern(right)));
  if (operator === '=~') return matchesExpression(left, right.text);
  return compare(operator, left, words.value(right));
}

// Only anchored literals and alternatives of them: a pattern from a pull request is never run as a regular expression.
function matchesExpression(left: Value, pattern: string): Truth {
  const content = known(left);
  const body = /^(\^?)\(?([\w./:@ |-]*)\)?(\$?)$/.exec(pattern);
  if (content === null || body === null || (body[2] ?? '').includes('.')) return 'unknown';
  const alternatives = (body[2] ?? '').split('|');
  if (alternatives.length > 1 && !pattern.includes('(')) return 'unknown';
  return truthOf(
    alternatives.some((alternative) => {
      if (body[1] !== '' && body[3] !== '') return content === alternative;
      if (body[1] !== '') return content.startsWith(alternative);
      return body[3] !== '' ? content.endsWith(alternative) : content.includes(alternative);
    }),
  );
}
