// What a commit holds over REST: trees, blobs and contents.
import type { Files, Mode, TreeNode } from '../git/objects.ts';
import { commitOf } from '../git/objects.ts';
import { resolveRef } from '../world/branches.ts';
import type { Repository } from '../world/state.ts';
import type { Answer, Call, Need, Route } from './call.ts';
import { ok, repositoryOf } from './call.ts';
import { apiUrl, slugOf, webUrl } from './json/repositories.ts';
import { GitHubProblem, notFound } from './problem.ts';

const CONTENTS: readonly Need[] = [['contents', 'read']];

/** GitHub lists at most 100,000 entries of a tree, and puts at most 1 MB into JSON. */
const MAX_TREE_ENTRIES = 100_000;
const MAX_JSON_CONTENT = 1_048_576;

const TREE_TYPES: Readonly<Record<string, string>> = { '40000': 'tree', '160000': 'commit' };

const tree = (call: Call): Answer => {
  const repository = repositoryOf(call, CONTENTS);
  const { objects } = repository;
  const name = call.params.tree_sha ?? '';
  const commit = resolveRef(repository, name);
  const root = commit === null ? name : commitOf(objects, commit).tree;
  if (!objects.trees.has(root)) throw notFound();
  const recursive = call.query.has('recursive');
  const api = apiUrl(call.world, repository);
  const entries: unknown[] = [];
  const limit = repository.treeLimit ?? MAX_TREE_ENTRIES;
  let truncated = false;
  const add = (node: TreeNode, folder: string): void => {
    if (recursive && entries.length >= limit) {
      truncated = true;
      return;
    }
    const type = TREE_TYPES[node.mode] ?? 'blob';
    entries.push({
      path: `${folder}${node.name}`,
      mode: node.mode === '40000' ? '040000' : node.mode,
      type,
      sha: node.oid,
      ...(type === 'blob' ? { size: objects.blobs.get(node.oid)?.length ?? 0 } : {}),
      ...(type === 'commit' ? {} : { url: `${api}/git/${type}s/${node.oid}` }),
    });
    if (recursive && type === 'tree')
      for (const inner of objects.trees.get(node.oid) ?? []) add(inner, `${folder}${node.name}/`);
  };
  for (const node of objects.trees.get(root) ?? []) add(node, '');
  // GitHub answers with the tree's id, or with the commit's when it was asked for by commit or branch.
  return ok({ sha: commit ?? root, url: `${api}/git/trees/${commit ?? root}`, tree: entries, truncated });
};

const wantsRaw = (call: Call): boolean => /application\/vnd\.github(\.v3)?\.raw/.test(call.accept);

const raw = (content: Buffer): Answer => ({
  status: 200,
  raw: content,
  headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' },
});

const wrapped = (content: Buffer): string =>
  content
    .toString('base64')
    .replace(/.{60}/g, '$&\n')
    .replace(/([^\n])$/, '$1\n');

const blob = (call: Call): Answer => {
  const repository = repositoryOf(call, CONTENTS);
  const sha = call.params.file_sha ?? '';
  const content = repository.objects.blobs.get(sha);
  if (content === undefined) throw notFound();
  if (wantsRaw(call)) return raw(content);
  return ok({
    sha,
    node_id: `B_${sha}`,
    size: content.length,
    url: `${apiUrl(call.world, repository)}/git/blobs/${sha}`,
    content: wrapped(content),
    encoding: 'base64',
  });
};

const entryJson = (
  call: Call,
  repository: Repository,
  at: string,
  entry: { readonly path: string; readonly type: string; readonly sha: string; readonly size: number },
): Record<string, unknown> => {
  const escaped = entry.path.split('/').map(encodeURIComponent).join('/');
  const url = `${apiUrl(call.world, repository)}/contents/${escaped}?ref=${at}`;
  const kind = entry.type === 'dir' ? 'tree' : 'blob';
  const git = `${apiUrl(call.world, repository)}/git/${kind}s/${entry.sha}`;
  const web = `${webUrl(call.world, repository)}/${kind}/${at}/${escaped}`;
  const raws = `${call.world.address.url}/raw/${slugOf(repository)}/${at}/${escaped}`;
  return {
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url,
    html_url: web,
    git_url: git,
    download_url: entry.type === 'file' || entry.type === 'symlink' ? raws : null,
    type: entry.type,
    _links: { self: url, git, html: web },
  };
};

