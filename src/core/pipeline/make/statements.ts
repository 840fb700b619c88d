// A Makefile's text → its statements in the order make reads them; nothing is expanded here.
import type { SourceText } from '../source-text.ts';

/** A logical line: backslash-newlines are kept in it. Offsets are those of its first character. */
export type Line = { readonly text: string; readonly start: number; readonly source: SourceText };

export type Condition = {
  readonly kind: 'ifeq' | 'ifneq' | 'ifdef' | 'ifndef';
  readonly left: string;
  readonly right: string;
  readonly written: string;
};

type Operator = '=' | ':=' | '?=' | '+=' | '!=';

export type Assignment = {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
  readonly isExported: boolean;
  readonly isOverride: boolean;
};

export type Statement =
  | ({ readonly kind: 'assignment' } & Assignment)
  /** `export A B`, `unexport A B`; without names all of them. */
  | { readonly kind: 'export'; readonly names: string; readonly isExported: boolean }
  | { readonly kind: 'undefine'; readonly name: string }
  | { readonly kind: 'include'; readonly names: string; readonly isOptional: boolean }
  | {
      readonly kind: 'rule';
      readonly targets: string;
      readonly needs: string;
      /** The middle part of `targets: pattern: needs`. */
      readonly pattern: string | null;
      readonly isDouble: boolean;
    }
  /** A variable that holds while these targets and what they need are made. */
  | { readonly kind: 'local'; readonly targets: string; readonly assignment: Assignment }
  | { readonly kind: 'recipe'; readonly line: Line }
  /** A line of nothing but references: what they expand to is read as a Makefile. */
  | { readonly kind: 'computed'; readonly line: Line }
  | {
      readonly kind: 'branch';
      /** Tried in order; without a condition it is the `else`. */
      readonly arms: readonly Arm[];
    };

export type Arm = { readonly condition: Condition | null; readonly body: readonly Statement[] };

type OpenBranch = { arms: { condition: Condition | null; body: Statement[] }[] };

export function readStatements(source: SourceText): readonly Statement[] {
  const top: Statement[] = [];
  const open: OpenBranch[] = [];
  const body = (): Statement[] => open.at(-1)?.arms.at(-1)?.body ?? top;
  let definition: { readonly head: string; readonly lines: string[]; depth: number } | null = null;
  let inRule = false;
  for (const line of logicalLines(source)) {
    const directive = /^\s*(define|endef)\b(.*)$/.exec(line.text);
    if (definition !== null) {
      if (directive?.[1] === 'endef' && definition.depth === 0) {
        body().push(definedVariable(definition.head, definition.lines.join('\n')));
        definition = null;
        continue;
      }
      definition.depth += directive === null ? 0 : directive[1] === 'define' ? 1 : -1;
      definition.lines.push(line.text);
      continue;
    }
    if (line.text.startsWith('\t') && inRule) {
      body().push({ kind: 'recipe', line: { ...line, text: line.text.slice(1), start: line.start + 1 } });
      continue;
    }
    const plain = withoutComment(line.text.replace(/\\\n\s*/g, ' ')).trim();
    if (plain === '') continue;
    if (directive?.[1] === 'define') {
      definition = { head: plain.slice('define'.length).trim(), lines: [], depth: 0 };
      continue;
    }
    if (/^else\b/.test(plain)) {
      const next = readCondition(plain.slice('else'.length).trim());
      // `else ifeq …` is one more arm of the same branch.
      open.at(-1)?.arms.push({ condition: next, body: [] });
      continue;
    }
    if (/^endif\b/.test(plain)) {
      const closed = open.pop();
      if (closed !== undefined) body().push({ kind: 'branch', arms: closed.arms });
      continue;
    }
    const condition = readCondition(plain);
    if (condition !== null) {
      open.push({ arms: [{ condition, body: [] }] });
      continue;
    }
    const statements = readLine(plain, line);
    inRule ||= statements.some(({ kind }) => kind === 'rule');
    if (statements.some(({ kind }) => kind === 'assignment')) inRule = false;
    body().push(...statements);
  }
  // A missing `endif` is an error to make; what stands in the branch is read all the same.
  for (let branch = open.pop(); branch !== undefined; branch = open.pop())
    body().push({ kind: 'branch', arms: branch.arms });
  return top;
}

function logicalLines(source: SourceText): readonly Line[] {
  const lines: { text: string; start: number; source: SourceText }[] = [];
  let at = 0;
  let isOpen = false;
  for (const raw of source.text.split('\n')) {
    const content = raw.replace(/\r$/, '');
    const last = lines.at(-1);
    if (isOpen && last !== undefined) last.text = `${last.text}\n${content}`;
    else lines.push({ text: content, start: at, source });
    isOpen = /(^|[^\\])(\\\\)*\\$/.test(content);
    at += raw.length + 1;
  }
  return lines;
}

