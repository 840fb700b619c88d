// `make TARGET` → the acts of the recipes it would run, as far as the Makefile, its caller and the repository settle them.
import type { Value } from '../../model/value.ts';
import type { Invocation } from '../../shell/trace.ts';
import { traceScript } from '../../shell/trace-script.ts';
import { format, isKnown, join, known, prefix, text } from '../../value.ts';
import { addGap, type Ledger, type Place } from '../act.ts';
import { inside } from '../command-call.ts';
import { readCommandLine } from '../command-line.ts';
import { opaqueEffect } from '../effect.ts';
import { type Files, isGap, repositoryPath } from '../files.ts';
import { hasOtherPurpose } from '../program-knowledge.ts';
import { mention } from '../retold-acts.ts';
import type { Script } from '../script.ts';
import type { Environment } from './expand.ts';
import type { Makefile, Setting } from './makefile.ts';
import { readMakefile } from './reading.ts';
import { markedScript } from './recipe-text.ts';
import { runTargets } from './targets.ts';
import { listOf } from './words.ts';

const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
const DEPTH_LIMIT = 8;

const OPTIONS = {
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
    '-O',
    '--output-sync',
  ],
  switches: [
    '-s',
    '-k',
    '-B',
    '-n',
    '--dry-run',
    '--just-print',
    '--recon',
    '-q',
    '--question',
    '-p',
    '-i',
    '-w',
    '-e',
    '-v',
    '--version',
  ],
};

export function makeEffects(
  argv: readonly Value[],
  invocation: Invocation,
  script: Script,
  place: Place,
  ledger: Ledger,
): void {
  const line = readCommandLine(argv.slice(1), OPTIONS);
  const onlyTells = ['-n', '--dry-run', '--just-print', '--recon', '-q', '--question', '-v', '--version'];
  if (line.on(...onlyTells) === 'yes') return;
  const folder = inside(invocation.workingDirectory, line.value('-C', '--directory') ?? text('.'));
  const file = line.value('-f', '--file', '--makefile');
  const given = givenVariables(line.operands, invocation, ledger);
  const targets = line.operands.filter((word) => !/^[A-Za-z_][\w.-]*(?::{1,3}|\?|\+|!)?=/.test(prefix(word)));
  const found = findMakefile(known(folder), file, place);
  const unseen = (what: string, doubt: string, names: readonly string[]): void => {
    if (names.length > 0 && names.every((name) => hasOtherPurpose([name]))) return;
    pushOpaque(what, doubt, argv, folder, script, place, ledger);
  };
  if (found === null || place.open.length > DEPTH_LIMIT) {
    const names = targets.map(format);
    const what = `make ${names.join(' ')}`.trim();
    unseen(what, `what ${what} does: its Makefile can't be read`, names);
    return;
  }
  const callers: Environment = (name) =>
    name === 'MAKECMDGOALS'
      ? listOf(targets)
      : (invocation.assignments.get(name) ?? invocation.environment.get(name) ?? null);
  const makefile = readOnce(found, known(folder), given, callers, script, place, ledger);
  const asked = new Set<string>();
  mention(ledger, asked);
  for (const limit of makefile.limits) addLimit(limit, found.path, ledger);
  runTargets(targets, {
    makefile,
    given,
    environment: noting(callers, asked),
    folder,
    script,
    place,
    ledger,
    invocation,
    limit: (name) => addLimit(name, found.path, ledger),
    unseen: (target, doubt) => unseen(`make ${target}`, doubt, [target]),
  });
}

/** `NAME=value` of the command line, and what the make that calls this one was given. */
function givenVariables(
  operands: readonly Value[],
  invocation: Invocation,
  ledger: Ledger,
): ReadonlyMap<string, Value> {
  const given = new Map<string, Value>();
  const handed = invocation.environment.get('MAKEOVERRIDES');
  const names = (handed === undefined ? '' : (known(handed) ?? '')).split(' ');
  mention(ledger, new Set(['MAKEOVERRIDES', ...names]));
  for (const name of names) {
    const value = invocation.environment.get(name);
    if (name !== '' && value !== undefined) given.set(name, value);
  }
  for (const word of operands) {
    const match = /^([A-Za-z_][\w.-]*)(?::{1,3}|\?|\+|!)?=/.exec(prefix(word));
    if (match?.[1] !== undefined)
      given.set(match[1], join([prefix(word).slice(match[0].length), word.slice(1)]));
  }
  return given;
}

type FoundFile = { readonly path: string; readonly content: string };

function findMakefile(folder: string | null, file: Value | null, place: Place): FoundFile | null {
  const named = file === null ? null : known(file);
  if (folder === null || (file !== null && named === null)) return null;
  for (const name of named === null ? MAKEFILES : [named]) {
    const path = repositoryPath(folder === '' ? name : `${folder}/${name}`);
    const read = path === null ? null : place.files.read(path);
    if (path === null || read === null) continue;
    return read === 'unread' || isGap(read) ? null : { path, content: read.text };
  }
  return null;
}

