// `.travis.yml` → acts: jobs with their phases, deployments and conditions, under each event.
import type { Truth } from '../../../model/value.ts';
import { both } from '../../../value.ts';
import { type Ledger, newLedger, type Place } from '../../act.ts';
import { type Files, repositoryPath } from '../../files.ts';
import { locate, type SourceText } from '../../source-text.ts';
import { childOf, itemsOf, textOf, type YamlMap, type YamlNode } from '../../yaml.ts';
import { comparedTexts } from '../condition.ts';
import { branchesInScripts, type RefPoint, refPoints } from '../ref-points.ts';
import {
  addLimit,
  addOpaque,
  type Environment,
  jobPlace,
  placeAt,
  readText,
  readTexts,
  readYamlText,
  runShell,
  showsCredentials,
  under,
} from '../run.ts';
import { deepMerged, register, type Sources, scriptScalars, sourceOf } from '../sourced.ts';
import { pieceOf, scriptText } from '../template.ts';
import { withVariables } from '../variables.ts';

import { branchBuilt, holds, predefined } from './conditions.ts';
import { deploys, runDeployment, shownDeployment } from './deployments.ts';

const EVENTS = ['push-branch', 'push-tag', 'pull_request', 'schedule'] as const;
const PHASES = ['before_install', 'install', 'before_script', 'script', 'after_success', 'after_failure'];
function isTravisPath(path: string): boolean {
  return path === '.travis.yml';
}

export function readTravis(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isTravisPath, ledger)) {
    const yaml = readYamlText(path, content, ledger);
    const sources: Sources = new Map();
    register(yaml.root, yaml.source, sources);
    if (yaml.root?.kind !== 'map') continue;
    const { root, remote } = withImports(yaml.root, files, sources, ledger);
    for (const at of refPoints(EVENTS, namedBranches(root, content)))
      runFile(root, at, placeAt(path, files, at), { sources, source: yaml.source, ledger, remote });
  }
  return ledger;
}

/** `import:` puts other files under this one: those of the repository are read. https://docs.travis-ci.com/user/build-config-imports/ */
function withImports(
  root: YamlMap,
  files: Files,
  sources: Sources,
  ledger: Ledger,
): { readonly root: YamlMap; readonly remote: readonly YamlNode[] } {
  const remote: YamlNode[] = [];
  let merged: YamlNode | null = null;
  const imports = childOf(root, 'import');
  for (const item of imports?.kind === 'list' ? imports.items : imports === null ? [] : [imports]) {
    const written = textOf(item) ?? textOf(childOf(item, 'source')) ?? '';
    const path = /^\.?\//.test(written)
      ? repositoryPath(written.replace(/^\/+/, '').replace(/@[^@/]*$/, ''))
      : null;
    const content = path === null ? null : readText(path, files, ledger);
    if (path === null || content === null) {
      remote.push(item);
      continue;
    }
    const yaml = readYamlText(path, content, ledger);
    register(yaml.root, yaml.source, sources);
    if (yaml.root !== null) merged = deepMerged(merged, yaml.root, sources);
  }
  const whole = merged === null ? root : deepMerged(merged, root, sources);
  return { root: whole.kind === 'map' ? whole : root, remote };
}

export type Reading = {
  readonly sources: Sources;
  readonly source: SourceText;
  readonly ledger: Ledger;
  /** Imports that lie in other repositories. */
  readonly remote: readonly YamlNode[];
};

