import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readConfiguration, readManifest } from '../../src/registry/documents.ts';
import { INDEX, MANIFEST } from './support/images.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const CONFIG = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: DIGEST, size: 2 };

function fetched(content: unknown, mediaType = 'application/json') {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return { digest: DIGEST, mediaType, bytes };
}

const failed = (reason: string) =>
  expect.objectContaining({ failed: true, reason: expect.stringContaining(reason) });

describe('manifests that are none', () => {
  test.each<[string, unknown, string, string]>([
    ['no JSON', '{', MANIFEST, 'no JSON object'],
    ['a list', [], MANIFEST, 'no JSON object'],
    ['the retired format', { schemaVersion: 1, fsLayers: [] }, MANIFEST, 'retired'],
    ['two in one', { manifests: [], config: CONFIG, layers: [] }, INDEX, 'two kinds'],
    ['another kind than its header says', { mediaType: INDEX, manifests: [] }, MANIFEST, 'two kinds'],
    [
      'a digest that is none',
      { config: { ...CONFIG, digest: 'sha256:0' }, layers: [] },
      MANIFEST,
      'no valid',
    ],
    ['a negative size', { config: CONFIG, layers: [{ ...CONFIG, size: -1 }] }, MANIFEST, 'no valid'],
    ['an index with a broken entry', { manifests: [null] }, INDEX, 'without a valid digest'],
    ['too many layers', { config: CONFIG, layers: Array(1001).fill(CONFIG) }, MANIFEST, '1001 layers'],
  ])('%s', (_name, content, mediaType, reason) => {
    expect(readManifest(fetched(content, mediaType))).toEqual(failed(reason));
  });
});

describe('configurations', () => {
  const whole = { os: 'linux', architecture: 'arm64', variant: 'v8', rootfs: { diff_ids: [DIGEST] } };

  test('platform, labels and history; what is no text is left out', () => {
    const content = {
      ...whole,
      created: '2026-01-02T03:04:05+02:00',
      config: { Labels: { a: 'b', c: 1 } },
      history: [{ created_by: 'ADD x' }, { empty_layer: true }],
    };
    expect(readConfiguration(fetched(content))).toEqual({
      platform: 'linux/arm64',
      created: '2026-01-02T01:04:05.000Z',
      labels: { a: 'b' },
      diffIds: [DIGEST],
      history: [
        { createdBy: 'ADD x', empty: false },
        { createdBy: '', empty: true },
      ],
    });
  });

  test('a history that does not fit the layers says nothing', () => {
    expect(readConfiguration(fetched({ ...whole, history: [] }))).toMatchObject({ history: [] });
    const more = [{ created_by: 'a' }, { created_by: 'b' }];
    expect(readConfiguration(fetched({ ...whole, history: more }))).toMatchObject({ history: [] });
  });

  test.each([
    [{ ...whole, rootfs: { diff_ids: ['x'] } }, 'does not list its layers'],
    [{ ...whole, rootfs: null }, 'does not list its layers'],
    [{ ...whole, os: 'li|nux\n' }, 'names no platform'],
    [{ ...whole, architecture: '' }, 'names no platform'],
    [null, 'does not list its layers'],
  ])('%j', (content, reason) => {
    expect(readConfiguration(fetched(content))).toEqual(failed(reason));
  });
});

test('any JSON is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const content of [value, { ...whole(value), manifests: [value] }, whole(value)]) {
        expect(typeof readManifest(fetched(content))).toBe('object');
        expect(typeof readConfiguration(fetched(content))).toBe('object');
      }
    }),
  );
});

function whole(value: unknown): object {
  return {
    config: value,
    layers: [value],
    annotations: value,
    rootfs: { diff_ids: value },
    os: value,
    history: value,
  };
}
