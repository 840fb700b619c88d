// YAML text → a small tree with offsets; aliases resolved within a budget, never throwing.
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  type Scalar,
} from 'yaml';
import type { Gap } from '../model/evidence.ts';
import { FILE_LIMIT } from './files.ts';
import { locate, type SourceText, sourceText } from './source-text.ts';

type Span = { readonly start: number; readonly end: number };

export type YamlScalar = Span & {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The content as a text: what GitHub would hand to a shell or a comparison. */
  readonly text: string;
  readonly block: boolean;
  readonly tag: string | null;
};
export type YamlEntry = { readonly key: YamlScalar; readonly value: YamlNode };
export type YamlMap = Span & {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly tag: string | null;
};
type YamlList = Span & {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly tag: string | null;
};
export type YamlNode = YamlScalar | YamlMap | YamlList;

export type YamlFile = {
  readonly source: SourceText;
  /** Null for an empty document. */
  readonly root: YamlNode | null;
  /** Roots of all documents in the file, `root` first. */
  readonly roots: readonly YamlNode[];
  readonly gaps: readonly Gap[];
};

/** Nodes a file may have after its aliases are written out; beyond it the rest is a gap (alias bombs). */
const NODE_LIMIT = 100_000;
const DEPTH_LIMIT = 100;

export function readYaml(path: string, text: string): YamlFile {
  const source = sourceText(path, text);
  if (text.length > FILE_LIMIT) {
    return {
      source,
      root: null,
      roots: [],
      gaps: [limitGap(source, `is larger than ${FILE_LIMIT / 1024} kB`)],
    };
  }
  let documents: readonly Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, {
      uniqueKeys: false,
      strict: true,
      logLevel: 'silent',
      prettyErrors: false,
    });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    return {
      source,
      root: null,
      roots: [],
      gaps: [syntaxGap(source, 0, error instanceof Error ? error.message : 'unreadable')],
    };
  }
  const gaps: Gap[] = [];
  const roots: YamlNode[] = [];
  const budget = { left: NODE_LIMIT, spent: false };
  for (const document of documents) {
    const error = document.errors[0];
    if (error !== undefined) gaps.push(syntaxGap(source, error.pos[0], error.message));
    const reader = nodeReader(source, budget, gaps);
    const root = document.contents === null ? null : reader(document.contents, 0);
    if (root !== null) roots.push(root);
  }
  if (budget.spent)
    gaps.push(limitGap(source, `has more than ${NODE_LIMIT} nodes or is nested deeper than ${DEPTH_LIMIT}`));
  return { source, root: roots[0] ?? null, roots, gaps };
}

function nodeReader(
  source: SourceText,
  budget: { left: number; spent: boolean },
  gaps: Gap[],
): (node: Node, depth: number) => YamlNode | null {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  const read = (node: Node, depth: number): YamlNode | null => {
    if (budget.left-- <= 0 || depth > DEPTH_LIMIT) {
      budget.spent = true;
      return null;
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined || open.has(target)) {
        gaps.push(
          syntaxGap(source, node.range?.[0] ?? 0, `the alias *${node.source} points to nothing before it`),
        );
        return null;
      }
      return read(target, depth + 1);
    }
    const start = node.range?.[0] ?? 0;
    const end = node.range?.[1] ?? start;
    const tag = node.tag ?? null;
    if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node);
    open.add(node);
    try {
      if (isScalar(node)) return scalarOf(node, start, end, tag);
      if (isSeq(node)) {
        const items = node.items.map((item) => read(item as Node, depth + 1)).filter((item) => item !== null);
        return { kind: 'list', start, end, items, tag };
      }
      if (isMap(node)) return { kind: 'map', start, end, entries: mapEntries(node.items, depth), tag };
      return null;
    } finally {
      open.delete(node);
    }
  };
  const mapEntries = (items: readonly unknown[], depth: number): readonly YamlEntry[] => {
    const entries: YamlEntry[] = [];
    const seen = new Set<string>();
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const key = pair.key === null ? null : read(pair.key as Node, depth + 1);
      if (key === null || key.kind !== 'scalar') continue;
      const value =
        pair.value === null || pair.value === undefined
          ? emptyScalar(key.end)
          : (read(pair.value as Node, depth + 1) ?? emptyScalar(key.end));
      // Programs that rewrite YAML put the tag in front: `!!merge <<: *anchor`.
      if (key.text === '<<' || key.tag === 'tag:yaml.org,2002:merge') {
        entries.push(...merged(value, seen));
        continue;
      }
      if (seen.has(key.text))
        gaps.push(syntaxGap(source, key.start, `the key "${key.text}" is written twice`));
      seen.add(key.text);
      entries.push({ key, value });
    }
    return latest(entries);
  };
  return read;
}

