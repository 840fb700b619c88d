// `make TARGET` → the acts of the recipes it would run, variables resolved as far as the Makefile settles them.
import type { Value } from '../model/value.ts';
import type { Invocation } from '../shell/trace.ts';
import { format, hole, join, known, prefix, text } from '../value.ts';
import type { Ledger, Place } from './act.ts';
import { inside } from './command-call.ts';
import { readCommandLine } from './command-line.ts';
import { opaqueEffect } from './effect.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { isMakeFunction, makeFunction } from './make-functions.ts';
import { type Makefile, parseMakefile, type Rule, references } from './makefile-syntax.ts';
import { hasOtherPurpose } from './program-knowledge.ts';
import { runScript, type Script } from './script.ts';
import { locate, sourceText } from './source-text.ts';

const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

const TARGET_LIMIT = 200;

const DEPTH_LIMIT = 8;

/** False when the command is not make. A Makefile that can't be read is an opaque act: its targets may push. */
export function makeEffects(
  argv: readonly Value[],
  invocation: Invocation,
  script: Script,
  place: Place,
  ledger: Ledger,
): boolean {
  const program = known(argv[0] ?? [])
    ?.split('/')
    .at(-1);
  if (program !== 'make' && program !== 'gmake') return false;
  const line = readCommandLine(argv.slice(1), {
    values: [
      '-C',
      '--directory',
      '-f',
      '--file',
      '--makefile',
      '-j',
      '--jobs',
      '-I',
      '--include-dir',
      '-o',
      '-W',
      '-l',
    ],
    switches: ['-s', '-k', '-B', '-n', '--dry-run', '--just-print', '-i', '-w'],
  });
  if (
    line.on('-n', '--dry-run', '--just-print') === 'yes' ||
    (argv.slice(1).every((word) => ['--version', '-v'].includes(known(word) ?? '')) && argv.length > 1)
  )
    return true;
  const folder = inside(invocation.workingDirectory, line.value('-C', '--directory') ?? text('.'));
  const file = line.value('-f', '--file', '--makefile');
  const makefile = findMakefile(known(folder), file === null ? null : known(file), file !== null, place);
  const targets = line.operands.filter((word) => !prefix(word).includes('='));
  if (
    makefile === null ||
    place.open.length > DEPTH_LIMIT ||
    targets.some((target) => known(target) === null)
  ) {
    const names = targets.map(format);
    if (names.length > 0 && names.every((name) => hasOtherPurpose([name]))) return true;
    const what = `make ${names.join(' ')}`.trim();
    ledger.acts.push({
      effect: opaqueEffect({
        what,
        doubt: {
          what: `what ${what} does: its Makefile or target can't be read`,
          settledBy: 'keep the Makefile in the repository and name the target',
        },
        needsCredentials: !/push|publish|release|deploy|image|docker|container/i.test(what),
        content: [argv.map(format).join(' '), ...makefileContent(known(folder), place)],
      }),
      tool: 'make',
      family: 'wrapper',
      location: place.path.at(-1)?.location ?? script.locate(0, 0),
      happens: place.happens,
      conditions: place.conditions,
      path: place.path,
      point: place.point,
      job: place.job,
      run: place.run,
      credentials: place.credentials,
    });
    return true;
  }
  const given = new Map<string, Value>();
  for (const word of line.operands) {
    const match = /^([A-Za-z_][\w.-]*)[:?+]?=/.exec(prefix(word));
    if (match?.[1] !== undefined)
      given.set(match[1], join([prefix(word).slice(match[0].length), word.slice(1)]));
  }
  const variable = resolver(makefile, given, invocation, known(folder), place);
  const wanted = targets.length > 0 ? targets.map((target) => known(target) ?? '') : firstTarget(makefile);
  const seen = new Set<string>();
  for (const target of wanted)
    runTarget(target, { makefile, variable, seen, folder, script, place, ledger, invocation });
  return true;
}

function findMakefile(
  folder: string | null,
  file: string | null,
  named: boolean,
  place: Place,
): Makefile | null {
  if (folder === null || (named && file === null)) return null;
  for (const name of file === null ? MAKEFILES : [file]) {
    const path = repositoryPath(folder === '' ? name : `${folder}/${name}`);
    const read = path === null ? null : place.files.read(path);
    if (path === null || read === null) continue;
    if (read === 'unread' || isGap(read)) return null;
    return parsedMakefile(path, read.text, place);
  }
  return null;
}

// One Makefile is called from many steps; it reads the same as long as the files are the same.
const parsedMakefiles = new WeakMap<Files, Map<string, Makefile>>();

function parsedMakefile(path: string, content: string, place: Place): Makefile {
  const parsed = parsedMakefiles.get(place.files) ?? new Map<string, Makefile>();
  parsedMakefiles.set(place.files, parsed);
  const makefile = parsed.get(path) ?? parseMakefile(sourceText(path, content), place, 0);
  parsed.set(path, makefile);
  return makefile;
}

function makefileContent(folder: string | null, place: Place): readonly string[] {
  if (folder === null) return [];
  return MAKEFILES.map((name) => (folder === '' ? name : `${folder}/${name}`)).flatMap((path) => {
    const oid = place.files.oid(path);
    return oid === null ? [] : [`${path} ${oid}`];
  });
}

function firstTarget(makefile: Makefile): readonly string[] {
  const first = makefile.rules
    .flatMap((rule) => rule.targets)
    .find((target) => !target.startsWith('.') && !target.includes('%'));
  return first === undefined ? [] : [first];
}

