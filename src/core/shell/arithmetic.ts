// `$((…))` and `((…))` over known integers; anything else is not known.
import type { ArithmeticCommandExpansion, ArithmeticExpression } from 'unbash';

/** How an expression gets at variables. Numbers are integers; null means not known. */
export type Numbers = {
  readonly read: (name: string) => number | null;
  readonly write: (name: string, value: number | null) => void;
  /** Runs a `$(…)` for what it does; the number it prints, where that is known. */
  readonly run: (command: ArithmeticCommandExpansion) => number | null;
};

const NAME = /^\$?\{?([A-Za-z_]\w*)\}?$/;
const ASSIGNMENTS: Readonly<Record<string, string>> = {
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
};

export function calculate(node: ArithmeticExpression | undefined, numbers: Numbers): number | null {
  if (node === undefined) return null;
  switch (node.type) {
    case 'ArithmeticWord':
      return readWord(node.value, numbers);
    case 'ArithmeticGroup':
      return calculate(node.expression, numbers);
    case 'ArithmeticCommandExpansion':
      return numbers.run(node);
    case 'ArithmeticTernary': {
      const test = calculate(node.test, numbers);
      if (test === null) return null;
      return calculate(test !== 0 ? node.consequent : node.alternate, numbers);
    }
    case 'ArithmeticUnary':
      return unary(node.operator, node.operand, node.prefix, numbers);
    case 'ArithmeticBinary':
      return binary(node.operator, node.left, node.right, numbers);
  }
}

function readWord(word: string, numbers: Numbers): number | null {
  if (/^\d{1,15}$/.test(word)) return word.startsWith('0') ? Number.parseInt(word, 8) || 0 : Number(word);
  if (/^0[xX][0-9a-fA-F]{1,12}$/.test(word)) return Number(word);
  const name = NAME.exec(word)?.[1];
  return name === undefined ? null : numbers.read(name);
}

function unary(
  operator: string,
  operand: ArithmeticExpression,
  prefix: boolean,
  numbers: Numbers,
): number | null {
  const value = calculate(operand, numbers);
  if (operator === '++' || operator === '--') {
    const changed = value === null ? null : value + (operator === '++' ? 1 : -1);
    const name = operand.type === 'ArithmeticWord' ? NAME.exec(operand.value)?.[1] : undefined;
    if (name !== undefined) numbers.write(name, changed);
    return prefix ? changed : value;
  }
  if (value === null) return null;
  if (operator === '-') return -value;
  if (operator === '!') return value === 0 ? 1 : 0;
  return operator === '+' ? value : operator === '~' ? ~value : null;
}

function binary(
  operator: string,
  left: ArithmeticExpression,
  right: ArithmeticExpression,
  numbers: Numbers,
): number | null {
  const within = ASSIGNMENTS[operator];
  if (operator === '=' || within !== undefined) {
    const given = calculate(right, numbers);
    const value = within === undefined ? given : apply(within, calculate(left, numbers), given);
    const name = left.type === 'ArithmeticWord' ? NAME.exec(left.value)?.[1] : undefined;
    if (name !== undefined) numbers.write(name, value);
    return value;
  }
  const first = calculate(left, numbers);
  if (operator === '&&' && first === 0) return 0;
  if (operator === '||' && first !== null && first !== 0) return 1;
  return apply(operator, first, calculate(right, numbers));
}

function apply(operator: string, left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  const result = compute(operator, left, right);
  return result === null || !Number.isSafeInteger(result) ? null : result;
}

function compute(operator: string, left: number, right: number): number | null {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : Math.trunc(left / right);
    case '%':
      return right === 0 ? null : left % right;
    case '**':
      return right < 0 ? null : left ** right;
    case ',':
      return right;
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '<':
      return Number(left < right);
    case '<=':
      return Number(left <= right);
    case '>':
      return Number(left > right);
    case '>=':
      return Number(left >= right);
    case '&&':
      return Number(left !== 0 && right !== 0);
    case '||':
      return Number(left !== 0 || right !== 0);
    default:
      return null;
  }
}
