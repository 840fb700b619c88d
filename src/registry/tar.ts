// A stream of bytes → the entries of the tar archive in it, one after the other, none of them kept in memory.
// Source: POSIX.1-2017 pax (ustar interchange format), GNU tar's long names and large sizes.

export type TarEntry = {
  /** As in the archive, without leading `./`; never leads out of it. */
  readonly name: string;
  readonly kind: 'file' | 'link' | 'other';
  /** Bytes of content. */
  readonly size: number;
  /** What a link points to, seen from the top of the archive; null when it leads out of it or is no link. */
  readonly target: string | null;
  /** Where the content begins, in bytes from the start of the stream. */
  readonly offset: number;
  /** Has to be read, or left, before the next entry is asked for. */
  readonly content: AsyncIterable<Buffer>;
};

/** Why bytes are no archive that is read; the message is one sentence. */
export class TarError extends Error {}

const BLOCK = 512;
/** Names and attributes of one entry, in bytes. */
const HEADER_LIMIT = 64 * 1024;
/** Entries of one archive. */
const ENTRY_LIMIT = 200_000;

/** Throws `TarError` for what is no archive, is cut off, or holds names that lead out of it. */
export async function* tarEntries(stream: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const source = reader(stream);
  try {
    yield* entriesOf(source);
  } finally {
    // A file that is left in the middle would stay open.
    await source.end();
  }
}

async function* entriesOf(source: ReturnType<typeof reader>): AsyncGenerator<TarEntry> {
  const pending: Overrides = {};
  for (let count = 0; ; ) {
    const block = await source.take(BLOCK);
    // Some writers leave out the two empty blocks at the end.
    if (block === null || block.every((byte) => byte === 0)) return;
    const header = headerOf(block);
    const padding = (BLOCK - (header.size % BLOCK)) % BLOCK;
    if (OVERRIDING.includes(header.type)) {
      if (header.size > HEADER_LIMIT)
        throw new TarError(
          `The archive has a header of ${header.size} bytes, at most ${HEADER_LIMIT} are read.`,
        );
      const text = await source.take(header.size + padding);
      if (text === null) throw cut();
      override(pending, header.type, text.subarray(0, header.size));
      continue;
    }
    count += 1;
    if (count > ENTRY_LIMIT) throw new TarError(`The archive has more than ${ENTRY_LIMIT} entries.`);
    const size = pending.size ?? header.size;
    const name = inside(pending.name ?? header.name);
    if (name === null)
      throw new TarError(`The archive holds ${quoted(pending.name ?? header.name)}, which leads out of it.`);
    const kind = KINDS[header.type] ?? 'other';
    const link = pending.link ?? header.link;
    delete pending.size;
    delete pending.name;
    delete pending.link;
    const content = source.part(size);
    const target = kind === 'link' ? targetOf(name, link, header.type) : null;
    yield { name, kind, size, target, offset: source.position(), content };
    // Whatever nobody wanted to read.
    for await (const _ of content);
    if ((await source.take((BLOCK - (size % BLOCK)) % BLOCK)) === null) throw cut();
  }
}

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'link',
};
const OVERRIDING = ['x', 'g', 'L', 'K'];

type Overrides = { name?: string; link?: string; size?: number };

function cut(): TarError {
  return new TarError('The archive is cut off.');
}

function headerOf(block: Buffer) {
  const text = (from: number, to: number): string => {
    const field = block.subarray(from, to);
    const end = field.indexOf(0);
    return field.subarray(0, end === -1 ? field.length : end).toString('utf8');
  };
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (numberIn(block.subarray(148, 156)) !== sum)
    throw new TarError('It is no tar archive, or a broken one.');
  const size = numberIn(block.subarray(124, 136));
  if (size === null) throw new TarError('An entry of the archive has no valid size.');
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : '';
  const name = text(0, 100);
  const type = String.fromCharCode(block[156] ?? 0);
  // Links have no content, whatever their header says.
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: '12'.includes(type) ? 0 : size,
    type,
    link: text(157, 257),
  };
}

/** Octal, or GNU's big-endian number with the first bit set; null for anything else. */
function numberIn(field: Buffer): number | null {
  if ((field[0] ?? 0) >= 0x80) {
    const value = [...field.subarray(0, 1).map((byte) => byte & 0x7f), ...field.subarray(1)].reduce(
      (total, byte) => total * 256 + byte,
      0,
    );
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : digits === '' ? 0 : null;
}

function override(pending: Overrides, type: string, bytes: Buffer): void {
  if (type === 'L') pending.name = withoutEnd(bytes);
  else if (type === 'K') pending.link = withoutEnd(bytes);
  // What holds for all entries says nothing about where their content is.
  else if (type === 'x')
    for (const [key, value] of paxRecords(bytes)) {
      if (key === 'path') pending.name = value;
      else if (key === 'linkpath') pending.link = value;
      else if (key === 'size') {
        if (!/^\d{1,15}$/.test(value)) throw new TarError('An entry of the archive has no valid size.');
        pending.size = Number(value);
      }
    }
}

function withoutEnd(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\0.*$/s, '');
}

function* paxRecords(bytes: Buffer): Generator<readonly [key: string, value: string]> {
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, Math.max(space, at)).toString('latin1'));
    if (space === -1 || !Number.isInteger(length) || length <= space - at || at + length > bytes.length)
      throw new TarError('The archive has a broken header.');
    const record = bytes.subarray(space + 1, at + length - 1).toString('utf8');
    const equals = record.indexOf('=');
    if (equals > 0) yield [record.slice(0, equals), record.slice(equals + 1)];
    at += length;
  }
}

/** Null for what is absolute or goes above the top. Folders end in a slash, which is dropped. */
function inside(name: string): string | null {
  if (name.startsWith('/') || name.includes('\0')) return null;
  const segments: string[] = [];
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') return null;
    segments.push(segment);
  }
  return segments.join('/');
}

/** Symbolic links are seen from their folder, hard links from the top. */
function targetOf(name: string, link: string, type: string): string | null {
  if (link === '' || link.startsWith('/')) return null;
  const segments = type === '1' ? [] : name.split('/').slice(0, -1);
  for (const segment of link.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.join('/');
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

/** Takes bytes from a stream as they are wanted, and knows how many were. */
function reader(stream: AsyncIterable<Buffer>) {
  const chunks = stream[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  let position = 0;
  const next = async (most: number): Promise<Buffer | null> => {
    while (left.length === 0) {
      const { value, done } = await chunks.next();
      if (done) return null;
      left = value;
    }
    const part = left.subarray(0, most);
    left = left.subarray(part.length);
    position += part.length;
    return part;
  };
  return {
    position: () => position,
    end: async (): Promise<void> => {
      await chunks.return?.();
    },
    /** Exactly that many bytes; null when there are fewer. */
    take: async (size: number): Promise<Buffer | null> => {
      const parts: Buffer[] = [];
      for (let missing = size; missing > 0; ) {
        const part = await next(missing);
        if (part === null) {
          if (missing < size) throw cut();
          return null;
        }
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    /** The next bytes, once: a second reading goes on where the first left off. */
    part: (size: number): AsyncIterable<Buffer> => {
      let missing = size;
      return {
        async *[Symbol.asyncIterator]() {
          while (missing > 0) {
            const part = await next(missing);
            if (part === null) throw cut();
            missing -= part.length;
            yield part;
          }
        },
      };
    },
  };
}
