// Deliveries of small repositories as short texts, for tables of expectations.
import type { Delivery, DestinationClass } from '../../../src/core/model/delivery.ts';
import type { Value } from '../../../src/core/model/value.ts';
import { givenFiles } from '../../../src/core/pipeline/files.ts';
import { type FoundDeliveries, findDeliveries } from '../../../src/core/pipeline/find-deliveries.ts';
import { format, known } from '../../../src/core/value.ts';

export const WORKFLOW = '.github/workflows/ci.yml';

/** Everything but the machine itself is public. */
function classify(registry: Value): DestinationClass {
  const host = known(registry);
  return host !== null && /^(localhost|127\.0\.0\.1|kind\.local|ko\.local)(:|$)/.test(host)
    ? 'local'
    : 'public';
}

export function found(files: Readonly<Record<string, string>>): FoundDeliveries {
  return findDeliveries(givenFiles(files), classify);
}

/** `KIND HOST/REPOSITORY:TAG,TAG`, with `?` behind when it may not happen. */
export function short(delivery: Delivery): string {
  const { registry, repository, tags } = delivery.destination;
  const may = delivery.happens === 'unknown' ? '?' : '';
  if (delivery.kind === 'opaque') return `opaque ${delivery.tool}${may}`;
  if (delivery.kind === 'image-archive') return `image-archive ${format(repository)}${may}`;
  return `${delivery.kind} ${format(registry)}/${format(repository)}:${tags.map(format).join(',')}${may}`;
}

export function deliveriesOf(files: Readonly<Record<string, string>>): readonly string[] {
  return found(files).deliveries.map(short).sort();
}

function indented(text: string, spaces: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(spaces)}${line}`))
    .join('\n');
}

/** A workflow with one job of these steps. */
export function workflowOf(steps: string, on = 'push'): string {
  return `on: ${on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${indented(steps, 6)}\n`;
}

export function scriptStep(script: string): string {
  return `- run: |\n${indented(script, 4)}`;
}
