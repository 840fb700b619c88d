// ASN.1 values → DER, as much of it as certificates need.

export type Der = Buffer;

export function tagged(tag: number, ...parts: readonly Buffer[]): Der {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export function sequence(...parts: readonly Buffer[]): Der {
  return tagged(0x30, ...parts);
}

export function set(...parts: readonly Buffer[]): Der {
  return tagged(0x31, ...parts);
}

/** Not negative. The first bit is the sign's, so that a number which has it set gets a zero in front. */
export function integer(value: number): Der {
  const bytes = value === 0 ? [0] : bigEndian(value);
  return tagged(2, Buffer.from((bytes[0] ?? 0) > 0x7f ? [0, ...bytes] : bytes));
}

function bigEndian(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

export function boolean(value: boolean): Der {
  return tagged(1, Buffer.from([value ? 0xff : 0]));
}

export function octets(bytes: Buffer): Der {
  return tagged(4, bytes);
}

export function bits(bytes: Buffer, unused = 0): Der {
  return tagged(3, Buffer.from([unused]), bytes);
}

export function utf8(text: string): Der {
  return tagged(12, Buffer.from(text));
}

export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(6, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128);
  return bytes;
}

export function time(instant: string): Der {
  return tagged(24, Buffer.from(`${instant.replace(/[-:T]/g, '').slice(0, 14)}Z`));
}
