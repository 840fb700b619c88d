// A clock that only moves when it is told to: every change of the stand-in's state takes exactly one second.

export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Moves on by one second and returns the new time: no two changes share an instant. */
  readonly tick: () => number;
  readonly set: (instant: string | number | Date) => void;
  /** Moves on by so many seconds. */
  readonly advance: (seconds: number) => void;
};

/** Starts at `start`, by default a Monday morning. */
export const createClock = (start: string | number | Date = '2026-01-05T09:00:00Z'): Clock => {
  let time = new Date(start).getTime();
  return {
    now: () => time,
    tick: () => {
      time += 1000;
      return time;
    },
    set: (instant) => {
      time = new Date(instant).getTime();
    },
    advance: (seconds) => {
      time += seconds * 1000;
    },
  };
};

/** GitHub writes instants without milliseconds, e.g. `2026-01-05T09:00:00Z`. */
export const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
