// Statements of a Makefile, read from top to bottom as make does → its rules and variables; what a condition leaves
// open is kept as alternatives.
import type { Truth, Value } from '../../model/value.ts';
import { choice } from '../../shell/variables.ts';
import { equal, format, hole, join, known, not, text } from '../../value.ts';
import { isRunnersOwn } from '../closed-environment.ts';
import { type Files, isGap, repositoryPath } from '../files.ts';
import { sourceText } from '../source-text.ts';
import { type Environment, type Expansion, expand } from './expand.ts';
import { matchingFiles } from './matching-files.ts';
import {
  type Arm,
  type Assignment,
  type Condition,
  type Line,
  readStatements,
  type Statement,
} from './statements.ts';
import { isFilled, wordsOf } from './words.ts';

/** A recursive variable keeps its text, a simple one what it was expanded to; null: it may be unset. */
type Definition = { readonly text: string } | { readonly value: Value } | null;

type Variable = { readonly definitions: readonly Definition[]; readonly isOverride: boolean };

export type RecipeLine = { readonly line: Line; readonly guards: readonly string[] };

export type Rule = {
  readonly targets: readonly Value[];
  readonly needs: string;
  readonly needed: readonly Value[];
  /** Of a static pattern rule: its needs take the stem of each target. */
  readonly pattern: string | null;
  readonly recipe: RecipeLine[];
  readonly guards: readonly string[];
  readonly isDouble: boolean;
};

type Local = { readonly targets: readonly Value[]; readonly assignment: Assignment };

export type Makefile = {
  readonly path: string;
  readonly rules: readonly Rule[];
  /** Those of the file and of what it includes: files that MAKEFILES names come first and set no default goal. */
  readonly own: readonly Rule[];
  /** Rules by each of their targets as written. */
  readonly named: ReadonlyMap<string, readonly Rule[]>;
  readonly patterns: readonly Rule[];
  readonly locals: readonly Local[];
  /** Names whose values recipes find in their environment; null: all of them. */
  readonly exported: ReadonlySet<string> | null;
  /** How a variable or function expands after the last line. */
  readonly scope: Expansion;
  readonly isOneShell: boolean;
  /** The names of variables anywhere in it: no other can make a difference. */
  readonly words: ReadonlySet<string>;
  /** Caps that were reached. */
  readonly limits: ReadonlySet<string>;
  /** Included files, as written, that are not in sight: they may hold more rules. */
  readonly unread: ReadonlySet<string>;
};

export type Setting = {
  readonly files: Files;
  /** Where make runs, as a folder of the repository; null when it is elsewhere. */
  readonly folder: string | null;
  /** Given on the command line: they win over the file's own. */
  readonly given: ReadonlyMap<string, Value>;
  readonly environment: Environment;
  /** Every variable of the environment is in sight: what nothing sets is empty. */
  readonly isClosed: boolean;
  /** What a command prints; null when that can't be told. */
  readonly shell: (command: Value, environment: Environment) => Value | null;
};

const EXPANSION_LIMIT = 100_000;
const INCLUDE_LIMIT = 200;
const ALTERNATIVES = 12;
/** `eval` in what `eval` reads. */
const DEPTH_OF_EVAL = 8;

type Made = {
  readonly value: Value;
  readonly asked: ReadonlySet<string>;
  readonly variables: Map<string, Variable>;
  readonly environment: Environment;
  readonly assigned: number;
};

type Reading = {
  readonly setting: Setting;
  variables: Map<string, Variable>;
  readonly rules: Rule[];
  readonly locals: Local[];
  exported: Set<string> | null;
  current: Rule | null;
  guards: readonly string[];
  readonly words: Set<string>;
  readonly limits: Set<string>;
  readonly unread: Set<string>;
  readonly expanding: Set<string>;
  /** What variables expanded to, with the names they asked for: valid until something is assigned. */
  readonly made: Map<string, Made>;
  readonly asked: Set<string>[];
  assigned: number;
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

function byTarget(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const named = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const target of new Set(rule.targets.map(format))) {
      const same = named.get(target);
      if (same === undefined) named.set(target, [rule]);
      else same.push(rule);
    }
  }
  return named;
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

