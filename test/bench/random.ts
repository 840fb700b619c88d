// A seed becomes the same run everywhere.

export type Random = {
  /** From 0 up to but not including 1. */
  readonly next: () => number;
  readonly chance: (part: number) => boolean;
  readonly pick: <T>(from: readonly [T, ...T[]]) => T;
};

/** mulberry32: small, and good enough to choose what goes wrong. */
export const randomFrom = (seed: number): Random => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    chance: (part) => next() < part,
    pick: (from) => from[Math.floor(next() * from.length)] ?? from[0],
  };
};
