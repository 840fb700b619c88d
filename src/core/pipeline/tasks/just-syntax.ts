// A justfile's text → its variables and recipes; nothing is evaluated here.
import { type Files, isGap, repositoryPath } from '../files.ts';
import { type SourceText, sourceText } from '../source-text.ts';

type Parameter = {
  readonly name: string;
  /** Its default as written. */
  readonly fallback: string | null;
  readonly isRest: boolean;
  readonly isExported: boolean;
};

export type JustNeed = { readonly name: string; readonly given: readonly string[] };

export type JustRecipe = {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly before: readonly JustNeed[];
  readonly after: readonly JustNeed[];
  /** One for each line, or the whole of a recipe that starts with `#!`. */
  readonly scripts: readonly { readonly text: string; readonly start: number; readonly shell: string }[];
  readonly source: SourceText;
  /** Relative to the justfile's. */
  readonly folder: string;
};

export type Justfile = {
  readonly variables: ReadonlyMap<string, { readonly expression: string; readonly isExported: boolean }>;
  readonly recipes: ReadonlyMap<string, JustRecipe>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly exportsAll: boolean;
  readonly passesArguments: boolean;
};

const IMPORT_DEPTH = 6;
/** Lines of one expression: an unfinished text would otherwise be tried again with every line. */
const EXPRESSION_LINES = 40;

export function readJustfile(path: string, content: string, files: Files, depth: number): Justfile {
  const source = sourceText(path, content);
  const variables = new Map<string, { expression: string; isExported: boolean }>();
  const recipes = new Map<string, JustRecipe>();
  const aliases = new Map<string, string>();
  let exportsAll = false;
  let passesArguments = false;
  let shell = 'sh';
  const lines = content.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').replace(/\r$/, '');
    if (/^\s*(#|$)/.test(line) || /^\s/.test(line) || /^\[/.test(line)) continue;
    const setting = /^set\s+([\w-]+)\s*(?::=\s*(.*))?$/.exec(line);
    if (setting !== null) {
      if (setting[1] === 'export') exportsAll = setting[2] !== 'false';
      if (setting[1] === 'positional-arguments') passesArguments = setting[2] !== 'false';
      if (setting[1] === 'shell') shell = /["']([^"']+)["']/.exec(setting[2] ?? '')?.[1] ?? shell;
      continue;
    }
    const imported = /^import\??\s+['"]([^'"]+)['"]/.exec(line)?.[1];
    if (imported !== undefined) {
      addImport(imported, path, files, depth, { variables, recipes, aliases });
      continue;
    }
    const alias = /^alias\s+([\w-]+)\s*:=\s*([\w-]+)/.exec(line);
    if (alias?.[1] !== undefined) {
      aliases.set(alias[1], alias[2] ?? '');
      continue;
    }
    const assignment = /^(export\s+)?([A-Za-z_][\w-]*)\s*:=\s*(.*)$/.exec(line);
    if (assignment?.[2] !== undefined) {
      let expression = assignment[3] ?? '';
      const end = at + EXPRESSION_LINES;
      while (at < end && isOpen(expression) && at + 1 < lines.length) {
        at += 1;
        expression += `\n${lines[at] ?? ''}`;
      }
      variables.set(assignment[2], {
        expression: withoutComment(expression),
        isExported: assignment[1] !== undefined,
      });
      continue;
    }
    const head = readHead(line);
    if (head === null) continue;
    const from = at + 1;
    while (at + 1 < lines.length && /^\s+\S|^\s*$/.test(lines[at + 1] ?? '')) at += 1;
    recipes.set(head.name, {
      ...head,
      scripts: readBody(lines.slice(from, at + 1), source.lineStarts.slice(from, at + 1), shell),
      source,
      folder: '.',
    });
  }
  return { variables, recipes, aliases, exportsAll, passesArguments };
}

function isOpen(expression: string): boolean {
  const bare = expression.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, '');
  const opened = (bare.match(/[({]/g) ?? []).length;
  return opened > (bare.match(/[)}]/g) ?? []).length || /'|"/.test(bare);
}

