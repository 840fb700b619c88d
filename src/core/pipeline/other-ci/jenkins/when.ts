// `when { … }` of a declarative pipeline and `if (…)` of a scripted one → whether they hold under one event.
import type { Truth, Value } from '../../../model/value.ts';
import { both, either, known, not, prefix, suffix } from '../../../value.ts';
import { conditionTruth, factOperand, truthOperand } from '../condition.ts';
import { ABSENT, type Fact, factOf, globMatches, matches, openFact, sameFact, textFact } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';
import type { GroovyGroup, GroovyToken } from './groovy.ts';

export type WhenScope = {
  readonly at: RefPoint;
  readonly content: string;
  readonly variable: (name: string) => Value | null;
  readonly text: (token: GroovyToken) => Value | null;
};

/** What Jenkins' multibranch variables say under one event; null for those it does not settle. */
export function jenkinsFact(name: string, at: RefPoint): Fact | null {
  switch (name) {
    case 'BRANCH_NAME':
    case 'GIT_BRANCH':
      if (at.event === 'push-tag') return at.tag;
      if (at.event === 'pull_request')
        return factOf(['PR-', { expression: '$CHANGE_ID', why: 'the pull request decides it' }]);
      return name === 'BRANCH_NAME'
        ? at.branch
        : openFact('$GIT_BRANCH', 'the job decides how it is written', 'no');
    case 'TAG_NAME':
      return at.event === 'push-tag' ? at.tag : ABSENT;
    case 'CHANGE_ID':
    case 'CHANGE_URL':
      return at.event === 'pull_request' ? openFact(`$${name}`, 'the pull request decides it', 'no') : ABSENT;
    case 'CHANGE_TARGET':
      return at.event === 'pull_request' ? at.branch : ABSENT;
    case 'CHANGE_BRANCH':
      return at.event === 'pull_request'
        ? openFact('$CHANGE_BRANCH', 'the pull request decides it', 'no')
        : ABSENT;
    case 'WORKSPACE':
      return textFact('.');
    default:
      return null;
  }
}

export function groovyCondition(written: string, scope: WhenScope): Truth {
  return conditionTruth(written.replace(/\s+/g, ' '), {
    name: (name) => factFor(name, scope),
    call: (called, operands) => {
      const dot = called.lastIndexOf('.');
      const subject = dot === -1 ? null : factFor(called.slice(0, dot), scope);
      const [first] = operands;
      if (subject === null || first === undefined) return null;
      const argument = known(first.fact.value);
      switch (called.slice(dot + 1)) {
        case 'equals':
          return truthOperand(sameFact(subject, first.fact));
        case 'equalsIgnoreCase':
          return truthOperand(sameFact(subject, first.fact, true));
        case 'startsWith':
          return argument === null ? null : truthOperand(startsWith(subject, argument));
        case 'endsWith':
          return argument === null ? null : truthOperand(endsWith(subject, argument));
        case 'contains': {
          const whole = known(subject.value);
          return argument === null || whole === null
            ? null
            : truthOperand(whole.includes(argument) ? 'yes' : 'no');
        }
        case 'trim':
        case 'toString':
          return factOperand(subject);
        default:
          return null;
      }
    },
  });
}

function factFor(name: string, scope: WhenScope): Fact | null {
  const bare = name.replace(/^env\./, '');
  const own = scope.variable(bare);
  if (own !== null) return factOf(own);
  return jenkinsFact(bare, scope.at);
}

function startsWith(fact: Fact, start: string): Truth {
  const whole = fact.empty === 'yes' ? '' : known(fact.value);
  if (whole !== null) return whole.startsWith(start) ? 'yes' : 'no';
  const sure = prefix(fact.value);
  if (sure.startsWith(start)) return 'yes';
  return start.startsWith(sure) ? 'unknown' : 'no';
}

function endsWith(fact: Fact, end: string): Truth {
  const whole = fact.empty === 'yes' ? '' : known(fact.value);
  if (whole !== null) return whole.endsWith(end) ? 'yes' : 'no';
  const sure = suffix(fact.value);
  if (sure.endsWith(end)) return 'yes';
  return end.endsWith(sure) ? 'unknown' : 'no';
}

/** All conditions of a `when` have to hold. */
export function whenTruth(
  group: GroovyGroup,
  scope: WhenScope,
  mode: 'all' | 'any' = 'all',
  depth = 0,
): Truth {
  if (depth > 10) return 'unknown';
  const truths: Truth[] = [];
  const { items } = group;
  for (let index = 0; index < items.length; index += 1) {
    const token = items[index];
    if (token?.kind !== 'word') continue;
    const end = items.findIndex((item, place) => place > index && item.kind === 'sign' && item.text === '\n');
    const rest = items.slice(index + 1, end === -1 ? undefined : end);
    const [first] = rest;
    const block = rest.find((item): item is GroovyGroup => item.kind === 'group' && item.open === '{');
    index = end === -1 ? items.length : end;
    const truth = conditionOf(token.text, rest, first, block, scope, depth);
    if (truth !== null) truths.push(truth);
  }
  if (truths.length === 0) return 'yes';
  return mode === 'all' ? truths.reduce(both) : truths.reduce(either);
}

function conditionOf(
  name: string,
  rest: readonly GroovyToken[],
  first: GroovyToken | undefined,
  block: GroovyGroup | undefined,
  scope: WhenScope,
  depth: number,
): Truth | null {
  const { at } = scope;
  const flat = rest.flatMap((token) =>
    token.kind === 'group' && token.open === '(' ? token.items : [token],
  );
  const texts = flat.flatMap((token) => scope.text(token) ?? []);
  const [pattern] = texts.filter((part) => typeof part === 'string');
  const byExpression = flat.some(
    (token) => token.kind === 'text' && /REGEXP/.test(scope.content.slice(token.start, token.end)),
  );
  switch (name) {
    case 'beforeAgent':
    case 'beforeInput':
    case 'beforeOptions':
      return null;
    case 'branch':
      if (at.event !== 'push-branch') return 'no';
      return pattern === undefined ? 'unknown' : byExpression ? 'unknown' : globMatches(at.branch, pattern);
    case 'tag':
      if (at.event !== 'push-tag') return 'no';
      return pattern === undefined
        ? 'yes'
        : byExpression
          ? matches(at.tag, pattern)
          : globMatches(at.tag, pattern);
    case 'buildingTag':
      return at.event === 'push-tag' ? 'yes' : 'no';
    case 'changeRequest': {
      if (at.event !== 'pull_request') return 'no';
      return flat.length === 0 ? 'yes' : 'unknown';
    }
    case 'environment': {
      const [variable, value] = texts.filter((part) => typeof part === 'string');
      // Named arguments in the order people write them; an empty value has no text.
      if (variable === undefined) return 'unknown';
      const fact = factFor(variable, scope);
      return fact === null ? 'unknown' : sameFact(fact, textFact(value ?? ''));
    }
    case 'expression': {
      if (block === undefined) return 'unknown';
      const written = scope.content
        .slice(block.start + 1, block.end - 1)
        .trim()
        .replace(/^return\s+/, '');
      return groovyCondition(written, scope);
    }
    case 'not':
      return block === undefined ? 'unknown' : not(whenTruth(block, scope, 'all', depth + 1));
    case 'allOf':
      return block === undefined ? 'unknown' : whenTruth(block, scope, 'all', depth + 1);
    case 'anyOf':
      return block === undefined ? 'unknown' : whenTruth(block, scope, 'any', depth + 1);
    default:
      return first === undefined && block === undefined ? null : 'unknown';
  }
}
