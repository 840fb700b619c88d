// Dockerfiles of judged repositories by their fingerprints, so that copies between repositories can be named.
import { sql } from 'kysely';
import type { KnownFile } from '../core/model/copy.ts';
import type { Visibility } from '../core/model/evidence.ts';
import type { SeenDockerfiles } from '../ports.ts';
import type { Database, Handle } from './database.ts';
import { createRecent } from './recent.ts';

/** Whoever reads a repository of the first kind may hear that repositories of these kinds exist. */
const HEARD_OF: Readonly<Record<Visibility, readonly Visibility[]>> = {
  public: ['public'],
  unknown: ['public'],
  internal: ['public', 'internal'],
  private: ['public', 'internal', 'private'],
};

/** Files that are worth a comparison for one Dockerfile. */
const MOST_ALIKE = 10;
/** Bytes of a path; an index entry holds 2,700. */
const LONGEST_PATH = 1000;
/** A file that still stands is marked as seen at most once a week: reading must not become writing. */
type SeenRow = {
  readonly path: string;
  readonly state: string;
  readonly visibility: string;
  readonly stale: boolean;
};

/**
 * For so long a process believes that what it found kept still is, in milliseconds. What another forgot or replaced
 * meanwhile is kept a little later: these files are likenesses, no proof.
 */
const BELIEVED_MS = 5 * 60_000;
const BELIEVED_BYTES = 4 * 1_048_576;

/** What a repository was found to hold, path by path. */
type Believed = {
  readonly at: number;
  readonly visibility: Visibility;
  readonly states: ReadonlyMap<string, string>;
};

export const seenDockerfilesOn = (database: Database): SeenDockerfiles => {
  const seen = seenIn(database);
  const recent = createRecent<Believed>(BELIEVED_BYTES);
  return {
    ...seen,
    async changed(pull, visibility, files) {
      const place = `${pull.installation} ${pull.repositoryId}`;
      const known = recent.get(place);
      const isKnown =
        known !== undefined &&
        performance.now() - known.at < BELIEVED_MS &&
        known.visibility === visibility &&
        files.every(({ path, state }) => known.states.get(path) === state);
      if (isKnown) return [];
      const changed = await seen.changed(pull, visibility, files);
      if (changed.length > 0) return changed;
      const states = new Map(files.map(({ path, state }) => [path, state]));
      const bytes = files.reduce((sum, { path, state }) => sum + path.length + state.length + 100, 100);
      recent.put(place, { at: performance.now(), visibility, states }, bytes);
      return changed;
    },
  };
};

const seenIn = ({ handle, alone }: Database): SeenDockerfiles => ({
  async alike({ installation, repositoryId }, visibility, sketch) {
    // As text, since the drivers disagree on how arrays are passed and returned.
    const wanted = sql`${`{${sketch.join(',')}}`}::text::bigint[]`;
    const { rows } = await sql<{ file: string; fingerprints: string }>`
      select file, array_to_string(fingerprints, ',') as fingerprints
        from seen_dockerfiles,
             lateral (select count(*) as shared from unnest(fingerprints) as one where one = any (${wanted})) as same
       where installation = ${installation} and repository_id <> ${repositoryId}
         and visibility in (${sql.join(HEARD_OF[visibility])})
         and fingerprints && ${wanted}
       order by shared desc, repository_id, path
       limit ${MOST_ALIKE}`.execute(handle);
    return rows.map(({ file, fingerprints }) => ({
      ...(JSON.parse(file) as KnownFile),
      fingerprints: fingerprints.split(',').map(Number),
    }));
  },
  async changed({ repositoryId, installation }, visibility, files) {
    const rows = await alone<SeenRow>(
      `select path, state, visibility, seen_at < now() - interval '7 days' as stale from seen_dockerfiles
        where repository_id = $1::bigint and installation = $2::bigint`,
      [repositoryId, installation],
    );
    if (rows.some((row) => row.stale || row.visibility !== visibility))
      await handle
        .updateTable('seen_dockerfiles')
        .set({ visibility, seen_at: sql<Date>`now()` })
        .where('repository_id', '=', repositoryId)
        .execute();
    const kept = new Map(rows.map(({ path, state }) => [path, state]));
    return files.filter(({ path, state }) => kept.get(path) !== state).map(({ path }) => path);
  },
  async keep({ repositoryId, installation }, visibility, files) {
    // In one order everywhere, so that writers of the same rows wait for each other instead of deadlocking.
    const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
    const rows = sorted
      .filter(({ path }) => Buffer.byteLength(path) <= LONGEST_PATH)
      .map(({ fingerprints, state, ...file }) => ({
        repository_id: repositoryId,
        path: file.path,
        installation,
        visibility,
        state,
        file: JSON.stringify(file satisfies KnownFile),
        fingerprints: sql<number[]>`${`{${fingerprints.join(',')}}`}::text::bigint[]`,
      }));
    if (rows.length === 0) return;
    await handle
      .insertInto('seen_dockerfiles')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['repository_id', 'path']).doUpdateSet(({ ref }) => ({
          installation: ref('excluded.installation'),
          visibility: ref('excluded.visibility'),
          state: ref('excluded.state'),
          file: ref('excluded.file'),
          fingerprints: ref('excluded.fingerprints'),
          seen_at: sql<Date>`now()`,
        })),
      )
      .execute();
  },
});

/** Forgets the files of a whole installation, of one of its repositories, or of a repository wherever it is installed. */
export const forgetSeen = async (
  handle: Handle,
  {
    installation,
    repositoryId,
  }:
    | { readonly installation: number; readonly repositoryId: number | null }
    | {
        readonly installation: null;
        readonly repositoryId: number;
      },
): Promise<void> => {
  await handle
    .deleteFrom('seen_dockerfiles')
    .$if(installation !== null, (query) => query.where('installation', '=', installation ?? 0))
    .$if(repositoryId !== null, (query) => query.where('repository_id', '=', repositoryId ?? 0))
    .execute();
};

/** Forgets what was not seen for so many days, and what an installation has beyond its share: the oldest. */
export const pruneSeen = async (
  handle: Handle,
  { days, perInstallation }: { readonly days: number; readonly perInstallation: number },
  now: Date,
): Promise<number> => {
  const before = new Date(now.getTime() - days * 86_400_000);
  const old = await handle.deleteFrom('seen_dockerfiles').where('seen_at', '<', before).executeTakeFirst();
  const { numAffectedRows } = await sql`
    delete from seen_dockerfiles where (repository_id, path) in (
      select repository_id, path from (
        select repository_id, path,
               row_number() over (partition by installation order by seen_at desc, repository_id, path) as place
          from seen_dockerfiles) as line
       where place > ${perInstallation})`.execute(handle);
  return Number(old.numDeletedRows) + Number(numAffectedRows ?? 0n);
};
