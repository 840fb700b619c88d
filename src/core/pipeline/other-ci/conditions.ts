// Conditions as GitLab, Travis and Drone write them (`$A == "b" && $C =~ /d/`) → three-valued truth.
import type { Truth, Value } from '../../model/value.ts';
import { both, either, equal, known, not } from '../../value.ts';

type Token = { readonly kind: 'variable' | 'text' | 'pattern' | 'null' | 'operator'; readonly text: string };

const TOKEN =
  /\s*(?:(&&|\|\||==|!=|=~|!~|\(|\)|!)|\$\{?([A-Za-z_]\w*)\}?|"([^"]*)"|'([^']*)'|\/((?:[^/\\]|\\.)*)\/(\w*)|(null)\b|([\w./:-]+))/y;
const DEPTH_LIMIT = 50;

/** A variable is a value; null means it is surely not set; undefined that nothing is known of it. */
export type Variables = (name: string) => Value | null | undefined;

/** `unknown` also for what can't be parsed. */
export function conditionTruth(condition: string, variables: Variables): Truth {
  const tokens = tokenize(condition);
  if (tokens === null) return 'unknown';
  const reader = { tokens, at: 0, broken: false };
  const truth = readOr(reader, variables, 0);
  return reader.broken || reader.at < tokens.length ? 'unknown' : truth;
}

type Reader = { readonly tokens: readonly Token[]; at: number; broken: boolean };

function tokenize(condition: string): readonly Token[] | null {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const content = condition.trim();
  let at = 0;
  while (at < content.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(content);
    if (match === null) return null;
    at = TOKEN.lastIndex;
    const [, operator, variable, double, single, pattern, , nothing, bare] = match;
    if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
    else if (variable !== undefined) tokens.push({ kind: 'variable', text: variable });
    else if (pattern !== undefined) tokens.push({ kind: 'pattern', text: pattern });
    else if (nothing !== undefined) tokens.push({ kind: 'null', text: '' });
    else tokens.push({ kind: 'text', text: double ?? single ?? bare ?? '' });
  }
  return tokens;
}

function readOr(reader: Reader, variables: Variables, depth: number): Truth {
  let truth = readAnd(reader, variables, depth);
  while (takes(reader, '||')) truth = either(truth, readAnd(reader, variables, depth));
  return truth;
}

function readAnd(reader: Reader, variables: Variables, depth: number): Truth {
  let truth = readComparison(reader, variables, depth);
  while (takes(reader, '&&')) truth = both(truth, readComparison(reader, variables, depth));
  return truth;
}

function takes(reader: Reader, operator: string): boolean {
  const token = reader.tokens[reader.at];
  if (token?.kind !== 'operator' || token.text !== operator) return false;
  reader.at += 1;
  return true;
}

function readComparison(reader: Reader, variables: Variables, depth: number): Truth {
  if (depth > DEPTH_LIMIT) {
    reader.broken = true;
    return 'unknown';
  }
  if (takes(reader, '!')) return not(readComparison(reader, variables, depth + 1));
  if (takes(reader, '(')) {
    const truth = readOr(reader, variables, depth + 1);
    if (!takes(reader, ')')) reader.broken = true;
    return truth;
  }
  const left = operand(reader, variables);
  for (const operator of ['==', '!=']) {
    if (takes(reader, operator)) {
      const truth = same(left, operand(reader, variables));
      return operator === '==' ? truth : not(truth);
    }
  }
  for (const operator of ['=~', '!~']) {
    if (!takes(reader, operator)) continue;
    const pattern = reader.tokens[reader.at++];
    const truth = left === null ? 'no' : left === undefined ? 'unknown' : matches(left, pattern);
    return operator === '=~' ? truth : not(truth);
  }
  if (left === undefined) return 'unknown';
  return left === null || left.length === 0 ? 'no' : known(left) === null ? 'yes' : 'yes';
}

function operand(reader: Reader, variables: Variables): Value | null | undefined {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  switch (token?.kind) {
    case 'variable':
      return variables(token.text);
    case 'text':
      return token.text === '' ? [] : [token.text];
    case 'null':
      return null;
    default:
      reader.broken = true;
      return undefined;
  }
}

function same(left: Value | null | undefined, right: Value | null | undefined): Truth {
  if (left === undefined || right === undefined) return 'unknown';
  if (left === null || right === null) return left === right ? 'yes' : 'no';
  return equal(left, right);
}

/** Patterns are not run: only plain alternatives of words, anchored or not, can be decided. */
function matches(value: Value, pattern: Token | undefined): Truth {
  const content = known(value);
  if (pattern?.kind !== 'pattern' || content === null) return 'unknown';
  const bare = pattern.text.replace(/^\^|\$$/g, '');
  if (!/^[\w/|.-]+$/.test(bare)) return 'unknown';
  const words = bare.split('|');
  const start = pattern.text.startsWith('^');
  const end = pattern.text.endsWith('$');
  const hit = words.some((word) =>
    start && end
      ? content === word
      : start
        ? content.startsWith(word)
        : end
          ? content.endsWith(word)
          : content.includes(word),
  );
  return hit ? 'yes' : 'no';
}
