// Deployments of Travis → acts: under which events they happen, what their scripts and providers do.
import type { Truth } from '../../../model/value.ts';
import { both, either, text } from '../../../value.ts';
import type { Place } from '../../act.ts';
import { locate } from '../../source-text.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../../yaml.ts';
import { conditionTruth } from '../condition.ts';
import { ABSENT, factOf } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';
import { addAct, type Environment, runShell, stepPlace } from '../run.ts';
import { scriptScalars, sourceOf } from '../sourced.ts';
import { pieceOf, scriptText } from '../template.ts';
import { expanded } from '../variables.ts';

import { branchTruth } from './conditions.ts';
import type { Reading } from './travis.ts';

/** Travis never deploys pull requests, and without `branch`, `tags` or `all_branches` only the default branch. */
export function deploys(on: YamlNode | null, at: RefPoint, environment: Environment): Truth {
  if (at.event === 'pull_request') return 'no';
  if (on === null) return at.event === 'push-tag' ? 'no' : defaultBranch(at);
  const isTag = at.event === 'push-tag';
  const tags = textOf(childOf(on, 'tags'));
  const branch = childOf(on, 'branch');
  const all = textOf(childOf(on, 'all_branches')) === 'true';
  if (tags === 'true' && !isTag) return at.event === 'push-branch' ? 'no' : 'unknown';
  if (tags === 'false' && isTag) return 'no';
  const condition = childOf(on, 'condition');
  const holdsToo: Truth = condition === null ? 'yes' : scriptCondition(itemsOf(condition), environment);
  if (isTag) return tags === 'true' || all ? holdsToo : branch === null ? 'no' : both('unknown', holdsToo);
  if (all) return holdsToo;
  const byBranch =
    branch === null
      ? defaultBranch(at)
      : itemsOf(branch).reduce<Truth>(
          (sum, item) => either(sum, branchTruth(textOf(item) ?? '', at.branch)),
          'no',
        );
  return both(byBranch, holdsToo);
}

function defaultBranch(at: RefPoint): Truth {
  const [name] = at.branch.value;
  if (at.branch === ABSENT) return 'no';
  return typeof name === 'string' && /^(master|main)$/.test(name) ? 'yes' : 'unknown';
}

function scriptCondition(conditions: readonly YamlNode[], environment: Environment): Truth {
  return conditions.reduce<Truth>(
    (sum, item) =>
      both(
        sum,
        conditionTruth(textOf(item) ?? '', {
          name: (name) => {
            const variable = environment.get(name);
            return variable === undefined ? null : factOf(variable);
          },
          bareTexts: true,
        }),
      ),
    'yes',
  );
}

export function shownDeployment(on: YamlNode | null): string | null {
  if (on?.kind !== 'map') return null;
  const parts = on.entries.flatMap(({ key, value }) =>
    key.text === 'repo'
      ? []
      : [
          `${key.text} ${itemsOf(value)
            .map((item) => textOf(item) ?? '')
            .join(', ')}`,
        ],
  );
  return parts.length === 0 ? null : parts.join(' && ');
}

export function runDeployment(
  deployment: YamlNode,
  environment: Environment,
  place: Place,
  reading: Reading,
): void {
  const { sources, ledger } = reading;
  const provider = textOf(childOf(deployment, 'provider')) ?? '';
  const location = locate(sourceOf(deployment, sources), deployment.start, deployment.end);
  const here = stepPlace(place, `deploy: ${provider}`, location);
  const script = childOf(deployment, 'script');
  if (provider === 'script' && script !== null) {
    const pieces = scriptScalars(script).map((scalar) => pieceOf(scalar, sourceOf(scalar, sources)));
    runShell(scriptText(pieces), { environment, shell: 'bash' }, here, ledger);
    return;
  }
  const files =
    childOf(deployment, 'file') ?? childOf(deployment, 'local_dir') ?? childOf(deployment, 'local-dir');
  const channel =
    provider === 'releases' ? 'release-asset' : /^(s3|gcs|azure)/.test(provider) ? 'object-storage' : null;
  if (channel === null) return;
  const paths = itemsOf(files).map((item) =>
    expanded(textOf(item) ?? '', (name) => environment.get(name) ?? null),
  );
  addAct(
    ledger,
    here,
    { kind: 'carry', channel, paths: paths.length === 0 ? [text('.')] : paths },
    { tool: `travis ${provider}`, family: 'archive', location },
  );
}
