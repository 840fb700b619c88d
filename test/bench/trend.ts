// Samples over time → whether they grow.

export type Sample = { readonly at: number; readonly value: number };

/** Least squares: how much the value changes when `at` grows by one; 0 for fewer than two samples. */
export const slopeOf = (samples: readonly Sample[]): number => {
  const count = samples.length;
  const mean = (pick: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / count;
  const [at, value] = [mean((sample) => sample.at), mean((sample) => sample.value)];
  const spread = samples.reduce((sum, sample) => sum + (sample.at - at) ** 2, 0);
  if (count < 2 || spread === 0) return 0;
  return samples.reduce((sum, sample) => sum + (sample.at - at) * (sample.value - value), 0) / spread;
};

/** What comes after the first part of the samples: before that, caches fill and code is compiled. */
export const afterWarmUp = (samples: readonly Sample[], part = 0.4): readonly Sample[] => {
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
  return samples.filter(({ at }) => at >= first + (last - first) * part);
};

export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};
