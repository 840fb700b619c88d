// `trigger:`, `pr:` and `schedules:` of Azure Pipelines → the events that start it and the branches it tells apart.
import type { TriggerEvent } from '../../../model/delivery.ts';
import type { Truth } from '../../../model/value.ts';
import { both, either, not } from '../../../value.ts';
import { childOf, itemsOf, textOf, type YamlMap, type YamlNode } from '../../yaml.ts';
import { comparedTexts } from '../condition.ts';
import { globMatches } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';

/** Anybody who may can start a pipeline by hand. */
export function eventsOf(root: YamlMap): readonly TriggerEvent[] {
  const trigger = childOf(root, 'trigger');
  const pr = childOf(root, 'pr');
  const events: TriggerEvent[] = [];
  if (textOf(trigger) !== 'none') events.push('push-branch');
  if (childOf(childOf(trigger, 'tags'), 'include') !== null) events.push('push-tag');
  if (textOf(pr) !== 'none') events.push('pull_request');
  if (childOf(root, 'schedules') !== null) events.push('schedule');
  return [...events, 'workflow_dispatch'];
}

export function branchesOf(root: YamlMap, content: string): readonly string[] {
  const trigger = childOf(root, 'trigger');
  const branches = childOf(trigger, 'branches');
  const listed = [childOf(branches, 'include') ?? trigger, childOf(branches, 'exclude')].flatMap((node) =>
    itemsOf(node).map((item) => textOf(item) ?? ''),
  );
  const compared = [...content.matchAll(/refs\/heads\/([\w./-]+)/g)].map((match) => match[1] ?? '');
  const named = content
    .split('\n')
    .filter((line) => /SourceBranchName/i.test(line))
    .flatMap((line) => comparedTexts(line.replace(/^[^(]*?(?=\b\w+\()/, ''), /SourceBranchName/i));
  return [...listed.filter((name) => name !== 'none'), ...compared, ...named].map((name) =>
    name.replace(/^refs\/heads\//, ''),
  );
}

export function startTruth(root: YamlMap, at: RefPoint): Truth {
  const trigger = childOf(root, 'trigger');
  const patterns = (node: YamlNode | null): readonly string[] =>
    itemsOf(node).map((item) => (textOf(item) ?? '').replace(/^refs\/(heads|tags)\//, ''));
  const any = (node: YamlNode | null, subject: RefPoint['branch']): Truth =>
    patterns(node).reduce<Truth>((sum, pattern) => either(sum, globMatches(subject, pattern)), 'no');
  if (at.event === 'push-branch' && trigger !== null) {
    const branches = childOf(trigger, 'branches');
    const include = childOf(branches, 'include') ?? (trigger.kind === 'list' ? trigger : null);
    // With tags alone, branches do not start it.
    if (include === null && branches === null && childOf(trigger, 'tags') !== null) return 'no';
    const exclude = childOf(branches, 'exclude');
    return both(
      include === null ? 'yes' : any(include, at.branch),
      exclude === null ? 'yes' : not(any(exclude, at.branch)),
    );
  }
  if (at.event === 'push-tag')
    return any(childOf(childOf(trigger, 'tags'), 'include'), at.tag) === 'no' ? 'no' : 'yes';
  return 'yes';
}
