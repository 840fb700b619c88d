// The bytes of a layer → one small file of it, found without unpacking anything.
import { compressionIn, grown } from './image-layout.ts';
import { TarError, tarEntries } from './tar.ts';

/** What a layer may grow to, in bytes, before the search is given up. */
const GROWN_LIMIT = 2 * 1024 * 1024 * 1024;

/** The first of the paths that the layer has as a file of at most `most` bytes; null when it has none. Throws `TarError`. */
export async function fileInLayer(
  layer: AsyncIterable<Buffer>,
  paths: readonly string[],
  most: number,
): Promise<string | null> {
  const { first, all } = await peeked(layer);
  const form = compressionIn(first);
  for await (const { name, kind, size, content } of tarEntries(
    form === 'none' ? all : grown(all, form, GROWN_LIMIT),
  )) {
    if (kind !== 'file' || !paths.includes(name)) continue;
    if (size > most) throw new TarError(`The file ${name} of a layer has ${size} bytes.`);
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  }
  return null;
}

async function peeked(layer: AsyncIterable<Buffer>) {
  const chunks = layer[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length < 4) {
    const { value, done } = await chunks.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  const all = async function* (): AsyncGenerator<Buffer> {
    try {
      yield first;
      for (;;) {
        const { value, done } = await chunks.next();
        if (done) return;
        yield value;
      }
    } finally {
      await chunks.return?.();
    }
  };
  return { first, all: all() };
}
