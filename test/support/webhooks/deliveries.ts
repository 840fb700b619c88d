// An event → a signed HTTP delivery to the App, recorded with its outcome; may be dropped, doubled, delayed or held.
import { createHash } from 'node:crypto';
import { iso } from '../clock.ts';
import { webhookProblems } from '../shapes.ts';
import { installationFor } from '../world/accounts.ts';
import type { World, WorldEvent } from '../world/state.ts';
import { headersFor, post } from './sending.ts';

type Delivery = {
  readonly id: number;
  /** The same for every redelivery of an event. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: string;
  readonly redelivery: boolean;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  deliveredAt: number;
  /** Seconds. */
  duration: number;
  /** `OK`, another reason phrase, `timed out`, or `pending` before it is sent. */
  status: string;
  /** 0 before it is sent and when there was no answer. */
  statusCode: number;
  response: string;
};

/** What happens to a delivery: sent, lost, sent twice, sent after so many milliseconds, or held back for `release`. */
type Fate = 'deliver' | 'drop' | 'duplicate' | 'hold' | { readonly delay: number };

type Hook = { readonly url: string; readonly secret: string };

export type Deliveries = {
  /** Sends to this address from now on. Events before that are lost. */
  readonly register: (hook: Hook) => void;
  readonly announce: (event: WorldEvent) => void;
  /** Sends any payload as it is, e.g. a hostile one; resolves with the recorded outcome. */
  readonly deliver: (event: string, payload: unknown, hook?: Partial<Hook>) => Promise<Delivery>;
  readonly list: () => readonly Delivery[];
  readonly find: (id: number) => Delivery | undefined;
  readonly redeliver: (delivery: Delivery) => void;
  /** Decides the fate of every following delivery; null delivers all. */
  readonly decide: (fate: ((delivery: Delivery) => Fate) | null) => void;
  /** Sends what was held, in the order given by `sort` (default: as it happened). */
  readonly release: (sort?: (a: Delivery, b: Delivery) => number) => void;
  /** How many deliveries are under way or waiting for those before them. */
  readonly sending: () => number;
  /** The same, and those that were delayed. Held ones don't count. */
  readonly pending: () => number;
  readonly json: (delivery: Delivery, as: 'item' | 'full') => Readonly<Record<string, unknown>>;
  readonly close: () => void;
};

const ALWAYS = ['installation', 'installation_repositories', 'github_app_authorization'];

