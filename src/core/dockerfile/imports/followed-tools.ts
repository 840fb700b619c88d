// `make TARGET` and `npm run SCRIPT` in a step → the shell texts of the repository that they run, traced.
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { expand, newBudget } from '../../pipeline/make/expand.ts';
import type { Makefile, Rule } from '../../pipeline/make/makefile.ts';
import { readMakefile } from '../../pipeline/make/reading.ts';
import { markedScript } from '../../pipeline/make/recipe-text.ts';
import { listOf, wordsOf } from '../../pipeline/make/words.ts';
import { resolvePath } from '../../shell/files.ts';
import { readOptions } from '../../shell/options.ts';
import type { Invocation, TraceContext, TraceGap } from '../../shell/trace.ts';
import { traceScript } from '../../shell/trace-script.ts';
import { format, hole, join, known, prefix, text } from '../../value.ts';
import type { Part } from './instruction-traces.ts';

/** A file of the image whose text is known, with where it stands. */
export type ToolFile = {
  readonly path: string;
  readonly text: string;
  readonly locate: (start: number, end: number) => Location;
};

/** The text of a file of the image; null when it is not known. */
type ReadToolFile = (path: string) => ToolFile | null;

type Followed = { readonly parts: readonly Part[]; readonly gaps: readonly TraceGap[] };

const NOTHING: Followed = { parts: [], gaps: [] };

/** Scripts, and texts of 2,000 characters, that are still followed in one Dockerfile. */
export type FollowBudget = { left: number };

/** 4,000 lines of recipes take about half a second. */
export function newFollowBudget(): FollowBudget {
  return { left: 4_000 };
}

/** What a command runs of a Makefile or a package.json; nothing where neither is in sight. */
export function followTool(
  name: string,
  invocation: Invocation,
  context: TraceContext,
  readFile: ReadToolFile,
  budget: FollowBudget,
): Followed {
  const read = (path: string): ToolFile | null => {
    const file = readFile(path);
    budget.left -= file === null ? 0 : 1 + Math.ceil(file.text.length / 2_000);
    return file;
  };
  if (name === 'make' || name === 'gmake') return followMake(invocation, context, read, budget);
  if (Object.hasOwn(RUNNERS, name)) return followPackage(RUNNERS[name] ?? /^$/, invocation, context, read);
  return NOTHING;
}

/** Whether a command of this name may run texts of a Makefile or a package.json. */
export function isFollowed(name: string, { argv }: Invocation): boolean {
  if (name === 'make' || name === 'gmake') return true;
  const verb = known(argv[1]?.value ?? []) ?? '';
  return Object.hasOwn(RUNNERS, name) && RUNNERS[name]?.test(verb) === true;
}

/** Goals and needs of one call that are followed; beyond it the rest is named by a gap. */
const MOST_TARGETS = 200;
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
const MAKE_OPTIONS = {
  valued: ['-C', '--directory', '-f', '--file', '--makefile', '-j', '--jobs', '-I', '-o', '-W', '-l', '-O'],
  flags: ['-s', '-k', '-B', '-n', '-q', '-p', '-i', '-w', '-e', '-v'],
};
const ASSIGNED = /^([A-Za-z_][\w.-]*)(?::{1,3}|\?|\+|!)?=/;

function followMake(
  invocation: Invocation,
  context: TraceContext,
  read: ReadToolFile,
  budget: FollowBudget,
): Followed {
  const options = readOptions(invocation.argv.slice(1), MAKE_OPTIONS);
  if (['-n', '-q', '-v', '--dry-run', '--version', '--help'].some((flag) => options.flags.has(flag)))
    return NOTHING;
  const value = (...names: readonly string[]) =>
    names.flatMap((one) => options.values.get(one) ?? []).at(-1)?.value;
  const folder = resolvePath(invocation.workingDirectory, value('-C', '--directory') ?? text('.'));
  const file = value('-f', '--file', '--makefile');
  const names = file === undefined ? MAKEFILES.map(text) : [file];
  const found = names.flatMap((one) => {
    const path = known(resolvePath(folder, one));
    return (path === null ? null : read(path)) ?? [];
  })[0];
  if (found === undefined) return NOTHING;
  const given = new Map<string, Value>();
  const goals: Value[] = [];
  for (const { value: word } of options.operands) {
    const match = ASSIGNED.exec(prefix(word));
    if (match?.[1] === undefined) goals.push(word);
    else given.set(match[1], join([prefix(word).slice(match[0].length), word.slice(1)]));
  }
  return recipesOf(found, goals, given, folder, invocation, context, read, budget);
}