const KINDS: Readonly<Record<Mode, string>> = {
  '100644': 'file',
  '100755': 'file',
  '120000': 'symlink',
  // Listings call a submodule a file.
  '160000': 'file',
};

const folderJson = (
  call: Call,
  repository: Repository,
  at: string,
  files: Files,
  folder: string,
): readonly unknown[] | null => {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = [...files].filter(([path]) => path.startsWith(prefix));
  if (inside.length === 0) return null;
  const names = new Map<string, Record<string, unknown>>();
  for (const [path, file] of inside) {
    const [name, ...deeper] = path.slice(prefix.length).split('/');
    const full = `${prefix}${name}`;
    const size = repository.objects.blobs.get(file.oid)?.length ?? 0;
    const entry =
      deeper.length > 0
        ? { path: full, type: 'dir', sha: treeAt(repository, at, full), size: 0 }
        : { path: full, type: KINDS[file.mode], sha: file.oid, size };
    names.set(full, entryJson(call, repository, at, entry));
  }
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
};

const treeAt = (repository: Repository, commit: string, path: string): string => {
  let oid = commitOf(repository.objects, commit).tree;
  for (const name of path.split('/'))
    oid = repository.objects.trees.get(oid)?.find((node) => node.name === name)?.oid ?? oid;
  return oid;
};

// As `.gitmodules` has it; without one GitHub can't link the submodule, and says where it would be.
const submoduleUrl = (repository: Repository, files: Files, path: string): string => {
  const modules = repository.objects.blobs.get(files.get('.gitmodules')?.oid ?? '')?.toString() ?? '';
  const section = modules.split(/^\[/m).find((part) => part.includes(`path = ${path}\n`));
  return /url = (\S+)/.exec(section ?? '')?.[1] ?? `git://unknown/${path}.git`;
};

const contents = (call: Call): Answer => {
  const repository = repositoryOf(call, CONTENTS);
  const at = resolveRef(repository, call.query.get('ref') ?? 'HEAD');
  if (at === null) throw new GitHubProblem(404, `No commit found for the ref ${call.query.get('ref')}`);
  const { files } = commitOf(repository.objects, at);
  const path = (call.params.path ?? '').replace(/^\/+|\/+$/g, '');
  let file = files.get(path);
  if (file === undefined) {
    const listing = folderJson(call, repository, at, files, path);
    if (listing === null) throw notFound();
    return ok(listing);
  }
  const target = repository.objects.blobs.get(file.oid)?.toString() ?? '';
  if (file.mode === '120000') {
    // A link to a normal file answers with that file's content, under the link's own name.
    const linked = new URL(target, `file:///${path}`).pathname.slice(1);
    const pointed = files.get(decodeURIComponent(linked));
    if (pointed === undefined || !pointed.mode.startsWith('100')) {
      const entry = { path, type: 'symlink', sha: file.oid, size: target.length };
      return ok({ ...entryJson(call, repository, at, entry), target });
    }
    file = pointed;
  }
  if (file.mode === '160000') {
    const entry = { path, type: 'submodule', sha: file.oid, size: 0 };
    return ok({
      ...entryJson(call, repository, at, entry),
      submodule_git_url: submoduleUrl(repository, files, path),
    });
  }
  const content = repository.objects.blobs.get(file.oid) ?? Buffer.alloc(0);
  if (wantsRaw(call)) return raw(content);
  const small = content.length <= MAX_JSON_CONTENT;
  return ok({
    ...entryJson(call, repository, at, { path, type: 'file', sha: file.oid, size: content.length }),
    content: small ? wrapped(content) : '',
    encoding: small ? 'base64' : 'none',
  });
};

export const contentRoutes: readonly Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/git/trees/{tree_sha}', handle: tree },
  { method: 'GET', path: '/repos/{owner}/{repo}/git/blobs/{file_sha}', handle: blob },
  { method: 'GET', path: '/repos/{owner}/{repo}/contents/{path}', handle: contents },
];
