import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../src/core/nearest.ts';

describe('did you mean', () => {
  test.each([
    ['licences', ['labels', 'licenses'], 'licenses'],
    ['cuont', ['count', 'teams'], 'count'],
    ['MODE', ['mode'], 'mode'],
    ['registry', ['registries', 'rules'], null],
    ['own', ['owners'], null],
    ['x', ['own', 'public'], null],
    ['', ['a'], 'a'],
    ['14', ['1', '4'], null],
    ['anything', [], null],
  ])('%j among %j is %j', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });

  test('the first of equally close ones, whatever else is there', () => {
    expect(nearest('flag', ['flap', 'flat'])).toBe('flap');
  });
});
