// Programs that may deliver and that can't be seen into: scripts that are not here, build tools, other languages.

import type { Value } from '../model/value.ts';
import { checkoutRoot } from '../shell/files.ts';
import { format, isKnown, known } from '../value.ts';
import { type Effect, opaqueEffect } from './effect.ts';
import type { Files } from './files.ts';
import {
  DELIVERY_WORDS,
  HARMLESS_VERBS,
  hasOtherPurpose,
  INTERPRETERS,
  isPushTask,
  isPushWord,
  isSettings,
  OTHER_PUSHERS,
  PACKAGE_RUNNERS,
  SYSTEM,
  TASK_FILES,
  TASK_RUNNERS,
} from './program-knowledge.ts';

type Unseen = { readonly effect: Effect; readonly family: string };

const NOT_HERE = 'is not in the repository, so what it does is decided when it runs';

export function unseenProgram(argv: readonly Value[], files: Files, folder: Value): Unseen | null {
  const unseen = unseenCommand(argv, files, folder);
  if (unseen?.effect.kind !== 'opaque') return unseen;
  const command = argv.map(format).join(' ');
  return { ...unseen, effect: { ...unseen.effect, content: [command, ...ownFiles(argv, files, folder)] } };
}

/** Files of the repository that a command names, and those that define its tasks: what they hold decides. */
function ownFiles(argv: readonly Value[], files: Files, folder: Value): readonly string[] {
  const words = argv.map(known).filter((word) => word !== null);
  const module = words[words.indexOf('-m') + 1]?.replaceAll('.', '/');
  const named = [
    ...words,
    ...(words.includes('-m') && module !== undefined ? [`${module}.py`, `${module}/__main__.py`] : []),
  ];
  return [...named, ...TASK_FILES]
    .filter((word) => !word.startsWith('-') && !word.startsWith('/'))
    .map((word) => joined(folder, word))
    .flatMap((path) => {
      const oid = files.oid(path);
      return oid === null ? [] : [`${path} ${oid}`];
    });
}

function unseenCommand(argv: readonly Value[], files: Files, folder: Value): Unseen | null {
  const [first] = argv;
  if (first === undefined) return null;
  const program = known(first);
  const words = argv.slice(1).map(format);
  if (program === null) return computedCommand(first, words);
  const name = program.split('/').at(-1) ?? program;
  if (program.startsWith('/') || SYSTEM.test(program) || isSettings(program)) return null;
  if (name === 'eval') return computedScript('eval', argv.slice(1));
  if (['bash', 'sh', 'zsh', 'source', '.', 'dash', 'ksh', 'bats'].includes(name)) {
    if (words.includes('-c')) return computedScript(`${name} -c`, argv.slice(words.indexOf('-c') + 2));
    const file = words.find((word) => !word.startsWith('-'));
    if (readsItsInput(words)) return opaque(`${name} (its input)`, GIVEN_AT_RUN_TIME, true);
    if (file === undefined || SYSTEM.test(file) || name === 'bats' || isSettings(file)) return null;
    return script(file, false, words.slice(words.indexOf(file) + 1));
  }
  if (program.includes('/')) return script(program, files.has(joined(folder, program)), words);
  if (INTERPRETERS.has(name)) return interpreted(name, words);
  if (PACKAGE_RUNNERS.has(name)) return packageScript(name, words);
  if (TASK_RUNNERS.has(name)) return opaque(`${name} ${words[0] ?? ''}`.trim(), `what the task does`, true);
  const verb = words.find((word) => /^(push|publish|--push|release|deploy)$/.test(word));
  if (verb !== undefined && !OTHER_PUSHERS.has(name))
    return opaque(`${name} ${verb}`, `what ${name} ${verb} sends out`, true);
  const task = words.find((word) => !word.startsWith('-') && isPushTask(word));
  if (task !== undefined && !OTHER_PUSHERS.has(name) && !isPath(task))
    return opaque(`${name} ${task}`, `what ${name} ${task} sends out`, true);
  return null;
}

/** A file of that name is no task. */
function isPath(word: string): boolean {
  return word.includes('/') && !word.includes(':');
}

const GIVEN_AT_RUN_TIME = 'what it is given to run is only known when it runs';

/** Commands that print settings for the shell that evaluates them. */
const PRINTS_SETTINGS =
  /^\$\(\s*(?:\S*\/)?(?:ssh-agent|dircolors|opam env|direnv|rbenv|pyenv|nodenv|fnm|brew shellenv|docker-machine env|minikube\b[^)]*docker-env)/;

