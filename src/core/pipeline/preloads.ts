// Variables that have a program run more than it is (`LD_PRELOAD=./x.so make`) → what can't be seen into.
import type { Value } from '../model/value.ts';
import { checkoutRoot } from '../shell/files.ts';
import type { Invocation } from '../shell/trace.ts';
import { format } from '../value.ts';
import { type Effect, opaqueEffect } from './effect.ts';
import type { Files } from './files.ts';

/** What takes the files that such variables have run out of their values. */
const LOADERS: readonly (readonly [string, (value: string) => readonly string[]])[] = [
  // https://man7.org/linux/man-pages/man8/ld.so.8.html: names without a slash are looked up where the system's lie.
  [
    'LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES',
    (value) => value.split(/[\s:]/).filter((one) => one.includes('/')),
  ],
  ['NODE_OPTIONS', (value) => after(value, /^(?:-r|--require|--import|--loader|--experimental-loader)$/)],
  ['PERL5OPT RUBYOPT', (value) => value.split(/\s/).map((word) => word.replace(/^-[mMrI]/, ''))],
  ['JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS', (value) => agents(value)],
  [
    'GIT_SSH GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_PAGER GIT_EDITOR GIT_ASKPASS SSH_ASKPASS PAGER EDITOR VISUAL ENV PROMPT_COMMAND PYTHONSTARTUP RUSTC RUSTC_WRAPPER',
    (value) => value.trim().split(/\s/, 1),
  ],
];

const BY_NAME = new Map(
  LOADERS.flatMap(([names, files]) => names.split(' ').map((name) => [name, files] as const)),
);
const NAMES = [...BY_NAME.keys()].sort();

/** Whether a variable can have more run than its program is. */
export function mayPreload(name: string): boolean {
  return BY_NAME.has(name);
}

/** The words behind options, which stand as `--require x` or `--require=x`. */
function after(value: string, options: RegExp): readonly string[] {
  const words = value.split(/[\s=]/);
  return words.filter((_, at) => at > 0 && options.test(words[at - 1] ?? ''));
}

function agents(value: string): readonly string[] {
  return value
    .split(/\s/)
    .filter((word) => word.startsWith('-javaagent:'))
    .map((word) => word.slice('-javaagent:'.length).replace(/=.*$/s, ''))
    .map((path) => (/^[/~$]/.test(path) ? path : `./${path}`));
}

/** What the variables of a command run beside it; `told` keeps each from being told at every command. */
export function preloaded(
  { assignments, variable }: Invocation,
  files: Files,
  told: Set<string>,
): readonly Effect[] {
  const own = assignments.size === 0 ? [] : [...assignments.keys()].filter((name) => BY_NAME.has(name));
  const names = [...own, ...NAMES.filter((name) => !assignments.has(name))];
  return names.flatMap((name): readonly Effect[] => {
    const value = assignments.get(name) ?? variable(name);
    if (value === undefined) return [];
    const what = `${name}=${format(value)}`;
    if (told.has(what)) return [];
    told.add(what);
    const run = BY_NAME.get(name)?.(format(value)) ?? [];
    return run.some((file) => isOfProject(file, value, files)) ? [preload(what)] : [];
  });
}

/** A file of the checkout, or one whose folder is computed; what the machine has installed is not meant. */
function isOfProject(file: string, value: Value, files: Files): boolean {
  const root = `${format(checkoutRoot)}/`;
  const path = (file.startsWith(root) ? file.slice(root.length) : file).replace(/^(?:\.\/)+/, '');
  if (path === '' || /^[/~]/.test(path)) return false;
  return (
    file !== path ||
    files.has(path) ||
    /^\.\.?\//.test(path) ||
    value.some((part) => typeof part !== 'string' && path.startsWith(part.expression))
  );
}

function preload(what: string): Effect {
  return opaqueEffect({
    what,
    content: [what],
    needsCredentials: true,
    doubt: {
      what: `${what} has programs run a file of the project as well, which is not followed`,
      settledBy: 'run what the file does in the open, or approve it as it is',
    },
  });
}
