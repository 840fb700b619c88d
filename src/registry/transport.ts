// One HTTP request → its answer, within limits of time and size, over a connection to an address that was checked first.
// Node's own client and not fetch: only it connects to the address that was checked, whatever the name says a moment later.
import { lookup } from 'node:dns/promises';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressKind } from './addresses.ts';
import { type Failure, failure, isFailure, passingFailure } from './failure.ts';

type Address = { readonly address: string; readonly family: number };

/** All addresses of a host name; rejects when there are none. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export const resolveBySystem: Resolve = (host) => lookup(host, { all: true });

export type Outgoing = {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Most bytes of a body that is read. */
  readonly bytes: number;
  /** From the start to the last byte, in milliseconds. */
  readonly time: number;
  /** Whether private addresses are allowed. */
  readonly private: boolean;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type Transport = {
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Answer | Failure>;
  close(): void;
};

export function createTransport(resolve: Resolve): Transport {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  return {
    send: async (outgoing, signal) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(outgoing.time)]);
      const addresses = await checkedAddresses(outgoing, resolve, limited);
      if (isFailure(addresses)) return addresses;
      return exchange(outgoing, addresses, agents, limited);
    },
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** Every address has to be allowed: a name with a public and a private one is a trap. */
async function checkedAddresses(
  { url, private: inside, time }: Outgoing,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly Address[] | Failure> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host);
  let addresses: readonly Address[];
  try {
    addresses = literal === 0 ? await abortable(resolve(host), signal) : [{ address: host, family: literal }];
  } catch {
    return signal.aborted ? tooSlow(url, time) : passingFailure(`The name ${host} could not be resolved.`);
  }
  if (addresses.length === 0) return passingFailure(`The name ${host} has no address.`);
  const refused = addresses.find(({ address }) => {
    const kind = addressKind(address);
    return kind === 'forbidden' || (kind === 'private' && !inside);
  });
  if (refused === undefined) return addresses;
  return failure(
    'remote',
    `${host} is at ${refused.address}, which is no public address: it was not contacted.`,
    'Allow the host explicitly, if it is a registry of the inside.',
  );
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function exchange(
  outgoing: Outgoing,
  addresses: readonly Address[],
  agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent },
  signal: AbortSignal,
): Promise<Answer | Failure> {
  const { url, method, headers, body } = outgoing;
  const secure = url.protocol === 'https:';
  return new Promise((done) => {
    const fail = (error: Error): void => done(failureOf(error, outgoing, signal));
    const request = (secure ? https : http).request(
      url,
      {
        method,
        headers: {
          'accept-encoding': 'identity',
          ...headers,
          ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
        agent: secure ? agents['https:'] : agents['http:'],
        lookup: pinned(addresses),
        signal,
      },
      (response) => {
        read(response, outgoing).then((result) => {
          if (isFailure(result)) request.destroy();
          done(result);
        }, fail);
      },
    );
    request.on('error', fail);
    request.end(body ?? undefined);
  });
}

/** Answers every question of the connection with what was checked. */
function pinned(addresses: readonly Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function read(response: IncomingMessage, { url, bytes }: Outgoing): Promise<Answer | Failure> {
  const status = response.statusCode ?? 0;
  const { headers } = response;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    return failure('syntax', `${url.host} sent a body in the encoding ${encoding}, which was not asked for.`);
  const claimed = Number(headers['content-length'] ?? 0);
  if (claimed > bytes) return tooLarge(url, `${claimed}`, bytes);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bytes) return tooLarge(url, `more than ${bytes}`, bytes);
    parts.push(part);
  }
  return { status, headers, body: Buffer.concat(parts) };
}

function tooLarge(url: URL, size: string, limit: number): Failure {
  return failure('limit', `${url.host} sends ${size} bytes where at most ${limit} are read.`);
}

function tooSlow(url: URL, time: number): Failure {
  return failure('unreachable', `${url.host} did not answer in full within ${time} ms.`);
}

function failureOf(error: Error, { url, time }: Outgoing, signal: AbortSignal): Failure {
  if (signal.aborted) return tooSlow(url, time);
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  // A certificate that is not accepted will not be in a second either.
  return /^(?:E|HPE_)/.test(code) && !/^(?:ERR_|EPROTO)/.test(code)
    ? passingFailure(`The connection to ${url.host} failed (${code}).`)
    : failure('unreachable', `The connection to ${url.host} failed (${code}).`);
}
