// Policy files → the policy in force and what is wrong with the files. Strict: an unknown key is an error with its line.
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Gap, PolicySource } from '../model/evidence.ts';
import type { Policy } from '../model/policy.ts';
import type { Location } from '../model/position.ts';
import { nearest } from '../nearest.ts';
import { defaultPolicy } from './defaults.ts';
import { applyOrganization, tightenWith } from './merge.ts';
import { type PolicyFile, policyFile } from './schema.ts';

export type ReadPolicy = { readonly policy: Policy; readonly gaps: readonly Gap[] };

/** A parsed policy file together with the way from a path in it to its place. */
export type LocatedFile = {
  readonly file: PolicyFile;
  readonly source: PolicySource;
  locate(path: readonly PropertyKey[]): Location;
};

const MAX_BYTES = 256 * 1024;

/**
 * Merges the organisation's file and the repository's over the defaults. Broken files become gaps of kind `policy`
 * (which block) and have no other effect.
 */
export function readPolicy(
  sources: readonly PolicySource[],
  owners: readonly string[],
  ruleIds: readonly string[],
): ReadPolicy {
  const gaps: Gap[] = [];
  let policy = defaultPolicy(owners);
  for (const origin of ['organization', 'repository'] as const) {
    for (const source of sources.filter((each) => each.origin === origin)) {
      const read = readPolicyFile(source, ruleIds);
      gaps.push(...read.gaps);
      if (read.located === null) continue;
      if (origin === 'organization') policy = applyOrganization(policy, read.located);
      else {
        const tightened = tightenWith(policy, read.located);
        policy = tightened.policy;
        gaps.push(...tightened.gaps);
      }
      policy = { ...policy, sources: [...policy.sources, `${source.label}@${source.oid}`] };
    }
  }
  return { policy, gaps };
}

/** Parses one file. `located` is null when anything is wrong with it. */
export function readPolicyFile(
  source: PolicySource,
  ruleIds: readonly string[],
): { readonly located: LocatedFile | null; readonly gaps: readonly Gap[] } {
  if (source.text.length > MAX_BYTES)
    return {
      located: null,
      gaps: [
        problem(source, wholeFile(source), `is larger than ${MAX_BYTES / 1024} KiB`, 'Make it smaller.'),
      ],
    };
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  const at = (offset: number, end: number): Location => {
    const from = lines.linePos(offset);
    const to = lines.linePos(Math.max(end, offset));
    return {
      path: source.path,
      range: {
        start: { line: Math.max(from.line, 1), column: Math.max(from.col, 1) },
        end: { line: Math.max(to.line, 1), column: Math.max(to.col, 1) },
      },
    };
  };
  if (document.errors.length > 0)
    return {
      located: null,
      gaps: document.errors.map((error) =>
        problem(
          source,
          at(error.pos[0], error.pos[1]),
          `is not valid YAML: ${firstLine(error.message)}`,
          'Correct the YAML.',
        ),
      ),
    };
  const locateNode = (node: Node | null): Location =>
    node?.range ? at(node.range[0], node.range[1]) : wholeFile(source);
  const locate = (path: readonly PropertyKey[]): Location => locateNode(nodeAt(document, path));
  const locateKey = (path: readonly PropertyKey[]): Location =>
    locateNode(keyNode(document, path) ?? nodeAt(document, path));
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    return {
      located: null,
      gaps: [
        problem(
          source,
          wholeFile(source),
          `can't be expanded: ${firstLine(String((error as Error).message))}`,
          'Write the values out instead of using aliases.',
        ),
      ],
    };
  }
  if (content === null)
    return {
      located: null,
      gaps: [
        problem(source, wholeFile(source), 'is empty', 'Write at least `version: 1`, or delete the file.'),
      ],
    };
  const parsed = policyFile.safeParse(content);
  if (!parsed.success)
    return {
      located: null,
      gaps: parsed.error.issues.flatMap((issue) => describe(issue, source, locate, locateKey)),
    };
  const unknownRules = unknownRuleGaps(parsed.data, source, locate, locateKey, ruleIds);
  if (unknownRules.length > 0) return { located: null, gaps: unknownRules };
  return { located: { file: parsed.data, source, locate }, gaps: [] };
}

