// `just RECIPE` → the lines of the justfile that it runs: https://just.systems/man/en/
import type { Value } from '../../model/value.ts';
import { format, hole, join, known, text } from '../../value.ts';
import { inside } from '../command-call.ts';
import { type Files, isGap, repositoryPath } from '../files.ts';
import { locate } from '../source-text.ts';
import { evaluateJust, type JustScope } from './just-expression.ts';
import { type Justfile, type JustNeed, type JustRecipe, readJustfile } from './just-syntax.ts';
import { type TaskScript, taskText } from './task-script.ts';

const NAMES = ['justfile', 'Justfile', 'JUSTFILE', '.justfile', '.Justfile'];
const VALUED = new Set([
  '-f',
  '--justfile',
  '-d',
  '--working-directory',
  '--shell',
  '--shell-arg',
  '--dotenv-path',
  '--dotenv-filename',
  '--color',
  '--chooser',
]);
const ONLY_TELLS = new Set([
  '-l',
  '--list',
  '--show',
  '-s',
  '--summary',
  '--dump',
  '--evaluate',
  '--variables',
  '--fmt',
  '--check',
  '--dry-run',
  '-n',
  '--choose',
  '--version',
  '-V',
  '--groups',
]);
const RECIPE_LIMIT = 200;

/** Null when it is no such call or its justfile, or a recipe of it, is not in sight. */
export function justScripts(
  argv: readonly Value[],
  folder: Value,
  files: Files,
): readonly TaskScript[] | null {
  const words = argv.slice(1);
  const set = new Map<string, Value>();
  const rest: Value[] = [];
  let file: string | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? [];
    const written = format(word);
    if (rest.length === 0 && ONLY_TELLS.has(written)) return [];
    const assignment = rest.length === 0 ? /^([A-Za-z_][\w-]*)=/.exec(written) : null;
    if (rest.length === 0 && written === '--set') {
      set.set(format(words[at + 1] ?? []), words[at + 2] ?? []);
      at += 2;
    } else if (rest.length === 0 && VALUED.has(written)) {
      if (written === '-f' || written === '--justfile') {
        file = known(words[at + 1] ?? []);
        if (file === null) return null;
      }
      at += 1;
    } else if (assignment?.[1] !== undefined) {
      const [first, ...others] = word;
      set.set(
        assignment[1],
        typeof first === 'string' ? join([first.slice(assignment[0].length), others]) : word,
      );
    } else if (rest.length > 0 || !written.startsWith('-')) rest.push(word);
  }
  const found = findJustfile(file, known(folder), files);
  if (found === null) return null;
  const run = newRun(found.justfile, set, found.folder);
  return callAll(rest, run) ? run.scripts : null;
}

function findJustfile(
  file: string | null,
  base: string | null,
  files: Files,
): { readonly justfile: Justfile; readonly folder: string } | null {
  if (base === null) return null;
  if (file !== null) return read(file, base, files);
  // just looks in the folders above as well.
  for (let folder: string | null = base === '.' ? '' : base; folder !== null; folder = above(folder)) {
    for (const name of NAMES) {
      const found = read(name, folder, files);
      if (found !== null) return found;
    }
  }
  return null;
}

function above(folder: string): string | null {
  if (folder === '') return null;
  const slash = folder.lastIndexOf('/');
  return slash === -1 ? '' : folder.slice(0, slash);
}

function read(
  name: string,
  base: string,
  files: Files,
): { readonly justfile: Justfile; readonly folder: string } | null {
  const path = repositoryPath(base === '' ? name : `${base}/${name}`);
  const content = path === null ? null : files.read(path);
  if (path === null || content === null || content === 'unread' || isGap(content)) return null;
  return {
    justfile: readJustfile(path, content.text, files, 0),
    folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
  };
}

type Run = {
  readonly justfile: Justfile;
  readonly folder: string;
  readonly variable: (name: string) => Value | null;
  readonly scripts: TaskScript[];
  readonly seen: Set<string>;
};

