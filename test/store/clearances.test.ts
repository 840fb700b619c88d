import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Delivery } from '../../src/core/model/delivery.ts';
import type { Verdict } from '../../src/core/model/verdict.ts';
import type { PullRequestRef } from '../../src/ports.ts';
import { clearancesOn } from '../../src/store/clearances.ts';
import { openQueue } from '../../src/store/queue.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { verdict } from '../core/report/verdicts.ts';
import { decision, delivery, evidence, started } from '../core/verdict/cases.ts';
import { onEachEngine } from './support.ts';

const AT = '2026-03-01T10:00:00.000Z';

const pull = (repository: string, repositoryId: number, installation = 5): PullRequestRef => ({
  installation,
  repositoryId,
  owner: 'Acme',
  repository,
  number: 1,
});

const pushes = (repository: string, more: Partial<Delivery['destination']> = {}): Partial<Delivery> => ({
  destination: {
    ...delivery().destination,
    registry: ['ghcr.io'],
    repository: [repository],
    class: 'public',
    ...more,
  },
});

function delivering(...deliveries: readonly Partial<Delivery>[]): Verdict {
  const { subject } = evidence();
  return verdict({
    subject,
    deliveries: deliveries.map((changes, at) => ({
      change: started({ at: [String(at)] }, changes),
      fingerprint: `f${at}`,
    })),
  });
}

onEachEngine('Clearances of other projects', ({ database }) => {
  let store: Store | null = null;
  const opened = async (): Promise<Store> => {
    store ??= openStore(database(), await openQueue(database(), {}));
    return store;
  };
  const ships = async (place: PullRequestRef, cleared: boolean, of: Verdict): Promise<void> => {
    const entry = { kind: 'delivered', verdict: of, cause: 'test', evidence: evidence(), cleared } as const;
    await (await opened()).ledger.record(place, [entry], new Date(AT));
  };
  const asked = (projects: readonly string[], from = pull('app', 99)) =>
    clearancesOn(database()).of(from, projects);

  test('are the newest deliveries that were cleared, with the images they push', async () => {
    await ships(
      pull('Library', 1),
      true,
      delivering(pushes('acme/library'), pushes('acme/Odd Name'), pushes('acme/base')),
    );
    expect(await asked(['acme/library', 'acme/unheard-of'])).toEqual([
      { project: 'acme/library', at: AT, destinations: ['ghcr.io/acme/base', 'ghcr.io/acme/library'] },
    ]);
    expect(await asked([])).toEqual([]);
  });

  test('are nobody else’s, and not the repository’s own', async () => {
    await ships(pull('theirs', 2, 6), true, delivering(pushes('acme/theirs')));
    await ships(pull('mine', 3), true, delivering(pushes('acme/mine')));
    expect(await asked(['acme/theirs', 'acme/mine'], pull('mine', 3))).toEqual([]);
  });

  test('rest on a delivery that is recorded once, however often a worker that died is repeated', async () => {
    const pushed = { ...pull('retold', 12), number: 0 };
    for (const place of [pull('retold', 12), pushed])
      for (const cleared of [false, true, true, false, false])
        await ships(place, cleared, delivering(pushes('acme/retold')));
    const { rows } = await sql<{ pull: number | null; cleared: boolean }>`
      select pull, (body::json ->> 'cleared')::boolean as cleared from ledger_entries
       where repository_id = 12 and kind = 'delivered' order by sequence`.execute(database().handle);
    expect(rows.map(({ pull: number, cleared }) => [number, cleared])).toEqual([
      [1, false],
      [1, true],
      [1, false],
      [null, false],
      [null, true],
      [null, false],
    ]);
  });

  test('end with a newer delivery past the gate, and begin again with a cleared one', async () => {
    await ships(pull('turns', 4), true, delivering(pushes('acme/turns')));
    await ships(pull('turns', 4), false, delivering(pushes('acme/turns')));
    expect(await asked(['acme/turns'])).toEqual([]);
    await ships(pull('turns', 4), true, delivering(pushes('acme/turns')));
    expect(await asked(['acme/turns'])).toHaveLength(1);
  });

  test('end with a rejection or a withdrawal in that repository', async () => {
    const place = pull('rejected', 5);
    await ships(place, true, delivering(pushes('acme/rejected')));
    const rejection = decision({ kind: 'rejected', fingerprints: ['f0'], described: { f0: {} } });
    await (await opened()).ledger.record(place, [{ kind: 'decision', decision: rejection }], new Date(AT));
    expect(await asked(['acme/rejected'])).toEqual([]);
  });

  test('need a delivery that leaves, and still does', async () => {
    await ships(pull('inner', 6), true, delivering(pushes('acme/inner', { class: 'internal' })));
    await ships(pull('none', 7), true, delivering());
    const stopped = delivering(pushes('acme/stopped'));
    const [first] = stopped.deliveries;
    const gone =
      first === undefined ? [] : [{ ...first, change: { ...first.change, change: 'stopped' as const } }];
    await ships(pull('stopped', 8), true, { ...stopped, deliveries: gone });
    expect(await asked(['acme/inner', 'acme/none', 'acme/stopped'])).toEqual([]);
  });
});
