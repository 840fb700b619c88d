// What the process counts → the text that Prometheus reads (exposition format 0.0.4). Three kinds suffice for a gate, so
// no library is needed for them.

type Labels = Readonly<Record<string, string>>;

export type Metrics = {
  readonly count: (name: string, labels?: Labels, by?: number) => void;
  readonly gauge: (name: string, labels: Labels, value: number) => void;
  /** `value` in seconds. */
  readonly observe: (name: string, value: number, labels?: Labels) => void;
  readonly text: () => string;
};

/** Name → what it means; whatever is measured is declared here. */
const FAMILIES = {
  clear_to_ship_webhooks_total: ['counter', 'Webhooks by event and HTTP status of the answer.'],
  clear_to_ship_webhook_seconds: ['histogram', 'Time until a webhook was acknowledged.'],
  clear_to_ship_verdicts_total: ['counter', 'Verdicts by outcome.'],
  clear_to_ship_verdict_seconds: [
    'histogram',
    'Time from the start of an evaluation to its published verdict.',
  ],
  clear_to_ship_failures_total: ['counter', 'Evaluations that did not end in a verdict, by kind.'],
  clear_to_ship_requests_total: ['counter', 'Requests to GitHub by kind and status.'],
  clear_to_ship_quota_remaining: [
    'gauge',
    'Requests that GitHub still allows, by installation and resource.',
  ],
  clear_to_ship_heals_total: ['counter', 'What healing had to do, by kind.'],
  clear_to_ship_queue_jobs: ['gauge', 'Jobs that wait or are at work.'],
  clear_to_ship_queue_age_seconds: ['gauge', 'Age of the oldest of them.'],
} as const satisfies Readonly<Record<string, readonly ['counter' | 'gauge' | 'histogram', string]>>;

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

type Histogram = { readonly counts: number[]; sum: number; count: number };

const labelText = (labels: Labels): string => {
  const parts = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, value]) =>
        `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
};

export function createMetrics(): Metrics {
  const values = new Map<string, Map<string, { readonly labels: Labels; value: number }>>();
  const histograms = new Map<string, Map<string, { readonly labels: Labels; readonly of: Histogram }>>();

  const slot = (name: string, labels: Labels): { value: number } => {
    const family = values.get(name) ?? new Map();
    values.set(name, family);
    const key = labelText(labels);
    const found = family.get(key) ?? { labels, value: 0 };
    family.set(key, found);
    return found;
  };

  return {
    count(name, labels = {}, by = 1) {
      slot(name, labels).value += by;
    },
    gauge(name, labels, value) {
      slot(name, labels).value = value;
    },
    observe(name, value, labels = {}) {
      const family = histograms.get(name) ?? new Map();
      histograms.set(name, family);
      const key = labelText(labels);
      const found = family.get(key) ?? {
        labels,
        of: { counts: BUCKETS.map(() => 0), sum: 0, count: 0 },
      };
      family.set(key, found);
      found.of.sum += value;
      found.of.count += 1;
      for (const [index, bound] of BUCKETS.entries()) if (value <= bound) found.of.counts[index] += 1;
    },
    text() {
      const lines: string[] = [];
      for (const [name, [kind, help]] of Object.entries(FAMILIES)) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`);
        for (const { labels, value } of values.get(name)?.values() ?? [])
          lines.push(`${name}${labelText(labels)} ${value}`);
        for (const { labels, of } of histograms.get(name)?.values() ?? []) {
          for (const [index, bound] of BUCKETS.entries())
            lines.push(
              `${name}_bucket${labelText({ ...labels, le: String(bound) })} ${of.counts[index] ?? 0}`,
            );
          lines.push(
            `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${of.count}`,
            `${name}_sum${labelText(labels)} ${of.sum}`,
            `${name}_count${labelText(labels)} ${of.count}`,
          );
        }
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
