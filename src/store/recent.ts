// Values that never change, kept in this process as long as they are used: what a database would be asked for again and again.

export type Recent<Value> = {
  readonly get: (key: string) => Value | undefined;
  /** `bytes` is about what the value takes in memory. */
  readonly put: (key: string, value: Value, bytes: number) => void;
};

/** Forgets what was used longest ago when everything together takes more than `most` bytes. */
export const createRecent = <Value>(most: number): Recent<Value> => {
  // A Map keeps the order of insertion: what is used is put at its end.
  const kept = new Map<string, { readonly value: Value; readonly bytes: number }>();
  let total = 0;
  const drop = (key: string): void => {
    total -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    put(key, value, bytes) {
      drop(key);
      // It would push out all others.
      if (bytes > most / 2) return;
      kept.set(key, { value, bytes });
      total += bytes;
      for (const [oldest] of kept) {
        if (total <= most) break;
        drop(oldest);
      }
    },
  };
};
