// Labels of a repository and on its issues and pull requests, with who put them there.

import { labelJson } from '../rest/json/accounts.ts';
import { issueJson } from '../rest/json/issues.ts';
import { GitHubProblem, invalid } from '../rest/problem.ts';
import { emitLabel, emitOther, emitPullLabel } from './events.ts';
import type { Account, Issue, Label, Repository, World } from './state.ts';

export const findLabel = (repository: Repository, name: string): Label | undefined =>
  repository.labels.get(name.toLowerCase());

export const createLabel = (
  world: World,
  repository: Repository,
  by: Account,
  spec: { readonly name: string; readonly color?: string; readonly description?: string },
): Label => {
  if (findLabel(repository, spec.name) !== undefined)
    throw invalid('Label', 'name', 'already exists', 'already_exists');
  if (spec.name.length > 50) throw invalid('Label', 'name', 'is too long (maximum is 50 characters)');
  if ((spec.description ?? '').length > 100)
    throw invalid('Label', 'description', 'is too long (maximum is 100 characters)');
  const label: Label = {
    id: world.nextId('label') + 20_000,
    name: spec.name,
    color: (spec.color ?? 'ededed').replace('#', ''),
    description: spec.description ?? '',
  };
  world.clock.tick();
  repository.labels.set(label.name.toLowerCase(), label);
  emitLabel(world, repository, 'created', by, label);
  return label;
};

/** Renames or recolours it everywhere at once: no issue gets a `labeled` event for it. */
export const editLabel = (
  world: World,
  repository: Repository,
  label: Label,
  by: Account,
  change: { readonly name?: string; readonly color?: string },
): void => {
  world.clock.tick();
  const from = { name: label.name, color: label.color };
  repository.labels.delete(label.name.toLowerCase());
  label.name = change.name ?? label.name;
  label.color = change.color ?? label.color;
  repository.labels.set(label.name.toLowerCase(), label);
  emitLabel(world, repository, 'edited', by, label, {
    changes: {
      ...(from.name === label.name ? {} : { name: { from: from.name } }),
      ...(from.color === label.color ? {} : { color: { from: from.color } }),
    },
  });
};

/**
 * Deletes it from the repository and from everything that carries it. Only `label.deleted` tells of it: that GitHub also
 * sends `unlabeled` for each carrier is documented nowhere, so nothing may depend on it.
 */
export const deleteLabel = (world: World, repository: Repository, label: Label, by: Account): void => {
  world.clock.tick();
  repository.labels.delete(label.name.toLowerCase());
  for (const issue of repository.issues.values())
    issue.labels = issue.labels.filter((held) => held !== label);
  emitLabel(world, repository, 'deleted', by, label);
};

const record = (
  world: World,
  issue: Issue,
  kind: 'labeled' | 'unlabeled',
  by: Account,
  viaApp: boolean,
  label: Label,
): void => {
  const now = world.clock.tick();
  issue.updatedAt = now;
  issue.labelEvents.push({
    id: world.nextId('label-event') + 60_000,
    kind,
    actor: by,
    viaApp,
    label: { id: label.id, name: label.name, color: label.color },
    createdAt: now,
  });
  if (issue.pull !== null) emitPullLabel(world, issue.pull, kind, by, label);
  else
    emitOther(world, issue.repository, ['issues', kind], by, {
      issue: issueJson(world, issue, 'webhook'),
      label: labelJson(world, issue.repository, label),
    });
};

/** Adds labels by name; one the repository doesn't have is made, as the REST route does. */
export const addLabels = (
  world: World,
  issue: Issue,
  names: readonly string[],
  by: Account,
  viaApp = false,
): void => {
  for (const name of names) {
    const label = findLabel(issue.repository, name) ?? createLabel(world, issue.repository, by, { name });
    if (issue.labels.includes(label)) continue;
    issue.labels = [...issue.labels, label];
    record(world, issue, 'labeled', by, viaApp, label);
  }
};

export const removeLabel = (world: World, issue: Issue, name: string, by: Account, viaApp = false): void => {
  const label = findLabel(issue.repository, name);
  if (label === undefined || !issue.labels.includes(label))
    throw new GitHubProblem(404, 'Label does not exist');
  issue.labels = issue.labels.filter((held) => held !== label);
  record(world, issue, 'unlabeled', by, viaApp, label);
};