const guidOf = (count: number): string => {
  const hex = createHash('sha1').update(`delivery ${count}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};

export const createDeliveries = (world: World, problem: (text: string) => void): Deliveries => {
  const records: Delivery[] = [];
  const held: Delivery[] = [];
  const queue: Delivery[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const closing = new AbortController();
  let hook: Hook | null = null;
  let fateOf: ((delivery: Delivery) => Fate) | null = null;
  let busy = false;
  let guids = 0;
  let ids = 0;

  const record = (
    entry: Pick<
      Delivery,
      'guid' | 'event' | 'action' | 'payload' | 'redelivery' | 'installationId' | 'repositoryId'
    >,
  ): Delivery => {
    ids += 1;
    const delivery: Delivery = {
      ...entry,
      id: ids,
      deliveredAt: world.clock.now(),
      duration: 0,
      status: 'pending',
      statusCode: 0,
      response: '',
    };
    records.push(delivery);
    return delivery;
  };

  const send = async (delivery: Delivery, to: Hook): Promise<void> => {
    const start = performance.now();
    delivery.deliveredAt = world.clock.now();
    const answer = await post(
      to.url,
      headersFor(world, delivery, to.secret),
      delivery.payload,
      closing.signal,
    );
    delivery.duration = Math.round(performance.now() - start) / 1000;
    delivery.status = answer.status;
    delivery.statusCode = answer.code;
    delivery.response = answer.body;
  };

  // One at a time, in order: GitHub promises no order, but a test that wants another one asks for it.
  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (hook !== null) await send(next, hook);
    }
    busy = false;
  };

  const enqueue = (delivery: Delivery): void => {
    queue.push(delivery);
    void pump();
  };

  const dispatch = (delivery: Delivery): void => {
    const fate = fateOf?.(delivery) ?? 'deliver';
    if (fate === 'hold') held.push(delivery);
    else if (fate === 'drop') delivery.status = 'dropped';
    else if (fate === 'deliver') enqueue(delivery);
    else if (fate === 'duplicate') {
      enqueue(delivery);
      enqueue(record({ ...delivery, redelivery: true }));
    } else {
      const timer = setTimeout(() => {
        timers.delete(timer);
        enqueue(delivery);
      }, fate.delay);
      timers.add(timer);
    }
  };

  const subscribed = (event: WorldEvent): boolean => {
    const installation =
      event.repository === null
        ? [...world.installations.values()].find(({ account }) => account.id === event.account.id)
        : installationFor(world, event.repository);
    if (ALWAYS.includes(event.event)) return true;
    if (!installation || installation.suspendedAt !== null) return false;
    if (['check_run', 'check_suite'].includes(event.event)) {
      // What people ask for, and suites, are told to the App whose they are; what runs come to, to everybody.
      const toEverybody =
        event.event === 'check_run' && ['created', 'completed'].includes(event.action ?? '');
      return (toEverybody || event.checksOf === world.app) && installation.permissions.checks === 'write';
    }
    return world.app.events.includes(event.event);
  };

  return {
    register: (to) => {
      hook = to;
    },
    announce: (event) => {
      if (hook === null || !subscribed(event)) return;
      for (const text of webhookProblems(event.event, event.action, event.payload)) problem(text);
      guids += 1;
      const { installation } = event.payload as { installation?: { id?: number } };
      dispatch(
        record({
          guid: guidOf(guids),
          event: event.event,
          action: event.action,
          payload: JSON.stringify(event.payload),
          redelivery: false,
          installationId: installation?.id ?? null,
          repositoryId: event.repository?.id ?? null,
        }),
      );
    },
    deliver: async (event, payload, to = {}) => {
      guids += 1;
      const target = { url: '', secret: '', ...hook, ...to };
      const { action } = (payload ?? {}) as { action?: unknown };
      const delivery = record({
        guid: guidOf(guids),
        event,
        action: typeof action === 'string' ? action : null,
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
        redelivery: false,
        installationId: null,
        repositoryId: null,
      });
      await send(delivery, target);
      return delivery;
    },
    list: () => records,
    find: (id) => records.find((delivery) => delivery.id === id),
    redeliver: (delivery) => enqueue(record({ ...delivery, redelivery: true })),
    decide: (fate) => {
      fateOf = fate;
    },
    release: (sort) => {
      const ready = held.splice(0);
      for (const delivery of sort === undefined ? ready : ready.sort(sort)) enqueue(delivery);
    },
    sending: () => queue.length + (busy ? 1 : 0),
    pending: () => queue.length + timers.size + (busy ? 1 : 0),
    json: (delivery, as) => {
      const item = {
        id: delivery.id,
        guid: delivery.guid,
        delivered_at: iso(delivery.deliveredAt),
        redelivery: delivery.redelivery,
        duration: delivery.duration,
        status: delivery.status,
        status_code: delivery.statusCode,
        event: delivery.event,
        action: delivery.action,
        installation_id: delivery.installationId,
        repository_id: delivery.repositoryId,
        throttled_at: null,
      };
      if (as === 'item') return item;
      const {
        'x-hub-signature': _sha1,
        'x-hub-signature-256': _sha256,
        ...headers
      } = headersFor(world, delivery, '');
      return {
        ...item,
        url: hook?.url ?? '',
        request: { headers, payload: JSON.parse(delivery.payload) as unknown },
        response: { headers: {}, payload: delivery.response },
      };
    },
    close: () => {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      queue.length = 0;
    },
  };
};
