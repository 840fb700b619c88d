import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Actor, Decision } from '../../src/core/model/evidence.ts';
import type { PullRequestRef } from '../../src/ports.ts';
import type { Database } from '../../src/store/database.ts';
import { appendToLedger, exportLedger, ledgerInstallations, ledgerRecords } from '../../src/store/ledger.ts';
import { decisionsOn, standings } from '../../src/store/ledger-decisions.ts';
import { GENESIS, type LedgerKind, type NewEntry } from '../../src/store/ledger-entry.ts';
import { pruneLedger } from '../../src/store/ledger-prune.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { onEachEngine } from './support.ts';

let installations = 1_000;
const freshInstallation = (): number => {
  installations += 1;
  return installations;
};

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

const entry = (installation: number, more: Partial<NewEntry> = {}): NewEntry => ({
  installation,
  at: daysAgo(1),
  kind: 'verdict',
  repository: { id: 50, name: 'acme/shop' },
  pull: 7,
  headSha: 'a'.repeat(40),
  body: { outcome: 'clear' },
  ...more,
});

const approver: Actor = { id: 9, login: 'lin', type: 'User' };

const decided = (
  installation: number,
  kind: LedgerKind,
  pull: number,
  fingerprints: readonly string[],
  at = daysAgo(1),
): NewEntry =>
  entry(installation, {
    kind,
    pull,
    at,
    body: {
      id: `${kind} ${pull} ${fingerprints.join()}`,
      kind,
      actor: { ...approver },
      team: 'acme/ospo',
      at,
      expires: null,
      headSha: 'a'.repeat(40),
      fingerprints,
      described: {},
      note: null,
    },
  });

const pullOf = (installation: number, number: number): PullRequestRef => ({
  installation,
  repositoryId: 50,
  owner: 'acme',
  repository: 'shop',
  number,
});

const append = async (database: Database, entries: readonly NewEntry[]): Promise<void> => {
  const [first, ...others] = entries;
  if (first !== undefined) await database.transaction((tx) => appendToLedger(tx, [first, ...others]));
};

/** What somebody with the keys to the database can do. */
const tamper = async (database: Database, statement: string): Promise<void> => {
  for (const table of ['ledger_entries', 'ledger_marks']) {
    await sql.raw(`alter table ${table} disable trigger user`).execute(database.handle);
  }
  await sql.raw(statement).execute(database.handle);
  for (const table of ['ledger_entries', 'ledger_marks']) {
    await sql.raw(`alter table ${table} enable trigger user`).execute(database.handle);
  }
};

const brief = (decisions: readonly Decision[]): readonly string[] =>
  decisions.map((decision) => `${decision.kind} ${decision.fingerprints.join(' ')}`);

