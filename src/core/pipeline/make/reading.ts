// Statements of a Makefile, read from top to bottom as make does → its rules and variables; what a condition leaves
// open is kept as alternatives.
import type { Truth, Value } from '../../model/value.ts';
import { equal, format, join, known, not, text } from '../../value.ts';
import { isGap, repositoryPath } from '../files.ts';
import { sourceText } from '../source-text.ts';
import { type Expansion, expand, newBudget } from './expand.ts';
import { byTarget, type Local, type Makefile, type Rule, type Setting } from './makefile.ts';
import { matchingFiles } from './matching-files.ts';
import { type Arm, type Condition, type Line, readStatements, type Statement } from './statements.ts';
import { assign, merged, type Variable, type VariableStore, variable } from './variables.ts';
import { isFilled, wordsOf } from './words.ts';

const INCLUDE_LIMIT = 200;

/** `eval` in what `eval` reads. */
const DEPTH_OF_EVAL = 8;

type Reading = VariableStore & {
  readonly rules: Rule[];
  readonly locals: Local[];
  exported: Set<string> | null;
  current: Rule | null;
  guards: readonly string[];
  readonly words: Set<string>;
  readonly limits: Set<string>;
  readonly unread: Set<string>;
  /** The line whose expansion is being read as a Makefile. */
  anchor: Line | null;
  evaluations: number;
  included: number;
};

export function readMakefile(path: string, content: string, setting: Setting): Makefile {
  const reading: Reading = {
    setting,
    variables: new Map(),
    rules: [],
    locals: [],
    exported: new Set(),
    current: null,
    guards: [],
    words: new Set(),
    limits: new Set(),
    unread: new Set(),
    expanding: new Set(),
    made: new Map(),
    asked: [],
    assigned: 0,
    anchor: null,
    evaluations: 0,
    included: 0,
  };
  const scope = scopeOf(reading);
  if (setting.folder !== null)
    reading.variables.set('CURDIR', { definitions: [{ value: text('.') }], isOverride: false });
  include(setting.environment('MAKEFILES') ?? [], true, reading, scope);
  const included = reading.rules.length;
  readText(path, content, reading, scope);
  return {
    path,
    rules: reading.rules,
    own: reading.rules.slice(included),
    named: byTarget(reading.rules),
    patterns: reading.rules.filter(
      (rule) => rule.pattern === null && rule.targets.some((target) => format(target).includes('%')),
    ),
    locals: reading.locals,
    exported: reading.exported,
    scope,
    isOneShell: reading.rules.some(({ targets }) => targets.some((one) => known(one) === '.ONESHELL')),
    words: reading.words,
    limits: reading.limits,
    unread: reading.unread,
  };
}

function readText(path: string, content: string, reading: Reading, scope: Expansion): void {
  if (reading.anchor === null) {
    const list = reading.variables.get('MAKEFILE_LIST')?.definitions[0];
    const before = list !== undefined && list !== null && 'value' in list ? list.value : [];
    const value = join([before, ' ', seenFrom(reading.setting.folder, path)]);
    reading.variables.set('MAKEFILE_LIST', { definitions: [{ value }], isOverride: false });
  }
  for (const word of content.match(/[A-Za-z_][\w.-]*/g) ?? []) reading.words.add(word);
  run(readStatements(sourceText(path, content)), reading, scope);
}

/** A repository path as seen from the folder where make runs. */
function seenFrom(folder: string | null, path: string): string {
  if (folder === null || folder === '') return path;
  return path.startsWith(`${folder}/`)
    ? path.slice(folder.length + 1)
    : `${'../'.repeat(folder.split('/').length)}${path}`;
}

function run(statements: readonly Statement[], reading: Reading, scope: Expansion): void {
  for (const statement of statements) runOne(statement, reading, scope);
}

function runOne(statement: Statement, reading: Reading, scope: Expansion): void {
  switch (statement.kind) {
    case 'assignment': {
      const name = known(expand(statement.name, scope))?.trim();
      if (name !== undefined && name !== '') {
        assign(reading, scope, name, statement);
        if (statement.isExported) reading.exported?.add(name);
      }
      return;
    }
    case 'export':
      if (statement.names.trim() === '') reading.exported = statement.isExported ? null : new Set();
      else
        for (const name of wordsOf(expand(statement.names, scope)).map(known))
          if (name !== null && statement.isExported) reading.exported?.add(name);
      return;
    case 'undefine':
      reading.variables.delete(statement.name);
      reading.assigned += 1;
      return;
    case 'include':
      include(expand(statement.names, scope), statement.isOptional, reading, scope);
      return;
    case 'rule':
      reading.current = ruleOf(statement, reading, scope);
      reading.rules.push(reading.current);
      return;
    case 'local':
      reading.locals.push({
        targets: wordsOf(expand(statement.targets, scope)),
        assignment: statement.assignment,
      });
      return;
    case 'recipe':
      reading.current?.recipe.push({
        line: reading.anchor === null ? statement.line : { ...reading.anchor, text: statement.line.text },
        guards: reading.guards.filter((guard) => reading.current?.guards.includes(guard) !== true),
      });
      return;
    case 'computed': {
      const { anchor } = reading;
      reading.anchor = anchor ?? statement.line;
      const made = expand(statement.line.text, scope);
      if (made.length > 0 && reading.evaluations === 0 && /\bcall\b/.test(statement.line.text))
        scope.evaluate(made);
      reading.anchor = anchor;
      return;
    }
    case 'branch':
      runBranch(statement.arms, reading, scope);
  }
}

