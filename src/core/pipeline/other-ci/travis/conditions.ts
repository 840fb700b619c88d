// Conditions of Travis: what an event fixes, its own language, and which branches are built.
import type { Truth, Value } from '../../../model/value.ts';
import { either, text } from '../../../value.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../../yaml.ts';
import { conditionTruth } from '../condition.ts';
import { type Fact, factOf, matches, openFact, textFact, variableOf } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';
import type { Environment } from '../run.ts';

const WHY = 'the event decides it';
const TYPES: Readonly<Record<string, string>> = {
  'push-branch': 'push',
  'push-tag': 'push',
  pull_request: 'pull_request',
  schedule: 'cron',
};

export function predefined(at: RefPoint): Environment {
  const isRequest = at.event === 'pull_request';
  const known = new Map<string, Value>([
    ['TRAVIS', text('true')],
    ['CI', text('true')],
    ['TRAVIS_BUILD_DIR', text('.')],
    ['TRAVIS_EVENT_TYPE', text(TYPES[at.event] ?? 'api')],
  ]);
  const facts: readonly (readonly [string, Fact])[] = [
    ['TRAVIS_PULL_REQUEST', isRequest ? openFact('number', WHY, 'no', ['false', 'true']) : textFact('false')],
    ['TRAVIS_TAG', at.tag],
    // A build of a tag has the tag's name here.
    ['TRAVIS_BRANCH', at.event === 'push-tag' ? at.tag : at.branch],
  ];
  for (const [name, fact] of facts) {
    const value = variableOf(name, fact);
    if (value !== null) known.set(name, value);
  }
  return known;
}

/** Names of Travis' own condition language. */
function conditionName(at: RefPoint, environment: Environment): (name: string) => Fact | null {
  return (name) => {
    switch (name) {
      case 'branch':
        return at.event === 'push-tag' ? at.tag : at.branch;
      case 'tag':
        return at.tag;
      case 'type':
        return textFact(TYPES[at.event] ?? 'api');
      case 'repo':
      case 'sender':
      case 'head_branch':
      case 'head_repo':
      case 'commit_message':
      case 'fork':
        return openFact(name, 'the event decides it');
      default: {
        const variable = environment.get(name);
        return variable === undefined ? null : factOf(variable);
      }
    }
  };
}

export function holds(written: string | null, at: RefPoint, environment: Environment): Truth {
  if (written === null) return 'yes';
  const name = conditionName(at, environment);
  return conditionTruth(written, {
    name,
    bareTexts: true,
    call: (called, [operand]) => {
      const variable =
        called === 'env' && operand !== undefined ? environment.get(operandText(operand.fact)) : undefined;
      return variable === undefined ? null : { fact: factOf(variable), truth: null };
    },
  });
}

function operandText(fact: Fact): string {
  const [first] = fact.value;
  return typeof first === 'string' ? first : '';
}

export function branchBuilt(branches: YamlNode | null, at: RefPoint): Truth {
  if (branches === null) return 'yes';
  const subject = at.event === 'push-tag' ? at.tag : at.branch;
  const any = (list: YamlNode | null): Truth =>
    itemsOf(list).reduce<Truth>((sum, item) => either(sum, branchTruth(textOf(item) ?? '', subject)), 'no');
  const only = childOf(branches, 'only') ?? (branches.kind === 'list' ? branches : null);
  if (only !== null) return any(only);
  const except = any(childOf(branches, 'except'));
  return except === 'yes' ? 'no' : except === 'no' ? 'yes' : 'unknown';
}

export function branchTruth(written: string, subject: Fact): Truth {
  const pattern = /^\/(.*)\/([a-z]*)$/.exec(written);
  if (pattern !== null) return matches(subject, pattern[1] ?? '', pattern[2]);
  return matches(subject, `^${written.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')}$`);
}
