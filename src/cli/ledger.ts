// `clear-to-ship ledger verify|export|show` and `replay`: the App's record, read from its store.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalJson } from '../core/canonical-json.ts';
import { review } from '../core/review.ts';
import { type Database, embeddedIn, openDatabase } from '../store/database.ts';
import { FolderInUse } from '../store/folder-lock.ts';
import { readEvidence, verifyEvidence } from '../store/kept-evidence.ts';
import { exportLedger, ledgerInstallations, pullHistory } from '../store/ledger.ts';
import type { LedgerRecord } from '../store/ledger-entry.ts';
import { verifyLedger } from '../store/ledger-verify.ts';
import { isProblem, type Problem, problem } from '../workspace/problem.ts';
import type { Effects } from './effects.ts';
import { EXIT } from './exit-codes.ts';
import { jsonText, tellProblem } from './output.ts';

export type LedgerOptions = { readonly installation?: string };

const ADDRESS = /^([^/\s]+\/[^/\s#]+)#(\d+)$/;

/** Every chain, or one, and what verdicts were made from: 0 when intact, 1 when broken. */
export function ledgerVerify({ installation }: LedgerOptions, effects: Effects): Promise<number> {
  return withStore(effects, async (database) => {
    const all = await chosen(database, installation);
    if (isProblem(all)) return tellProblem(all, effects);
    // Silence would look like a chain that was checked.
    if (all.length === 0) effects.stdout('Nothing is recorded yet.\n');
    let exit: number = EXIT.clear;
    for (const each of all) {
      const result = await verifyLedger(database, each);
      if (result.ok) {
        effects.stdout(`installation ${each}: intact, ${result.entries} entries, head ${result.hash}\n`);
      } else {
        effects.stdout(`installation ${each}: broken at entry ${result.sequence}: ${result.reason}\n`);
        exit = EXIT.blocked;
      }
    }
    const { kept, changed } = await verifyEvidence(database.handle);
    if (changed.length === 0) effects.stdout(`evidence: intact, ${kept} texts\n`);
    else exit = EXIT.blocked;
    for (const hash of changed) effects.stdout(`evidence ${hash}: not what was recorded\n`);
    return exit;
  });
}

/** JSON Lines, one entry a line. */
export function ledgerExport({ installation }: LedgerOptions, effects: Effects): Promise<number> {
  return withStore(effects, async (database) => {
    const all = await chosen(database, installation);
    if (isProblem(all)) return tellProblem(all, effects);
    for (const each of all)
      for await (const line of exportLedger(database.handle, each)) effects.stdout(line);
    return EXIT.clear;
  });
}

/** One pull request's history, oldest first. */
export function ledgerShow(address: string, effects: Effects): Promise<number> {
  if (!ADDRESS.test(address)) return Promise.resolve(noAddress(address, effects));
  return withStore(effects, async (database) => {
    const history = await historyOf(database, address);
    if (history === null) return noSuch(address, effects);
    for (const record of history) effects.stdout(`${lineOf(record)}\n`);
    return EXIT.clear;
  });
}

/** Judges the kept evidence of every recorded verdict again: 0 when all come out the same, 1 when one does not. */
export function replay(address: string, effects: Effects): Promise<number> {
  if (!ADDRESS.test(address)) return Promise.resolve(noAddress(address, effects));
  return withStore(effects, async (database) => {
    const history = await historyOf(database, address);
    if (history === null) return noSuch(address, effects);
    let exit: number = EXIT.clear;
    for (const record of history) {
      const { verdict, evidence: hash } = record.body;
      if (verdict === undefined || typeof hash !== 'string') continue;
      const evidence = await readEvidence(database.handle, record.installation, hash).catch(
        (error: unknown) => error as Error,
      );
      if (evidence instanceof Error) {
        effects.stdout(`${lineOf(record)}: not judged again: ${evidence.message}\n`);
        exit = EXIT.blocked;
        continue;
      }
      if (evidence === null) {
        effects.stdout(`${lineOf(record)}: its evidence is no longer kept\n`);
        exit = Math.max(exit, EXIT.undecided);
        continue;
      }
      const now = review(evidence).verdict;
      if (canonicalJson(now) === canonicalJson(verdict)) {
        effects.stdout(`${lineOf(record)}: the same again\n`);
        continue;
      }
      const { digests } = verdict as unknown as { readonly digests: typeof now.digests };
      const because =
        digests.rules === now.digests.rules ? 'with the same rules' : 'the rules have changed since';
      effects.stdout(`${lineOf(record)}: now ${now.outcome} (${because})\n`);
      exit = EXIT.blocked;
    }
    return exit;
  });
}

async function withStore(effects: Effects, act: (database: Database) => Promise<number>): Promise<number> {
  const { DATABASE_URL: url, DATA_FOLDER: folder = '.clear-to-ship' } = effects.env;
  // Opening would make an empty one, in which everything is in order.
  if (!url && !existsSync(embeddedIn(resolve(effects.cwd, folder))))
    return tellProblem(
      problem(
        `There is no store in ${resolve(effects.cwd, folder)}.`,
        'Set DATABASE_URL or DATA_FOLDER as the server has them.',
      ),
      effects,
    );
  let database: Database;
  try {
    database = await openDatabase(url ? { url } : { folder: resolve(effects.cwd, folder) });
  } catch (error) {
    if (error instanceof FolderInUse)
      return tellProblem(
        problem(
          error.message,
          'The embedded store takes one process: stop the server first, or use Postgres.',
        ),
        effects,
      );
    const code = (error as { code?: unknown }).code;
    return tellProblem(
      problem(
        `The store can not be opened${typeof code === 'string' ? ` (${code})` : ''}.`,
        'Set DATABASE_URL or DATA_FOLDER as the server has them.',
      ),
      effects,
    );
  }
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}

async function chosen(
  database: Database,
  installation: string | undefined,
): Promise<readonly number[] | Problem> {
  const all = await ledgerInstallations(database.handle);
  if (installation === undefined) return all;
  const found = all.filter((each) => String(each) === installation);
  return found.length > 0
    ? found
    : problem(
        `Nothing is recorded of installation ${jsonText(installation).trim()}.`,
        all.length === 0 ? 'Nothing is recorded at all.' : `Installations with a record: ${all.join(', ')}.`,
      );
}

/** Null when the address is none, or nothing is recorded under it. */
async function historyOf(database: Database, address: string): Promise<readonly LedgerRecord[] | null> {
  const [, name, number] = ADDRESS.exec(address) ?? [];
  if (name === undefined) return null;
  const row = await database.handle
    .selectFrom('ledger_entries')
    .select('repository_id')
    .where('repository', '=', name)
    .where('repository_id', 'is not', null)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || row.repository_id === null) return null;
  const history = await pullHistory(database.handle, row.repository_id, Number(number));
  return history.length === 0 ? null : history;
}

function noAddress(address: string, effects: Effects): number {
  return tellProblem(
    problem(`${jsonText(address).trim()} is no pull request.`, 'Name one as owner/repository#number.'),
    effects,
  );
}

function noSuch(address: string, effects: Effects): number {
  return tellProblem(
    problem(
      `Nothing is recorded about ${jsonText(address).trim()}.`,
      'Check the number, and that this is the store of the App that is installed there.',
    ),
    effects,
  );
}

/** Logins and notes are somebody else's words: shown as JSON, they can't act on a terminal. */
function lineOf({ sequence, at, kind, headSha, body }: LedgerRecord): string {
  const { verdict, cause, actor, reason, note, cleared } = body as {
    readonly verdict?: { readonly outcome?: string };
    readonly cause?: string;
    readonly actor?: { readonly login?: string };
    readonly reason?: string;
    readonly note?: string | null;
    readonly cleared?: boolean;
  };
  const told = [
    verdict?.outcome,
    cleared === undefined ? undefined : cleared ? 'cleared' : 'not cleared',
    actor?.login === undefined ? undefined : `by ${actor.login}`,
    cause === undefined ? undefined : `after ${cause}`,
    reason,
    note ?? undefined,
  ].filter((each) => each !== undefined);
  const text = told.map((each) => jsonText(each).trim().slice(1, -1)).join(', ');
  return `${String(sequence).padStart(6)}  ${at}  ${kind}  ${headSha?.slice(0, 12) ?? ''}  ${text}`;
}
