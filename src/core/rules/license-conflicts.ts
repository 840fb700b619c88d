// Which licences can't hold for one text together, and why. A small published table; everything else is not decided.
import { type Expression, formatLeaf } from '../licenses/expression.ts';

/** Licences whose terms forbid to add any further ones (GPL family), by what they allow beside them. */
const GPL2_ONLY = ['GPL-2.0', 'GPL-2.0-only'];
const GPL2 = [...GPL2_ONLY, 'GPL-2.0+', 'GPL-2.0-or-later'];
const GPL3 = ['GPL-3.0', 'GPL-3.0-only', 'GPL-3.0+', 'GPL-3.0-or-later'];
const AGPL3 = ['AGPL-3.0', 'AGPL-3.0-only', 'AGPL-3.0-or-later'];
const LGPL3 = ['LGPL-3.0', 'LGPL-3.0-only', 'LGPL-3.0+', 'LGPL-3.0-or-later'];
const GPL = [...GPL2, ...GPL3, ...AGPL3];

type Conflict = {
  readonly one: readonly string[];
  readonly other: readonly string[];
  readonly because: string;
};

/** After the Free Software Foundation's comments on licences (gnu.org/licenses/license-list.html). */
export const CONFLICTS: readonly Conflict[] = [
  {
    one: GPL2_ONLY,
    other: ['Apache-2.0'],
    because: 'the patent and indemnity terms of Apache-2.0 are more than GPL version 2 lets anybody add',
  },
  {
    one: GPL2_ONLY,
    other: [...GPL3, ...AGPL3, ...LGPL3],
    because: 'one asks for version 2 and nothing else, the other for version 3 at least',
  },
  {
    one: GPL,
    other: [
      'CDDL-1.0',
      'CDDL-1.1',
      'EPL-1.0',
      'EPL-2.0',
      'CPL-1.0',
      'IPL-1.0',
      'MPL-1.0',
      'MPL-1.1',
      'APSL-2.0',
      'OSL-3.0',
    ],
    because: 'each of them wants the whole text under itself',
  },
  {
    one: GPL,
    other: ['BSD-4-Clause', 'OpenSSL', 'PHP-3.0', 'PHP-3.01', 'JSON', 'Apache-1.0', 'Apache-1.1'],
    because: 'the second puts a condition on users that the GPL lets nobody add',
  },
  {
    one: [...GPL, ...LGPL3, 'MPL-2.0', 'EPL-2.0'],
    other: [
      'CC-BY-NC-4.0',
      'CC-BY-NC-SA-4.0',
      'CC-BY-NC-ND-4.0',
      'CC-BY-ND-4.0',
      'CC-BY-NC-3.0',
      'CC-BY-NC-SA-3.0',
      'CC-BY-ND-3.0',
      'BUSL-1.1',
      'SSPL-1.0',
      'Elastic-2.0',
    ],
    because: 'the second forbids uses or changes that the first promises to everybody',
  },
];

/** Licences that ask for no more than notices: they go together with each other and with those above. */
export const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Unlicense',
  'Zlib',
];

/** Same terms under the names of different SPDX versions. */
const RENAMED: Readonly<Record<string, string>> = {
  'GPL-2.0': 'GPL-2.0-only',
  'GPL-2.0+': 'GPL-2.0-or-later',
  'GPL-3.0': 'GPL-3.0-only',
  'GPL-3.0+': 'GPL-3.0-or-later',
  'AGPL-3.0': 'AGPL-3.0-only',
  'LGPL-3.0': 'LGPL-3.0-only',
  'LGPL-3.0+': 'LGPL-3.0-or-later',
};

export type Together =
  | { readonly verdict: 'fine' }
  | { readonly verdict: 'conflict'; readonly because: string }
  | { readonly verdict: 'unknown' };

/** Whether one text can be under both licences (SPDX ids without exceptions) at once. Symmetric. */
export function together(left: string, right: string): Together {
  const [one, other] = [RENAMED[left] ?? left, RENAMED[right] ?? right];
  if (one === other) return { verdict: 'fine' };
  const conflict = CONFLICTS.find((each) => isPair(each, one, other) || isPair(each, other, one));
  if (conflict) return { verdict: 'conflict', because: conflict.because };
  if (PERMISSIVE.includes(one) && PERMISSIVE.includes(other)) return { verdict: 'fine' };
  if (isListed(one) && isListed(other)) return { verdict: 'fine' };
  return { verdict: 'unknown' };
}

function isPair({ one, other }: Conflict, left: string, right: string): boolean {
  return one.includes(left) && other.includes(right);
}

/** Licences the table has an opinion on: between two of them silence means that nothing stands in the way. */
function isListed(id: string): boolean {
  return PERMISSIVE.includes(id) || GPL.includes(id) || LGPL3.includes(id) || id === 'MPL-2.0';
}

const RANK = { conflict: 0, unknown: 1, fine: 2 } as const;

/** The same for expressions: of a choice the better side counts, of a conjunction the worse. */
export function togetherAsExpressions(left: Expression, right: Expression): Together {
  if (left.kind !== 'leaf') return combine(left, (side) => togetherAsExpressions(side, right));
  if (right.kind !== 'leaf') return combine(right, (side) => togetherAsExpressions(left, side));
  if (formatLeaf(left.leaf) === formatLeaf(right.leaf)) return { verdict: 'fine' };
  // An exception takes terms away, which may be just the ones in the way.
  if (left.leaf.exception !== null || right.leaf.exception !== null) return { verdict: 'unknown' };
  return together(formatLeaf(left.leaf), formatLeaf(right.leaf));
}

/** Whether the parts of one expression hold for one text together. */
export function holdsTogether(expression: Expression): Together {
  if (expression.kind === 'leaf') return { verdict: 'fine' };
  const parts = combine(expression, holdsTogether);
  if (expression.kind === 'or') return parts;
  return worse(parts, togetherAsExpressions(expression.left, expression.right));
}

function combine(
  expression: Exclude<Expression, { kind: 'leaf' }>,
  ask: (side: Expression) => Together,
): Together {
  const left = ask(expression.left);
  const right = ask(expression.right);
  if (expression.kind === 'and') return worse(left, right);
  return RANK[left.verdict] >= RANK[right.verdict] ? left : right;
}

function worse(left: Together, right: Together): Together {
  return RANK[left.verdict] <= RANK[right.verdict] ? left : right;
}
