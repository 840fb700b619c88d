// Tar archives for tests, well-formed or not.
import type { Shelf } from './images.ts';

export type TarRecipe = {
  readonly name: string;
  readonly content?: Buffer | string;
  /** `0` file, `5` folder, `1` and `2` links, `x`, `g`, `L`, `K` headers of headers. */
  readonly type?: string;
  readonly link?: string;
  /** What the header claims; the truth where nothing is given. */
  readonly size?: number;
  readonly prefix?: string;
  /** The size field as it is, instead of octal digits. */
  readonly sizeField?: Buffer;
};

export function tar(...entries: readonly TarRecipe[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
}

export function tarEntry({
  name,
  content = '',
  type = '0',
  link = '',
  size,
  prefix,
  sizeField,
}: TarRecipe): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  (sizeField ?? Buffer.from(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`)).copy(header, 124);
  header.write('00000000000\0', 136);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write('ustar\u000000', 257);
  if (prefix !== undefined) header.write(prefix, 345, 155);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export function pax(records: Readonly<Record<string, string>>, type = 'x'): TarRecipe {
  const content = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = rest.length;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return `${length}${rest}`;
    })
    .join('');
  return { name: 'pax', type, content };
}

/** The files of an OCI layout that holds a shelf. */
export function layoutFiles({ manifests, blobs }: Shelf, entries: readonly object[]): readonly TarRecipe[] {
  const named = [...manifests].filter(([key]) => key.startsWith('sha256:'));
  return [
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests: entries }) },
    ...named.map(([digest, { bytes }]) => ({ name: `blobs/${digest.replace(':', '/')}`, content: bytes })),
    ...[...blobs].map(([digest, bytes]) => ({ name: `blobs/${digest.replace(':', '/')}`, content: bytes })),
  ];
}
