// Script text → its syntax tree, parsed once per text for as long as the holder of the memory keeps it.
import { parse } from 'unbash';

type Tree = ReturnType<typeof parse>;

/** A memory of trees; whoever makes it decides how long it lives. Trees are read only, so traces can share them. */
export type SyntaxTrees = {
  readonly byText: Map<string, Tree>;
  /** UTF-16 code units of the texts kept. */
  kept: number;
};

/** Texts kept at a time, in UTF-16 code units: a tree takes some fifty times the room of its text. */
const KEPT_LIMIT = 2 * 1024 * 1024;

export function newSyntaxTrees(): SyntaxTrees {
  return { byText: new Map(), kept: 0 };
}

export function treeOf(text: string, trees: SyntaxTrees | undefined): Tree {
  const earlier = trees?.byText.get(text);
  if (earlier !== undefined) return earlier;
  const tree = parse(text);
  if (trees === undefined) return tree;
  if (trees.kept + text.length > KEPT_LIMIT) {
    trees.byText.clear();
    trees.kept = 0;
  }
  trees.byText.set(text, tree);
  trees.kept += text.length;
  return tree;
}