type Context = {
  readonly makefile: Makefile;
  readonly variable: (name: string) => Value;
  readonly seen: Set<string>;
  readonly folder: Value;
  readonly script: Script;
  readonly place: Place;
  readonly ledger: Ledger;
  readonly invocation: Invocation;
};

function runTarget(target: string, context: Context): void {
  if (context.seen.has(target) || context.seen.size > TARGET_LIMIT) return;
  context.seen.add(target);
  for (const rule of context.makefile.rules) {
    const stem = stemOf(rule, target, context.variable);
    if (stem === null) continue;
    for (const need of rule.needs) {
      const written = need.replaceAll('%', stem);
      const name = known(expanded(written, context.variable, target));
      // A name that is not known is still the target that is written the same.
      const same = context.makefile.rules.some((other) => other.targets.includes(written)) ? [written] : [];
      for (const one of name?.split(/\s+/) ?? same) if (one !== '') runTarget(one, context);
    }
    for (const line of rule.recipe) runRecipe(line, target, stem, rule, context);
  }
}

/** The part `%` stands for; empty for a plain target; null when the rule does not make it. */
function stemOf(rule: Rule, target: string, variable: (name: string) => Value): string | null {
  for (const written of rule.targets) {
    if (written === target) return '';
    if (!/[$%\s]/.test(written)) continue;
    const names = known(expanded(written, variable, ''))?.split(/\s+/) ?? [];
    for (const name of names) {
      if (name === target) return '';
      const [before = '', after] = name.split('%');
      if (
        after !== undefined &&
        target.startsWith(before) &&
        target.endsWith(after) &&
        target.length >= before.length + after.length
      ) {
        return target.slice(before.length, target.length - after.length);
      }
    }
  }
  return null;
}

function runRecipe(
  line: { readonly text: string; readonly start: number },
  target: string,
  stem: string,
  rule: Rule,
  context: Context,
): void {
  const { makefile, place, ledger, script, invocation } = context;
  const holes = new Map<string, Value>();
  const body = line.text.replace(/^[\t ]*[@+-]*/, (lead) => ' '.repeat(lead.length));
  const whole = expandedScript(
    body,
    (name) =>
      name === '@'
        ? text(target)
        : name === '*'
          ? text(stem)
          : name === '<'
            ? text(rule.needs[0] ?? '')
            : context.variable(name),
    holes,
  );
  const location = locate(makefile.source, line.start, line.start + line.text.length);
  const environment = new Map([...invocation.environment, ...invocation.assignments]);
  runScript(
    {
      text: whole,
      locate: () => location,
      environment,
      expression: (expression) => holes.get(expression) ?? script.expression(expression),
      workingDirectory: context.folder,
      shell: 'sh -e',
    },
    {
      ...place,
      conditions: [...place.conditions, ...rule.guards],
      happens: rule.guards.length > 0 ? 'unknown' : place.happens,
      path: [...place.path, { label: `make ${target}`, location }],
      open: [...place.open, makefile.source.path],
    },
    ledger,
  );
}

function resolver(
  makefile: Makefile,
  given: ReadonlyMap<string, Value>,
  invocation: Invocation,
  folder: string | null,
  { files }: Place,
): (name: string) => Value {
  const open = new Set<string>();
  const { path } = makefile.source;
  const folders = {
    working: folder === null ? null : repositoryPath(folder),
    makefile: path.slice(0, Math.max(0, path.lastIndexOf('/'))),
  };
  const resolve = (name: string): Value => {
    if (isMakeFunction(name))
      return (
        makeFunction(name, folders, files, (written) => expanded(written, resolve, '')) ??
        hole(`$(${name})`, 'make computes it when it runs')
      );
    const fixed = given.get(name);
    if (fixed !== undefined) return fixed;
    if (name === 'MAKE') return text('make');
    const outer = invocation.assignments.get(name) ?? invocation.environment.get(name);
    const own = makefile.variables.get(name);
    if (own === undefined) return outer ?? hole(`$(${name})`, 'the environment of make sets it');
    if (own.soft && outer !== undefined) return outer;
    if (open.has(name) || !own.certain)
      return hole(
        `$(${name})`,
        own.certain ? 'it refers to itself' : 'a condition in the Makefile decides it',
      );
    open.add(name);
    const value = expanded(own.value, resolve, '');
    open.delete(name);
    return value;
  };
  return resolve;
}

/** `$(X)`, `${X}`, `$X`, `$$`; of functions only those that the repository settles, the others are holes. */
function expanded(content: string, variable: (name: string) => Value, target: string): Value {
  return join(
    references(content).map((part): Value | string => {
      if (typeof part === 'string') return part === '$$' ? '$' : part;
      if (part.name === '@') return text(target);
      return /^[\w.-]+$/.test(part.name) || isMakeFunction(part.name)
        ? variable(part.name)
        : hole(part.written, 'make computes it when it runs');
    }),
  );
}

/** The recipe as shell text: what is known is written in, what is not becomes a `${{ }}` the shell keeps as a hole. */
function expandedScript(
  content: string,
  variable: (name: string) => Value,
  holes: Map<string, Value>,
): string {
  return references(content)
    .map((part) => {
      if (typeof part === 'string') return part === '$$' ? '$' : part;
      const value =
        /^[\w.@*<-]+$/.test(part.name) || isMakeFunction(part.name)
          ? variable(part.name)
          : hole(part.written, 'make computes it when it runs');
      const content_ = known(value);
      if (content_ !== null) return content_;
      return value
        .map((piece) => {
          if (typeof piece === 'string') return piece;
          const marker = `\${{ make${holes.size} }}`;
          holes.set(marker, [piece]);
          return marker;
        })
        .join('');
    })
    .join('');
}
