// What `find`, `ls`, `git ls-files` and patterns name in the tree of the repository. A build may add files: nothing
// found is not nothing.
import type { Value } from '../model/value.ts';
import { known, text } from '../value.ts';
import { filePath } from './files.ts';
import { matchGlob } from './glob.ts';
import type { Scope } from './scope.ts';
import type { State } from './state.ts';

/** More are no list to go through. */
const MAX_FOUND = 256;

type Tree = {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** What patterns name, by folder and pattern: one loop runs in many jobs. */
  readonly named: Map<string, readonly string[] | null>;
};

const TREES = new WeakMap<readonly string[], Tree>();

function treeOf(scope: Scope): Tree | null {
  const files = scope.run.context.paths?.() ?? null;
  if (files === null) return null;
  const found = TREES.get(files);
  if (found !== undefined) return found;
  const folders = new Set<string>();
  for (const path of files) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  const tree: Tree = { files, folders: [...folders].sort(), named: new Map() };
  TREES.set(files, tree);
  return tree;
}

/** What one of these commands prints; null where it can't be told. */
export function printTree(scope: Scope, state: State, base: string, words: readonly Value[]): Value | null {
  const given = words.map(known);
  if (given.some((word) => word === null)) return null;
  const plain = given.map((word) => word ?? '');
  if (base === 'find') return lines(findPaths(scope, state, plain));
  if (base === 'ls') return lines(listed(scope, state, plain));
  if (base === 'git' && plain[0] === 'ls-files') return lines(tracked(scope, state, plain.slice(1)));
  return null;
}

function lines(found: readonly string[] | null): Value | null {
  if (found === null || found.length === 0 || found.length > MAX_FOUND) return null;
  return text(`${found.join('\n')}\n`);
}

function findPaths(scope: Scope, state: State, words: readonly string[]): readonly string[] | null {
  const tree = treeOf(scope);
  const firstTest = words.findIndex((word) => /^[-(!]/.test(word));
  const roots = words.slice(0, firstTest === -1 ? undefined : firstTest);
  const tests = firstTest === -1 ? [] : words.slice(firstTest);
  const names: string[] = [];
  let kind: 'f' | 'd' | null = null;
  let [least, most] = [0, Number.POSITIVE_INFINITY];
  for (let at = 0; at < tests.length; at += 1) {
    const [test, value = ''] = [tests[at], tests[at + 1]];
    if (test === '-print') continue;
    if (test === '-name' && names.length === 0) names.push(value);
    else if (test === '-type' && (value === 'f' || value === 'd')) kind = value;
    else if (test === '-maxdepth' && /^\d{1,3}$/.test(value)) most = Number(value);
    else if (test === '-mindepth' && /^\d{1,3}$/.test(value)) least = Number(value);
    else return null;
    at += 1;
  }
  if (tree === null) return null;
  const found: string[] = [];
  for (const root of roots.length === 0 ? ['.'] : roots) {
    const base = filePath(state, text(root));
    if (base === null || base.startsWith('/') || base.startsWith('..')) return null;
    const lead = base === '' ? '' : `${base}/`;
    const candidates = [...(kind === 'f' ? [] : tree.folders), ...(kind === 'd' ? [] : tree.files)];
    for (const path of candidates) {
      if (!path.startsWith(lead)) continue;
      const inner = path.slice(lead.length);
      const depth = inner.split('/').length;
      const name = inner.slice(inner.lastIndexOf('/') + 1);
      if (depth < least || depth > most || !names.every((one) => matchGlob(one, name) === true)) continue;
      found.push(`${root.replace(/(?<!\/)\/+$/, '')}/${inner}`);
    }
  }
  return found.sort();
}

function listed(scope: Scope, state: State, words: readonly string[]): readonly string[] | null {
  const flags = words.filter((word) => word.startsWith('-'));
  const names = words.filter((word) => !word.startsWith('-'));
  const tree = treeOf(scope);
  if (tree === null || names.length > 1 || flags.some((flag) => !/^-[1Ap]$/.test(flag))) return null;
  const base = filePath(state, text(names[0] ?? '.'));
  if (base === null || base.startsWith('/') || base.startsWith('..') || /[*?[]/.test(base)) return null;
  const lead = base === '' ? '' : `${base}/`;
  const inside = tree.files.filter((path) => path.startsWith(lead)).map((path) => path.slice(lead.length));
  const entries = new Set(inside.map((path) => path.split('/')[0] ?? ''));
  return [...entries].filter((name) => flags.includes('-A') || !name.startsWith('.')).sort();
}

function tracked(scope: Scope, state: State, words: readonly string[]): readonly string[] | null {
  const tree = treeOf(scope);
  const patterns = words.filter((word) => word !== '--');
  const folder = filePath(state, text('.'));
  if (tree === null || folder !== '' || patterns.some((word) => word.startsWith('-'))) return null;
  // A pattern of git's matches slashes as well, and a folder stands for all in it.
  return tree.files.filter(
    (path) =>
      patterns.length === 0 ||
      patterns.some(
        (one) => matchGlob(one, path) === true || path.startsWith(`${one.replace(/(?<!\/)\/+$/, '')}/`),
      ),
  );
}

/** The files and folders a pattern names, written as the pattern is; null when it names none or can't be looked up. */
export function pathsLike(scope: Scope, state: State, pattern: string): readonly string[] | null {
  const tree = treeOf(scope);
  const onlyFolders = pattern.endsWith('/');
  const bare = pattern.replace(/(?<!\/)\/+$/, '');
  const folder = filePath(state, text('.'));
  if (tree === null || folder === null || bare.startsWith('/') || bare.includes('..')) return null;
  const key = `${folder}\0${pattern}`;
  const before = tree.named.get(key);
  if (before !== undefined) return before;
  const named = pathsNamed(tree, folder, bare, onlyFolders);
  tree.named.set(key, named);
  return named;
}

function pathsNamed(
  tree: Tree,
  folder: string,
  bare: string,
  onlyFolders: boolean,
): readonly string[] | null {
  const lead = folder === '' ? '' : `${folder}/`;
  const own = bare.replace(/^(?:\.\/)+/, '');
  const wanted = own.split('/');
  const found = [...(onlyFolders ? [] : tree.files), ...tree.folders].filter((path) => {
    if (!path.startsWith(lead)) return false;
    const segments = path.slice(lead.length).split('/');
    return segments.length === wanted.length && wanted.every((one, at) => fits(one, segments[at] ?? ''));
  });
  if (found.length === 0 || found.length > MAX_FOUND) return null;
  const front = bare.slice(0, bare.length - own.length);
  return found.map((path) => `${front}${path.slice(lead.length)}${onlyFolders ? '/' : ''}`).sort();
}

function fits(pattern: string, segment: string): boolean {
  return (pattern.startsWith('.') || !segment.startsWith('.')) && matchGlob(pattern, segment) === true;
}
