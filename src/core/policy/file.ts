// One policy file → its checked content with places, or gaps with line and "did you mean". Strict: nothing is skipped.
import type { Gap, PolicySource } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';
import { nearest } from '../nearest.ts';
import { type PolicyDocument, readDocument } from './document.ts';
import { few, problem } from './problem.ts';
import { type PolicyFile, policyFile } from './schema.ts';
import { type Issue, wordingOf } from './wording.ts';

/** A parsed policy file together with the way from a path in it to its place. */
export type LocatedFile = {
  readonly file: PolicyFile;
  readonly source: PolicySource;
  readonly locate: (path: readonly PropertyKey[]) => Location;
  readonly locateKey: (path: readonly PropertyKey[]) => Location;
};

/** `located` is null when anything is wrong with the file: a file that is half understood is not obeyed by halves. */
export function readPolicyFile(
  source: PolicySource,
  ruleIds: readonly string[],
): { readonly located: LocatedFile | null; readonly gaps: readonly Gap[] } {
  const read = readDocument(source);
  if (read.document === null) return { located: null, gaps: read.gaps };
  const { content, locate, locateKey } = read.document;
  const parsed = policyFile.safeParse(content);
  const mistakes = parsed.success
    ? unknownRules(parsed.data, ruleIds)
    : parsed.error.issues.flatMap((issue) => mistakesOf(issue));
  if (!parsed.success || mistakes.length > 0)
    return {
      located: null,
      gaps: few(mistakes, source, (mistake) => worded(mistake, source, read.document)),
    };
  return { located: { file: parsed.data, source, locate, locateKey }, gaps: [] };
}

type Mistake = {
  readonly path: readonly PropertyKey[];
  /** Whether the key at the path is wrong, or what stands under it. */
  readonly at: 'key' | 'value';
  readonly what: string;
  /** What was written and what could have been meant; null when that is no help. */
  readonly meant: { readonly name: string; readonly known: readonly string[] } | null;
  /** The remedy when nothing known is close to what was written. */
  readonly remedy: string;
};

function mistakesOf(issue: Issue): readonly Mistake[] {
  if (issue.code !== 'unrecognized_keys')
    return [
      {
        path: issue.path,
        at: 'value',
        what: `${pathText(issue.path) || 'the file'}: ${wordingOf(issue)}`,
        meant: null,
        remedy:
          issue.path[0] === 'version'
            ? 'Write `version: 1` at the top.'
            : 'See docs/policy.md for what may stand here.',
      },
    ];
  const known = knownKeys(issue.path);
  const where = issue.path.length > 0 ? ` in ${pathText(issue.path)}` : '';
  return (issue.keys ?? []).map((key) => ({
    path: [...issue.path, key],
    at: 'key',
    what: `does not know the key ${JSON.stringify(key)}${where}`,
    meant: { name: key, known },
    remedy: `Known here: ${known.join(', ')}.`,
  }));
}

function unknownRules(file: PolicyFile, ruleIds: readonly string[]): readonly Mistake[] {
  type Use = Pick<Mistake, 'path' | 'at'> & { readonly id: string };
  const used: readonly Use[] = [
    ...Object.keys(file.rules ?? {}).map((id): Use => ({ id, path: ['rules', id], at: 'key' })),
    ...(file.exceptions ?? []).map(
      ({ rule }, index): Use => ({ id: rule, path: ['exceptions', index, 'rule'], at: 'value' }),
    ),
    ...(file['repository-exceptions'] ?? []).map(
      (id, index): Use => ({ id, path: ['repository-exceptions', index], at: 'value' }),
    ),
  ];
  const known = new Set(ruleIds);
  return used.flatMap(({ id, path, at }): Mistake[] => {
    if (known.has(id)) return [];
    return [
      {
        path,
        at,
        what: `names the rule ${JSON.stringify(id)}, which does not exist`,
        meant: { name: id, known: ruleIds },
        remedy: 'See docs/rules.md for the rules.',
      },
    ];
  });
}

function worded(mistake: Mistake, source: PolicySource, document: PolicyDocument): Gap {
  const { path, meant, what } = mistake;
  const place = mistake.at === 'key' ? document.locateKey(path) : document.locate(path);
  const guess = meant === null ? null : nearest(meant.name, meant.known);
  return problem(
    source,
    place,
    what,
    guess === null ? mistake.remedy : `Did you mean ${JSON.stringify(guess)}?`,
  );
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = policyFile;
  for (const step of path) {
    const { shape, element } = unwrapped(schema) as {
      readonly shape?: Readonly<Record<PropertyKey, unknown>>;
      readonly element?: unknown;
    };
    schema = typeof step === 'number' ? element : shape?.[step];
  }
  return Object.keys((unwrapped(schema) as { readonly shape?: object } | undefined)?.shape ?? {});
}

/** Without `optional` and its like; an array is no wrapper, though it has an `unwrap` too. */
function unwrapped(schema: unknown): unknown {
  let inner = schema as { readonly unwrap?: () => unknown } | undefined;
  while (inner !== undefined && typeof inner.unwrap === 'function' && !('element' in inner))
    inner = inner.unwrap() as typeof inner;
  return inner;
}

/** `exceptions[1].rule`: people count from one. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step + 1}]` : String(step)))
    .join('.')
    .replaceAll('.[', '[');
}