function recipesOf(
  file: ToolFile,
  goals: readonly Value[],
  given: ReadonlyMap<string, Value>,
  folder: Value,
  invocation: Invocation,
  context: TraceContext,
  read: ReadToolFile,
  budget: FollowBudget,
): Followed {
  const limits = new Set<string>();
  const variables = new Map([...invocation.environment, ...invocation.assignments]);
  const environment = (name: string): Value | null =>
    name === 'MAKECMDGOALS' ? listOf(goals) : (variables.get(name) ?? null);
  const makefile = readMakefile(file.path, file.text, {
    files: {
      has: (path) => read(`/${path}`) !== null,
      oid: () => null,
      read: (path) => {
        const inner = read(`/${path}`);
        return inner === null ? null : { text: inner.text, oid: '' };
      },
      link: () => null,
      list: () => [],
      wanted: () => [],
    },
    folder: (known(folder) ?? '').replace(/^\//, ''),
    given,
    environment,
    isClosed: false,
    shell: () => null,
  });
  const spend = newBudget((limit) => limits.add(limit));
  const parts: Part[] = [];
  const seen = new Set<string>();
  const make = (target: string): void => {
    if (seen.has(target)) return;
    if (seen.size >= MOST_TARGETS) {
      limits.add(`${MOST_TARGETS} targets`);
      return;
    }
    seen.add(target);
    for (const { rule, stem } of rulesFor(target, makefile)) {
      const needs = rule.needed.map((need) => format(need).replace('%', stem));
      for (const need of needs) make(need);
      const locals = new Map([
        ['@', text(target)],
        ['*', text(stem)],
        ['<', text(needs[0] ?? '')],
        ['^', text(needs.join(' '))],
      ]);
      const scope = {
        ...makefile.scope,
        environment,
        locals,
        spend,
        limit: (limit: string) => limits.add(limit),
      };
      for (const { line } of rule.recipe) {
        budget.left -= 1;
        if (budget.left < 0) return;
        const place = { start: line.start, end: line.start + line.text.length };
        const at = () => locatedIn(line.source, place.start, place.end, file, read);
        const written = expand(line.text, scope);
        const { source, expression } = markedScript(withoutPrefix(written), (one) =>
          hole(one, 'make computes it when it runs'),
        );
        if (source.trim() === '') continue;
        const own = new Map([...variables, ...given]);
        const trace = traceScript(source, {
          ...context,
          environment: own,
          expression,
          workingDirectory: folder,
          shell: 'sh',
        });
        parts.push({ trace, text: source, locate: at });
      }
    }
  };
  const first = goals.length > 0 ? goals.flatMap(wordsOf).map(format) : defaultGoal(makefile);
  for (const goal of first) make(goal);
  if (budget.left < 0) limits.add('is followed in one Dockerfile');
  return { parts, gaps: [...limits, ...makefile.limits].sort().map((limit) => gapOf(limit, invocation)) };
}

function defaultGoal({ own }: Makefile): readonly string[] {
  const named = own.flatMap(({ targets }) => targets.map(format));
  return named.filter((target) => !/^\.[A-Z]|%/.test(target) && !target.startsWith('.')).slice(0, 1);
}

/** The rules that name a target, else the pattern rules that fit it. */
function rulesFor(
  target: string,
  { named, patterns }: Makefile,
): readonly { readonly rule: Rule; readonly stem: string }[] {
  const own = (named.get(target) ?? []).map((rule) => ({ rule, stem: '' }));
  if (own.some(({ rule }) => rule.recipe.length > 0)) return own;
  const fitting = patterns.flatMap((rule) =>
    rule.targets.flatMap((pattern) => {
      const [before = '', after = ''] = format(pattern).split('%');
      const fits =
        target.length > before.length + after.length && target.startsWith(before) && target.endsWith(after);
      return fits ? [{ rule, stem: target.slice(before.length, target.length - after.length) }] : [];
    }),
  );
  return [...own, ...fitting.slice(0, 1)];
}

function withoutPrefix([first, ...rest]: Value): Value {
  return typeof first === 'string'
    ? join([first.replace(/^[\t ]*[@+-][\t @+-]*/, ''), rest])
    : join([first === undefined ? [] : [first], rest]);
}

function locatedIn(
  source: { readonly path: string },
  start: number,
  end: number,
  main: ToolFile,
  read: ReadToolFile,
): Location {
  const file = source.path === main.path ? main : read(`/${source.path}`);
  return (file ?? main).locate(start, end);
}

function gapOf(limit: string, { start, end, path }: Invocation): TraceGap {
  return {
    kind: 'limit',
    reason: `the Makefile needs more than ${limit}, and the rest was not read`,
    remedy: 'make fewer targets for one goal',
    path,
    start,
    end,
  };
}

/** What of the first words names a script of the project. */
const RUNNERS: Readonly<Record<string, RegExp>> = {
  npm: /^(?:run|run-script|test|start|stop|restart)$/,
  pnpm: /^(?:run|test|start)$/,
  yarn: /^(?:run|test|start)$/,
  bun: /^run$/,
};

const RUNNER_OPTIONS = {
  valued: ['--prefix', '-C', '--cwd', '--dir', '-w', '--workspace', '--filter'],
  flags: ['-s', '--silent', '--if-present'],
};

function followPackage(
  runs: RegExp,
  invocation: Invocation,
  context: TraceContext,
  read: ReadToolFile,
): Followed {
  const options = readOptions(invocation.argv.slice(1), RUNNER_OPTIONS);
  const base = ['--prefix', '-C', '--cwd', '--dir'].flatMap((one) => options.values.get(one) ?? []).at(-1);
  const [verb, operand] = options.operands.map(({ value }) => known(value));
  if (verb === undefined || verb === null) return NOTHING;
  // `yarn build` is `yarn run build`.
  const isYarn = known(invocation.argv[0]?.value ?? [])?.endsWith('yarn') === true;
  const name = runs.test(verb) ? (/^run/.test(verb) ? operand : verb) : isYarn ? verb : null;
  const folder = resolvePath(invocation.workingDirectory, base?.value ?? text('.'));
  const path = known(resolvePath(folder, text('package.json')));
  const file = path === null || name === null || name === undefined ? null : read(path);
  if (file === null || name === null || name === undefined) return NOTHING;
  const scripts = scriptsIn(file.text);
  const parts = [`pre${name}`, name, `post${name}`].flatMap((one): readonly Part[] => {
    const script = scripts.get(one);
    if (script === undefined) return [];
    const trace = traceScript(script, {
      ...context,
      environment: new Map([...invocation.environment, ...invocation.assignments]),
      workingDirectory: folder,
      shell: 'sh',
    });
    const key = file.text.indexOf(JSON.stringify(one), Math.max(0, file.text.indexOf('"scripts"')));
    const start = Math.max(0, key);
    return [{ trace, text: script, locate: () => file.locate(start, start + one.length + 2) }];
  });
  return { parts, gaps: [] };
}

function scriptsIn(content: string): ReadonlyMap<string, string> {
  let read: unknown;
  try {
    read = JSON.parse(content);
  } catch {
    // npm reads no script from such a file either.
    return new Map();
  }
  const scripts = typeof read === 'object' && read !== null && 'scripts' in read ? read.scripts : null;
  if (typeof scripts !== 'object' || scripts === null) return new Map();
  return new Map(
    Object.entries(scripts).flatMap(([name, script]) => (typeof script === 'string' ? [[name, script]] : [])),
  );
}
