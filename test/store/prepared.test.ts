import { describe, expect, test } from '@jest/globals';
import { createPrepare } from '../../src/store/prepared.ts';

describe('prepared statements', () => {
  test('have one name for one text', () => {
    const prepare = createPrepare();
    const first = prepare('select a from t where b = $1', [1]);
    expect(first.name).toBeDefined();
    expect(prepare('select a from t where b = $1', [2])).toEqual({ ...first, values: [2] });
    expect(prepare('select a from t where c = $1', [1]).name).not.toBe(first.name);
  });

  test.each([
    ['without values, where it may be several', 'begin', []],
    ['whose columns a migration may change', 'select * from t where a = $1', [1]],
    ['that give back all columns', 'update t set a = $1 returning *', [1]],
    ['of one table among several', 'select t.* from t, u where a = $1', [1]],
  ])('are not made of statements %s', (_, text, values) => {
    expect(createPrepare()(text, values).name).toBeUndefined();
  });

  test('stop somewhere: lists of every length must not fill the server', () => {
    const prepare = createPrepare();
    const names = Array.from({ length: 1_000 }, (_, n) => prepare(`select ${n} where $1`, [true]).name);
    expect(names.filter((name) => name !== undefined).length).toBeLessThan(500);
  });
});
