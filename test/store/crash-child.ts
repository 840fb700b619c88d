// A process that writes until it is killed; each line it prints is something the store has acknowledged.
import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/store/database.ts';
import { enqueue } from '../../src/store/enqueue.ts';
import { appendToLedger } from '../../src/store/ledger.ts';
import { openQueue } from '../../src/store/queue.ts';
import { startWorker } from '../../src/store/queue-worker.ts';

const [, , location = '', mode = 'write', round = '0'] = process.argv;
const database = await openDatabase(
  location.startsWith('postgres') ? { url: location } : { folder: location },
);
const queue = await openQueue(database, {
  timing: { heartbeat: 10, supervise: 1, retryDelay: 1, retryDelayMax: 1 },
});
// Synchronous, so that a line is out before the next write begins.
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

if (mode === 'hang') {
  startWorker(
    queue,
    async (turn) => {
      say(`working ${turn.job.cause} ${turn.attempt}`);
      await new Promise(() => undefined);
    },
    { slots: 1, poll: 50 },
  );
} else {
  say('open');
  for (let number = 1; ; number += 1) {
    const pull = {
      installation: 1,
      repositoryId: Number(round) + 100,
      owner: 'acme',
      repository: 'shop',
      number,
    };
    await enqueue(queue, { pull, cause: 'opened', delivery: null, refresh: false, again: false });
    say(`job ${pull.repositoryId}/${number}`);
    const records = await database.transaction((tx) =>
      appendToLedger(tx, [
        {
          installation: 1,
          at: new Date().toISOString(),
          kind: 'verdict',
          repository: { id: pull.repositoryId, name: 'acme/shop' },
          pull: number,
          headSha: null,
          body: { round, number },
        },
      ]),
    );
    say(`entry ${records[0]?.sequence} ${records[0]?.hash}`);
  }
}
