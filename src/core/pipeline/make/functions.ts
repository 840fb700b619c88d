// GNU make's text functions on texts with holes. A function that a hole leaves open gives null, never a guess.
import type { Value } from '../../model/value.ts';
import { choice } from '../../shell/variables.ts';
import { equal, join, known, mapKnown, split, text } from '../../value.ts';
import { type Expansion, expand, patternSubstituted } from './expand.ts';
import { isFilled, listOf, stemIn, wordsOf } from './words.ts';

/** Arguments as written; https://www.gnu.org/software/make/manual/html_node/Functions.html */
type MakeFunction = (given: readonly string[], scope: Expansion) => Value | null;

/** Items of one `foreach`, and texts a list may grow to. */
const LIST_LIMIT = 512;

export const MAKE_FUNCTIONS: ReadonlyMap<string, MakeFunction> = new Map<string, MakeFunction>([
  ['subst', strict(3, ([from = [], to = [], whole = []]) => replaced(from, to, whole))],
  [
    'patsubst',
    strict(3, ([pattern = [], to = [], whole = []]) => {
      const content = known(pattern);
      return content === null ? null : patternSubstituted(wordsOf(whole), content, to);
    }),
  ],
  ['strip', strict(1, ([whole = []]) => listOf(wordsOf(whole)))],
  [
    'findstring',
    strict(2, ([needle = [], whole = []]) => {
      const [inner, outer] = [known(needle), known(whole)];
      if (inner === null) return null;
      if (whole.some((part) => typeof part === 'string' && part.includes(inner))) return needle;
      return outer === null ? null : [];
    }),
  ],
  ['filter', strict(2, ([patterns = [], whole = []]) => filtered(patterns, whole, true))],
  ['filter-out', strict(2, ([patterns = [], whole = []]) => filtered(patterns, whole, false))],
  [
    'sort',
    strict(1, ([whole = []]) => {
      const words = wordsOf(whole);
      if (words.some((word) => known(word) === null)) return listOf(words);
      return text([...new Set(words.map((word) => known(word) ?? ''))].sort().join(' '));
    }),
  ],
  ['word', strict(2, ([at = [], whole = []]) => numbered(at, (index) => wordAt(wordsOf(whole), index)))],
  [
    'words',
    strict(1, ([whole = []]) =>
      mapKnown(whole, (content) => String(content.split(/\s+/).filter(Boolean).length)),
    ),
  ],
  [
    'wordlist',
    strict(3, ([from = [], to = [], whole = []]) =>
      numbered(from, (first) =>
        numbered(to, (last) =>
          known(whole) === null ? null : listOf(wordsOf(whole).slice(first - 1, last)),
        ),
      ),
    ),
  ],
  ['firstword', strict(1, ([whole = []]) => wordsOf(whole)[0] ?? [])],
  ['lastword', strict(1, ([whole = []]) => wordsOf(whole).at(-1) ?? [])],
  ['dir', perWord((path) => path.slice(0, path.lastIndexOf('/') + 1) || './')],
  ['notdir', perWord((path) => path.slice(path.lastIndexOf('/') + 1))],
  ['suffix', perWord((path) => /\.[^./]*$/.exec(path)?.[0] ?? '')],
  ['basename', perWord((path) => path.replace(/\.[^./]*$/, ''))],
  [
    'addprefix',
    strict(2, ([lead = [], whole = []]) => listOf(wordsOf(whole).map((word) => join([lead, word])))),
  ],
  [
    'addsuffix',
    strict(2, ([tail = [], whole = []]) => listOf(wordsOf(whole).map((word) => join([word, tail])))),
  ],
  [
    'join',
    strict(2, ([left = [], right = []]) => {
      const [ones, others] = [wordsOf(left), wordsOf(right)];
      const count = Math.max(ones.length, others.length);
      return listOf(Array.from({ length: count }, (_, at) => join([ones[at] ?? [], others[at] ?? []])));
    }),
  ],
  ['wildcard', wildcard],
  ['realpath', perWord((path) => path)],
  ['abspath', perWord((path) => path.replace(/(?<=[^/]|^\/)(?<!.\/)\/+$/, ''))],
  ['if', chosen],
  ['or', firstFilled],
  ['and', allFilled],
  ['intcmp', compared],
  ['foreach', forEach],
  ['let', bound],
  ['call', called],
  [
    'value',
    ([name = ''], scope) => mapKnown(expand(name, scope), (known_) => scope.raw(known_.trim()) ?? ''),
  ],
  [
    'origin',
    strict(1, ([name = []], scope) => {
      const content = known(name);
      const origin = content === null ? null : scope.origin(content.trim(), scope);
      return origin === null ? null : text(origin);
    }),
  ],
  ['flavor', () => null],
  ['file', () => null],
  ['guile', () => null],
  ['info', () => []],
  ['warning', () => []],
  // It ends make: nothing after it is certain, and nothing after it is impossible either.
  ['error', () => []],
  ['shell', ([...given], scope) => scope.shell(expand(given.join(','), scope), scope.environment)],
  [
    'eval',
    ([...given], scope) => {
      scope.evaluate(expand(given.join(','), scope));
      return [];
    },
  ],
]);

