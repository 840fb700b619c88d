// An SPDX licence expression → its leaves, and whether a policy's lists allow it.
//
// spdx-satisfies judges single licences only: over whole expressions it multiplies out AND and OR, which takes
// exponential time. The connectives are walked here, which also tells which leaf decides.
import parse from 'spdx-expression-parse';
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import licenseIds from 'spdx-license-ids/index.json' with { type: 'json' };
import satisfies from 'spdx-satisfies';

/** Caps of one expression; past them nothing is parsed. */
const EXPRESSION_LIMIT = 8192;
const LEAF_LIMIT = 256;
const NESTING_LIMIT = 32;

export type Leaf = {
  /** SPDX id or `LicenseRef-…`, without `+`. */
  readonly license: string;
  /** Written with `+`. */
  readonly plus: boolean;
  readonly exception: string | null;
};

export type Expression =
  | { readonly kind: 'leaf'; readonly leaf: Leaf }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression };

/** What a policy says of licences: every allow list has to be satisfied, and nothing on the deny list taken. */
export type LicenseTerms = {
  readonly allow: readonly (readonly string[])[];
  readonly deny: readonly string[];
};

export type LicenseVerdict =
  | { readonly verdict: 'allowed' }
  /** `leaf` decides; null when there is no expression to judge. `reason`: one clause, lower case. */
  | { readonly verdict: 'denied' | 'unknown'; readonly leaf: string | null; readonly reason: string };

/** SPDX compares ids without regard to case; the library insists on the list's spelling (exceptions keep to it). */
const SPELLING: ReadonlyMap<string, string> = new Map(
  [...deprecatedIds, ...licenseIds].map((id) => [id.toLowerCase(), id]),
);

/** Reads an expression; the problem is one clause, fit for "… is no SPDX expression: <problem>". */
export function parseExpression(source: string): Expression | { readonly problem: string } {
  const written = source.trim();
  const problem = obviousProblem(written);
  if (problem !== null) return { problem };
  const spelled = written.replace(
    /[A-Za-z0-9][A-Za-z0-9.-]*/g,
    (word) => SPELLING.get(word.toLowerCase()) ?? word,
  );
  try {
    return fromParsed(parse(spelled));
  } catch (error) {
    // Where the text just stops, the library trips over its own end with a TypeError.
    const said = error instanceof Error && !(error instanceof TypeError) ? error.message : '';
    return { problem: said === '' ? 'it breaks off' : lowerFirst(said) };
  }
}

function obviousProblem(written: string): string | null {
  if (written === '') return 'it is empty';
  if (written.length > EXPRESSION_LIMIT) return `it is longer than ${EXPRESSION_LIMIT} characters`;
  if (written === 'NONE') return 'NONE says that there is no licence';
  if (written === 'NOASSERTION') return 'NOASSERTION says nothing';
  // Past this set the library's scanner may skip characters.
  const odd = /[^A-Za-z0-9.+:() -]/u.exec(written)?.[0];
  if (odd !== undefined) return `${JSON.stringify(odd)} is not allowed`;
  const connectives = written.match(/(?<![A-Za-z0-9.-])(?:and|or)(?![A-Za-z0-9.-])/gi)?.length ?? 0;
  if (connectives >= LEAF_LIMIT) return `it joins more than ${LEAF_LIMIT} licences`;
  let depth = 0;
  for (const character of written) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth > NESTING_LIMIT) return `its brackets are nested deeper than ${NESTING_LIMIT}`;
  }
  return null;
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

type Parsed = ReturnType<typeof parse>;

function fromParsed(parsed: Parsed): Expression {
  if ('conjunction' in parsed) {
    return { kind: parsed.conjunction, left: fromParsed(parsed.left), right: fromParsed(parsed.right) };
  }
  const { license, plus = false, exception = null } = parsed;
  return { kind: 'leaf', leaf: { license, plus, exception } };
}

/** The leaves in the order of the text. */
export function leavesOf(expression: Expression): readonly Leaf[] {
  if (expression.kind === 'leaf') return [expression.leaf];
  return [...leavesOf(expression.left), ...leavesOf(expression.right)];
}

