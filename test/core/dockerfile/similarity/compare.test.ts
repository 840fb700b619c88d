import { describe, expect, test } from '@jest/globals';
import { compareWith } from '../../../../src/core/dockerfile/similarity/compare.ts';
import { indexOf } from '../../../../src/core/dockerfile/similarity/known-index.ts';
import { sketchOf } from '../../../../src/core/dockerfile/similarity/sketch.ts';
import { editedCopies } from '../../../bench/edited-copies.ts';
import { read } from '../reading.ts';
import { indexOfTiles, known, LEDGER, NOTHING_COMMON, TILES } from './originals.ts';

const compare = (text: string, index = indexOfTiles()) =>
  compareWith(index, sketchOf(read(text), NOTHING_COMMON));

describe('a copy', () => {
  test('is the same in full', () => {
    expect(compare(TILES)).toMatchObject([
      {
        same: 1,
        ofOriginal: 1,
        ofDockerfile: 1,
        original: { repository: 'other/maps', path: 'tiles/Dockerfile' },
      },
    ]);
  });

  test.each(editedCopies(TILES).map(({ kind, text }) => [kind, text]))('is recognised: %s', (_, text) => {
    expect(compare(text).map(({ original }) => original.path)).toEqual(['tiles/Dockerfile']);
  });

  test('is recognised inside a longer file, whose other part is its own', () => {
    const [found] = compare(`${TILES}${LEDGER}`);
    expect(found?.ofOriginal).toBeGreaterThan(0.9);
    expect(found?.ofDockerfile).toBeLessThan(0.8);
  });

  test('is recognised where a part was taken', () => {
    const part = TILES.slice(0, TILES.indexOf('COPY --from'));
    const [found] = compare(part);
    expect(found?.ofDockerfile).toBeGreaterThan(0.9);
    expect(found?.ofOriginal).toBeLessThan(0.8);
  });
});

describe('no copy', () => {
  test.each([
    ['another file', LEDGER],
    ['the same base and little else', 'FROM debian:12.7\nRUN apt-get update\nUSER renderd\nEXPOSE 7654\n'],
    [
      'one step of it',
      'FROM debian:12.7\nENTRYPOINT ["renderd", "--foreground", "yes", "--config", "/etc/renderd.conf"]\n',
    ],
    ['an empty file', ''],
  ])('is %s', (_, text) => {
    expect(compare(text)).toEqual([]);
  });

  test('is a file far longer than what it shares', () => {
    const own = Array.from({ length: 400 }, (_, at) => {
      const word = [...String(at)].map((digit) => 'bcdfghjkmn'[Number(digit)]).join('');
      return `RUN make-${word} --part ${word}x && install-${word} ${word}y ${word}z`;
    });
    const step = 'RUN gdaldem hillshade -z 2 -az 315 /srv/heights.tif /srv/hillshade.tif';
    expect(compare(['FROM scratch', ...own, step].join('\n'))).toEqual([]);
  });
});

describe('among relatives', () => {
  const plain = TILES.replace(/RUN osmium[\s\S]*?\nUSER/, 'USER');
  const family = indexOf([
    known('plain/Dockerfile', plain),
    known('tiles/Dockerfile', TILES),
    known('fork/Dockerfile', TILES.replace('gdal-bin', 'imposm'), { repository: 'fork/maps' }),
  ]);

  test('the closest file of a repository is named', () => {
    expect(compare(plain, family)[0]?.original.path).toBe('plain/Dockerfile');
    expect(compare(TILES, family)[0]?.original.path).toBe('tiles/Dockerfile');
  });

  test('each repository is named once, the closest first', () => {
    expect(compare(TILES, family).map(({ original }) => original.repository)).toEqual([
      'other/maps',
      'fork/maps',
    ]);
  });
});
