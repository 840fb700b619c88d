// `.travis.yml` → acts: jobs with their phases, deployments and conditions, under each event.
import type { Truth, Value } from '../../model/value.ts';
import { both, either, text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import { type Files, repositoryPath } from '../files.ts';
import { locate, type SourceText } from '../source-text.ts';
import { childOf, itemsOf, textOf, type YamlMap, type YamlNode } from '../yaml.ts';
import { comparedTexts, conditionTruth } from './condition.ts';
import { ABSENT, type Fact, factOf, matches, openFact, textFact, variableOf } from './fact.ts';
import { branchesInScripts, type RefPoint, refPoints } from './ref-points.ts';
import {
  addAct,
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
  stepPlace,
  under,
} from './run.ts';
import { deepMerged, register, type Sources, scriptScalars, sourceOf } from './sourced.ts';
import { pieceOf, scriptText } from './template.ts';
import { expanded, withVariables } from './variables.ts';

const EVENTS = ['push-branch', 'push-tag', 'pull_request', 'schedule'] as const;
const PHASES = ['before_install', 'install', 'before_script', 'script', 'after_success', 'after_failure'];
const WHY = 'the event decides it';
const TYPES: Readonly<Record<string, string>> = {
  'push-branch': 'push',
  'push-tag': 'push',
  pull_request: 'pull_request',
  schedule: 'cron',
};

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

type Reading = {
  readonly sources: Sources;
  readonly source: SourceText;
  readonly ledger: Ledger;
  /** Imports that lie in other repositories. */
  readonly remote: readonly YamlNode[];
};

function namedBranches(root: YamlMap, content: string): readonly string[] {
  const inScripts = branchesInScripts(content);
  const conditions = [...content.matchAll(/^\s*-?\s*if:\s*(.*)$/gm)].flatMap((match) =>
    comparedTexts((match[1] ?? '').replace(/^["']|["']$/g, ''), /^branch$|BRANCH/),
  );
  const only = itemsOf(childOf(childOf(root, 'branches'), 'only')).map((item) => textOf(item) ?? '');
  const deployed = [...content.matchAll(/^\s*branch:\s*["']?([\w./-]+)/gm)].map((match) => match[1] ?? '');
  const types = new Set(['push', 'pull_request', 'cron', 'api']);
  return [...inScripts, ...conditions, ...only, ...deployed].filter((name) => !types.has(name));
}

function predefined(at: RefPoint): Environment {
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

function holds(written: string | null, at: RefPoint, environment: Environment): Truth {
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

function branchBuilt(branches: YamlNode | null, at: RefPoint): Truth {
  if (branches === null) return 'yes';
  const subject = at.event === 'push-tag' ? at.tag : at.branch;
  const any = (list: YamlNode | null): Truth =>
    itemsOf(list).reduce<Truth>((sum, item) => either(sum, branchTruth(textOf(item) ?? '', subject)), 'no');
  const only = childOf(branches, 'only') ?? (branches.kind === 'list' ? branches : null);
  if (only !== null) return any(only);
  const except = any(childOf(branches, 'except'));
  return except === 'yes' ? 'no' : except === 'no' ? 'yes' : 'unknown';
}

function branchTruth(written: string, subject: Fact): Truth {
  const pattern = /^\/(.*)\/([a-z]*)$/.exec(written);
  if (pattern !== null) return matches(subject, pattern[1] ?? '', pattern[2]);
  return matches(subject, `^${written.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')}$`);
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

/** Travis never deploys pull requests, and without `branch`, `tags` or `all_branches` only the default branch. */
function deploys(on: YamlNode | null, at: RefPoint, environment: Environment): Truth {
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

function shownDeployment(on: YamlNode | null): string | null {
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

function runDeployment(deployment: YamlNode, environment: Environment, place: Place, reading: Reading): void {
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
