// A program by its bare name → the file of the repository that `PATH` finds before the system's own.
import type { Value } from '../model/value.ts';
import { join, known, prefix, split, text } from '../value.ts';
import type { Prepared } from './command.ts';
import { checkoutRoot, filePath, readText } from './files.ts';
import type { Scope } from './scope.ts';
import { binding, type State } from './state.ts';
import { asValue } from './variables.ts';

/** Folders in front of those that hold the system's programs; more are not looked through. */
const FOLDERS = 8;

/** The command with the path of its program in place of the name; the command itself where the system's is run. */
export function located(scope: Scope, state: State, command: Prepared): Prepared {
  const [first, ...rest] = command.words;
  const name = first === undefined ? null : known(first.value);
  if (first === undefined || name === null || name === '' || name.includes('/')) return command;
  const own = binding(state, 'PATH');
  const path = command.assignments.get('PATH') ?? (own === undefined ? [] : asValue(own));
  if (path.length === 0) return command;
  for (const folder of split(path, ':').slice(0, FOLDERS)) {
    const file = folderOfRepository(folder);
    if (file === null) continue;
    const place = join([file, file.length === 0 ? '' : '/', name]);
    const inside = filePath(state, place);
    // A wrapper that calls the program by its own name means the one it stands in front of.
    const isOpen = scope.calls.some(({ kind, name: called }) => kind === 'script' && called === inside);
    if (inside === null || inside.startsWith('/') || isOpen) continue;
    const before = scope.run.wanted.size;
    if (readText(scope, state, place) === null && scope.run.wanted.size === before) continue;
    const value = text(fromHere(inside, state));
    return { ...command, words: [{ ...first, value }, ...rest] };
  }
  return command;
}

/** A path of the repository as seen from the folder the command runs in. */
function fromHere(path: string, state: State): string {
  const depth = (known(state.directory) ?? '')
    .split('/')
    .filter((part) => part !== '' && part !== '.').length;
  return `${depth === 0 ? './' : '../'.repeat(depth)}${path}`;
}

const WORKSPACE = /^(?:\$\{\{\s*github\.workspace\s*\}\}|\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR)\}?)$/;
const HERE = /^\$\{?PWD\}?$/;

/** A folder that may lie in the repository; null for the system's and those of unknown place. */
function folderOfRepository(folder: Value): Value | null {
  const [first, ...others] = folder;
  if (first === undefined || prefix(folder).startsWith('/') || prefix(folder).startsWith('~')) return null;
  if (typeof first === 'string') return folder;
  const rest = join([prefix(others).replace(/^\//, ''), others.slice(prefix(others) === '' ? 0 : 1)]);
  if (WORKSPACE.test(first.expression)) return join([checkoutRoot, '/', rest]);
  if (!HERE.test(first.expression)) return null;
  return folder[0] === checkoutRoot[0] ? folder : join(['./', rest]);
}
