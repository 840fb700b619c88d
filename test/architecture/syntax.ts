// The text of a module → what it imports, and what in it reaches beyond its arguments: by its syntax, not by its words.
import { parseSync } from '@swc/core';

export type ModuleFacts = {
  readonly imports: readonly ModuleImport[];
  /** What a pure module may not do, as it is written, each once, sorted. */
  readonly impurities: readonly string[];
};

type ModuleImport = {
  readonly specifier: string;
  /** Imported names; `*` for everything. */
  readonly names: readonly string[];
};

/** Globals that know the time, the environment, the network or chance, or that run text. */
const FORBIDDEN_GLOBALS: ReadonlySet<string> = new Set([
  'Atomics',
  'BroadcastChannel',
  'EventSource',
  'FinalizationRegistry',
  'Function',
  'Intl',
  'MessageChannel',
  'Performance',
  'SharedArrayBuffer',
  'WeakRef',
  'WebSocket',
  'Worker',
  '__dirname',
  '__filename',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'eval',
  'fetch',
  'global',
  'globalThis',
  'localStorage',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'self',
  'sessionStorage',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'window',
]);

/** Members that are impure whatever they are called on: the result depends on the machine's locale or time zone. */
const FORBIDDEN_MEMBERS =
  /^(localeCompare|toLocale\w+|getTimezoneOffset|get(Date|Day|FullYear|Hours|Minutes|Month|Seconds))$/;

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

export function factsOf(source: string): ModuleFacts {
  const module = parseSync(source, { syntax: 'typescript', target: 'es2024' });
  const imports: ModuleImport[] = [];
  const impurities = new Set<string>();
  const waiting: unknown[] = [module];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (Array.isArray(next)) waiting.push(...next);
    else if (isNode(next)) {
      collectImport(next, imports);
      for (const impurity of impuritiesOf(next)) impurities.add(impurity);
      waiting.push(...childrenOf(next));
    } else if (typeof next === 'object' && next !== null) {
      // The function of a method is no node of its own.
      if ('async' in next && next.async === true) impurities.add('async');
      waiting.push(...Object.values(next));
    }
  }
  return { imports, impurities: [...impurities].sort() };
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** Only what runs: types are words of their own. */
function childrenOf(node: Node): readonly unknown[] {
  if (node.type.startsWith('Ts')) return [node.expression];
  return node.type === 'ImportDeclaration' ? [] : Object.values(node);
}

/** The parser resolves names and marks those that the module does not declare; names of members carry no mark. */
const UNDECLARED = 1;

function collectImport(node: Node, imports: ModuleImport[]): void {
  const specifier = (node.source as { value?: unknown } | null | undefined)?.value;
  if (typeof specifier !== 'string') return;
  if (node.type === 'ExportAllDeclaration') imports.push({ specifier, names: ['*'] });
  if (node.type !== 'ImportDeclaration' && node.type !== 'ExportNamedDeclaration') return;
  const specifiers = node.specifiers as readonly Node[];
  const names = specifiers.map(({ type, imported, orig, local }) =>
    type === 'ImportNamespaceSpecifier' || type === 'ExportNamespaceSpecifier'
      ? '*'
      : String(((imported ?? orig ?? local) as { value?: unknown }).value),
  );
  imports.push({ specifier, names });
}

function impuritiesOf(node: Node): readonly string[] {
  const found: string[] = [];
  if (node.type === 'AwaitExpression') found.push('await');
  if (node.async === true) found.push('async');
  if (node.type === 'ForOfStatement' && node.await === true) found.push('for await');
  if (node.type === 'Identifier' && node.ctxt === UNDECLARED && FORBIDDEN_GLOBALS.has(String(node.value)))
    found.push(String(node.value));
  if (node.type === 'MetaProperty' && node.kind === 'import.meta') found.push('import.meta');
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && argumentCount(node) === 0)
    found.push('new Date()');
  if (node.type === 'CallExpression') {
    if ((node.callee as Node).type === 'Import') found.push('import()');
    if (nameOf(node.callee) === 'Date') found.push('Date()');
  }
  if (node.type === 'MemberExpression') found.push(...impureMember(node));
  return found;
}

function impureMember(node: Node): readonly string[] {
  const property = node.property as Node;
  const member = property.type === 'Identifier' ? String(property.value) : computedName(property);
  const whole = `${nameOf(node.object)}.${member}`;
  if (['Date.now', 'Math.random'].includes(whole)) return [whole];
  // A member that can't be told could be any of them.
  if (member === null && ['Date', 'Math'].includes(nameOf(node.object) ?? ''))
    return [`${nameOf(node.object)}[…]`];
  return member !== null && FORBIDDEN_MEMBERS.test(member) ? [`.${member}`] : [];
}

function computedName({ expression }: Node): string | null {
  const value = (expression as { value?: unknown } | undefined)?.value;
  return typeof value === 'string' && (expression as Node).type === 'StringLiteral' ? value : null;
}

function nameOf(node: unknown): string | null {
  return isNode(node) && node.type === 'Identifier' ? String(node.value) : null;
}

function argumentCount(node: Node): number {
  return ((node.arguments as readonly unknown[] | null | undefined) ?? []).length;
}
