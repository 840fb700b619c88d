// YAML trees of several files merged into one: which text each node stands in, deep merging, lists of scripts.
import type { SourceText } from '../source-text.ts';
import { sourceText } from '../source-text.ts';
import { childOf, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from '../yaml.ts';
import { type Piece, pieceOf } from './template.ts';

/** Where the scalars of merged trees stand. */
export type Sources = Map<YamlNode, SourceText>;

export function register(node: YamlNode | null, source: SourceText, sources: Sources): void {
  if (node === null) return;
  sources.set(node, source);
  if (node.kind === 'list') for (const item of node.items) register(item, source, sources);
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) {
      sources.set(key, source);
      register(value, source, sources);
    }
  }
}

const NO_SOURCE = sourceText('', '');

export function sourceOf(node: YamlNode, sources: Sources): SourceText {
  return sources.get(node) ?? NO_SOURCE;
}

/** Maps are merged key by key, everything else of `over` replaces what is in `base`. */
export function deepMerged(base: YamlNode | null, over: YamlNode, sources: Sources, depth = 0): YamlNode {
  if (base?.kind !== 'map' || over.kind !== 'map' || depth > 20) return over;
  const entries = new Map<string, YamlEntry>(base.entries.map((entry) => [entry.key.text, entry]));
  for (const entry of over.entries) {
    const before = entries.get(entry.key.text);
    entries.set(
      entry.key.text,
      before === undefined
        ? entry
        : { key: entry.key, value: deepMerged(before.value, entry.value, sources, depth + 1) },
    );
  }
  const merged: YamlMap = { ...over, entries: [...entries.values()] };
  sources.set(merged, sourceOf(over, sources));
  return merged;
}

export function mapWithout(map: YamlMap, key: string, sources: Sources): YamlMap {
  const result: YamlMap = { ...map, entries: map.entries.filter((entry) => entry.key.text !== key) };
  sources.set(result, sourceOf(map, sources));
  return result;
}

const NESTING_LIMIT = 10;

/** Scalars of a script: a text, a list of texts, or lists in lists as anchors make them. */
export function scriptScalars(node: YamlNode | null, depth = 0): readonly YamlScalar[] {
  if (node === null || depth > NESTING_LIMIT) return [];
  if (node.kind === 'scalar') return node.value === null ? [] : [node];
  if (node.kind === 'list') return node.items.flatMap((item) => scriptScalars(item, depth + 1));
  return [];
}

export function pieces(nodes: readonly (YamlNode | null)[], sources: Sources): readonly Piece[] {
  return nodes.flatMap((node) =>
    scriptScalars(node).map((scalar) => pieceOf(scalar, sourceOf(scalar, sources))),
  );
}

/** Follows keys down a tree. */
export function nodeAt(root: YamlNode | null, keys: readonly string[]): YamlNode | null {
  return keys.reduce<YamlNode | null>((node, key) => childOf(node, key), root);
}
