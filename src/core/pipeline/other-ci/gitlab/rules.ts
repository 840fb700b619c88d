// `rules:`, `only:`/`except:` and `workflow: rules:` of GitLab CI → whether a job runs under one event.
import type { Truth } from '../../../model/value.ts';
import { both, either, not, text } from '../../../value.ts';
import type { Files } from '../../files.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../../yaml.ts';
import { conditionTruth } from '../condition.ts';
import { ABSENT, type Fact, factOf, globMatches, matches, openFact, textFact } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';
import type { Environment } from '../run.ts';
import { itemsIn } from './shape.ts';

export type Run = {
  readonly truth: Truth;
  readonly condition: string | null;
  /** Variables that the first matching rule sets. */
  readonly variables: YamlNode | null;
};

type RuleScope = {
  readonly at: RefPoint;
  readonly environment: Environment;
  readonly files: Files;
};

const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'push-branch': ['push'],
  'push-tag': ['push'],
  pull_request: ['merge_request_event'],
  schedule: ['schedule'],
  workflow_dispatch: ['web', 'api', 'trigger', 'pipeline', 'chat'],
};

/** What GitLab's predefined variables say under one event; null for those it does not settle. */
export function predefined(name: string, at: RefPoint): Fact | null {
  const isTag = at.event === 'push-tag';
  const isRequest = at.event === 'pull_request';
  switch (name) {
    case 'CI_PIPELINE_SOURCE': {
      const [source, ...others] = SOURCES[at.event] ?? [];
      if (others.length > 0 || source === undefined)
        return openFact('$CI_PIPELINE_SOURCE', 'the event decides it', 'no', [
          'push',
          'merge_request_event',
          'schedule',
        ]);
      return textFact(source);
    }
    case 'CI_COMMIT_TAG':
      return isTag
        ? { ...at.tag, value: [{ expression: '$CI_COMMIT_TAG', why: 'the tag decides it' }] }
        : at.event === 'push-branch' || isRequest
          ? ABSENT
          : null;
    case 'CI_COMMIT_BRANCH':
      return isTag || isRequest ? ABSENT : at.branch;
    case 'CI_COMMIT_REF_NAME':
      return isTag
        ? at.tag
        : isRequest
          ? openFact('$CI_COMMIT_REF_NAME', 'the merge request decides it', 'no')
          : at.branch;
    case 'CI_DEFAULT_BRANCH':
      return openFact('$CI_DEFAULT_BRANCH', 'it is a setting of the project', 'no');
    case 'CI_OPEN_MERGE_REQUESTS':
      return null;
    case 'CI_PROJECT_DIR':
      return textFact('.');
    case 'CI':
    case 'GITLAB_CI':
      return textFact('true');
    default:
      if (/^CI_MERGE_REQUEST_/.test(name))
        return isRequest ? openFact(`$${name}`, 'the merge request decides it', 'no') : ABSENT;
      return /^(CI_PROJECT_|CI_REGISTRY|CI_COMMIT_(SHA|SHORT_SHA|REF_SLUG)|CI_JOB_|CI_PIPELINE_I?ID)/.test(
        name,
      )
        ? openFact(`$${name}`, 'GitLab sets it when the pipeline runs', 'no')
        : null;
  }
}

function lookup(scope: RuleScope): (name: string) => Fact | null {
  return (name) => {
    // What GitLab sets by itself is known better here than as a script's variable.
    if (/^CI_(COMMIT|PIPELINE|MERGE_REQUEST)_/.test(name)) return predefined(name, scope.at);
    const own = scope.environment.get(name);
    return own === undefined ? predefined(name, scope.at) : factOf(own);
  };
}

/** The first rule that matches decides; rules that may match leave the later ones possible. */
export function runsByRules(rules: YamlNode, scope: RuleScope): Run {
  let before: Truth = 'yes';
  let truth: Truth = 'no';
  let variables: YamlNode | null = null;
  const conditions: string[] = [];
  for (const rule of itemsIn(rules)) {
    const matched = ruleMatches(rule, scope);
    const reached = both(before, matched);
    const when = textOf(childOf(rule, 'when'));
    if (reached !== 'no' && when !== 'never') {
      truth = either(truth, when === 'on_failure' ? both(reached, 'unknown') : reached);
      variables ??= childOf(rule, 'variables');
      const written = writtenRule(rule, when);
      if (written !== '') conditions.push(written);
    }
    before = both(before, not(matched));
    if (before === 'no') break;
  }
  return { truth, condition: conditions.length === 0 ? null : conditions.join(' || '), variables };
}

function writtenRule(rule: YamlNode, when: string | null): string {
  const changes = childOf(rule, 'changes');
  return [
    textOf(childOf(rule, 'if'))?.replace(/\s+/g, ' ').trim() ?? '',
    changes === null ? '' : 'some files changed',
    when === 'manual' ? 'started by hand' : '',
  ]
    .filter((part) => part !== '')
    .join(' && ');
}