function withoutComment(expression: string): string {
  return expression.replace(/^((?:[^'"`#]|'[^']*'|"(?:[^"\\]|\\.)*"|`[^`]*`)*)#.*$/, '$1').trim();
}

type Head = Pick<JustRecipe, 'name' | 'parameters' | 'before' | 'after'>;

/** `name a b='x' +rest: need (other 'y') && later`. */
function readHead(line: string): Head | null {
  const words = headWords(line);
  const colon = words.indexOf(':');
  const [name] = words;
  if (colon < 1 || name === undefined || !/^@?[A-Za-z_][\w-]*$/.test(name)) return null;
  const needs = words.slice(colon + 1);
  const later = needs.indexOf('&&');
  return {
    name: name.replace(/^@/, ''),
    parameters: words.slice(1, colon).flatMap(readParameter),
    before: (later === -1 ? needs : needs.slice(0, later)).flatMap(readNeed),
    after: (later === -1 ? [] : needs.slice(later + 1)).flatMap(readNeed),
  };
}

/** Words, quoted texts and brackets kept whole; the first colon outside of them is a word. */
function headWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern =
    /\s*(\((?:[^()'"]|'[^']*'|"[^"]*")*\)|&&|:|#.*|(?:[^\s:'"(#]|'[^']*'|"(?:[^"\\]|\\.)*"|\([^()]*\))+)/y;
  while (pattern.lastIndex < line.length) {
    const word = pattern.exec(line)?.[1];
    if (word === undefined || word.startsWith('#')) break;
    words.push(word);
  }
  return words;
}

function readParameter(word: string): readonly Parameter[] {
  const match = /^([+*]?)(\$?)([A-Za-z_][\w-]*)(?:=([\s\S]+))?$/.exec(word);
  if (match?.[3] === undefined) return [];
  return [
    { name: match[3], fallback: match[4] ?? null, isRest: match[1] !== '', isExported: match[2] === '$' },
  ];
}

function readNeed(word: string): readonly JustNeed[] {
  if (!word.startsWith('(')) return [{ name: word, given: [] }];
  const [name, ...given] = word.slice(1, -1).match(/(?:[^\s'"]|'[^']*'|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return name === undefined ? [] : [{ name, given }];
}

function readBody(lines: readonly string[], starts: readonly number[], shell: string): JustRecipe['scripts'] {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return [];
  const indent = /^\s+/.exec(lines[first] ?? '')?.[0] ?? '';
  const bare = lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
  const start = (at: number): number => (starts[at] ?? 0) + indent.length;
  const shebang = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(bare[first] ?? '');
  if (shebang !== null) {
    const program = (shebang[1]?.endsWith('/env') === true ? shebang[2] : shebang[1]) ?? 'sh';
    return [
      { text: bare.slice(first).join('\n'), start: start(first), shell: program.split('/').at(-1) ?? 'sh' },
    ];
  }
  const scripts: { text: string; start: number; shell: string }[] = [];
  bare.forEach((line, at) => {
    const last = scripts.at(-1);
    if (last?.text.endsWith('\\') === true && at > 0) last.text += `\n${line}`;
    else if (line.trim() !== '')
      scripts.push({ text: line.replace(/^[@-]{1,2}/, ''), start: start(at), shell });
  });
  return scripts;
}

type Found = {
  readonly variables: Map<string, { expression: string; isExported: boolean }>;
  readonly recipes: Map<string, JustRecipe>;
  readonly aliases: Map<string, string>;
};

function addImport(name: string, from: string, files: Files, depth: number, found: Found): void {
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : '';
  const path = repositoryPath(`${folder}${name}`);
  const read = path === null || depth >= IMPORT_DEPTH ? null : files.read(path);
  if (path === null || read === null || read === 'unread' || isGap(read)) return;
  const other = readJustfile(path, read.text, files, depth + 1);
  for (const [key, value] of other.variables) if (!found.variables.has(key)) found.variables.set(key, value);
  for (const [key, value] of other.recipes) if (!found.recipes.has(key)) found.recipes.set(key, value);
  for (const [key, value] of other.aliases) found.aliases.set(key, value);
}
