// The headers of GitHub's answers → how much of its requests each installation has left, for whoever can wait.

type Headers = Readonly<Record<string, string | number | undefined>>;

export type Quotas = {
  readonly heard: (installation: number, headers: Headers) => void;
  /** The part (0 to 1) that is left of the scarcest resource; 1 where nothing is known, or what was known is over. */
  readonly left: (installation: number) => number;
};

type Known = { readonly part: number; readonly resetsAt: number };

/** `now` in milliseconds. Resources (`core`, `graphql`, …) have limits of their own, each until its reset. */
export function createQuotas(now: () => number): Quotas {
  const known = new Map<number, Map<string, Known>>();
  return {
    heard(installation, headers) {
      const [limit, remaining] = [headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']].map(Number);
      if (!(Number(limit) > 0 && Number(remaining) >= 0)) return;
      const resources = known.get(installation) ?? new Map<string, Known>();
      known.set(installation, resources);
      resources.set(String(headers['x-ratelimit-resource'] ?? 'core'), {
        part: Number(remaining) / Number(limit),
        // In seconds. An answer that names no reset says nothing of the next moment.
        resetsAt: Number(headers['x-ratelimit-reset'] ?? 0) * 1000,
      });
    },
    left(installation) {
      const standing = [...(known.get(installation)?.values() ?? [])].filter(
        ({ resetsAt }) => resetsAt > now(),
      );
      return Math.min(1, ...standing.map(({ part }) => part));
    },
  };
}
