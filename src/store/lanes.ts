// Single statements → few connections that they share: each is sent without waiting for the answers before it, and what a
// turn of the event loop sends goes out together. Waking one server process for many statements costs both sides far less
// than waking one for each.
import pg from 'pg';

/**
 * How long a statement may wait for somebody's lock here, in milliseconds: those behind it wait as well. Longer than the
 * server takes for a commit, much shorter than anybody notices.
 */
const LOCK_MS = 30;
/** A connection that answers nothing for so long is given up, in milliseconds: all that was sent on it would wait. */
const SILENCE_MS = 30_000;
/** Statements without an answer on one connection before the next one is used. */
const DEEP = 8;
/**
 * How old the oldest of them may be, in milliseconds: each commit waits for the disk, so that one connection would make all
 * wait in a row. The server answers sooner where it does not.
 */
const PATIENCE_MS = 2;

export type Lanes = {
  /**
   * Runs one statement, which is a transaction of its own.
   *
   * @throws what the server answers; `didNothing` tells whether it is worth another try elsewhere.
   */
  readonly run: (statement: pg.QueryConfig) => Promise<pg.QueryResult>;
  /** Waits for the answers that are under way. */
  readonly close: () => Promise<void>;
};

/**
 * Whether a statement gave up waiting for a lock, or rested on one that did so while it was prepared. It did nothing, and may
 * be run again where it holds up nobody else.
 */
export const didNothing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === LOCK_NOT_AVAILABLE || error.code === NOT_PREPARED);

const LOCK_NOT_AVAILABLE = '55P03';
const NOT_PREPARED = '26000';

type Lane = {
  readonly run: Lanes['run'];
  readonly depth: () => number;
  /** When the oldest statement without an answer was sent; infinity where there is none. */
  readonly oldest: () => number;
  readonly close: () => Promise<void>;
};

type Connection = { readonly client: pg.Client; readonly opened: Promise<void>; isOpen: boolean };

const createLane = (config: pg.ClientConfig, onError: (error: Error) => void): Lane => {
  let current: Connection | null = null;
  /** When what is not answered yet was sent: answers come in the same order. */
  const sent: number[] = [];
  const connect = (): Connection => {
    const client = new pg.Client({
      ...config,
      pipeline: true,
      keepAlive: true,
      lock_timeout: LOCK_MS,
      query_timeout: SILENCE_MS,
    });
    const leave = (): void => {
      if (current?.client === client) current = null;
    };
    client.on('error', (error) => {
      leave();
      onError(error);
    });
    client.on('end', leave);
    const made: Connection = {
      client,
      isOpen: false,
      opened: client.connect().then(
        () => {
          made.isOpen = true;
        },
        (error) => {
          leave();
          throw error;
        },
      ),
    };
    return made;
  };
  let isGathering = false;
  /** Keeps what is written until the end of this turn of the event loop. */
  const gather = ({ connection: { stream } }: pg.Client): void => {
    if (isGathering) return;
    isGathering = true;
    stream.cork();
    setImmediate(() => {
      isGathering = false;
      stream.uncork();
    });
  };
  return {
    async run(statement) {
      sent.push(performance.now());
      try {
        current ??= connect();
        const { client, isOpen, opened } = current;
        if (!isOpen) await opened;
        gather(client);
        return await client.query(statement);
      } finally {
        sent.shift();
      }
    },
    depth: () => sent.length,
    oldest: () => sent[0] ?? Number.POSITIVE_INFINITY,
    async close() {
      const closing = current;
      if (closing === null) return;
      await closing.opened.catch(() => undefined);
      await closing.client.end().catch(() => undefined);
    },
  };
};

/**
 * Opens at most `most` connections, and none before it is needed; one that died is replaced by the next statement. `deep`
 * statements wait on one before the next one is used.
 */
export const createLanes = (
  config: pg.ClientConfig,
  most: number,
  onError: (error: Error) => void,
  deep: number = DEEP,
): Lanes => {
  const lanes = Array.from({ length: most }, () => createLane(config, onError));
  const free = (): Lane => {
    let best = lanes[0] as Lane;
    const patient = performance.now() - PATIENCE_MS;
    for (const lane of lanes) {
      if (lane.depth() < deep && lane.oldest() > patient) return lane;
      if (lane.depth() < best.depth()) best = lane;
    }
    return best;
  };
  let isClosed = false;
  return {
    run: async (statement) => {
      if (isClosed) throw new Error('the database is closed');
      return free().run(statement);
    },
    async close() {
      isClosed = true;
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
};