function merged(ends: readonly Map<string, Variable>[]): Map<string, Variable> {
  const result = new Map<string, Variable>();
  for (const name of new Set(ends.flatMap((end) => [...end.keys()]))) {
    const all = ends.map((end) => end.get(name));
    const [first] = all;
    if (first !== undefined && all.every((one) => one === first)) {
      result.set(name, first);
      continue;
    }
    const distinct = new Map<string, Definition>();
    for (const one of all)
      for (const definition of one?.definitions ?? [null])
        distinct.set(JSON.stringify(definition), definition);
    result.set(name, {
      definitions: [...distinct.values()].slice(0, ALTERNATIVES),
      isOverride: all.some((one) => one?.isOverride === true),
    });
  }
  return result;
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

function assign(reading: Reading, scope: Expansion, name: string, assignment: Assignment): void {
  const { operator, value, isOverride } = assignment;
  const before = reading.variables.get(name);
  const outer = scope.environment(name);
  const set = (definitions: readonly Definition[]): void => {
    reading.assigned += 1;
    reading.variables.set(name, { definitions, isOverride: isOverride || before?.isOverride === true });
  };
  if (operator === '?=') {
    if (before === undefined) {
      if (outer === null) set([{ text: value }]);
    } else set(before.definitions.map((one) => one ?? { text: value }));
  } else if (operator === '+=') {
    const start = before?.definitions ?? [outer === null ? null : { value: outer }];
    set(
      start.map((one): Definition => {
        if (one === null) return { text: value };
        if ('text' in one) return { text: `${one.text} ${value}` };
        return { value: join([one.value, one.value.length === 0 ? '' : ' ', expand(value, scope)]) };
      }),
    );
  } else if (operator === ':=') set([{ value: expand(value, scope) }]);
  else if (operator === '!=') set([{ text: `$(shell ${value})` }]);
  else set([{ text: value }]);
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

/** Counts the expansions of one reading or of one run of make. */
export function newBudget(exceeded: (limit: string) => void): () => boolean {
  let spent = 0;
  return () => {
    spent += 1;
    if (spent === EXPANSION_LIMIT + 1) exceeded(`${EXPANSION_LIMIT} expansions`);
    return spent <= EXPANSION_LIMIT;
  };
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

function variable(name: string, scope: Expansion, reading: Reading): Value {
  for (const names of reading.asked) names.add(name);
  const local = scope.locals.get(name);
  if (local !== undefined) return local;
  const own = reading.variables.get(name);
  const fixed = reading.setting.given.get(name);
  if (fixed !== undefined && own?.isOverride !== true) return fixed;
  if (own === undefined) {
    if (name === 'MAKE') return text('make');
    if (name === 'PWD' && reading.setting.folder !== null) return text('.');
    return scope.environment(name) ?? unset(name, reading.setting);
  }
  if (reading.expanding.has(name)) return hole(`$(${name})`, 'it refers to itself');
  const { environment } = scope;
  const made = reading.made.get(name);
  if (
    made !== undefined &&
    made.variables === reading.variables &&
    made.environment === environment &&
    made.assigned === reading.assigned
  ) {
    if (![...scope.locals.keys()].some((one) => made.asked.has(one))) {
      for (const names of reading.asked) for (const one of made.asked) names.add(one);
      return made.value;
    }
  }
  const asked = new Set<string>();
  reading.asked.push(asked);
  const value = expandedVariable(name, own, scope, reading);
  reading.asked.pop();
  for (const names of reading.asked) for (const one of asked) names.add(one);
  if (![...scope.locals.keys()].some((one) => asked.has(one)))
    reading.made.set(name, {
      value,
      asked,
      variables: reading.variables,
      environment,
      assigned: reading.assigned,
    });
  return value;
}

function expandedVariable(name: string, own: Variable, scope: Expansion, reading: Reading): Value {
  reading.expanding.add(name);
  const values = own.definitions.map((definition): Value => {
    if (definition === null) return scope.environment(name) ?? unset(name, reading.setting);
    return 'value' in definition ? definition.value : expand(definition.text, scope);
  });
  reading.expanding.delete(name);
  const [only = []] = values;
  return values.length === 1 ? only : [choice(`$(${name})`, values)];
}

/**
 * A variable nobody sets is the empty text. Conditions are decided by that; in a text it keeps its name, so that
 * people read what is missing. Where variables may be set out of sight, nothing is known of it.
 */
function unset(name: string, { isClosed }: Setting): Value {
  const expression = `$(${name})`;
  if (!isClosed || isRunnersOwn(name)) return hole(expression, 'the environment of make sets it');
  return [{ expression, why: 'nothing in sight sets it', choices: [[]] }];
}
