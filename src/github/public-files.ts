// A file of a public repository at a commit → its text, for whom anybody's image may name any repository.
import type { Gap } from '../core/model/evidence.ts';
import type { SourceFile, SourceText } from '../core/model/lineage.ts';
import type { AnswerCache, PublicFiles } from '../ports.ts';
import { type Api, unreachable } from './api.ts';

export type PublicFilesOptions = {
  readonly api: Api;
  /** Web host of the forge that `api` speaks for, e.g. `github.com`; repositories elsewhere are not read. */
  readonly host: string;
  readonly answers: Pick<AnswerCache, 'through'>;
  /** Ends what is still under way. */
  readonly signal: AbortSignal;
};

/** Requests that one reader sends at most: what people write into labels must not use up an installation's quota. */
const REQUEST_LIMIT = 48;

/** GraphQL cuts texts there, in bytes; no Dockerfile is as long. */
const TEXT_LIMIT = 512_000;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Who writes a label decides what is read here, with a token that can read more than they can. So only what everybody can
 * read is told; of everything else the answer is the same whether it exists or not.
 */
export function createPublicFiles({ api, host, answers, signal }: PublicFilesOptions): PublicFiles {
  let requests = 0;
  return {
    read: async (file) => {
      const place = placeOn(host, file.repository);
      if (place === null) return { missing: `Not read: ${file.repository} is not on ${host}.` };
      const ask = async (): Promise<SourceText> => {
        if (requests >= REQUEST_LIMIT)
          return { missing: `Not read: at most ${REQUEST_LIMIT} files are asked for at a time.` };
        requests += 1;
        return await readFile(api, place, file, signal);
      };
      const key = `source 1 ${host}/${place.owner}/${place.name} ${file.commit ?? 'HEAD'} ${file.path}`;
      return await answers.through(key, ask, (text) => lifeOf(file, text));
    },
  };
}

type Place = { readonly owner: string; readonly name: string };

function placeOn(host: string, repository: string): Place | null {
  const url = URL.canParse(repository) ? new URL(repository) : null;
  const [owner, name, ...rest] = (url?.pathname ?? '').split('/').slice(1);
  if (url === null || url.host !== host || owner === undefined || name === undefined || rest.length > 0)
    return null;
  return { owner, name };
}

/** A commit never changes; that it is not there may. A limit of this time is none of the next. */
function lifeOf({ commit }: SourceFile, text: SourceText): number {
  if ('text' in text) return commit === null ? HOUR : Number.POSITIVE_INFINITY;
  return 'missing' in text && text.missing.startsWith('There is no') ? DAY : 0;
}

type Blob = {
  readonly text?: string | null;
  readonly isTruncated?: boolean;
  readonly byteSize?: number;
} | null;
type Answered = {
  readonly repository: { readonly visibility: string; readonly object: Blob } | null;
};

async function readFile(
  api: Api,
  { owner, name }: Place,
  { commit, path }: SourceFile,
  signal: AbortSignal,
): Promise<SourceText> {
  const query = `query($owner: String!, $name: String!, $file: String!) {
    repository(owner: $owner, name: $name) {
      visibility
      object(expression: $file) { ... on Blob { text isTruncated byteSize } }
    }
  }`;
  const file = `${commit ?? 'HEAD'}:${path}`;
  let repository: Answered['repository'];
  try {
    ({ repository } = await api.graphql<Answered>(query, { owner, name, file, request: { signal } }));
  } catch (error) {
    if (!isNotThere(error)) return unseen(`${owner}/${name}`, error);
    repository = null;
  }
  if (repository === null || repository.visibility !== 'PUBLIC')
    return { missing: `There is no public repository ${owner}/${name}.` };
  const { object } = repository;
  if (object?.byteSize === undefined)
    return { missing: `There is no such file in ${owner}/${name} at that commit.` };
  return typeof object.text === 'string' && object.isTruncated === false && object.byteSize <= TEXT_LIMIT
    ? { text: object.text }
    : { missing: `Not read: it is no text, or has more than ${TEXT_LIMIT} bytes.` };
}

function unseen(repository: string, error: unknown): Gap {
  return unreachable(`a Dockerfile of ${repository}`, error);
}

function isNotThere(error: unknown): boolean {
  const { errors } = error as { errors?: readonly { type?: string }[] };
  return errors !== undefined && errors.length > 0 && errors.every(({ type }) => type === 'NOT_FOUND');
}
