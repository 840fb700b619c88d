// Lists of GitLab CI that references may nest → flat lists of maps.
import type { YamlNode } from '../../yaml.ts';

export function itemsIn(node: YamlNode, depth = 0): readonly YamlNode[] {
  if (node.kind !== 'list' || depth > 10) return node.kind === 'map' ? [node] : [];
  return node.items.flatMap((item) => itemsIn(item, depth + 1));
}
