// The text of a GitHub expression → its tree and back to text.

import { Lexer, Parser } from '@actions/expressions';

type Token = { readonly type: number; readonly lexeme: string };

/** The tree of @actions/expressions by shape: its classes are not exported. */
export type Tree = {
  readonly literal?: { readonly kind: number; readonly value?: unknown };
  readonly operator?: Token;
  readonly expr?: Tree;
  readonly left?: Tree;
  readonly right?: Tree;
  readonly args?: readonly Tree[];
  readonly functionName?: Token;
  readonly group?: Tree;
  readonly name?: Token;
  readonly index?: Tree;
};

const CONTEXTS = [
  'github',
  'env',
  'vars',
  'secrets',
  'inputs',
  'matrix',
  'needs',
  'steps',
  'strategy',
  'runner',
  'job',
  'jobs',
];

const STATUS_FUNCTIONS = ['success', 'failure', 'always', 'cancelled'];

const FUNCTIONS = [
  ...STATUS_FUNCTIONS.map((name) => ({ name, minArgs: 0, maxArgs: 0 })),
  { name: 'hashfiles', minArgs: 1, maxArgs: 255 },
];

export function parse(expression: string): Tree | null {
  try {
    const tree: unknown = new Parser(new Lexer(expression).lex().tokens, CONTEXTS, FUNCTIONS).parse();
    // An empty expression has no tree at all.
    return (tree as Tree | undefined) ?? null;
  } catch {
    return null;
  }
}

export function isStar(tree: Tree): boolean {
  return Object.keys(tree).length === 0;
}

/** The expression in a canonical form: one space around operators, names as written. */
export function print(tree: Tree): string {
  if (tree.group !== undefined) return `(${print(tree.group)})`;
  if (tree.literal !== undefined) return printLiteral(tree.literal.value);
  if (tree.functionName !== undefined)
    return `${tree.functionName.lexeme}(${(tree.args ?? []).map(print).join(', ')})`;
  if (tree.index !== undefined && tree.expr !== undefined) {
    const key = tree.index.literal?.value;
    if (isStar(tree.index)) return `${print(tree.expr)}.*`;
    return typeof key === 'string' && /^[A-Za-z_][\w-]*$/.test(key)
      ? `${print(tree.expr)}.${key}`
      : `${print(tree.expr)}[${print(tree.index)}]`;
  }
  if (tree.args !== undefined) return tree.args.map(print).join(` ${tree.operator?.lexeme ?? ''} `);
  if (tree.left !== undefined && tree.right !== undefined) {
    return `${print(tree.left)} ${tree.operator?.lexeme ?? ''} ${print(tree.right)}`;
  }
  if (tree.expr !== undefined) return `!${print(tree.expr)}`;
  return tree.name?.lexeme ?? '';
}

function printLiteral(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return value === undefined || value === null ? 'null' : String(value);
}
