// The YAML of a policy file → plain content and the place of everything in it, or what keeps it from being read.
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { Gap, PolicySource } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';
import { few, problem, wholeFile } from './problem.ts';

export type PolicyDocument = {
  readonly content: unknown;
  /** Place of the value at a path, or of the nearest value around it. */
  readonly locate: (path: readonly PropertyKey[]) => Location;
  /** Place of the key at a path, which says more than its value when the key is what is wrong. */
  readonly locateKey: (path: readonly PropertyKey[]) => Location;
};

export type ReadDocument =
  | { readonly document: PolicyDocument }
  | { readonly document: null; readonly gaps: readonly Gap[] };

/** In UTF-16 code units; a policy with a thousand entries has a tenth of it. */
const MOST_CHARACTERS = 256 * 1024;
/** The format needs five. */
const MOST_DEPTH = 20;
/** How much aliases may multiply the content (the `maxAliasCount` of `yaml`). */
const MOST_ALIASES = 20;

export function readDocument(source: PolicySource): ReadDocument {
  if (source.text.length > MOST_CHARACTERS)
    return refused(source, `is larger than ${MOST_CHARACTERS / 1024} Ki characters`, 'Make it smaller.');
  const lines = new LineCounter();
  const at = (node: Node | null): Location =>
    node?.range ? placed(source, lines, node.range[0], node.range[1]) : wholeFile(source);
  let document: Document;
  try {
    document = parseDocument(source.text, {
      lineCounter: lines,
      // Checked below in linear time; the library compares every key with every other.
      uniqueKeys: false,
      version: '1.2',
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch {
    return tooDeep(source);
  }
  const complaints = [...document.errors, ...document.warnings];
  // How deep the library can go depends on the machine's stack, so that it must not make a difference.
  if (complaints.some(({ message }) => message.includes('call stack'))) return tooDeep(source);
  if (complaints.length > 0) {
    const gaps = few(complaints, source, ({ pos: [from, to], message }) =>
      problem(
        source,
        placed(source, lines, from, to),
        `is not valid YAML: ${firstLine(message)}`,
        'Correct the YAML.',
      ),
    );
    return { document: null, gaps };
  }
  const odd = oddKeys(document.contents);
  if (odd === 'too deep') return tooDeep(source);
  if (odd.length > 0) {
    const gaps = few(odd, source, ({ node, what, remedy }) => problem(source, at(node), what, remedy));
    return { document: null, gaps };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    return refused(
      source,
      'uses aliases that multiply its content',
      'Write the values out instead of using aliases.',
    );
  }
  if (content === null || content === undefined)
    return refused(source, 'is empty', 'Write at least `version: 1`, or delete the file.');
  return {
    document: {
      content,
      locate: (path) => at(nodeAt(document, path)),
      locateKey: (path) => at(keyAt(document, path) ?? nodeAt(document, path)),
    },
  };
}

function tooDeep(source: PolicySource): ReadDocument {
  return refused(source, 'is nested too deeply', 'Write it with less nesting.');
}

function refused(source: PolicySource, what: string, remedy: string): ReadDocument {
  return { document: null, gaps: [problem(source, wholeFile(source), what, remedy)] };
}

function placed(source: PolicySource, lines: LineCounter, offset: number, end: number): Location {
  const [from, to] = [lines.linePos(offset), lines.linePos(Math.max(end, offset))];
  return {
    path: source.path,
    range: {
      start: { line: Math.max(from.line, 1), column: Math.max(from.col, 1) },
      end: { line: Math.max(to.line, 1), column: Math.max(to.col, 1) },
    },
  };
}

type OddKey = { readonly node: Node | null; readonly what: string; readonly remedy: string };

/** Keys that would be lost, or would hide one another, once the file is a plain object; in the file's order. */
function oddKeys(root: unknown): readonly OddKey[] | 'too deep' {
  const odd: OddKey[] = [];
  const waiting: { readonly node: unknown; readonly depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    if (!isCollection(node)) continue;
    if (depth > MOST_DEPTH) return 'too deep';
    if (isMap(node)) odd.push(...oddKeysOf(node.items));
    for (const item of node.items) waiting.push({ node: isPair(item) ? item.value : item, depth: depth + 1 });
  }
  return odd.sort((a, b) => (a.node?.range?.[0] ?? 0) - (b.node?.range?.[0] ?? 0));
}

function oddKeysOf(pairs: readonly Pair[]): OddKey[] {
  const seen = new Set<string>();
  return pairs.flatMap(({ key }): OddKey[] => {
    const node = isScalar(key) || isCollection(key) || isAlias(key) ? key : null;
    const name = isScalar(key) && ['string', 'number'].includes(typeof key.value) ? String(key.value) : null;
    const remedy = 'Use one of the keys in docs/policy.md.';
    if (name === null) return [{ node, what: 'has a key that is no name', remedy }];
    if (name === '__proto__') return [{ node, what: 'does not know the key "__proto__"', remedy }];
    if (seen.has(name))
      return [{ node, what: `has the key ${JSON.stringify(name)} twice`, remedy: 'Keep one of them.' }];
    seen.add(name);
    return [];
  });
}

/** The node at `path`; where the path leaves the document, the last node on it. */
function nodeAt(document: Document, path: readonly PropertyKey[]): Node | null {
  let node: Node | null = document.contents as Node | null;
  for (const step of path) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    const child = isMap(inside)
      ? inside.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))?.value
      : isSeq(inside)
        ? inside.items[Number(step)]
        : null;
    if (child === null || child === undefined) return node;
    node = child as Node;
  }
  return node;
}

function keyAt(document: Document, path: readonly PropertyKey[]): Node | null {
  const found = nodeAt(document, path.slice(0, -1));
  const parent = isAlias(found) ? found.resolve(document) : found;
  if (!isMap(parent)) return null;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
  return isScalar(pair?.key) ? pair.key : null;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/[.:]$/, '') ?? '';
}
