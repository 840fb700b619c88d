import { describe, expect, test } from '@jest/globals';
import { firstDifference } from './first-difference.ts';

describe('firstDifference', () => {
  test('says nothing about equal pages', () => {
    expect(firstDifference('# A\ntext\n', '# A\ntext\n')).toBeNull();
  });

  test('names the heading and both lines', () => {
    expect(firstDifference('# A\n## One\nold\n', '# A\n## One\nnew\n')).toBe(
      'line 3, under "One": is "old", should be "new"',
    );
  });

  test('finds lines that are missing or too many', () => {
    expect(firstDifference('# A', '# A\nmore')).toContain('is missing, should be "more"');
    expect(firstDifference('# A\nmore', '# A')).toContain('is "more", should be missing');
  });
});
