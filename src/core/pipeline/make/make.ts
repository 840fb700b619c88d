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
import type { Script } from '../script.ts';
import { type Makefile, readMakefile, type Setting } from './reading.ts';
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
  const given = givenVariables(line.operands, invocation);
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
  const makefile = readOnce(found, known(folder), given, invocation, script, place, ledger, targets);
  for (const limit of makefile.limits) addLimit(limit, found.path, ledger);
  runTargets(targets, {
    makefile,
    given,
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
function givenVariables(operands: readonly Value[], invocation: Invocation): ReadonlyMap<string, Value> {
  const given = new Map<string, Value>();
  const handed = invocation.environment.get('MAKEOVERRIDES');
  for (const name of (handed === undefined ? '' : (known(handed) ?? '')).split(' ')) {
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

/** Readings that looked at the same names, by what these were. */
type Remembered = { readonly words: ReadonlySet<string>; readonly readings: Map<string, Makefile> };

// One Makefile is called from many steps, mostly with the same variables.
const READ = new WeakMap<Files, Map<string, Remembered[]>>();
/** Different settings under which one Makefile is remembered. */
const MEMORY_LIMIT = 64;

function readOnce(
  found: FoundFile,
  folder: string | null,
  given: ReadonlyMap<string, Value>,
  invocation: Invocation,
  script: Script,
  place: Place,
  ledger: Ledger,
  goals: readonly Value[],
): Makefile {
  const memory = READ.get(place.files) ?? new Map<string, Remembered[]>();
  READ.set(place.files, memory);
  const key = JSON.stringify([found.path, folder, [...given], place.isClosed === true]);
  const groups = memory.get(key) ?? [];
  memory.set(key, groups);
  const environment = (name: string): Value | null =>
    name === 'MAKECMDGOALS'
      ? listOf(goals)
      : (invocation.assignments.get(name) ?? invocation.environment.get(name) ?? null);
  const names = new Set(['MAKECMDGOALS', ...invocation.environment.keys(), ...invocation.assignments.keys()]);
  const signatureFor = (words: ReadonlySet<string>): string =>
    JSON.stringify([...names].filter((name) => words.has(name)).map((name) => [name, environment(name)]));
  for (const { words, readings } of groups) {
    const reading = readings.get(signatureFor(words));
    if (reading !== undefined) return reading;
  }
  const setting: Setting = {
    files: place.files,
    folder: folder === null ? null : repositoryPath(folder),
    given,
    environment,
    isClosed: place.isClosed === true,
    shell: (command) => printed(command, folder, environment, script, place, ledger),
  };
  const makefile = readMakefile(found.path, found.content, setting);
  const { words } = makefile;
  const group = groups.find(
    (one) => one.words.size === words.size && [...words].every((word) => one.words.has(word)),
  ) ?? {
    words,
    readings: new Map<string, Makefile>(),
  };
  if (!groups.includes(group)) groups.push(group);
  if (group.readings.size < MEMORY_LIMIT) group.readings.set(signatureFor(words), makefile);
  return makefile;
}

/** What a command prints, with the newlines make takes out; null when any of it is only known when it runs. */
function printed(
  command: Value,
  folder: string | null,
  environment: (name: string) => Value | null,
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
