// `when:` and `trigger:` of Drone and Woodpecker → whether a pipeline or step runs under an event.
import type { Truth } from '../../../model/value.ts';
import { both, either, not } from '../../../value.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../../yaml.ts';
import { conditionTruth } from '../condition.ts';
import { type Fact, factOf, globMatches, textFact } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';

/** The systems' names of an event. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  'push-branch': ['push'],
  'push-tag': ['tag', 'release'],
  pull_request: ['pull_request', 'pull_request_closed', 'pull-request'],
  schedule: ['cron'],
  workflow_dispatch: ['manual', 'custom', 'promote', 'rollback', 'deployment'],
};

/** `when`/`trigger`: a map whose keys all have to hold, or a list of such maps of which one has to. */
export function whenTruth(when: YamlNode, at: RefPoint): Truth {
  if (when.kind === 'list')
    return when.items.reduce<Truth>((sum, item) => either(sum, whenTruth(item, at)), 'no');
  if (when.kind !== 'map') return 'yes';
  return when.entries.reduce<Truth>((sum, { key, value }) => {
    switch (key.text) {
      case 'event':
        return both(sum, anyOf(value, NAMES[at.event] ?? [at.event]));
      case 'branch':
        return both(
          sum,
          at.event === 'push-tag'
            ? value.kind === 'map' && childOf(value, 'include') === null
              ? 'yes'
              : 'unknown'
            : patternTruth(value, at.branch),
        );
      case 'ref':
        return both(sum, patternTruth(value, refOf(at)));
      case 'tag':
        return both(sum, patternTruth(value, at.tag));
      case 'status':
        return both(sum, itemsOf(value).some((item) => textOf(item) === 'success') ? 'yes' : 'unknown');
      case 'evaluate':
        return both(sum, evaluated(textOf(value) ?? '', at));
      default:
        // Instance, platform, matrix, path, cron: decided by what is set up or what changed.
        return both(sum, 'unknown');
    }
  }, 'yes');
}

function refOf(at: RefPoint): Fact {
  if (at.event === 'push-tag') return factOf(['refs/tags/', ...at.tag.value]);
  if (at.event === 'pull_request') return factOf(['refs/pull/', ...at.branch.value]);
  return factOf(['refs/heads/', ...at.branch.value]);
}

function evaluated(written: string, at: RefPoint): Truth {
  return conditionTruth(written, {
    name: (name) => {
      const event = NAMES[at.event]?.[0];
      if (/^(CI_PIPELINE_EVENT|CI_BUILD_EVENT)$/.test(name) && event !== undefined) return textFact(event);
      if (name === 'CI_COMMIT_BRANCH') return at.branch;
      return name === 'CI_COMMIT_TAG' ? at.tag : null;
    },
  });
}

function anyOf(node: YamlNode, names: readonly string[]): Truth {
  const has = (list: YamlNode | null): boolean =>
    itemsOf(list).some((item) => names.includes(textOf(item) ?? ''));
  if (node.kind !== 'map') return maybe(has(node), names);
  const include = childOf(node, 'include');
  const exclude = childOf(node, 'exclude');
  const included: Truth = include === null ? 'yes' : maybe(has(include), names);
  return both(included, excluded(exclude, names));
}

/** An event has one main name; those of runs that people start are several. */
function excluded(list: YamlNode | null, names: readonly string[]): Truth {
  const written = itemsOf(list).map((item) => textOf(item) ?? '');
  if (names.every((name) => written.includes(name))) return 'no';
  if (names[0] !== 'manual') return names[0] !== undefined && written.includes(names[0]) ? 'no' : 'yes';
  return names.some((name) => written.includes(name)) ? 'unknown' : 'yes';
}

function maybe(found: boolean, names: readonly string[]): Truth {
  if (!found) return 'no';
  return names.length > 2 ? 'unknown' : 'yes';
}

export function patternTruth(node: YamlNode, fact: Fact): Truth {
  const any = (list: YamlNode | null): Truth =>
    itemsOf(list).reduce<Truth>((sum, item) => either(sum, globMatches(fact, textOf(item) ?? '')), 'no');
  if (node.kind !== 'map') return any(node);
  const include = childOf(node, 'include');
  return both(include === null ? 'yes' : any(include), not(any(childOf(node, 'exclude'))));
}

export function shownWhen(when: YamlNode | null): string | null {
  if (when?.kind === 'list')
    return (
      when.items
        .map((item) => shownWhen(item))
        .filter((one) => one !== null)
        .join(' || ') || null
    );
  if (when?.kind !== 'map') return null;
  return when.entries
    .map(({ key, value }) => {
      const lists =
        value.kind === 'map'
          ? value.entries.map((entry) => `${entry.key.text} ${listed(entry.value)}`).join(' ')
          : listed(value);
      return `${key.text} ${lists}`;
    })
    .join(' && ');
}

function listed(node: YamlNode): string {
  return itemsOf(node)
    .map((item) => textOf(item) ?? '')
    .join(', ');
}