function newRun(justfile: Justfile, set: ReadonlyMap<string, Value>, folder: string): Run {
  const made = new Map<string, Value>(set);
  const open = new Set<string>();
  const variable = (name: string): Value | null => {
    const found = made.get(name);
    if (found !== undefined) return found;
    const written = justfile.variables.get(name);
    if (written === undefined || open.has(name)) return null;
    open.add(name);
    const value = evaluateJust(written.expression, { variable });
    open.delete(name);
    made.set(name, value);
    return value;
  };
  return { justfile, folder, variable, scripts: [], seen: new Set() };
}

/** `just a x b`: words after a recipe are its arguments as far as it has parameters, then the next recipe. */
function callAll(words: readonly Value[], run: Run): boolean {
  const [first] = run.justfile.recipes.values();
  if (words.length === 0) return first !== undefined && call(first, [], run);
  for (let at = 0; at < words.length; ) {
    const name = known(words[at] ?? []);
    const recipe = name === null ? undefined : recipeNamed(name, run);
    if (recipe === undefined) return false;
    const most = recipe.parameters.some(({ isRest }) => isRest) ? words.length : recipe.parameters.length;
    const given = words.slice(at + 1, at + 1 + most);
    if (!call(recipe, given, run)) return false;
    at += 1 + given.length;
  }
  return true;
}

function recipeNamed(name: string, { justfile }: Run): JustRecipe | undefined {
  return justfile.recipes.get(justfile.aliases.get(name) ?? name);
}

function call(recipe: JustRecipe, given: readonly Value[], run: Run): boolean {
  const key = JSON.stringify([recipe.name, given]);
  if (run.seen.has(key)) return true;
  if (run.seen.size >= RECIPE_LIMIT) return false;
  run.seen.add(key);
  const locals = new Map<string, Value>();
  const scope: JustScope = { variable: (name) => locals.get(name) ?? run.variable(name) };
  recipe.parameters.forEach((parameter, at) => {
    const value = parameter.isRest
      ? join(given.slice(at).flatMap((one, index): (Value | string)[] => (index === 0 ? [one] : [' ', one])))
      : given[at];
    const fallback =
      parameter.fallback === null
        ? hole(`{{ ${parameter.name} }}`, 'it is given when just runs')
        : evaluateJust(parameter.fallback, scope);
    locals.set(
      parameter.name,
      value === undefined || (parameter.isRest && given.length <= at)
        ? parameter.isRest && parameter.fallback === null
          ? []
          : fallback
        : value,
    );
  });
  const need = ({ name, given: written }: JustNeed): boolean => {
    const needed = recipeNamed(name, run);
    return (
      needed !== undefined &&
      call(
        needed,
        written.map((one) => evaluateJust(one, scope)),
        run,
      )
    );
  };
  if (!recipe.before.every(need)) return false;
  const exported = new Map(
    [...run.justfile.variables].flatMap(([name, { isExported }]) =>
      isExported || run.justfile.exportsAll ? [[name, run.variable(name) ?? []] as const] : [],
    ),
  );
  for (const parameter of recipe.parameters)
    if (parameter.isExported || run.justfile.exportsAll)
      exported.set(parameter.name, locals.get(parameter.name) ?? []);
  for (const script of recipe.scripts) {
    run.scripts.push({
      name: recipe.name,
      ...taskText(interpolated(script.text, scope)),
      locate: () => locate(recipe.source, script.start, script.start + script.text.length),
      environment: exported,
      folder: inside(text(run.folder), text(recipe.folder)),
      shell: script.shell,
      ...(run.justfile.passesArguments ? { positional: given } : {}),
    });
  }
  return recipe.after.every(need);
}

/** `{{ … }}` filled in; four braces are two. */
function interpolated(content: string, scope: JustScope): Value {
  const parts: (Value | string)[] = [];
  let last = 0;
  for (let open = content.indexOf('{{'); open !== -1; open = content.indexOf('{{', last)) {
    parts.push(content.slice(last, open));
    const close = content.indexOf('}}', open + 2);
    if (content.startsWith('{{{{', open)) {
      parts.push('{{');
      last = open + 4;
    } else if (close === -1) {
      last = open;
      break;
    } else {
      parts.push(evaluateJust(content.slice(open + 2, close), scope));
      last = close + 2;
    }
  }
  parts.push(content.slice(last));
  return join(parts);
}