function namedBranches(root: YamlMap, content: string): readonly string[] {
  const inScripts = branchesInScripts(content);
  const conditions = [...content.matchAll(/^[ \t]*(?:-[ \t]*)?if:\s*(.*)$/gm)].flatMap((match) =>
    comparedTexts((match[1] ?? '').replace(/^["']|["']$/g, ''), /^branch$|BRANCH/),
  );
  const only = itemsOf(childOf(childOf(root, 'branches'), 'only')).map((item) => textOf(item) ?? '');
  const deployed = [...content.matchAll(/^[ \t]*branch:\s*["']?([\w./-]+)/gm)].map((match) => match[1] ?? '');
  const types = new Set(['push', 'pull_request', 'cron', 'api']);
  return [...inScripts, ...conditions, ...only, ...deployed].filter((name) => !types.has(name));
}

function runFile(root: YamlMap, at: RefPoint, place: Place, reading: Reading): void {
  const env = childOf(root, 'env');
  const isSplit =
    childOf(env, 'global') !== null || childOf(env, 'jobs') !== null || childOf(env, 'matrix') !== null;
  const global = withVariables(predefined(at), isSplit ? childOf(env, 'global') : null);
  const condition = textOf(childOf(root, 'if'));
  const started = under(
    place,
    both(branchBuilt(childOf(root, 'branches'), at), holds(condition, at, global)),
    condition,
  );
  if (started === null) return;
  for (const item of reading.remote)
    addOpaque(reading.ledger, started, {
      what: `import ${textOf(item) ?? textOf(childOf(item, 'source')) ?? 'without a name'}`,
      doubt: 'the imported configuration is not in the repository, and its jobs may push',
      settledBy: 'keep the imported file in the repository, or approve it as it is',
      family: 'reusable-workflow',
      location: locate(sourceOf(item, reading.sources), item.start, item.end),
    });
  const rows = isSplit ? (childOf(env, 'jobs') ?? childOf(env, 'matrix')) : env;
  const matrix = childOf(root, 'jobs') ?? childOf(root, 'matrix');
  const included =
    matrix === null ? [] : itemsIn(childOf(matrix, 'include') ?? (matrix.kind === 'list' ? matrix : null));
  const stages = new Map(
    itemsOf(childOf(root, 'stages')).map((stage) => [
      (textOf(childOf(stage, 'name')) ?? textOf(stage) ?? '').toLowerCase(),
      textOf(childOf(stage, 'if')),
    ]),
  );
  const own: readonly Environment[] =
    rows?.kind === 'list'
      ? rows.items.map((row) => withVariables(global, row))
      : [withVariables(global, rows)];
  const expandsItself =
    rows !== null || included.length === 0 || included.every((job) => childOf(job, 'script') === null);
  if (expandsItself) {
    if (own.length > ROW_LIMIT)
      addLimit(
        reading.ledger,
        locate(reading.source, root.start, root.start),
        `more than ${ROW_LIMIT} rows of variables`,
      );
    for (const [index, environment] of own.slice(0, ROW_LIMIT).entries())
      runJob(null, root, environment, at, started, `test ${index + 1}`, reading);
  }
  let stage = 'test';
  for (const [index, job] of included.entries()) {
    stage = textOf(childOf(job, 'stage')) ?? stage;
    const environment = withVariables(own[0] ?? global, childOf(job, 'env'));
    const ifs = [stages.get(stage.toLowerCase()) ?? null, textOf(childOf(job, 'if'))].filter(
      (one) => one !== null,
    );
    const truth = ifs.reduce<Truth>((sum, one) => both(sum, holds(one, at, environment)), 'yes');
    const inside = under(started, truth, ifs.join(' && '));
    if (inside !== null)
      runJob(
        job,
        root,
        environment,
        at,
        inside,
        textOf(childOf(job, 'name')) ?? `${stage} ${index + 1}`,
        reading,
      );
  }
}

const ROW_LIMIT = 24;

function itemsIn(node: YamlNode | null): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items.filter((item) => item.kind === 'map') : [];
}

function runJob(
  job: YamlNode | null,
  root: YamlMap,
  environment: Environment,
  at: RefPoint,
  place: Place,
  name: string,
  reading: Reading,
): void {
  const { sources, source, ledger } = reading;
  const inherited = (key: string): YamlNode | null => childOf(job, key) ?? childOf(root, key);
  const start = job ?? childOf(root, 'script') ?? root;
  const location = locate(sourceOf(start, sources), start.start, start.end);
  const here = jobPlace(place, name, location, showsCredentials(source.text));
  let current = environment;
  const run = (node: YamlNode | null, into: Place | null): void => {
    if (into === null) return;
    const script = scriptText(
      scriptScalars(node).map((scalar) => pieceOf(scalar, sourceOf(scalar, sources))),
    );
    if (script.text.trim() === '') return;
    current = runShell(script, { environment: current, shell: 'bash' }, into, ledger).environment;
  };
  for (const phase of PHASES)
    run(inherited(phase), phase === 'after_failure' ? under(here, 'unknown', 'the build failed') : here);
  const deploy = inherited('deploy');
  const deployments = deploy?.kind === 'map' ? [deploy] : itemsIn(deploy);
  const reached = deployments.flatMap((deployment) => {
    const on = childOf(deployment, 'on') ?? childOf(deployment, 'true');
    const inside = under(here, deploys(on, at, current), shownDeployment(on));
    return inside === null ? [] : [{ deployment, inside }];
  });
  const [first] = reached;
  if (first !== undefined) run(inherited('before_deploy'), first.inside);
  for (const { deployment, inside } of reached) runDeployment(deployment, current, inside, reading);
  if (first !== undefined) run(inherited('after_deploy'), first.inside);
  run(inherited('after_script'), here);
}
