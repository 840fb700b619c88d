// Reading tar archives as a stream: what tools write, and what somebody writes who means harm.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grown } from '../../src/registry/image-layout.ts';
import { type TarEntry, TarError, tarEntries } from '../../src/registry/tar.ts';
import { pax, tar, tarEntry } from './support/tar.ts';

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

type Read = Omit<TarEntry, 'content' | 'offset'> & { readonly text: string };

async function read(bytes: Buffer, size = 700): Promise<readonly Read[]> {
  const entries: Read[] = [];
  for await (const { content, offset, ...rest } of tarEntries(chunks(bytes, size))) {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    const text = Buffer.concat(parts).toString();
    expect(bytes.subarray(offset, offset + rest.size).toString()).toBe(text);
    entries.push({ ...rest, text });
  }
  return entries;
}

async function complaint(bytes: Buffer): Promise<string> {
  try {
    await read(bytes);
  } catch (error) {
    if (error instanceof TarError) return error.message;
    throw error;
  }
  return 'none';
}

const file = (name: string, text: string) => ({ name, kind: 'file', size: text.length, target: null, text });

describe('what tools write', () => {
  test.each([1, 511, 512, 513, 100_000])('files, in chunks of %d bytes', async (size) => {
    const large = 'x'.repeat(3000);
    const bytes = tar(
      { name: './a', content: 'one' },
      { name: 'b/', type: '5' },
      { name: 'b/c', content: large },
    );
    expect(await read(bytes, size)).toEqual([
      file('a', 'one'),
      { ...file('b', ''), kind: 'other' },
      file('b/c', large),
    ]);
  });

  test('long names by prefix, by GNU and by pax; sizes beyond the field', async () => {
    const long = `${'d'.repeat(80)}/${'e'.repeat(80)}`;
    const bytes = tar(
      { name: 'name', prefix: 'some/folder', content: '1' },
      { name: '././@LongLink', type: 'L', content: `${long}\0` },
      { name: 'cut', content: '2' },
      pax({ path: 'by/pax', size: '3' }),
      { name: 'cut', content: '333', size: 0 },
      pax({ comment: 'for all' }, 'g'),
      { name: 'plain', content: '4' },
      { name: 'large', content: '55', sizeField: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]) },
    );
    expect(await read(bytes)).toEqual([
      file('some/folder/name', '1'),
      file(long, '2'),
      file('by/pax', '333'),
      file('plain', '4'),
      file('large', '55'),
    ]);
  });

  test('links, and where they lead', async () => {
    const bytes = tar(
      { name: 'a/layer.tar', type: '2', link: '../b/layer.tar' },
      { name: 'a/hard', type: '1', link: 'b/layer.tar' },
      { name: 'a/out', type: '2', link: '../../etc/passwd' },
      { name: 'a/absolute', type: '2', link: '/etc/passwd' },
    );
    expect((await read(bytes)).map(({ name, target }) => [name, target])).toEqual([
      ['a/layer.tar', 'b/layer.tar'],
      ['a/hard', 'b/layer.tar'],
      ['a/out', null],
      ['a/absolute', null],
    ]);
  });

  test('content that nobody reads is passed over; an end without empty blocks is one', async () => {
    const names: string[] = [];
    const bytes = Buffer.concat([
      tarEntry({ name: 'a', content: 'x'.repeat(2000) }),
      tarEntry({ name: 'b' }),
    ]);
    for await (const { name } of tarEntries(chunks(bytes, 300))) names.push(name);
    expect(names).toEqual(['a', 'b']);
  });
});

describe('what means harm ends in a sentence', () => {
  test.each<[string, Buffer, string]>([
    [
      'a name above the top',
      tar({ name: '../../etc/passwd' }),
      'holds "../../etc/passwd", which leads out of it',
    ],
    ['one inside', tar({ name: 'a/../../b' }), 'which leads out of it'],
    ['an absolute name', tar({ name: '/etc/passwd' }), 'which leads out of it'],
    ['one by pax', tar(pax({ path: '/etc/passwd' }), { name: 'a' }), 'which leads out of it'],
    ['one by GNU', tar({ name: 'L', type: 'L', content: '../x' }, { name: 'a' }), 'which leads out of it'],
    ['one by prefix', tar({ name: 'b', prefix: '../a' }), 'which leads out of it'],
    ['a header of a gigabyte', tar({ name: 'x', type: 'x', size: 2 ** 30 }), 'a header of 1073741824 bytes'],
    [
      'a name of a megabyte',
      tar({ name: 'L', type: 'L', content: 'x'.repeat(2 ** 20) }),
      'a header of 1048576 bytes',
    ],
    [
      'a broken header of headers',
      tar({ name: 'x', type: 'x', content: '99 path=a\n' }, { name: 'a' }),
      'a broken header',
    ],
    ['a size that is none', tar(pax({ size: '-1' }), { name: 'a' }), 'no valid size'],
    ['a size beyond what is exact', tar({ name: 'a', sizeField: Buffer.alloc(12, 0xff) }), 'no valid size'],
    ['a size in letters', tar({ name: 'a', sizeField: Buffer.from('zzzzzzzzzzz\0') }), 'no valid size'],
    ['content that is cut off', tarEntry({ name: 'a', size: 5000, content: 'x' }), 'cut off'],
    ['a header that is cut off', tarEntry({ name: 'a' }).subarray(0, 300), 'cut off'],
    ['a claim of exabytes', tar({ name: 'a', size: 8 ** 11 - 1 }), 'cut off'],
    ['no archive', Buffer.from('x'.repeat(2000)), 'no tar archive'],
    ['a header that was changed', tar({ name: 'a' }).fill('b', 0, 1), 'no tar archive'],
  ])('%s', async (_name, bytes, reason) => {
    expect(await complaint(bytes)).toContain(reason);
  });

  test('any bytes are read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1500 }), fc.nat(600), async (noise, at) => {
        const bytes = tar(pax({ path: 'a/b' }), { name: 'x', content: 'content' }, { name: 'y' });
        bytes.set(noise.subarray(0, bytes.length - at), at);
        expect(typeof (await complaint(bytes))).toBe('string');
      }),
    );
  });
});

describe('what is compressed', () => {
  async function size(bytes: Buffer, form: 'gzip' | 'zstd', most: number): Promise<number> {
    let total = 0;
    for await (const part of grown(chunks(bytes, 1000), form, most)) total += part.length;
    return total;
  }

  const zeros = Buffer.alloc(4 * 2 ** 20);

  test.each([
    ['gzip', gzipSync(zeros)],
    ['zstd', zstdCompressSync(zeros)],
  ] as const)('%s grows up to the limit and not beyond', async (form, bytes) => {
    expect(await size(bytes, form, zeros.length)).toBe(zeros.length);
    await expect(size(bytes, form, 2 ** 20)).rejects.toThrow('grows to more than 1048576 bytes');
    await expect(size(bytes.subarray(0, 100), form, zeros.length)).rejects.toThrow('broken or cut off');
    await expect(size(Buffer.from('nonsense'), form, 100)).rejects.toThrow('broken or cut off');
  });
});
