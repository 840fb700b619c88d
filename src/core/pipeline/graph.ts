// Deliveries → a Mermaid picture: files and jobs on the left, destinations on the right.
import type { Delivery } from '../model/delivery.ts';
import { format } from '../value.ts';
import { byCodeUnit } from './files.ts';

const SHAPES = {
  'registry-push': ['[(', ')]'],
  'image-archive': ['[/', '/]'],
  'dockerfile-release': ['[', ']'],
  opaque: ['{{', '}}'],
} as const;

export function deliveryGraph(deliveries: readonly Delivery[]): string {
  const nodes = new Map<string, string>();
  const edges = new Set<string>();
  const node = (key: string, open: string, label: string, close: string): string => {
    const id = nodes.get(key)?.split(/[[({]/)[0] ?? `n${nodes.size}`;
    if (!nodes.has(key)) nodes.set(key, `${id}${open}"${mermaidText(label)}"${close}`);
    return id;
  };
  for (const delivery of deliveries) {
    const hops = delivery.evidencePath.slice(0, -1);
    const sources = hops.length === 0 ? delivery.evidencePath : hops;
    let before: string | null = null;
    let way = '';
    for (const hop of sources) {
      way = `${way}>${hop.location.path}:${hop.location.range.start.line}:${hop.label}`;
      const id = node(way, '[', hop.label, ']');
      if (before !== null && before !== id) edges.add(`${before} --> ${id}`);
      before = id;
    }
    const [open, close] = SHAPES[delivery.kind];
    const target = node(
      `to ${delivery.kind} ${destinationLabel(delivery)}`,
      open,
      destinationLabel(delivery),
      close,
    );
    const arrow = delivery.happens === 'yes' ? '-->' : '-.->';
    if (before !== null) edges.add(`${before} ${arrow} ${target}`);
  }
  return [
    'flowchart LR',
    ...[...nodes.values()].map((line) => `  ${line}`),
    ...[...edges].sort(byCodeUnit).map((edge) => `  ${edge}`),
  ].join('\n');
}

function destinationLabel(delivery: Delivery): string {
  const { registry, repository } = delivery.destination;
  if (delivery.kind === 'opaque') return `can't see: ${delivery.tool}`;
  const host = format(registry);
  const path = format(repository);
  return delivery.kind === 'image-archive' || host === path ? path : `${host}/${path}`;
}

/** Mermaid reads `#…;` as character codes, so everything that could end a label or start markup is written as one. */
export function mermaidText(label: string): string {
  const shown = label.replace(/\s+/g, ' ').trim();
  const cut = shown.length > 90 ? `${shown.slice(0, 89)}…` : shown;
  return cut.replace(/[^\p{L}\p{N} .,:/_@+…→-]/gu, (character) => `#${character.codePointAt(0)};`);
}