function ruleMatches(rule: YamlNode, scope: RuleScope): Truth {
  const condition = textOf(childOf(rule, 'if'));
  const holds = condition === null ? 'yes' : conditionTruth(condition, { name: lookup(scope) });
  const changes: Truth = childOf(rule, 'changes') === null ? 'yes' : 'unknown';
  const exists = childOf(rule, 'exists');
  const wanted = exists?.kind === 'map' ? childOf(exists, 'paths') : exists;
  const there =
    wanted === null
      ? 'yes'
      : itemsOf(wanted).reduce<Truth>(
          (sum, item) => either(sum, fileExists(textOf(item) ?? '', scope.files)),
          'no',
        );
  return both(both(holds, changes), there);
}

function fileExists(pattern: string, files: Files): Truth {
  if (pattern.includes('$')) return 'unknown';
  const path = pattern.replace(/^\.?\//, '');
  if (!/[*?{]/.test(path)) return files.has(path) ? 'yes' : 'no';
  return files.list().some((file) => globMatches(factOf(text(file)), path) === 'yes') ? 'yes' : 'no';
}

/** Without rules a job runs for branches and tags, not for merge requests. */
export function runsByRefs(only: YamlNode | null, except: YamlNode | null, scope: RuleScope): Run {
  const allowed = only === null ? defaultRefs(scope.at) : filterTruth(only, scope, 'only');
  const excluded = except === null ? 'no' : filterTruth(except, scope, 'except');
  const written = [
    only === null ? '' : `only ${shownFilter(only)}`,
    except === null ? '' : `except ${shownFilter(except)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
  return { truth: both(allowed, not(excluded)), condition: written === '' ? null : written, variables: null };
}

function defaultRefs(at: RefPoint): Truth {
  return at.event === 'pull_request' ? 'no' : 'yes';
}

function filterTruth(filter: YamlNode, scope: RuleScope, kind: 'only' | 'except'): Truth {
  if (filter.kind !== 'map') return anyRef(filter, scope);
  const refs = childOf(filter, 'refs');
  const variables = childOf(filter, 'variables');
  const byRef = refs === null ? (kind === 'only' ? defaultRefs(scope.at) : 'no') : anyRef(refs, scope);
  const byVariable =
    variables === null
      ? null
      : itemsOf(variables).reduce<Truth>(
          (sum, item) => either(sum, conditionTruth(textOf(item) ?? '', { name: lookup(scope) })),
          'no',
        );
  const changes: Truth | null = childOf(filter, 'changes') === null ? null : 'unknown';
  const others = [byVariable, changes].filter((truth) => truth !== null);
  // All keys of `only` have to hold; one of `except` is enough.
  return kind === 'only' ? others.reduce<Truth>(both, byRef) : others.reduce<Truth>(either, byRef);
}

function anyRef(refs: YamlNode, scope: RuleScope): Truth {
  return itemsOf(refs).reduce<Truth>(
    (sum, item) => either(sum, refTruth(textOf(item) ?? '', scope.at)),
    'no',
  );
}

function refTruth(written: string, at: RefPoint): Truth {
  const isRef = at.event !== 'pull_request';
  const yes = (condition: boolean): Truth => (condition ? 'yes' : 'no');
  switch (written) {
    case 'branches':
      return at.event === 'push-tag' || !isRef ? 'no' : at.event === 'push-branch' ? 'yes' : 'unknown';
    case 'tags':
      return at.event === 'push-tag' ? 'yes' : at.event === 'push-branch' || !isRef ? 'no' : 'unknown';
    case 'merge_requests':
      return yes(!isRef);
    case 'pushes':
      return yes(at.event === 'push-branch' || at.event === 'push-tag');
    case 'schedules':
      return yes(at.event === 'schedule');
    case 'web':
    case 'api':
    case 'triggers':
    case 'pipelines':
    case 'chat':
      return at.event === 'workflow_dispatch' ? 'unknown' : 'no';
    case 'external':
    case 'external_pull_requests':
      return 'no';
    default: {
      if (!isRef) return 'no';
      const [name = ''] = written.split('@');
      const subject = at.event === 'push-tag' ? at.tag : at.branch;
      const pattern = /^\/(.*)\/([a-z]*)$/.exec(name);
      if (pattern !== null) return matches(subject, pattern[1] ?? '', pattern[2]);
      return name.includes('$') ? 'unknown' : globMatches(subject, name);
    }
  }
}

function shownFilter(filter: YamlNode): string {
  if (filter.kind !== 'map')
    return itemsOf(filter)
      .map((item) => textOf(item) ?? '')
      .join(', ');
  return filter.entries
    .map(({ key, value }) =>
      `${key.text} ${itemsOf(value)
        .map((item) => textOf(item) ?? '')
        .join(', ')}`.trim(),
    )
    .join(' and ');
}
