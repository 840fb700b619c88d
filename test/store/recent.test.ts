import { describe, expect, test } from '@jest/globals';
import { createRecent } from '../../src/store/recent.ts';

describe('what was used recently', () => {
  test('is at hand until it was used longest ago', () => {
    const recent = createRecent<string>(80);
    for (let each = 0; each < 8; each += 1) recent.put(`k${each}`, `v${each}`, 10);
    expect(recent.get('k0')).toBe('v0');
    recent.put('k8', 'v8', 10);
    expect(recent.get('k1')).toBeUndefined();
    expect([recent.get('k0'), recent.get('k8')]).toEqual(['v0', 'v8']);
  });

  test('counts a value that was replaced once', () => {
    const recent = createRecent<string>(80);
    for (let each = 0; each < 100; each += 1) recent.put('same', `v${each}`, 10);
    for (let each = 0; each < 7; each += 1) recent.put(`k${each}`, 'v', 10);
    expect(recent.get('same')).toBe('v99');
  });

  test('holds nothing that would push out all others', () => {
    const recent = createRecent<string>(80);
    recent.put('huge', 'v', 50);
    expect(recent.get('huge')).toBeUndefined();
  });
});