/** `eval` and `-c` with words that nobody knows; what is known of them is followed elsewhere. */
function computedScript(what: string, script: readonly Value[]): Unseen | null {
  const unknown = script.find((word) => !isKnown(word));
  if (unknown === undefined || PRINTS_SETTINGS.test(format(unknown))) return null;
  return opaque(`${what} ${format(unknown)}`, GIVEN_AT_RUN_TIME, true);
}

/** A shell without a script runs its input. What is known of that is followed, and does not come here. */
function readsItsInput(words: readonly string[]): boolean {
  return words.every((word) => word.startsWith('-')) || words.includes('-s');
}

function joined(folder: Value, path: string): string {
  const base = known(folder) ?? '';
  const clean = path.replace(/^\.\//, '');
  return base === '' || base === '.' ? clean : `${base}/${clean}`;
}

/** A program named by where it is found: whatever it is, it is the one that is named. */
const LOOKS_UP = /^\$\(\s*(?:\w+=\S+\s+)?(?:which|command\s+-v|type\s+-[pP]|realpath|readlink)\s/;

/** A command that is itself a value, e.g. from a matrix. */
function computedCommand(first: Value, words: readonly string[]): Unseen | null {
  const shown = format(first);
  const doubt = 'the command is computed, so what it does is not known';
  if (words.some(isPushWord)) return opaque(`${shown} ${words[0] ?? ''}`.trim(), doubt, false);
  // A variable that names a program is common; a whole command line out of one can hide a push.
  const isWhole = first.length === 1 || shown.startsWith('${{');
  const isAnyProgram = isWhole && /^\$\{\{.+\}\}$|^\$\([a-z]/.test(shown) && !LOOKS_UP.test(shown);
  return (words.length === 0 && isWhole) || isAnyProgram ? opaque(shown, doubt, true) : null;
}

/** A shell script that can't be read is always said; a program where it could push, a built one by its words. */
function script(written: string, exists: boolean, words: readonly string[]): Unseen | null {
  const root = `${format(checkoutRoot)}/`;
  const path = written.startsWith(root) ? written.slice(root.length) : written;
  const isShell = /\.(sh|bash|zsh|ps1|cmd|bat)$/.test(path);
  const isProgram = !/\.\w+$/.test(path) && !exists;
  if (isProgram && words.length > 0 && !DELIVERY_WORDS.test(`${path} ${words.join(' ')}`)) return null;
  if (hasOtherPurpose(words)) return null;
  // A library whose folder is computed is mostly the script's own; it is said where the job could push.
  const isComputed = path.includes('$');
  return opaque(
    path,
    `${path} ${exists ? 'is no shell script, so it is not followed' : NOT_HERE}`,
    !isShell || isComputed,
  );
}

function interpreted(name: string, words: readonly string[]): Unseen | null {
  const at = words.findIndex((word) => !word.startsWith('-') || word === '-m' || word === '-c');
  const subject = at === -1 ? '' : words[at] === '-m' ? `-m ${words[at + 1] ?? ''}` : (words[at] ?? '');
  if (subject === '' || subject === '-c' || name === 'jq') return null;
  if (
    /^-m (pip|venv|pytest|unittest|build|twine|ensurepip|black|flake8|mypy|http\.server|json\.tool|coverage|tox)$/.test(
      subject,
    )
  )
    return null;
  if (
    ['uv', 'poetry', 'pipenv', 'bun', 'deno', 'go', 'cargo'].includes(name) &&
    !['run', 'task', 'xtask', 'make'].includes(subject)
  )
    return null;
  return opaque(
    `${name} ${words.slice(at, at + 2).join(' ')}`,
    `${name} runs a program that is not followed`,
    !words.some((word) => word === '--push' || word.includes('type=registry')),
  );
}

function packageScript(name: string, words: readonly string[]): Unseen | null {
  const plain = words.filter((word) => !word.startsWith('-'));
  const [verb, task] =
    plain[0] === 'run' || plain[0] === 'run-script' ? [plain[1], plain[1]] : [plain[0], plain[0]];
  if (verb === undefined || (plain[0] !== 'run' && HARMLESS_VERBS.has(verb))) return null;
  if (/^(test|lint|format|check|typecheck|type-check|build:types|coverage|e2e)(:|$)/.test(verb)) return null;
  return opaque(`${name} run ${task}`, `the script "${task}" of package.json is not in sight`, true);
}

function opaque(what: string, doubt: string, needsCredentials: boolean): Unseen {
  return {
    family: /\.(sh|bash)$/.test(what) ? 'script' : 'wrapper',
    effect: opaqueEffect({
      what,
      needsCredentials,
      doubt: {
        what: doubt,
        settledBy: 'put the commands that push into a file that can be read, or approve it as it is',
      },
    }),
  };
}
