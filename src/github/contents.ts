// Files that the judgement wants → their content, many per request, through the cache that never goes stale.
import { blobOf, CONTENT_LIMIT, tooLarge } from '../core/blob.ts';
import type { Blob, EntryKind, Gap, Oid } from '../core/model/evidence.ts';
import type { PullRequestRef } from '../ports.ts';
import { type Api, unreachable } from './api.ts';
import { kindOfMode } from './tree.ts';

/**
 * What to read: by blob id where the tree tells it; by path at a commit where the kind of the entry is not known yet (a
 * file that the pull request adds or changes).
 */
export type Asked = { readonly path: string; readonly oid: Oid; readonly at: Oid | null };

export type Answer = {
  readonly path: string;
  readonly oid: Oid;
  readonly kind: EntryKind | null;
  readonly blob: Blob | null;
};

type BlobNode = {
  readonly oid?: string;
  readonly text?: string | null;
  readonly isBinary?: boolean | null;
  readonly isTruncated?: boolean;
  readonly byteSize?: number;
};
type EntryNode = { readonly mode: number; readonly oid: string; readonly object: BlobNode | null } | null;

/** One GraphQL request costs one point however many blobs it names; the answer stays well under GitHub's 10 s. */
const BATCH = 100;

const BLOB_FIELDS = '... on Blob { oid text isBinary isTruncated byteSize }';

/** Answers in the order asked; what GitHub did not give becomes a gap. */
export async function readContents(
  api: Api,
  pull: PullRequestRef,
  asked: readonly Asked[],
): Promise<{ answers: readonly Answer[]; gaps: readonly Gap[] }> {
  const answers: Answer[] = [];
  const gaps: Gap[] = [];
  for (let from = 0; from < asked.length; from += BATCH) {
    const batch = asked.slice(from, from + BATCH);
    try {
      const nodes = await queryBatch(api, pull, batch);
      for (const [index, each] of batch.entries()) {
        const answer = await answerOf(api, pull, each, nodes[index] ?? null);
        if ('reason' in answer) gaps.push(answer);
        else answers.push(answer);
      }
    } catch (error) {
      gaps.push(...batch.map(({ path }) => unreachable(`the content of ${path}`, error)));
    }
  }
  return { answers, gaps };
}

type Node = { readonly kind: EntryKind | null; readonly oid: Oid; readonly blob: BlobNode | null };

async function queryBatch(api: Api, pull: PullRequestRef, batch: readonly Asked[]): Promise<(Node | null)[]> {
  const variables: Record<string, string> = { owner: pull.owner, name: pull.repository };
  const declared = ['$owner: String!', '$name: String!'];
  const commits = new Map<Oid, string[]>();
  const fields: string[] = [];
  for (const [index, { path, oid, at }] of batch.entries()) {
    variables[`v${index}`] = at === null ? oid : path;
    declared.push(`$v${index}: ${at === null ? 'GitObjectID!' : 'String!'}`);
    if (at === null) fields.push(`f${index}: object(oid: $v${index}) { ${BLOB_FIELDS} }`);
    else
      commits.set(at, [
        ...(commits.get(at) ?? []),
        `f${index}: file(path: $v${index}) { mode oid object { ${BLOB_FIELDS} } }`,
      ]);
  }
  for (const [commit, files] of commits) {
    const name = `c${fields.length}`;
    variables[name] = commit;
    declared.push(`$${name}: GitObjectID!`);
    fields.push(`${name}: object(oid: $${name}) { ... on Commit { ${files.join(' ')} } }`);
  }
  const query = `query(${declared.join(', ')}) { repository(owner: $owner, name: $name) { ${fields.join(' ')} } }`;
  const { repository } = await api.graphql<{
    repository: Record<string, BlobNode | Record<string, EntryNode> | null> | null;
  }>(query, variables);
  if (repository === null) throw new Error(`GitHub does not know ${pull.owner}/${pull.repository} any more`);
  const commitNodes = Object.entries(repository).filter(([name]) => name.startsWith('c'));
  return batch.map(({ oid, at }, index) => {
    if (at === null) return { kind: null, oid, blob: (repository[`f${index}`] as BlobNode | null) ?? null };
    const entry = commitNodes
      .map(([, node]) => (node as Record<string, EntryNode> | null)?.[`f${index}`])
      .find((node) => node !== undefined);
    return entry ? { kind: kindOfMode(entry.mode), oid: entry.oid, blob: entry.object } : null;
  });
}

async function answerOf(
  api: Api,
  pull: PullRequestRef,
  asked: Asked,
  node: Node | null,
): Promise<Answer | Gap> {
  if (node === null || (node.kind !== 'submodule' && node.blob?.byteSize === undefined))
    return unreachable(`the content of ${asked.path}`, new Error('the answer holds no such file'));
  const { path } = asked;
  const { kind, oid, blob } = node;
  if (kind === 'submodule' || blob === null) return { path, oid, kind, blob: null };
  const size = blob.byteSize ?? 0;
  if (size > CONTENT_LIMIT) return { path, oid, kind, blob: tooLarge(size) };
  if (typeof blob.text === 'string' && blob.isTruncated === false)
    return { path, oid, kind, blob: blobOf(Buffer.from(blob.text, 'utf8')) };
  // GraphQL cuts text at 512,000 bytes and gives none for what it takes for binary: the bytes themselves decide.
  try {
    const { data } = await api.rest.git.getBlob({ owner: pull.owner, repo: pull.repository, file_sha: oid });
    return {
      path,
      oid,
      kind,
      blob: blobOf(Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8')),
    };
  } catch (error) {
    return unreachable(`the content of ${path}`, error);
  }
}