type Issue = {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
};

function describe(
  issue: Issue,
  source: PolicySource,
  locate: LocatedFile['locate'],
  locateKey: LocatedFile['locate'],
): Gap[] {
  if (issue.code === 'unrecognized_keys')
    return (issue.keys ?? []).map((key) => {
      const known = knownKeys(issue.path);
      const guess = nearest(key, known);
      return problem(
        source,
        locateKey([...issue.path, key]),
        `does not know the key ${JSON.stringify(key)}${issue.path.length > 0 ? ` in ${pathText(issue.path)}` : ''}`,
        guess ? `Did you mean ${JSON.stringify(guess)}?` : `Known here: ${known.join(', ')}.`,
      );
    });
  return [
    problem(
      source,
      locate(issue.path),
      `${pathText(issue.path) || 'the file'}: ${issue.message}`,
      'See docs/policy.md for what may stand here.',
    ),
  ];
}

function unknownRuleGaps(
  file: PolicyFile,
  source: PolicySource,
  locate: LocatedFile['locate'],
  locateKey: LocatedFile['locate'],
  ruleIds: readonly string[],
): Gap[] {
  const used: { id: string; location: Location }[] = [
    ...Object.keys(file.rules ?? {}).map((id) => ({
      id,
      location: locateKey(['rules', id]),
    })),
    ...(file.exceptions ?? []).map((entry, index) => ({
      id: entry.rule,
      location: locate(['exceptions', index, 'rule']),
    })),
    ...(file['repository-exceptions'] ?? []).map((id, index) => ({
      id,
      location: locate(['repository-exceptions', index]),
    })),
  ];
  return used
    .filter(({ id }) => !ruleIds.includes(id))
    .map(({ id, location }) => {
      const guess = nearest(id, ruleIds);
      return problem(
        source,
        location,
        `names the rule ${JSON.stringify(id)}, which does not exist`,
        guess ? `Did you mean ${JSON.stringify(guess)}?` : 'See docs/rules.md for the rules.',
      );
    });
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = policyFile;
  for (const step of path) {
    schema = unwrap(schema);
    const { shape, element } = schema as { shape?: Record<PropertyKey, unknown>; element?: unknown };
    schema = typeof step === 'number' ? element : shape?.[step];
  }
  return Object.keys((unwrap(schema) as { shape?: object })?.shape ?? {});
}

function unwrap(schema: unknown): unknown {
  let inner = schema as { unwrap?: () => unknown };
  while (inner && typeof inner.unwrap === 'function' && !('element' in inner))
    inner = inner.unwrap() as typeof inner;
  return inner;
}

function nodeAt(document: Document, path: readonly PropertyKey[]): Node | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (node) return node as Node;
  }
  return document.contents as Node | null;
}

/** Place of the key itself, which says more than the place of its value when the key is what is wrong. */
function keyNode(document: Document, path: readonly PropertyKey[]): Node | null {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (!isMap(parent)) return null;
  const pair = parent.items.find(
    (item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)),
  );
  return isScalar(pair?.key) ? pair.key : null;
}

/** The organisation's file lives in another repository, so only the repository's own can be pointed at. */
export function problem(source: PolicySource, location: Location, what: string, remedy: string): Gap {
  return {
    kind: 'policy',
    cause: 'content',
    subject: source.label,
    location: source.origin === 'repository' ? location : null,
    reason: `The policy file ${source.label}, line ${location.range.start.line}, ${what}.`,
    remedy,
  };
}

function wholeFile(source: PolicySource): Location {
  return { path: source.path, range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } };
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step + 1}]` : String(step)))
    .join('.')
    .replaceAll('.[', '[');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
}