onEachEngine('ledger verification', ({ database }) => {
  test('an untouched chain verifies, also when it is empty or longer than a page', async () => {
    const installation = freshInstallation();
    expect(await verifyLedger(database(), installation)).toEqual({
      ok: true,
      entries: 0,
      sequence: 0,
      hash: GENESIS,
    });
    for (let batch = 0; batch < 3; batch += 1) {
      await append(
        database(),
        Array.from({ length: 400 }, (_, index) => entry(installation, { pull: index + 1 })),
      );
    }
    const last = (await Array.fromAsync(ledgerRecords(database().handle, installation))).at(-1);
    expect(await verifyLedger(database(), installation)).toEqual({
      ok: true,
      entries: 1200,
      sequence: 1200,
      hash: last?.hash,
    });
  });

  test.each([
    ['a changed body', `update ledger_entries set body = '{"outcome":"blocked"}' where sequence = 3`, 3],
    ['a changed time', `update ledger_entries set at = at + interval '1 second' where sequence = 3`, 3],
    ['a changed kind', `update ledger_entries set kind = 'delivered' where sequence = 3`, 3],
    ['a renamed repository', `update ledger_entries set repository = 'acme/other' where sequence = 3`, 3],
    ['another pull request', 'update ledger_entries set pull = 8 where sequence = 3', 3],
    ['another commit', `update ledger_entries set head_sha = 'b' where sequence = 3`, 3],
    ['a changed hash', `update ledger_entries set hash = repeat('0', 64) where sequence = 3`, 3],
    ['a changed link', `update ledger_entries set previous = repeat('1', 64) where sequence = 3`, 3],
    ['a removed entry', 'delete from ledger_entries where sequence = 3', 3],
    ['a removed beginning', 'delete from ledger_entries where sequence <= 2', 2],
    ['a removed end', 'delete from ledger_entries where sequence = 5', 5],
    ['everything removed', 'delete from ledger_entries where sequence > 0', 1],
    ['a removed index row', 'delete from ledger_marks where sequence = 4', 4],
    [
      'a body spelled otherwise',
      `update ledger_entries set body = '{ ' || substr(body, 2) where sequence = 3`,
      3,
    ],
    [
      'a body that says two things',
      `update ledger_entries set body = '{"at":"never",' || substr(body, 2) where sequence = 3`,
      3,
    ],
    ['a body that is no JSON', `update ledger_entries set body = 'nothing' where sequence = 3`, 3],
    ['a removed head', 'delete from ledger_heads where sequence > 0', 6],
    ['a head set back', `update ledger_heads set sequence = 4 where sequence > 0`, 6],
    [
      'an invented approval in the index',
      `insert into ledger_marks select installation, 2, at, 'approved', 50, 7, 'forged' from ledger_entries where sequence = 2`,
      2,
    ],
  ])('finds %s', async (_, statement, sequence) => {
    const installation = freshInstallation();
    await append(database(), [
      entry(installation),
      entry(installation),
      entry(installation),
      decided(installation, 'approved', 7, ['f']),
      entry(installation),
    ]);
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: true, entries: 5 });
    await tamper(database(), `${statement} and installation = ${installation}`);
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: false, sequence });
  });

  test('pruning keeps the chain verifiable, and the approvals that still stand', async () => {
    const installation = freshInstallation();
    const old = daysAgo(400);
    await append(database(), [
      entry(installation, { at: old }),
      decided(installation, 'approved', 1, ['kept', 'ended'], old),
      decided(installation, 'approved', 2, ['over'], old),
      decided(installation, 'invalidated', 2, ['over'], old),
      entry(installation, { at: old }),
      decided(installation, 'withdrawn', 3, ['ended'], daysAgo(10)),
      entry(installation),
    ]);
    const before = await decisionsOn(database())(pullOf(installation, 99));
    expect(brief(before)).toEqual(['approved kept']);
    const pruned = await database().transaction((tx) => pruneLedger(tx, installation, 200, new Date()));
    expect(pruned).toEqual({ removed: 5, carried: 1 });
    const left = await Array.fromAsync(ledgerRecords(database().handle, installation));
    expect(left.map((record) => `${record.sequence} ${record.kind}`)).toEqual([
      '6 withdrawn',
      '7 verdict',
      '8 checkpoint',
    ]);
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: true, entries: 3, sequence: 8 });
    expect(await decisionsOn(database())(pullOf(installation, 99))).toEqual(before);
    await append(database(), [entry(installation)]);
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: true, entries: 4 });
    // Not even a clock that runs ahead gets at what the database itself still takes for young.
    const later = new Date(Date.now() + 300 * 86_400_000);
    expect(await database().transaction((tx) => pruneLedger(tx, installation, 200, new Date()))).toEqual({
      removed: 0,
      carried: 0,
    });
    expect(await database().transaction((tx) => pruneLedger(tx, installation, 180, later))).toEqual({
      removed: 0,
      carried: 0,
    });
    // Nor does whoever knows the switch that pruning sets.
    const pruneByHand = database().transaction(async (tx) => {
      await sql`select set_config('clear_to_ship.pruning', ${String(installation)}, true)`.execute(tx);
      await sql`delete from ledger_entries where installation = ${installation}`.execute(tx);
    });
    await expect(pruneByHand).rejects.toThrow('append-only');
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: true, entries: 4 });
  });

  test('a second pruning carries on what the first carried', async () => {
    const installation = freshInstallation();
    await append(database(), [decided(installation, 'approved', 1, ['kept'], daysAgo(900))]);
    await append(database(), [entry(installation, { at: daysAgo(500) })]);
    const then = new Date(Date.now() - 400 * 86_400_000);
    expect(await database().transaction((tx) => pruneLedger(tx, installation, 180, then))).toEqual({
      removed: 1,
      carried: 1,
    });
    await append(database(), [entry(installation)]);
    expect(await database().transaction((tx) => pruneLedger(tx, installation, 180, new Date()))).toEqual({
      removed: 2,
      carried: 1,
    });
    const decisions = await decisionsOn(database())(pullOf(installation, 99));
    expect(brief(decisions)).toEqual(['approved kept']);
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: true, entries: 2 });
    await tamper(
      database(),
      `update ledger_entries set body = replace(body, '"team":"acme/ospo"', '"team":"acme/devs"')
        where kind = 'checkpoint' and installation = ${installation}`,
    );
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: false });
  });

  test('retention is never shorter than 180 days', async () => {
    const installation = freshInstallation();
    await append(database(), [entry(installation, { at: daysAgo(179) }), entry(installation)]);
    expect(await database().transaction((tx) => pruneLedger(tx, installation, 1, new Date()))).toEqual({
      removed: 0,
      carried: 0,
    });
  });

  test('a chain whose head is gone is still one that is looked at', async () => {
    const installation = freshInstallation();
    await append(database(), [entry(installation, {})]);
    await tamper(database(), `delete from ledger_heads where installation = ${installation}`);
    expect(await ledgerInstallations(database().handle)).toContain(installation);
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: false, sequence: 2 });
  });

  test('a process whose clock is ahead prunes what is old by the database’s clock, and no more', async () => {
    const installation = freshInstallation();
    await append(database(), [
      decided(installation, 'approved', 1, ['old'], daysAgo(500)),
      decided(installation, 'approved', 1, ['young'], daysAgo(170)),
    ]);
    const ahead = new Date(Date.now() + 30 * 86_400_000);
    expect(await database().transaction((tx) => pruneLedger(tx, installation, 180, ahead))).toEqual({
      removed: 1,
      carried: 1,
    });
    expect((await verifyLedger(database(), installation)).ok).toBe(true);
  });

  test('the pruning function refuses to cut where no checkpoint stands', async () => {
    const installation = freshInstallation();
    await append(database(), [entry(installation, { at: daysAgo(400) }), entry(installation)]);
    await expect(sql`select ledger_prune(${installation}, 1)`.execute(database().handle)).rejects.toThrow(
      'no checkpoint',
    );
  });

  test('a chain that is all checkpoint is left alone', async () => {
    const installation = freshInstallation();
    await append(database(), [entry(installation, { at: daysAgo(400) })]);
    const prune = () => database().transaction((tx) => pruneLedger(tx, installation, 180, new Date()));
    expect(await prune()).toEqual({ removed: 1, carried: 0 });
    expect(await prune()).toEqual({ removed: 0, carried: 0 });
    expect(await verifyLedger(database(), installation)).toMatchObject({ ok: true, entries: 1, sequence: 2 });
    expect((await Array.fromAsync(exportLedger(database().handle, installation))).length).toBe(1);
  });
});

