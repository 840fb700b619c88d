// Two lineages → a Mermaid picture: both chains down to their roots, what they share drawn once.
import { diffLineages } from '../images/lineage-diff.ts';
import type { Hop, Lineage } from '../model/lineage.ts';
import { mermaidText } from '../pipeline/graph.ts';

/** Hops that are the same content are one node; a base that is not proven hangs on a dotted line. */
export function ancestryGraph(before: Lineage, after: Lineage): string {
  const nodes = new Map<string, string>();
  const edges = new Set<string>();
  const classes = new Map<string, string>();
  const node = (key: string, label: string, look: string): string => {
    const known = nodes.get(key);
    const id = known?.split('[')[0] ?? `n${nodes.size}`;
    if (known === undefined) {
      nodes.set(key, `${id}["${mermaidText(label)}"]`);
      classes.set(id, look);
    }
    return id;
  };
  const same = new Set(
    diffLineages(before, after).hops.flatMap(({ change, after: hop }) =>
      change === 'same' && hop !== null ? [hop.manifest] : [],
    ),
  );
  const draw = ({ hops, end }: Lineage, look: 'old' | 'new'): void => {
    let above: { readonly id: string; readonly hop: Hop } | null = null;
    for (const hop of hops) {
      const isShared = same.has(hop.manifest);
      const id = node(
        isShared ? hop.manifest : `${look} ${hop.manifest}`,
        labelOf(hop),
        isShared ? 'kept' : look,
      );
      if (above !== null) edges.add(`${above.id} ${arrow(above.hop)} ${id}`);
      above = { id, hop };
    }
    if (above === null) return;
    const root =
      end === 'scratch' ? node('scratch', 'scratch', 'kept') : node(`${look} ?`, 'not known', look);
    edges.add(`${above.id} ${arrow(above.hop)} ${root}`);
  };
  draw(before, 'old');
  draw(after, 'new');
  const members = (look: string): string =>
    [...classes]
      .filter(([, each]) => each === look)
      .map(([id]) => id)
      .join(',');
  return [
    'flowchart LR',
    ...[...nodes.values()].map((line) => `  ${line}`),
    ...[...edges].map((edge) => `  ${edge}`),
    '  classDef old stroke-dasharray: 4 3',
    '  classDef new stroke-width: 3px',
    ...(['old', 'new'] as const).flatMap((look) =>
      members(look) === '' ? [] : [`  class ${members(look)} ${look}`],
    ),
  ].join('\n');
}

function labelOf({ name, distribution }: Hop): string {
  const image = name.replace(/^docker\.io\/(?:library\/)?/, '').replace(/@.*$/, '');
  if (distribution === null) return image;
  const { name: of, release } = distribution;
  return `${image} (${release === null ? of : `${of} ${release}`})`;
}

function arrow({ sure }: Hop): string {
  return sure === 'proven' ? '-->' : '-.->';
}