function ruleOf(statement: Extract<Statement, { kind: 'rule' }>, reading: Reading, scope: Expansion): Rule {
  return {
    targets: wordsOf(expand(statement.targets, scope)),
    needs: statement.needs,
    needed: wordsOf(expand(statement.needs, scope)),
    pattern: statement.pattern === null ? null : known(expand(statement.pattern, scope)),
    recipe: [],
    guards: reading.guards,
    isDouble: statement.isDouble,
  };
}

/** Arms are read one by one; where the condition is open, each from the same start, and what they set is merged. */
function runBranch(arms: readonly Arm[], reading: Reading, scope: Expansion): void {
  const before = reading.variables;
  const { guards, current } = reading;
  const ends: Map<string, Variable>[] = [];
  let left: readonly string[] = guards;
  let isClosed = false;
  for (const arm of arms) {
    reading.variables = new Map(before);
    const truth = arm.condition === null ? 'yes' : judge(arm.condition, scope);
    if (truth === 'no') continue;
    const isOpen = truth === 'unknown' || ends.length > 0;
    reading.guards = arm.condition === null || truth === 'yes' ? left : [...left, arm.condition.written];
    run(arm.body, reading, scope);
    if (isOpen || truth === 'yes') ends.push(reading.variables);
    if (truth === 'yes') {
      isClosed = true;
      break;
    }
    if (arm.condition !== null) left = [...left, `! ${arm.condition.written}`];
  }
  if (!isClosed) ends.push(before);
  reading.guards = guards;
  reading.current = reading.current ?? current;
  reading.variables = ends.length === 1 ? (ends[0] ?? before) : merged(ends);
}

function judge(condition: Condition, scope: Expansion): Truth {
  if (condition.kind === 'ifdef' || condition.kind === 'ifndef') {
    const name = known(expand(condition.left, scope))?.trim();
    const filled = name === undefined ? 'unknown' : isFilled(scope.variable(name, scope));
    return condition.kind === 'ifdef' ? filled : not(filled);
  }
  const same = equalUnder(expand(condition.left, scope), expand(condition.right, scope));
  return condition.kind === 'ifeq' ? same : not(same);
}

/** A hole that is one of several texts is compared as each of them. */
function equalUnder(left: Value, right: Value): Truth {
  const [only] = left;
  if (left.length === 1 && typeof only === 'object' && only.choices !== undefined) {
    const answers = only.choices.map((one) => equalUnder(one, right));
    return answers.every((answer) => answer === answers[0]) ? (answers[0] ?? 'unknown') : 'unknown';
  }
  const [other] = right;
  if (right.length === 1 && typeof other === 'object' && other.choices !== undefined)
    return equalUnder(right, left);
  return equal(left, right);
}

/** Files are looked up where make runs; those that a build or a download makes are not there. */
function include(names: Value, isOptional: boolean, reading: Reading, scope: Expansion): void {
  for (const word of wordsOf(names)) {
    const name = known(word);
    const files = name === null ? null : scope.files(name);
    if (!isOptional && (files === null || files.length === 0)) reading.unread.add(format(word));
    for (const file of files ?? []) {
      const { folder, files: all } = reading.setting;
      const path = repositoryPath(folder === null || folder === '' ? file : `${folder}/${file}`);
      const read = path === null ? null : all.read(path);
      if (path === null || read === null || read === 'unread' || isGap(read)) continue;
      reading.included += 1;
      if (reading.included > INCLUDE_LIMIT) {
        reading.limits.add(`${INCLUDE_LIMIT} included files`);
        return;
      }
      readText(path, read.text, reading, scope);
    }
  }
}

function scopeOf(reading: Reading): Expansion {
  const { setting } = reading;
  const scope: Expansion = {
    variable: (name, asking) => variable(name, asking, reading),
    raw: (name) => {
      const [only, ...others] = reading.variables.get(name)?.definitions ?? [];
      return only !== null && only !== undefined && 'text' in only && others.length === 0 ? only.text : null;
    },
    environment: setting.environment,
    origin: (name, { environment }) => {
      if (setting.given.has(name)) return 'command line';
      if (reading.variables.has(name)) return 'file';
      return environment(name) === null ? null : 'environment';
    },
    shell: setting.shell,
    files: (pattern) => matchingFiles(pattern, setting.folder, setting.files),
    // What is not known stays the reference it was, and is expanded again where it is used.
    evaluate: (content) => {
      if (reading.evaluations > DEPTH_OF_EVAL) return;
      reading.evaluations += 1;
      readText(reading.anchor?.source.path ?? '', format(content), reading, scope);
      reading.evaluations -= 1;
    },
    locals: new Map(),
    depth: 0,
    spend: newBudget((limit) => reading.limits.add(limit)),
    limit: (name) => reading.limits.add(name),
  };
  return scope;
}
