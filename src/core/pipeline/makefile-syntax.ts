// A Makefile's text → its rules and variables, conditions kept as guards.

import type { Place } from './act.ts';
import { isGap, repositoryPath } from './files.ts';
import { type SourceText, sourceText } from './source-text.ts';

export type Rule = {
  readonly targets: readonly string[];
  readonly needs: readonly string[];
  readonly recipe: readonly { readonly text: string; readonly start: number }[];
  readonly guards: readonly string[];
};

export type Makefile = {
  readonly source: SourceText;
  readonly rules: readonly Rule[];
  readonly variables: ReadonlyMap<
    string,
    { readonly value: string; readonly soft: boolean; readonly certain: boolean }
  >;
};

type Reference = { readonly name: string; readonly written: string };

export function references(content: string): readonly (string | Reference)[] {
  const parts: (string | Reference)[] = [];
  let at = 0;
  while (at < content.length) {
    const dollar = content.indexOf('$', at);
    if (dollar === -1 || dollar === content.length - 1) {
      parts.push(content.slice(at));
      break;
    }
    if (dollar > at) parts.push(content.slice(at, dollar));
    const next = content[dollar + 1] ?? '';
    if (next === '$') {
      parts.push('$$');
      at = dollar + 2;
    } else if (next === '(' || next === '{') {
      const end = closing(content, dollar + 1);
      parts.push({ name: content.slice(dollar + 2, end), written: content.slice(dollar, end + 1) });
      at = end + 1;
    } else {
      parts.push({ name: next, written: content.slice(dollar, dollar + 2) });
      at = dollar + 2;
    }
  }
  return parts;
}

function closing(content: string, open: number): number {
  const [left, right] = content[open] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let at = open; at < content.length; at += 1) {
    if (content[at] === left) depth += 1;
    else if (content[at] === right) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return content.length;
}

/** Logical lines joined over backslashes, each with the offset of its first character. */
function logicalLines(source: SourceText): readonly { readonly text: string; readonly start: number }[] {
  const lines: { text: string; start: number }[] = [];
  let at = 0;
  for (const raw of source.text.split('\n')) {
    const last = lines.at(-1);
    if (last?.text.endsWith('\\') && at > 0) last.text = `${last.text}\n${raw}`;
    else lines.push({ text: raw.replace(/\r$/, ''), start: at });
    at += raw.length + 1;
  }
  return lines;
}

export function parseMakefile(source: SourceText, place: Place, depth: number): Makefile {
  const rules: {
    targets: string[];
    needs: string[];
    recipe: { text: string; start: number }[];
    guards: string[];
  }[] = [];
  const variables = new Map<string, { value: string; soft: boolean; certain: boolean }>();
  const guards: string[] = [];
  let current: (typeof rules)[number] | null = null;
  let define: string | null = null;
  for (const line of logicalLines(source)) {
    const content = line.text;
    if (define !== null) {
      if (/^\s*endef\b/.test(content)) define = null;
      continue;
    }
    if (content.startsWith('\t')) {
      if (current !== null) current.recipe.push(line);
      continue;
    }
    const plain = content
      .replace(/\\\n\s*/g, ' ')
      .replace(/(^|\s)#.*$/, '')
      .trim();
    if (plain === '') continue;
    const conditional = /^(ifeq|ifneq|ifdef|ifndef)\b(.*)$/.exec(plain);
    if (conditional !== null) {
      guards.push(plain);
      continue;
    }
    if (/^else\b/.test(plain)) {
      guards.push(`! ${guards.pop() ?? ''}`);
      continue;
    }
    if (/^endif\b/.test(plain)) {
      guards.pop();
      continue;
    }
    if (/^define\b/.test(plain)) {
      define = plain;
      continue;
    }
    const included = /^-?s?include\s+(.+)$/.exec(plain)?.[1];
    if (included !== undefined) {
      if (depth < 4) include(included, source, place, depth, rules, variables);
      continue;
    }
    const assignment = /^(?:export\s+|override\s+)*([A-Za-z_][\w.-]*)\s*(\?=|\+=|::?=|=|!=)\s*(.*)$/.exec(
      plain,
    );
    if (assignment !== null && !/^[^=]*:[^=]*$/.test(plain.split('=')[0]?.replace(/[:?+!]$/, '') ?? '')) {
      assign(assignment, variables, guards.length === 0);
      continue;
    }
    const rule = /^([^:=]+)::?(?!=)([^=;]*)(?:;(.*))?$/.exec(plain);
    if (rule === null) continue;
    current = {
      targets: (rule[1] ?? '').trim().split(/\s+(?![^(]*\))/),
      needs: (rule[2] ?? '')
        .replace('|', ' ')
        .trim()
        .split(/\s+(?![^(]*\))/)
        .filter((need) => need !== ''),
      recipe: [],
      guards: [...guards],
    };
    if (rule[3] !== undefined) current.recipe.push({ text: rule[3], start: line.start });
    rules.push(current);
  }
  return { source, rules, variables };
}

function include(
  names: string,
  source: SourceText,
  place: Place,
  depth: number,
  rules: Rule[],
  variables: Map<string, { value: string; soft: boolean; certain: boolean }>,
): void {
  const base = source.path.includes('/') ? source.path.slice(0, source.path.lastIndexOf('/') + 1) : '';
  for (const name of names.split(/\s+/)) {
    const path = name.includes('$') ? null : repositoryPath(`${base}${name}`);
    const read = path === null ? null : place.files.read(path);
    if (path === null || read === null || read === 'unread' || isGap(read)) continue;
    const other = parseMakefile(sourceText(path, read.text), place, depth + 1);
    rules.push(...other.rules);
    for (const [key, value] of other.variables) variables.set(key, value);
  }
}

function assign(
  match: RegExpExecArray,
  variables: Map<string, { value: string; soft: boolean; certain: boolean }>,
  certain: boolean,
): void {
  const [, name = '', operator = '=', value = ''] = match;
  const before = variables.get(name);
  if (operator === '?=' && before !== undefined) return;
  if (operator === '+=' && before !== undefined) {
    variables.set(name, {
      value: `${before.value} ${value}`,
      soft: before.soft,
      certain: before.certain && certain,
    });
    return;
  }
  if (operator === '!=') variables.set(name, { value: `$(shell ${value})`, soft: false, certain });
  else variables.set(name, { value, soft: operator === '?=', certain });
}