/** Make's comments start at any `#` that has no backslash in front, also inside references. */
function withoutComment(content: string): string {
  const at = content.search(/(^|[^\\])#/);
  if (at === -1) return content.replaceAll('\\#', '#');
  return content.slice(0, content[at] === '#' ? at : at + 1).replaceAll('\\#', '#');
}

function readCondition(plain: string): Condition | null {
  const match = /^(ifeq|ifneq|ifdef|ifndef)\b\s*(.*)$/.exec(plain);
  if (match === null) return null;
  const kind = match[1] as Condition['kind'];
  const rest = (match[2] ?? '').trim();
  if (kind === 'ifdef' || kind === 'ifndef') return { kind, left: rest, right: '', written: plain };
  const quoted = /^(?:"([^"]*)"|'([^']*)')\s*(?:"([^"]*)"|'([^']*)')$/.exec(rest);
  if (quoted !== null) {
    const [, left = quoted[2] ?? '', , right = quoted[4] ?? ''] = quoted;
    return { kind, left, right, written: plain };
  }
  const inner = rest.startsWith('(') ? rest.slice(1, rest.endsWith(')') ? -1 : undefined) : rest;
  const [left = '', ...others] = topLevel(inner, ',');
  return { kind, left: left.trim(), right: others.join(',').trim(), written: plain };
}

/** Pieces between separators that stand outside of `$(…)` and `${…}`. */
export function topLevel(content: string, separator: string): readonly string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < content.length; at += 1) {
    const letter = content[at];
    if (letter === '(' || letter === '{') depth += 1;
    else if (letter === ')' || letter === '}') depth -= 1;
    else if (letter === separator && depth <= 0) {
      pieces.push(content.slice(from, at));
      from = at + 1;
    }
  }
  pieces.push(content.slice(from));
  return pieces;
}

const NAME = String.raw`[^\s:#=]+`;
const ASSIGNMENT = new RegExp(String.raw`^(${NAME}?)\s*(:{1,3}=|\?=|\+=|!=|=)\s*([\s\S]*)$`);

function readLine(plain: string, line: Line): readonly Statement[] {
  const included = /^(-|s)?include\b\s*(.*)$/.exec(plain);
  if (included !== null)
    return [{ kind: 'include', names: included[2] ?? '', isOptional: included[1] !== undefined }];
  const undefined_ = /^(?:override\s+)?undefine\s+(\S+)$/.exec(plain)?.[1];
  if (undefined_ !== undefined) return [{ kind: 'undefine', name: undefined_ }];
  const assignment = readAssignment(plain);
  if (assignment !== null) return [{ kind: 'assignment', ...assignment }];
  const exported = /^(un)?export\b\s*(.*)$/.exec(plain);
  if (exported !== null)
    return [{ kind: 'export', names: exported[2] ?? '', isExported: exported[1] === undefined }];
  const colon = topLevel(plain, ':');
  if (colon.length > 1) return readRule(plain, colon, line);
  return /^\$[({]/.test(plain) ? [{ kind: 'computed', line: { ...line, text: plain } }] : [];
}

/** Null when a rule's colon comes before any operator. */
function readAssignment(plain: string): Assignment | null {
  const words = /^((?:(?:export|override|private)\s+)*)([\s\S]*)$/.exec(plain);
  const [, modifiers = '', rest = ''] = words ?? [];
  const cut = cutAssignment(rest);
  if (cut === null) return null;
  return {
    ...cut,
    isExported: /\bexport\b/.test(modifiers),
    isOverride: /\boverride\b/.test(modifiers),
  };
}

function cutAssignment(rest: string): Pick<Assignment, 'name' | 'operator' | 'value'> | null {
  const match = ASSIGNMENT.exec(rest);
  if (match?.[1] !== undefined && !match[1].includes('$'))
    return { name: match[1], operator: operatorOf(match[2] ?? '='), value: match[3] ?? '' };
  // `$(NAME)_IMAGE := x`: the name itself holds references, and they may hold blanks and colons.
  const [head = ''] = topLevel(rest, '=');
  if (!head.includes('$') || head.length === rest.length) return null;
  const name = head.replace(/(?<![:?+!])[:?+!]+$/, '').trimEnd();
  if (name === '' || topLevel(name, ':').length > 1 || topLevel(name, ' ').length > 1) return null;
  const operator = operatorOf(`${head.slice(name.length).trim()}=`);
  return { name, operator, value: rest.slice(head.length + 1).trimStart() };
}

function operatorOf(written: string): Operator {
  if (written.startsWith(':')) return ':=';
  return written === '?=' || written === '+=' || written === '!=' ? written : '=';
}

function readRule(plain: string, colon: readonly string[], line: Line): readonly Statement[] {
  const [targets = '', ...others] = colon;
  const isDouble = others[0] === '' && others.length > 1;
  const after = (isDouble ? others.slice(1) : others).join(':');
  const assignment = readAssignment(after.trim());
  if (assignment !== null) return [{ kind: 'local', targets: targets.trim(), assignment }];
  const [head = '', ...tail] = topLevel(after, ';');
  const parts = topLevel(head, ':');
  const needs = (parts.length > 1 ? parts.slice(1).join(':') : head).replace(/(^|\s)\|(\s|$)/, ' ').trim();
  const rule: Statement = {
    kind: 'rule',
    targets: targets.trim(),
    needs,
    pattern: parts.length > 1 ? (parts[0] ?? '').trim() : null,
    isDouble,
  };
  if (tail.length === 0) return [rule];
  const recipe = tail.join(';');
  const offset = Math.max(0, line.text.indexOf(';') + 1);
  return plain.includes(';')
    ? [rule, { kind: 'recipe', line: { ...line, text: recipe, start: line.start + offset } }]
    : [rule];
}

function definedVariable(head: string, value: string): Statement {
  const assignment = readAssignment(head.includes('=') ? head : `${head} =`);
  return {
    kind: 'assignment',
    name: assignment?.name ?? head,
    operator: assignment?.operator ?? '=',
    value,
    isExported: assignment?.isExported ?? false,
    isOverride: assignment?.isOverride ?? false,
  };
}
