// The delivery file: its answers with their places, and what is wrong with it, by line.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readDeliveryFile } from '../../../src/core/delivery-file/read.ts';
import { DELIVERY_FILE, deliveryFileSchema } from '../../../src/core/delivery-file/schema.ts';
import { givenFiles } from '../../../src/core/pipeline/files.ts';

function read(content: string, files: Readonly<Record<string, string>> = {}) {
  return readDeliveryFile(givenFiles({ [DELIVERY_FILE]: content, ...files }));
}

test('no file is no gap', () => {
  expect(readDeliveryFile(givenFiles({}))).toEqual({ file: null, gaps: [] });
});

test('answers stand with the line of their destination', () => {
  const content = `version: 1
deliveries:
  - destination: docker.io/acme/*
    owner: payments
    bom: bom.json
    notices: legal
  - {destination: out.tar, notices: NOTICES}
`;
  const { file, gaps } = read(content, { 'bom.json': '{}', 'legal/debian.txt': '…' });
  expect(gaps).toEqual([]);
  expect(
    file?.entries.map(({ answers, absent, location }) => [answers, absent, location.range.start.line]),
  ).toEqual([
    [{ owner: 'payments', bom: 'bom.json', notices: 'legal' }, [], 3],
    [{ notices: 'NOTICES' }, ['notices'], 7],
  ]);
});

describe('a file with a mistake answers nothing', () => {
  test.each([
    ['no version', 'deliveries: []', 1, /version/],
    ['another version', 'version: 2\ndeliveries: []', 1, /version/],
    ['an unknown key', 'version: 1\ndeliveries:\n  - destination: a\n    aprover: me\n', 3, /aprover/],
    ['an approval', 'version: 1\ndeliveries:\n  - destination: a\n    approved: true\n', 3, /approved/],
    ['an empty answer', 'version: 1\ndeliveries:\n  - destination: a\n    owner:\n', 4, /owner/],
    [
      'a path out of the repository',
      'version: 1\ndeliveries:\n  - {destination: a, notices: /etc}\n',
      3,
      /notices/,
    ],
    ['no object', '- a\n', 1, /the file/],
    ['nothing', '', 1, /the file/],
    ['broken YAML', 'version: [1\n', null, /./],
    ['a key of the prototype', 'version: 1\ndeliveries: []\n__proto__: {a: 1}\n', 1, /__proto__/],
  ] as const)('%s', (_, content, line, reason) => {
    const { file, gaps } = read(content);
    expect(file).toBeNull();
    expect(gaps[0]).toMatchObject({ kind: 'syntax', cause: 'content', subject: DELIVERY_FILE });
    expect(gaps[0]?.reason).toMatch(reason);
    if (line !== null) expect(gaps[0]?.location?.range.start.line).toBe(line);
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (tail) => {
        const { file, gaps } = read(`version: 1\ndeliveries:\n  - destination: ${tail}`);
        expect(file !== null || gaps.length > 0).toBe(true);
      }),
    );
  });
});

test('the published schema is strict and describes every key', () => {
  const schema = deliveryFileSchema() as {
    additionalProperties: boolean;
    properties: {
      deliveries: { items: { properties: Record<string, { description?: string }>; required: string[] } };
    };
  };
  const { properties, required } = schema.properties.deliveries.items;
  expect(schema.additionalProperties).toBe(false);
  expect(required).toEqual(['destination']);
  for (const each of Object.values(properties)) expect(each.description).toMatch(/\.$/);
});