onEachEngine('ledger decisions', ({ database }) => {
  const bearing = async (entries: readonly NewEntry[], installation: number, number: number) => {
    await append(database(), entries);
    return brief(await decisionsOn(database())(pullOf(installation, number)));
  };

  test('approvals stand for other pull requests, rejections and withdrawals only for their own', async () => {
    const installation = freshInstallation();
    const entries = [
      decided(installation, 'approved', 1, ['a', 'b']),
      decided(installation, 'rejected', 2, ['c']),
      decided(installation, 'approved', 2, ['d']),
      decided(installation, 'withdrawn', 2, ['d']),
    ];
    expect(await bearing(entries, installation, 3)).toEqual(['approved a b']);
    expect(await bearing([], installation, 2)).toEqual([
      'approved a b',
      'rejected c',
      'approved d',
      'withdrawn d',
    ]);
  });

  test('whatever ends an approval anywhere ends it for everybody else', async () => {
    const installation = freshInstallation();
    const entries = [
      decided(installation, 'approved', 1, ['a', 'b', 'c', 'd']),
      decided(installation, 'rejected', 2, ['a']),
      decided(installation, 'expired', 1, ['b']),
      decided(installation, 'invalidated', 3, ['c']),
    ];
    expect(await bearing(entries, installation, 9)).toEqual(['approved d']);
    expect(await bearing([], installation, 1)).toEqual(['approved d']);
    expect(await bearing([], installation, 2)).toEqual(['approved d', 'rejected a']);
    expect(await bearing([decided(installation, 'approved', 4, ['a'])], installation, 9)).toEqual([
      'approved d',
      'approved a',
    ]);
  });

  test('two approvals of one thing are two decisions', async () => {
    const installation = freshInstallation();
    const entries = [
      decided(installation, 'approved', 1, ['a']),
      decided(installation, 'approved', 1, ['a', 'z']),
    ];
    expect(await bearing(entries, installation, 1)).toEqual(['approved a', 'approved a z']);
  });

  test('nothing crosses from one installation or repository to another', async () => {
    const [one, two] = [freshInstallation(), freshInstallation()];
    await append(database(), [decided(one, 'approved', 1, ['a'])]);
    expect(await bearing([], two, 1)).toEqual([]);
    const elsewhere = { ...pullOf(one, 1), repositoryId: 51 };
    expect(await decisionsOn(database())(elsewhere)).toEqual([]);
  });

  test('the latest state of each fingerprint', async () => {
    const installation = freshInstallation();
    await append(database(), [
      decided(installation, 'approved', 1, ['a', 'b']),
      decided(installation, 'expired', 1, ['a']),
    ]);
    const states = await database().transaction((tx) => standings(tx, installation, 50));
    expect(states.map(({ fingerprint, kind, sequence }) => `${fingerprint} ${kind} ${sequence}`)).toEqual([
      'a expired 2',
      'b approved 1',
    ]);
  });
});