export function formatLeaf({ license, plus, exception }: Leaf): string {
  return `${license}${plus ? '+' : ''}${exception === null ? '' : ` WITH ${exception}`}`;
}

/** Judges an expression by a policy's lists. What isn't understood or isn't listed is `unknown`, never allowed. */
export function judgeLicense(source: string, terms: LicenseTerms): LicenseVerdict {
  const expression = parseExpression(source);
  if ('problem' in expression) return { verdict: 'unknown', leaf: null, reason: expression.problem };
  return judge(expression, { allow: terms.allow.map(readList), deny: readList(terms.deny) });
}

type Lists = { readonly allow: readonly (readonly Leaf[])[]; readonly deny: readonly Leaf[] };

/** Entries that are no single licence judge nothing; reading the policy is where they are refused. */
function readList(entries: readonly string[]): readonly Leaf[] {
  return entries.flatMap((entry) => {
    const parsed = parseExpression(entry);
    return 'problem' in parsed || parsed.kind !== 'leaf' ? [] : [canonical(parsed.leaf)];
  });
}

const RANK = { denied: 0, unknown: 1, allowed: 2 } as const;

function judge(expression: Expression, lists: Lists): LicenseVerdict {
  if (expression.kind === 'leaf') return judgeLeaf(expression.leaf, lists);
  const left = judge(expression.left, lists);
  const right = judge(expression.right, lists);
  const leftWins =
    expression.kind === 'or'
      ? RANK[left.verdict] >= RANK[right.verdict]
      : RANK[left.verdict] <= RANK[right.verdict];
  return leftWins ? left : right;
}

function judgeLeaf(written: Leaf, lists: Lists): LicenseVerdict {
  const leaf = canonical(written);
  const name = formatLeaf(written);
  const denied = lists.deny.find((entry) => covers(entry, leaf));
  if (denied) {
    const by = formatLeaf(denied);
    return {
      verdict: 'denied',
      leaf: name,
      reason: by === name ? 'the policy denies it' : `the policy denies ${by}`,
    };
  }
  if (lists.allow.length === 0)
    return { verdict: 'unknown', leaf: name, reason: 'the policy has no list of allowed licences' };
  const missing = lists.allow.some((list) => !list.some((entry) => admits(leaf, entry)));
  return missing
    ? { verdict: 'unknown', leaf: name, reason: 'it is not on the policy’s list of allowed licences' }
    : { verdict: 'allowed' };
}

/** Whether denying `entry` leaves no way to take the leaf: `GPL-2.0-or-later` may still be taken as version 2. */
function covers(entry: Leaf, leaf: Leaf): boolean {
  return formatLeaf(entry) === formatLeaf(leaf) || (isOpen(entry) && admits(leaf, entry));
}

function isOpen(leaf: Leaf): boolean {
  return leaf.plus || leaf.license.endsWith('-or-later');
}

/** `GPL-2.0` and `GPL-2.0+` in their current spelling, where the list has one. */
function canonical(leaf: Leaf): Leaf {
  const current = SPELLING.get(`${leaf.license}-${leaf.plus ? 'or-later' : 'only'}`.toLowerCase());
  return current === undefined ? leaf : { ...leaf, license: current, plus: false };
}

/**
 * Whether the licence may be used under the entry. Licences named by their holder (`LicenseRef-`) only equal
 * themselves; so do ids of eight characters, which spdx-satisfies 6 mistakes for "or later" (`CDDL-1.0`).
 */
function admits(leaf: Leaf, entry: Leaf): boolean {
  const [mine, theirs] = [formatLeaf(leaf), formatLeaf(entry)];
  if (mine === theirs) return true;
  if (leaf.license.split('-')[0] !== entry.license.split('-')[0]) return false;
  if ([leaf, entry].some((one) => one.license.includes('Ref-') || one.license.length === 8)) return false;
  return satisfies(mine, [theirs]);
}
