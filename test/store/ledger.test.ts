import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { appendToLedger, exportLedger, ledgerRecords, pullHistory } from '../../src/store/ledger.ts';
import { GENESIS, linkHash, type NewEntry } from '../../src/store/ledger-entry.ts';
import { onEachEngine } from './support.ts';

let installations = 0;
const freshInstallation = (): number => {
  installations += 1;
  return installations;
};

const entry = (installation: number, more: Partial<NewEntry> = {}): NewEntry => ({
  installation,
  at: '2026-03-01T10:00:00.000Z',
  kind: 'verdict',
  repository: { id: 9_007_199_254_740_991, name: 'acme/shop' },
  pull: 7,
  headSha: 'a'.repeat(40),
  body: { outcome: 'clear' },
  ...more,
});

onEachEngine('ledger', ({ database }) => {
  test('links every entry to the one before, without holes, per installation', async () => {
    const [one, two] = [freshInstallation(), freshInstallation()];
    await database().transaction((tx) => appendToLedger(tx, [entry(one), entry(one, { pull: 8 })]));
    await database().transaction((tx) => appendToLedger(tx, [entry(two)]));
    await database().transaction((tx) => appendToLedger(tx, [entry(one, { pull: 9 })]));
    const records = await Array.fromAsync(ledgerRecords(database().handle, one));
    expect(records.map((record) => [record.sequence, record.pull])).toEqual([
      [1, 7],
      [2, 8],
      [3, 9],
    ]);
    expect(records[0]?.previous).toBe(GENESIS);
    expect(records[1]?.previous).toBe(records[0]?.hash);
    expect(records[2]?.previous).toBe(records[1]?.hash);
    for (const record of records) expect(linkHash(record.previous, record)).toBe(record.hash);
  });

  test('keeps any text byte for byte, U+0000 and lone surrogates included', async () => {
    const installation = freshInstallation();
    const body = {
      b: 'nul \u0000, half \ud800, emoji 🚢',
      a: [1e21, -0, 0.1, null, true],
      é: { z: 1, a: 2 },
    };
    const [written] = await database().transaction((tx) =>
      appendToLedger(tx, [entry(installation, { body })]),
    );
    const [read] = await Array.fromAsync(ledgerRecords(database().handle, installation));
    expect(read).toEqual(written);
    expect(read?.body.b).toBe(body.b);
    const [line] = await Array.fromAsync(exportLedger(database().handle, installation));
    expect(line).toMatch(/^\{"at":.*\}\n$/);
    expect(JSON.parse(line ?? '')).toEqual(read);
  });

  test('concurrent appends to one chain neither fork nor skip', async () => {
    const installation = freshInstallation();
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        database().transaction((tx) => appendToLedger(tx, [entry(installation, { pull: index + 1 })])),
      ),
    );
    const records = await Array.fromAsync(ledgerRecords(database().handle, installation));
    expect(records.map((record) => record.sequence)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    expect(new Set(records.map((record) => record.pull)).size).toBe(40);
    records.slice(1).forEach((record, index) => {
      expect(record.previous).toBe(records[index]?.hash);
    });
  });

  test('a rolled back append leaves no trace and no hole', async () => {
    const installation = freshInstallation();
    await expect(
      database().transaction(async (tx) => {
        await appendToLedger(tx, [entry(installation)]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    const [record] = await database().transaction((tx) => appendToLedger(tx, [entry(installation)]));
    expect(record?.sequence).toBe(1);
  });

  test.each([
    'update ledger_entries set body = $$x$$',
    'delete from ledger_entries',
    'truncate ledger_entries',
  ])('the database refuses: %s', async (statement) => {
    const installation = freshInstallation();
    await database().transaction((tx) =>
      appendToLedger(tx, [entry(installation, { kind: 'approved', body: { fingerprints: ['f'] } })]),
    );
    await expect(sql.raw(statement).execute(database().handle)).rejects.toThrow('append-only');
    await expect(
      sql
        .raw(statement.replace('ledger_entries', 'ledger_marks').replace('body', 'kind'))
        .execute(database().handle),
    ).rejects.toThrow('append-only');
  });

  test('history tells one pull request from the others', async () => {
    const installation = freshInstallation();
    const repository = { id: 4_000 + installation, name: 'acme/boat' };
    await database().transaction((tx) =>
      appendToLedger(tx, [
        entry(installation, { repository, pull: 1 }),
        entry(installation, { repository, pull: 2 }),
        entry(installation, { repository, pull: 1, kind: 'delivered' }),
      ]),
    );
    const history = await pullHistory(database().handle, repository.id, 1);
    expect(history.map((record) => record.kind)).toEqual(['verdict', 'delivered']);
  });

  test('an entry that could not be read back exactly is refused', async () => {
    const installation = freshInstallation();
    const append = (more: Partial<NewEntry>) =>
      database().transaction((tx) => appendToLedger(tx, [entry(installation, more)]));
    await expect(append({ at: '2026-03-01T10:00:00Z' })).rejects.toThrow('ISO 8601');
    await expect(append({ kind: 'approved' })).rejects.toThrow('fingerprints');
    await expect(append({ body: { ratio: Number.NaN } })).rejects.toThrow('no JSON form');
  });

  test('the root handle inside a transaction is an error, not a deadlock', async () => {
    await expect(
      database().transaction(() => database().handle.selectFrom('ledger_heads').selectAll().execute()),
    ).rejects.toThrow('root handle');
    await expect(database().transaction(() => database().transaction(async () => 1))).rejects.toThrow(
      'root handle',
    );
    await expect(database().transaction(() => database().statements.executeSql('select 1'))).rejects.toThrow(
      'root handle',
    );
  });
});
