// Recurring work that one process at a time does, however many there are.
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Clocks of processes may differ by so much, in seconds; a chore that is due later was put off by a clock that is wrong. */
const CLOCKS_SECONDS = 900;

/**
 * Whether it is this process's turn to do the chore now: true at most once in `seconds`, over all processes. A process
 * that dies in the middle of it leaves it to the next turn.
 */
export const takeChore = async (
  { handle }: Database,
  name: string,
  seconds: number,
  now: Date,
): Promise<boolean> => {
  const next = new Date(now.getTime() + seconds * 1000);
  const row = await handle
    .insertInto('chores')
    .values({ name, due_at: next })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ due_at: next })
        .where((due) =>
          due.or([
            due('chores.due_at', '<=', now),
            due('chores.due_at', '>', new Date(next.getTime() + CLOCKS_SECONDS * 1000)),
          ]),
        ),
    )
    .returning(sql<number>`1`.as('taken'))
    .executeTakeFirst();
  return row !== undefined;
};
