// What could not be read, for a terminal: one block for each file, every place named.
import { expect, test } from '@jest/globals';
import type { Gap } from '../../../src/core/model/evidence.ts';
import { gapBlocks } from '../../../src/core/report/gap-text.ts';

function gap(path: string, line: number | null, reason: string, kind: Gap['kind'] = 'syntax'): Gap {
  const start = { line: line ?? 1, column: 1 };
  return {
    kind,
    cause: 'content',
    subject: path,
    location: line === null ? null : { path, range: { start, end: start } },
    reason,
    remedy: 'Correct it.',
  };
}

const OPTIONS = { width: 100, paint: (_: string, text: string) => text, source: () => null };

test('the places of one file stand together and none is left out', () => {
  const gaps = [
    gap('a/Dockerfile', null, 'It has no FROM.'),
    gap('a/Dockerfile', 3, 'The third line is wrong.'),
    gap('a/Dockerfile', 9, 'The ninth line is wrong.'),
    gap('b/Dockerfile', 2, 'The second line is wrong.'),
    gap('b/Dockerfile', 2, 'It is a link.', 'symbolic-link'),
  ];
  const blocks = gapBlocks(gaps, OPTIONS).map((lines) => lines.join('\n'));
  expect(blocks).toHaveLength(3);
  expect(blocks[0]).toContain('see  a/Dockerfile:9:1 The ninth line is wrong.');
  for (const { reason } of gaps) expect(blocks.join('\n')).toContain(reason);
});

test('nothing missing is nothing said', () => {
  expect(gapBlocks([], OPTIONS)).toEqual([]);
});
