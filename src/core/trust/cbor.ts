// CBOR (RFC 8949) ↔ values, as much of it as COSE signatures use: definite lengths only, no floats.

export type CborValue =
  | number
  | string
  | boolean
  | null
  | Buffer
  | readonly CborValue[]
  | ReadonlyMap<CborValue, CborValue>
  | { readonly tag: number; readonly value: CborValue };

/** Deeper nesting is nobody's signature. */
const DEPTH_LIMIT = 16;

/** Null for anything else than exactly one value. Never throws. */
export function readCbor(bytes: Buffer): CborValue | undefined {
  const end = { at: 0 };
  const value = read(bytes, end, 0);
  return end.at === bytes.length ? value : undefined;
}

/** Undefined where the bytes are not of the subset; the position is then past the end for good. */
function read(bytes: Buffer, position: { at: number }, depth: number): CborValue | undefined {
  const first = bytes[position.at];
  const give = (): undefined => {
    position.at = Number.POSITIVE_INFINITY;
  };
  if (first === undefined || depth > DEPTH_LIMIT) return give();
  position.at += 1;
  const major = first >> 5;
  const argument = argumentOf(bytes, position, first & 31);
  if (argument === null) return give();
  switch (major) {
    case 0:
      return argument;
    case 1:
      return -1 - argument;
    case 2:
    case 3: {
      const from = position.at;
      position.at += argument;
      if (position.at > bytes.length) return give();
      const part = bytes.subarray(from, position.at);
      return major === 2 ? part : part.toString('utf8');
    }
    case 4: {
      // Each item takes a byte at least.
      if (argument > bytes.length - position.at) return give();
      const items: CborValue[] = [];
      for (let index = 0; index < argument; index += 1) {
        const item = read(bytes, position, depth + 1);
        if (item === undefined) return give();
        items.push(item);
      }
      return items;
    }
    case 5: {
      if (argument * 2 > bytes.length - position.at) return give();
      const map = new Map<CborValue, CborValue>();
      for (let index = 0; index < argument; index += 1) {
        const key = read(bytes, position, depth + 1);
        const value = key === undefined ? undefined : read(bytes, position, depth + 1);
        // A key that is there twice is read as whichever suits.
        if (key === undefined || value === undefined || map.has(key)) return give();
        map.set(key, value);
      }
      return map;
    }
    case 6: {
      const value = read(bytes, position, depth + 1);
      return value === undefined ? give() : { tag: argument, value };
    }
    default:
      return simpleOf(first & 31) ?? (first === 0xf6 ? null : give());
  }
}

function argumentOf(bytes: Buffer, position: { at: number }, low: number): number | null {
  if (low < 24) return low;
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[low];
  if (size === undefined || position.at + size > bytes.length) return null;
  const from = position.at;
  position.at += size;
  if (size < 8) return bytes.readUIntBE(from, size);
  const whole = bytes.readBigUInt64BE(from);
  return whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : null;
}

function simpleOf(low: number): boolean | undefined {
  return low === 20 ? false : low === 21 ? true : undefined;
}

/** What a COSE signature is over is an array of texts and byte strings. */
export function writeCbor(items: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([
    head(4, items.length),
    ...items.map((item) => {
      const bytes = Buffer.from(item);
      return Buffer.concat([head(typeof item === 'string' ? 3 : 2, bytes.length), bytes]);
    }),
  ]);
}

function head(major: number, length: number): Buffer {
  const lead = major << 5;
  if (length < 24) return Buffer.from([lead | length]);
  if (length < 0x100) return Buffer.from([lead | 24, length]);
  if (length < 0x10000) return Buffer.from([lead | 25, length >> 8, length & 0xff]);
  const wide = Buffer.alloc(5);
  wide[0] = lead | 26;
  wide.writeUInt32BE(length, 1);
  return wide;
}