/** `<<: *anchor` and `<<: [*a, *b]`: keys written in the map itself win, then earlier maps of the list. */
function merged(value: YamlNode, written: ReadonlySet<string>): readonly YamlEntry[] {
  const maps = value.kind === 'list' ? value.items : [value];
  const taken = new Set(written);
  const entries: YamlEntry[] = [];
  for (const map of maps) {
    if (map.kind !== 'map') continue;
    for (const entry of map.entries) {
      if (taken.has(entry.key.text)) continue;
      taken.add(entry.key.text);
      entries.push(entry);
    }
  }
  return entries;
}

/** The last of several entries with one key wins, at the place of the first. */
function latest(entries: readonly YamlEntry[]): readonly YamlEntry[] {
  const byKey = new Map<string, YamlEntry>();
  for (const entry of entries) byKey.set(entry.key.text, entry);
  return [...byKey.values()];
}

function scalarOf(node: Scalar, start: number, end: number, tag: string | null): YamlScalar {
  const raw = node.value;
  const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const value =
    typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean' || raw === null
      ? raw
      : typeof raw === 'bigint'
        ? Number(raw)
        : null;
  return { kind: 'scalar', start, end, value, text: value === null ? '' : String(value), block, tag };
}

function emptyScalar(at: number): YamlScalar {
  return { kind: 'scalar', start: at, end: at, value: null, text: '', block: false, tag: null };
}

export function entryOf(node: YamlNode | null | undefined, key: string): YamlEntry | null {
  if (node?.kind !== 'map') return null;
  return node.entries.find((entry) => entry.key.text === key) ?? null;
}

export function childOf(node: YamlNode | null | undefined, key: string): YamlNode | null {
  return entryOf(node, key)?.value ?? null;
}

/** The text of a scalar; null for anything else and for null. */
export function textOf(node: YamlNode | null | undefined): string | null {
  return node?.kind === 'scalar' && node.value !== null ? node.text : null;
}

/** Items of a list, a lone scalar as a list of one, and nothing for anything else. */
export function itemsOf(node: YamlNode | null | undefined): readonly YamlNode[] {
  if (node === null || node === undefined) return [];
  if (node.kind === 'list') return node.items;
  return node.kind === 'scalar' && node.value !== null ? [node] : [];
}

/**
 * Offset in the file of each character of a scalar's text: YAML drops indentation, folds lines and unquotes, so the
 * characters are found again in order. Exact for literal blocks and plain words; escapes map to their neighbourhood.
 */
export function scalarOffsets(source: SourceText, scalar: YamlScalar): (offset: number) => number {
  const { text } = scalar;
  const map = new Uint32Array(text.length + 1);
  let at = scalar.start;
  if (scalar.block) {
    const newline = source.text.indexOf('\n', at);
    at = newline === -1 ? scalar.end : newline + 1;
  } else if (source.text[at] === '"' || source.text[at] === "'") {
    at += 1;
  }
  for (let index = 0; index < text.length; index += 1) {
    const wanted = text[index];
    let probe = at;
    if (wanted !== undefined && wanted.trim() !== '') {
      while (probe < scalar.end && source.text[probe] !== wanted) probe += 1;
      if (probe < scalar.end) at = probe + 1;
    } else if (wanted === '\n' || wanted === source.text[at]) {
      while (
        probe < scalar.end &&
        (source.text[probe] === ' ' || source.text[probe] === '\t' || source.text[probe] === '\r') &&
        wanted === '\n'
      )
        probe += 1;
      if (source.text[probe] === wanted) at = probe + 1;
      else probe = at;
    }
    map[index] = Math.min(probe, scalar.end);
  }
  map[text.length] = Math.min(at, scalar.end);
  return (offset) => map[Math.max(0, Math.min(offset, text.length))] ?? scalar.start;
}

function syntaxGap(source: SourceText, at: number, reason: string): Gap {
  return {
    kind: 'syntax',
    cause: 'content',
    subject: source.path,
    location: locate(source, at, at),
    reason: `${source.path} is not valid YAML: ${reason.replace(/\s+/g, ' ').trim()}.`,
    remedy: 'Correct the YAML at this place.',
  };
}

function limitGap(source: SourceText, what: string): Gap {
  return {
    kind: 'limit',
    cause: 'content',
    subject: source.path,
    location: locate(source, 0, 0),
    reason: `${source.path} ${what}.`,
    remedy: 'Make the file smaller, or write fewer aliases.',
  };
}
