// A payload and a secret → one signed HTTP request, as GitHub sends it.
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import type { World } from '../world/state.ts';

type Signed = { readonly event: string; readonly guid: string; readonly payload: string };

/** GitHub waits ten seconds for an answer. */
const TIMEOUT = 10_000;

const signatureFor = (secret: string, payload: string): string =>
  `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`;

/** GitHub's headers for a delivery, signed with the secret over the payload as it is sent. */
export const headersFor = (
  world: World,
  delivery: Signed,
  secret: string,
): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  accept: '*/*',
  'user-agent': 'GitHub-Hookshot/stand-in',
  'x-github-event': delivery.event,
  'x-github-delivery': delivery.guid,
  'x-github-hook-id': '1',
  'x-github-hook-installation-target-id': String(world.app.id),
  'x-github-hook-installation-target-type': 'integration',
  'x-hub-signature': `sha1=${createHmac('sha1', secret).update(delivery.payload).digest('hex')}`,
  'x-hub-signature-256': signatureFor(secret, delivery.payload),
});

/** Sends it and tells how that went; never rejects. `closing` gives up at once. */
export const post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  payload: string,
  closing: AbortSignal,
): Promise<{ readonly status: string; readonly code: number; readonly body: string }> =>
  new Promise((resolve) => {
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT), closing]);
    const length = String(Buffer.byteLength(payload));
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': length },
      agent: false,
      signal,
    };
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const code = response.statusCode ?? 0;
        const status = code < 300 ? 'OK' : (response.statusMessage ?? String(code));
        resolve({ status, code, body: Buffer.concat(chunks).toString() });
      });
      response.on('error', (error) => resolve({ status: error.message, code: 0, body: '' }));
    });
    sent.on('error', (error) =>
      resolve({
        status: signal.aborted ? 'timed out' : 'failed to connect to host',
        code: 0,
        body: error.message,
      }),
    );
    sent.end(payload);
  });
