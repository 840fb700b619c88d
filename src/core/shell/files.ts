// Files that a script reads: its own earlier writes first, then the repository's.
import type { Hole, Value } from '../model/value.ts';
import { format, join, known, prefix, text } from '../value.ts';
import type { Scope } from './scope.ts';
import { binding, type State } from './state.ts';
import { fileKey } from './variables.ts';

const ROOT: Hole = {
  expression: '$PWD',
  why: 'it is the folder the repository is checked out to, which the runner chooses',
};

/**
 * The folder the repository is checked out to, as an absolute path: give it as `GITHUB_WORKSPACE` and the like, and
 * files below it are found.
 */
export const checkoutRoot: Value = [ROOT];

/** A directory as `pwd` prints it. */
export function absolute(directory: Value): Value {
  const start = prefix(directory);
  if (start.startsWith('/') || (directory.length > 0 && start === '')) return directory;
  const content = known(directory);
  return content === '' || content === '.' ? checkoutRoot : join([checkoutRoot, '/', directory]);
}

/** `path` seen from `directory`: relative to the repository, or absolute. Unknown parts stay. */
export function resolvePath(directory: Value, path: Value): Value {
  const [first] = path;
  if (typeof first === 'object' && first.expression === ROOT.expression && first.why === ROOT.why) {
    const rest = path.slice(1);
    return tidy(
      join([
        prefix(rest).startsWith('/') ? prefix(rest).slice(1) : prefix(rest),
        rest.slice(prefix(rest) === '' ? 0 : 1),
      ]),
    );
  }
  if (prefix(path).startsWith('/') || /^[A-Za-z]:[\\/]/.test(prefix(path)) || directory.length === 0)
    return tidy(path);
  return tidy(join([directory, '/', path]));
}

function tidy(path: Value): Value {
  const content = known(path);
  if (content === null) return path;
  const segments: string[] = [];
  for (const segment of content.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..' && segments.length > 0 && segments.at(-1) !== '..') segments.pop();
    else if (segment !== '..' || !content.startsWith('/')) segments.push(segment);
  }
  return text((content.startsWith('/') ? '/' : '') + segments.join('/'));
}

/** The path of a file as the repository has it, or absolute; null when it is not known. */
export function filePath(state: State, path: Value): string | null {
  if (format(path) === '') return null;
  return known(resolvePath(state.directory, path));
}

/** The text of a file that no script wrote, as the caller has it. */
export function givenText({ run: { context } }: Scope, name: string): string | null | 'unread' {
  if (name.startsWith('/')) return context.readImage?.(name) ?? null;
  if (name.startsWith('../') || name === '..') return null;
  return context.read?.(name) ?? null;
}

/** The content of a file; null when it is not known. Asks for files of the repository that nobody has read yet. */
export function readText(scope: Scope, state: State, path: Value): Value | null {
  const name = filePath(state, path);
  if (name === null) return null;
  const written = binding(state, fileKey(name));
  if (written?.kind === 'text') return written.value;
  const content = givenText(scope, name);
  if (content === 'unread') scope.run.wanted.add(name);
  return content === null || content === 'unread' ? null : text(content);
}
