// Reads blobs out of git's object store through two long-lived children: one asked for sizes, one for contents.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { blobOf, CONTENT_LIMIT, tooLarge } from '../core/blob.ts';
import type { Blob, Oid } from '../core/model/evidence.ts';
import { type GitPlace, startGit } from './git.ts';

type Answer = { readonly size: number; readonly content: Buffer } | null;

type Waiting = { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void };

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** One `git cat-file --batch[-check]`; answers come in the order of the questions. */
class BatchReader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #withContent: boolean;
  readonly #waiting: Waiting[] = [];
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes that have to be there before reading on makes sense: keeps large contents linear. */
  #needed = 1;
  #failure: Error | null = null;

  constructor(place: GitPlace, withContent: boolean) {
    this.#withContent = withContent;
    this.#child = startGit(place, ['cat-file', withContent ? '--batch' : '--batch-check']);
    this.#child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.resume();
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.on('close', (code) => this.#fail(new Error(`git cat-file ended early (${code})`)));
  }

  ask(oid: Oid): Promise<Answer> {
    if (!OID.test(oid)) throw new Error(`not an object id: ${oid}`);
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${oid}\n`);
    });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.byteLength;
    while (this.#buffered >= this.#needed && this.#answer());
  }

  /** Takes one answer off the buffer: `<oid> <type> <size>`, then the content and a line feed. */
  #answer(): boolean {
    const data = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    if (data === undefined) return false;
    this.#chunks = [data];
    const lineEnd = data.indexOf(10);
    if (lineEnd < 0) return this.#needMore(this.#buffered + 1);
    const [, type, length] = data.toString('latin1', 0, lineEnd).split(' ');
    if (type !== 'blob') return this.#deliver(null, data, lineEnd + 1);
    const size = Number(length);
    if (!this.#withContent) return this.#deliver({ size, content: Buffer.alloc(0) }, data, lineEnd + 1);
    const end = lineEnd + 1 + size + 1;
    if (data.byteLength < end) return this.#needMore(end);
    const content = Buffer.from(data.subarray(lineEnd + 1, end - 1));
    return this.#deliver({ size, content }, data, end);
  }

  #needMore(bytes: number): false {
    this.#needed = bytes;
    return false;
  }

  #deliver(answer: Answer, data: Buffer, consumed: number): boolean {
    const rest = data.subarray(consumed);
    this.#chunks = rest.byteLength > 0 ? [rest] : [];
    this.#buffered = rest.byteLength;
    this.#needed = 1;
    this.#waiting.shift()?.resolve(answer);
    return this.#buffered > 0;
  }
}

export type ObjectStore = {
  /** The blob with this id; null when the store does not hold it (a partial clone, a damaged repository). */
  readonly read: (oid: Oid) => Promise<Blob | null>;
  readonly close: () => Promise<void>;
};

/** Opens the store of the checkout at `place`. Contents over the limit are never read, only measured. */
export function openObjects(place: GitPlace): ObjectStore {
  const sizes = new BatchReader(place, false);
  const contents = new BatchReader(place, true);
  return {
    read: async (oid) => {
      const found = await sizes.ask(oid);
      if (found === null) return null;
      if (found.size > CONTENT_LIMIT) return tooLarge(found.size);
      const answer = await contents.ask(oid);
      return answer === null ? null : blobOf(answer.content);
    },
    close: async () => {
      await Promise.all([sizes.close(), contents.close()]);
    },
  };
}
