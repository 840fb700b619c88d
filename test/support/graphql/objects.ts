// git objects → GraphQL's commits, trees and blobs.
import { iso } from '../clock.ts';
import type { Signature, TreeNode } from '../git/objects.ts';
import { commitOf, isBinary } from '../git/objects.ts';
import { accountByEmail } from '../world/accounts.ts';
import { resolveRef } from '../world/branches.ts';
import type { Repository } from '../world/state.ts';
import { actorNode } from './accounts.ts';
import { suiteNode } from './checks.ts';
import { connection, type Node, type PageArguments } from './connection.ts';
import type { Context } from './context.ts';

/** GitHub cuts `Blob.text` after so many bytes and says so in `isTruncated`. */
const MAX_TEXT_BYTES = 512_000;

const blobNode = (context: Context, repository: Repository, oid: string): Node => {
  const content = repository.objects.blobs.get(oid) ?? Buffer.alloc(0);
  const binary = isBinary(content);
  return {
    __typename: 'Blob',
    ...common(context, repository, 'B', oid),
    byteSize: content.length,
    isBinary: binary,
    isTruncated: content.length > MAX_TEXT_BYTES,
    text: binary ? null : content.subarray(0, MAX_TEXT_BYTES).toString('utf8'),
  };
};

const common = ({ world }: Context, repository: Repository, kind: string, oid: string): Node => ({
  id: `${kind}_${oid}`,
  oid,
  abbreviatedOid: oid.slice(0, 7),
  commitUrl: `${world.address.url}/${repository.owner.login}/${repository.name}/commit/${oid}`,
});

const entryNode = (context: Context, repository: Repository, node: TreeNode, folder: string): Node => {
  const types: Readonly<Record<string, string>> = { '40000': 'tree', '160000': 'commit' };
  const content = repository.objects.blobs.get(node.oid);
  return {
    __typename: 'TreeEntry',
    name: node.name,
    path: `${folder}${node.name}`,
    // A decimal number: 33188 for 100644, 40960 for a symbolic link, 57344 for a submodule.
    mode: Number.parseInt(node.mode, 8),
    type: types[node.mode] ?? 'blob',
    oid: node.oid,
    size: content?.length ?? 0,
    extension: /\.[^./]+$/.exec(node.name)?.[0] ?? '',
    isGenerated: false,
    submodule: null,
    object: () => objectNode(context, repository, node.oid, `${folder}${node.name}/`),
  };
};

const treeNode = (context: Context, repository: Repository, oid: string, folder: string): Node => ({
  __typename: 'Tree',
  ...common(context, repository, 'T', oid),
  entries: () =>
    (repository.objects.trees.get(oid) ?? []).map((node) => entryNode(context, repository, node, folder)),
});

const personNode = (context: Context, who: Signature): Node => {
  const account = accountByEmail(context.world, who.email);
  return {
    name: who.name,
    email: who.email,
    date: iso(who.time),
    user: account?.type === 'User' ? actorNode(context, account) : null,
  };
};

const entryAt = (repository: Repository, root: string, path: string): TreeNode | null => {
  let found: TreeNode | null = null;
  let tree = root;
  for (const name of path.split('/')) {
    found = repository.objects.trees.get(tree)?.find((node) => node.name === name) ?? null;
    if (found === null) return null;
    tree = found.oid;
  }
  return found;
};

type SuiteArguments = PageArguments & {
  readonly filterBy?: { readonly appId?: number | null; readonly checkName?: string | null } | null;
};

export const commitNode = (context: Context, repository: Repository, oid: string): Node => {
  const commit = commitOf(repository.objects, oid);
  const message = commit.message.replace(/\n$/, '');
  return {
    __typename: 'Commit',
    ...common(context, repository, 'C', oid),
    url: `${context.world.address.url}/${repository.owner.login}/${repository.name}/commit/${oid}`,
    message,
    messageHeadline: message.split('\n')[0] ?? '',
    messageBody: message.split('\n').slice(2).join('\n'),
    committedDate: iso(commit.committer.time),
    authoredDate: iso(commit.author.time),
    author: () => personNode(context, commit.author),
    committer: () => personNode(context, commit.committer),
    authors: (args: PageArguments) => {
      const others = [...message.matchAll(/^co-authored-by: *(.+?) *<([^>]+)> *$/gim)].map(
        ([, name, email]) => ({
          name: name ?? '',
          email: email ?? '',
          time: commit.author.time,
        }),
      );
      return connection('authors', [commit.author, ...others], args, (who) => personNode(context, who));
    },
    tree: () => treeNode(context, repository, commit.tree, ''),
    parents: (args: PageArguments) =>
      connection('parents', commit.parents, args, (parent) => commitNode(context, repository, parent)),
    file: ({ path }: { path: string }) => {
      const node = entryAt(repository, commit.tree, path);
      return node === null
        ? null
        : entryNode(context, repository, node, path.slice(0, path.length - node.name.length));
    },
    checkSuites: (args: SuiteArguments) => {
      const { appId, checkName } = args.filterBy ?? {};
      const suites = repository.suites
        .filter((suite) => suite.sha === oid)
        .filter(({ app }) => appId === null || appId === undefined || appId === app.id)
        .filter((suite) => !checkName || suite.runs.some(({ name }) => name === checkName));
      return connection('checkSuites', suites, args, (suite) => suiteNode(context, suite));
    },
  };
};

/** Any object of the repository's network by its id; null for none, such as a submodule's commit. */
export const objectNode = (
  context: Context,
  repository: Repository,
  oid: string,
  folder = '',
): Node | null => {
  const { objects } = repository;
  if (objects.commits.has(oid)) return commitNode(context, repository, oid);
  if (objects.blobs.has(oid)) return blobNode(context, repository, oid);
  return objects.trees.has(oid) ? treeNode(context, repository, oid, folder) : null;
};

/** `revision`, `revision:` or `revision:path`, as git reads it. */
export const expressionNode = (context: Context, repository: Repository, expression: string): Node | null => {
  const colon = expression.indexOf(':');
  const revision = colon < 0 ? expression : expression.slice(0, colon);
  const commit = resolveRef(repository, revision);
  if (colon < 0) return objectNode(context, repository, commit ?? revision);
  if (commit === null) return null;
  const root = commitOf(repository.objects, commit).tree;
  const path = expression.slice(colon + 1).replace(/\/$/, '');
  if (path === '') return treeNode(context, repository, root, '');
  const node = entryAt(repository, root, path);
  return node === null ? null : objectNode(context, repository, node.oid, `${path}/`);
};
