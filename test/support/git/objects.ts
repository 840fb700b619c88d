// Files and commits in memory → git objects with the ids git itself gives them (SHA-1 over "type size NUL content").
import { createHash } from 'node:crypto';

/** git's modes for files, executables, symbolic links and submodules. */
export type Mode = '100644' | '100755' | '120000' | '160000';

export type TreeFile = { readonly mode: Mode; readonly oid: string };

/** Full path → file; directories only exist in the tree objects. */
export type Files = ReadonlyMap<string, TreeFile>;

export type TreeNode = { readonly mode: Mode | '40000'; readonly name: string; readonly oid: string };

/** Name, address and time (milliseconds since the epoch) of an author or committer. */
export type Signature = { readonly name: string; readonly email: string; readonly time: number };

export type Commit = {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  readonly files: Files;
};

/** The objects of a repository and all its forks, as on GitHub where a network shares one store. */
export type GitObjects = {
  readonly blobs: Map<string, Buffer>;
  readonly trees: Map<string, readonly TreeNode[]>;
  readonly commits: Map<string, Commit>;
};

/** What a test writes for a file: its text, its bytes, something special, or `null` to delete it. */
export type FileSpec =
  | string
  | Uint8Array
  | null
  | { readonly text: string; readonly mode: '100644' | '100755' }
  | { readonly symlink: string }
  | { readonly submodule: string };

export const createObjects = (): GitObjects => ({ blobs: new Map(), trees: new Map(), commits: new Map() });

const objectId = (type: 'blob' | 'tree' | 'commit', content: Buffer): string =>
  createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');

export const writeBlob = (objects: GitObjects, content: string | Uint8Array): string => {
  const bytes = Buffer.from(content as string);
  const oid = objectId('blob', bytes);
  objects.blobs.set(oid, bytes);
  return oid;
};

// git sorts a directory as if its name ended in a slash.
const sortKey = (node: TreeNode): Buffer => Buffer.from(node.mode === '40000' ? `${node.name}/` : node.name);

const writeNodes = (objects: GitObjects, unsorted: readonly TreeNode[]): string => {
  const nodes = [...unsorted].sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const content = Buffer.concat(
    nodes.flatMap((node) => [Buffer.from(`${node.mode} ${node.name}\0`), Buffer.from(node.oid, 'hex')]),
  );
  const oid = objectId('tree', content);
  objects.trees.set(oid, nodes);
  return oid;
};

/** Writes the tree objects for a flat list of files and returns the root's id. */
const writeTree = (objects: GitObjects, files: Files): string => {
  const nodes: TreeNode[] = [];
  const folders = new Map<string, Map<string, TreeFile>>();
  for (const [path, file] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      nodes.push({ mode: file.mode, name: path, oid: file.oid });
      continue;
    }
    const folder = path.slice(0, slash);
    const inside = folders.get(folder) ?? new Map<string, TreeFile>();
    inside.set(path.slice(slash + 1), file);
    folders.set(folder, inside);
  }
  for (const [name, inside] of folders) {
    nodes.push({ mode: '40000', name, oid: writeTree(objects, inside) });
  }
  return writeNodes(objects, nodes);
};

/** Applies written files to a set of files: what is `null` goes, everything else is stored and put in its place. */
export const applyFiles = (
  objects: GitObjects,
  before: Files,
  specs: Readonly<Record<string, FileSpec>>,
): Files => {
  const files = new Map(before);
  for (const [path, spec] of Object.entries(specs)) {
    if (spec === null) files.delete(path);
    else if (typeof spec === 'string' || spec instanceof Uint8Array)
      files.set(path, { mode: before.get(path)?.mode ?? '100644', oid: writeBlob(objects, spec) });
    else if ('symlink' in spec) files.set(path, { mode: '120000', oid: writeBlob(objects, spec.symlink) });
    else if ('submodule' in spec) files.set(path, { mode: '160000', oid: spec.submodule });
    else files.set(path, { mode: spec.mode, oid: writeBlob(objects, spec.text) });
  }
  return files;
};

const signatureLine = (who: Signature): string =>
  `${who.name} <${who.email}> ${Math.floor(who.time / 1000)} +0000`;

export const writeCommit = (
  objects: GitObjects,
  commit: {
    readonly files: Files;
    readonly parents: readonly string[];
    readonly author: Signature;
    readonly committer?: Signature;
    readonly message: string;
  },
): string => {
  const committer = commit.committer ?? commit.author;
  const tree = writeTree(objects, commit.files);
  const content = Buffer.from(
    [
      `tree ${tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${signatureLine(commit.author)}`,
      `committer ${signatureLine(committer)}`,
      '',
      commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`,
    ].join('\n'),
  );
  const oid = objectId('commit', content);
  objects.commits.set(oid, { ...commit, committer, tree, oid });
  return oid;
};

/** The commit, which has to be there: ids only ever come from the store itself. */
export const commitOf = (objects: GitObjects, oid: string): Commit => {
  const commit = objects.commits.get(oid);
  if (commit === undefined) throw new Error(`no commit ${oid}`);
  return commit;
};

/** git's own test for a binary file: a NUL among the first 8,000 bytes. */
export const isBinary = (content: Buffer): boolean => content.subarray(0, 8000).includes(0);
