import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { answerCacheOn } from '../../src/store/cache.ts';
import { onEachEngine } from './support.ts';

const ODD = ['', '"', '\\', '{"a":[1,null]}', '{,}', "'", 'NULL', '\u0000\n\t', '🚢', ' , '];

onEachEngine('rows of the cache', ({ database }) => {
  test.each([
    ['small', 1],
    ['large', 20_000],
  ])('are read as they were written: %s ones', async (size, times) => {
    const asked: string[] = [];
    const through = (key: string, value: string | null) =>
      answerCacheOn(database()).through(
        `${size} ${key}`,
        async () => {
          asked.push(key);
          return value;
        },
        () => 60_000,
      );
    const values = ODD.map((text) => text.repeat(times));
    for (const [index, value] of values.entries())
      await through(`key ${ODD[index]}`.replace('\u0000', ''), value);
    const before = asked.length;
    for (const [index, value] of values.entries())
      expect(await through(`key ${ODD[index]}`.replace('\u0000', ''), null)).toBe(value);
    expect(asked.length).toBe(before);
  });

  test('are what was kept last, for as long as it was said', async () => {
    const cache = answerCacheOn(database());
    const ask = (value: number, milliseconds: number) =>
      cache.through(
        'again',
        async () => value,
        () => milliseconds,
      );
    expect(await ask(1, 60_000)).toBe(1);
    await sql`update cache set expires_at = now() - interval '1 second' where key = 'again'`.execute(
      database().handle,
    );
    expect(await ask(2, 60_000)).toBe(2);
    expect(await ask(3, 60_000)).toBe(2);
    await cache.forget('again');
    expect(await ask(4, 60_000)).toBe(4);
  });
});