/** A function of so many arguments, the last of which takes the commas that are left. */
function strict(
  count: number,
  made: (given: readonly Value[], scope: Expansion) => Value | null,
): MakeFunction {
  return (written, scope) => {
    const given = [
      ...written.slice(0, count - 1),
      ...(written.length >= count ? [written.slice(count - 1).join(',')] : []),
    ];
    return made(
      given.map((one, at) => expand(at === 0 && count > 1 ? one : one.trimStart(), scope)),
      scope,
    );
  };
}

function perWord(change: (path: string) => string): MakeFunction {
  return strict(1, ([whole = []]) => {
    const words = wordsOf(whole).map((word) => mapKnown(word, change));
    return words.some((word) => word === null) ? null : listOf(words.map((word) => word ?? []));
  });
}

/** A hole in front may be several words, or none. */
function wordAt(words: readonly Value[], index: number): Value | null {
  return words.slice(0, index).some((word) => known(word) === null) ? null : (words[index - 1] ?? []);
}

function numbered(at: Value, pick: (index: number) => Value | null): Value | null {
  const content = known(at)?.trim() ?? '';
  return /^\d{1,5}$/.test(content) ? pick(Number(content)) : null;
}

/** Holes stay: what is replaced is never taken to stand in one, but where a list is made of a text they may be any. */
function replaced(from: Value, to: Value, whole: Value): Value | null {
  const needle = known(from);
  if (needle === null) return null;
  if (needle === '') return whole;
  if (to.some((part) => typeof part === 'string' && /\s/.test(part)) && known(whole) === null) return null;
  return join(
    split(whole, needle).flatMap((piece, at): (Value | string)[] => (at === 0 ? [piece] : [to, piece])),
  );
}

function filtered(patterns: Value, whole: Value, keep: boolean): Value | null {
  const wanted = wordsOf(patterns);
  const kept: Value[] = [];
  for (const word of wordsOf(whole)) {
    const answers = wanted.map((pattern) => {
      const content = known(pattern);
      if (content === null) return equal(pattern, word) === 'no' ? 'no' : 'unknown';
      const stem = stemIn(content, word);
      return stem === 'no' || stem === 'unknown' ? stem : 'yes';
    });
    const isIn = answers.includes('yes') ? true : answers.includes('unknown') ? null : false;
    if (isIn === null) return null;
    if (isIn === keep) kept.push(word);
  }
  return listOf(kept);
}

/** Files that a build makes may match as well, so that nothing found is not nothing. */
function wildcard(given: readonly string[], scope: Expansion): Value | null {
  const found: string[] = [];
  for (const word of wordsOf(expand(given.join(','), scope))) {
    const pattern = known(word);
    const files = pattern === null ? null : scope.files(pattern);
    if (files === null || files.length === 0) return null;
    found.push(...files);
  }
  return text(found.join(' '));
}