/** Readings that looked at the same variables of their environment, by what these were. */
type Remembered = { readonly names: ReadonlySet<string>; readonly readings: Map<string, Makefile> };

// One Makefile is called from many steps, mostly with the same variables.
const READ = new WeakMap<Files, Map<string, Remembered[]>>();
/** Different settings under which one Makefile is remembered. */
const MEMORY_LIMIT = 64;

function readOnce(
  found: FoundFile,
  folder: string | null,
  given: ReadonlyMap<string, Value>,
  environment: Environment,
  script: Script,
  place: Place,
  ledger: Ledger,
): Makefile {
  const memory = READ.get(place.files) ?? new Map<string, Remembered[]>();
  READ.set(place.files, memory);
  const key = JSON.stringify([found.path, folder, [...given], place.isClosed === true]);
  const groups = memory.get(key) ?? [];
  memory.set(key, groups);
  const signatureFor = (names: ReadonlySet<string>): string => JSON.stringify([...names].map(environment));
  for (const { names, readings } of groups) {
    const reading = readings.get(signatureFor(names));
    if (reading === undefined) continue;
    mention(ledger, names);
    return reading;
  }
  const asked = new Set<string>();
  const setting: Setting = {
    files: place.files,
    folder: folder === null ? null : repositoryPath(folder),
    given,
    environment: noting(environment, asked),
    isClosed: place.isClosed === true,
    shell: (command, caller) => printed(command, folder, caller, script, place, ledger),
  };
  const makefile = readMakefile(found.path, found.content, setting);
  // Sorted, so that readings which came to them in another order are found together.
  const names = new Set([...asked].sort());
  const group = groups.find(
    (one) => one.names.size === names.size && [...names].every((name) => one.names.has(name)),
  ) ?? {
    names,
    readings: new Map<string, Makefile>(),
  };
  if (!groups.includes(group)) groups.push(group);
  if (group.readings.size < MEMORY_LIMIT) group.readings.set(signatureFor(group.names), makefile);
  mention(ledger, names);
  return makefile;
}

/** The same environment, which takes down what it is asked. */
function noting(environment: Environment, asked: Set<string>): Environment {
  return (name) => {
    asked.add(name);
    return environment(name);
  };
}

/** What a command prints, with the newlines make takes out; null when any of it is only known when it runs. */
function printed(
  command: Value,
  folder: string | null,
  environment: Environment,
  script: Script,
  place: Place,
  ledger: Ledger,
): Value | null {
  if (!isKnown(command) || folder === null) return null;
  const { source, expression } = markedScript(command, script.expression);
  const variable = 'PRINTED';
  const names = new Set(source.match(/[A-Za-z_]\w*/g) ?? []);
  const trace = traceScript(`${variable}=$(${source}\n)`, {
    environment: new Map(
      [...names].flatMap((name) => {
        const value = environment(name);
        return value === null ? [] : [[name, value] as const];
      }),
    ),
    expression,
    workingDirectory: text(folder),
    shell: 'sh',
    trees: ledger.traces.trees,
    read: (path) => {
      const inner = repositoryPath(path);
      const read = inner === null ? null : place.files.read(inner);
      return read === null || isGap(read) ? null : read === 'unread' ? 'unread' : read.text;
    },
  });
  const value = trace.environment.get(variable);
  const content = value === undefined ? null : known(value);
  return content === null
    ? null
    : text(
        content
          .replace(/^\uFEFF/, '')
          .replace(/\r?\n/g, ' ')
          .trimEnd(),
      );
}

function pushOpaque(
  what: string,
  doubt: string,
  argv: readonly Value[],
  folder: Value,
  script: Script,
  place: Place,
  ledger: Ledger,
): void {
  ledger.acts.push({
    effect: opaqueEffect({
      what,
      doubt: { what: doubt, settledBy: 'keep the Makefile in the repository and name the target' },
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
}

function makefileContent(folder: string | null, place: Place): readonly string[] {
  if (folder === null) return [];
  return MAKEFILES.map((name) => (folder === '' ? name : `${folder}/${name}`)).flatMap((path) => {
    const oid = place.files.oid(path);
    return oid === null ? [] : [`${path} ${oid}`];
  });
}

function addLimit(limit: string, path: string, ledger: Ledger): void {
  addGap(ledger, {
    kind: 'limit',
    cause: 'content',
    subject: path,
    location: null,
    reason: `${path} needs more than ${limit}; the rest was not read.`,
    remedy: 'Make fewer targets and call fewer functions for one goal.',
  });
}
