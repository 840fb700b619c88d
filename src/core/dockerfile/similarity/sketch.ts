// The words of a Dockerfile → its fingerprints: hashes of shingles, thinned out by winnowing.
// Source: Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting (SIGMOD 2003).
import type { Dockerfile } from '../../model/dockerfile.ts';
import { tokensOf } from './tokens.ts';

/** Words of a shingle. */
export const SHINGLE = 4;
/** Neighbouring shingles of which one is kept: whatever is shared for SHINGLE + WINDOW - 1 words is found. */
export const WINDOW = 3;

/** Fingerprints, unsigned 32-bit, each once, ascending. */
export type Sketch = readonly number[];

/** `common`: shingles that many unrelated files have; they tell nothing and are left out. */
export function sketchOf(dockerfile: Dockerfile, common: ReadonlySet<number>): Sketch {
  return winnow(shinglesOf(dockerfile).filter((hash) => !common.has(hash)));
}

/** Every shingle's hash in the order of the file, repetitions included. */
export function shinglesOf(dockerfile: Dockerfile): readonly number[] {
  const tokens = tokensOf(dockerfile);
  const count = Math.max(0, tokens.length - SHINGLE + 1);
  return Array.from({ length: count }, (_, at) => hashOf(tokens.slice(at, at + SHINGLE).join(' ')));
}

/** The smallest of each window. */
function winnow(hashes: readonly number[]): Sketch {
  const kept = new Set<number>();
  const last = Math.max(0, hashes.length - WINDOW);
  for (let start = 0; start <= last && start < hashes.length; start += 1) {
    kept.add(Math.min(...hashes.slice(start, start + WINDOW)));
  }
  return [...kept].sort((a, b) => a - b);
}

/** FNV-1a over UTF-16 units, then MurmurHash3's last mixing step, which spreads short texts over all 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