function chosen(
  [condition = '', then = '', ...otherwise]: readonly string[],
  scope: Expansion,
): Value | null {
  const filled = isFilled(expand(condition.trim(), scope));
  const rest = otherwise.join(',');
  if (filled === 'yes') return expand(then, scope);
  if (filled === 'no') return expand(rest, scope);
  return [choice(`$(if ${condition.trim()},…)`, [expand(then, scope), expand(rest, scope)])];
}

function firstFilled(given: readonly string[], scope: Expansion): Value | null {
  for (const [at, one] of given.entries()) {
    const value = expand(one.trim(), scope);
    const filled = isFilled(value);
    if (filled === 'yes') return value;
    if (filled === 'unknown') {
      if (at === given.length - 1) return value;
      const rest = firstFilled(given.slice(at + 1), scope);
      return rest === null ? null : [choice(`$(or ${given.slice(at).join(',')})`, [value, rest])];
    }
  }
  return [];
}

function allFilled(given: readonly string[], scope: Expansion): Value | null {
  let last: Value = [];
  let isOpen = false;
  for (const one of given) {
    last = expand(one.trim(), scope);
    const filled = isFilled(last);
    if (filled === 'no') return [];
    isOpen ||= filled === 'unknown';
  }
  return isOpen && given.length > 1 ? [choice(`$(and ${given.join(',')})`, [[], last])] : last;
}

/** Without texts it is the number if both are the same; https://www.gnu.org/software/make/manual/html_node/Conditional-Functions.html */
function compared([left = '', right = '', ...texts]: readonly string[], scope: Expansion): Value | null {
  const [first = '', second = ''] = [left, right].map((one) => known(expand(one.trim(), scope))?.trim());
  const [lesser = '', same = '', greater = same] = texts;
  if (![first, second].every((one) => /^[+-]?\d{1,15}$/.test(one))) {
    const all = [...new Set([lesser, same, greater])].map((one) => expand(one, scope));
    return [choice(`$(intcmp ${left},${right},…)`, all)];
  }
  const order = Number(first) - Number(second);
  if (texts.length === 0) return order === 0 ? text(String(Number(first))) : [];
  return expand(order < 0 ? lesser : order === 0 ? same : greater, scope);
}

/** Names take one word each, the last of them all that are left. */
function bound([names = '', list = '', ...body]: readonly string[], scope: Expansion): Value | null {
  const variables = known(expand(names, scope))?.split(/\s+/).filter(Boolean) ?? null;
  if (variables === null) return null;
  const words = wordsOf(expand(list, scope));
  const locals = new Map(scope.locals);
  for (const [at, name] of variables.entries())
    locals.set(name, at === variables.length - 1 ? listOf(words.slice(at)) : (words[at] ?? []));
  return expand(body.join(','), { ...scope, locals });
}

/** A hole in the list stands for all it may hold: one pass over it. */
function forEach([name = '', list = '', ...body]: readonly string[], scope: Expansion): Value | null {
  const variable = known(expand(name.trim(), scope));
  const words = wordsOf(expand(list, scope));
  if (variable === null || words.length > LIST_LIMIT) return null;
  const written = body.join(',');
  return listOf(
    words.map((word) => expand(written, { ...scope, locals: new Map([...scope.locals, [variable, word]]) })),
  );
}

function called([name = '', ...given]: readonly string[], scope: Expansion): Value | null {
  const variable = known(expand(name.trim(), scope));
  if (variable === null) return null;
  const builtin = MAKE_FUNCTIONS.get(variable);
  if (builtin !== undefined) return builtin(given, scope);
  const body = scope.raw(variable);
  if (body === null) return null;
  const locals = new Map([...scope.locals].filter(([key]) => !/^\d+$/.test(key)));
  locals.set('0', text(variable));
  given.forEach((one, at) => {
    locals.set(String(at + 1), expand(one, scope));
  });
  for (let at = given.length + 1; at <= 9; at += 1) locals.set(String(at), []);
  return expand(body, { ...scope, locals });
}
