// An Earthfile → the images that `earthly --push +target` pushes: https://docs.earthly.dev/docs/earthfile
import type { Value } from '../model/value.ts';
import { hole, join, known, text } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';

type Command = {
  readonly words: readonly string[];
  /** It stands in an `IF` or `FOR`, which only the build decides. */
  readonly isOpen: boolean;
};

type Earthfile = {
  readonly base: readonly Command[];
  readonly targets: ReadonlyMap<string, readonly Command[]>;
};

type SavedImage = { readonly name: Value; readonly happens: 'yes' | 'unknown' };

export type EarthlyPushes = {
  readonly images: readonly SavedImage[];
  /** Targets that can't be read: of other repositories, or not there. */
  readonly unseen: readonly string[];
};

const TARGET_LIMIT = 200;

type Arguments = ReadonlyMap<string, Value>;

type Run = {
  readonly files: Files;
  readonly images: SavedImage[];
  readonly unseen: Set<string>;
  readonly seen: Set<string>;
};

/** `reference` is `+target` or `./folder+target` as seen from `folder`; null when there is no such Earthfile. */
export function earthlyPushes(
  reference: string,
  folder: string,
  given: Arguments,
  files: Files,
): EarthlyPushes | null {
  const run: Run = { files, images: [], unseen: new Set(), seen: new Set() };
  const place = placeOf(reference, folder);
  if (place === null || readEarthfile(place.folder, files)?.targets.has(place.target) !== true) return null;
  build(reference, folder, given, false, run);
  return { images: run.images, unseen: [...run.unseen].sort() };
}

function placeOf(
  reference: string,
  folder: string,
): { readonly folder: string; readonly target: string } | null {
  const plus = reference.lastIndexOf('+');
  const path = reference.slice(0, plus);
  if (plus === -1 || (path !== '' && !path.startsWith('.'))) return null;
  const inside = repositoryPath(folder === '' ? path || '.' : `${folder}/${path}`);
  return inside === null ? null : { folder: inside, target: reference.slice(plus + 1).split('/')[0] ?? '' };
}

function build(reference: string, folder: string, given: Arguments, isOpen: boolean, run: Run): void {
  const place = placeOf(reference, folder);
  const file = place === null ? null : readEarthfile(place.folder, run.files);
  const commands = place === null ? undefined : file?.targets.get(place.target);
  if (place === null || file === null || commands === undefined) {
    run.unseen.add(reference);
    return;
  }
  const key = JSON.stringify([place, [...given], isOpen]);
  if (run.seen.has(key)) return;
  if (run.seen.size >= TARGET_LIMIT) {
    run.unseen.add(`${reference}, beyond ${TARGET_LIMIT} targets`);
    return;
  }
  run.seen.add(key);
  const variables = new Map<string, Value>();
  for (const command of [...file.base, ...commands])
    carryOut(command, place.folder, variables, given, isOpen, run);
}

function carryOut(
  { words, isOpen: inBranch }: Command,
  folder: string,
  variables: Map<string, Value>,
  given: Arguments,
  isOpenAbove: boolean,
  run: Run,
): void {
  const [verb = '', ...rest] = words;
  const isOpen = isOpenAbove || inBranch;
  switch (verb) {
    case 'ARG':
    case 'LET':
    case 'SET': {
      const plain = rest.filter((word) => !word.startsWith('--'));
      const [written = '', ...tail] = plain;
      const cut = written.indexOf('=');
      const name = cut === -1 ? written : written.slice(0, cut);
      const value = cut === -1 ? tail.slice(tail[0] === '=' ? 1 : 0).join(' ') : written.slice(cut + 1);
      const outer = verb === 'ARG' ? given.get(name) : undefined;
      const isUnset = cut === -1 && tail.length === 0;
      variables.set(
        name,
        outer ?? (isUnset ? hole(`$${name}`, 'it is given when earthly runs') : expanded(value, variables)),
      );
      return;
    }
    case 'SAVE':
      if (rest[0] === 'IMAGE' && rest.includes('--push')) {
        const names = rest
          .slice(1)
          .filter((word, at, all) => !word.startsWith('--') && all[at - 1] !== '--cache-from');
        for (const name of names)
          run.images.push({ name: expanded(name, variables), happens: isOpen ? 'unknown' : 'yes' });
      }
      return;
    case 'BUILD':
    case 'FROM':
    case 'COPY':
    case 'DO':
    case 'WITH':
      // What is copied or started from is built as well; whether its images are pushed too depends on the VERSION.
      for (const reference of references(words)) {
        const inner = new Map(rest.includes('--pass-args') ? given : []);
        for (const word of words) {
          const argument = /^--([A-Za-z_]\w*)=(.*)$/s.exec(word);
          if (argument?.[1] !== undefined && argument[1] === argument[1].toUpperCase())
            inner.set(argument[1], expanded(argument[2] ?? '', variables));
        }
        const name = known(expanded(reference, variables));
        if (name === null) run.unseen.add(reference);
        else if (verb === 'BUILD' || name.startsWith('+') || name.startsWith('.'))
          build(name, folder, inner, isOpen || verb !== 'BUILD', run);
      }
      return;
    default:
  }
}

/** Words that name a target: `+x`, `./y+x`, `github.com/a/b+x`; artefacts of a target stand behind a slash. */
function references(words: readonly string[]): readonly string[] {
  return words
    .slice(1)
    .map((word) =>
      word.replace(/^\(|\)$/g, '').replace(/^[^=+]*=\(?/, (lead) => (lead.startsWith('--') ? lead : '')),
    )
    .filter((word) => !word.startsWith('--') && /^(?:[\w./-]|\$\{?\w+\}?)*\+[\w.-]+(?:\/|$)/.test(word));
}

function expanded(written: string, variables: Arguments): Value {
  const plain = written.replace(/^(["'])([\s\S]*)\1$/, '$2');
  const parts: (Value | string)[] = [];
  let last = 0;
  for (const match of plain.matchAll(/\$\(([^()]*)\)|\$\{?([A-Za-z_]\w*)\}?/g)) {
    parts.push(plain.slice(last, match.index));
    parts.push(
      match[2] === undefined
        ? hole(match[0], 'a command of the build prints it')
        : (variables.get(match[2]) ?? hole(`$${match[2]}`, 'earthly or the build sets it')),
    );
    last = match.index + match[0].length;
  }
  parts.push(plain.slice(last));
  return join(parts);
}

function readEarthfile(folder: string, files: Files): Earthfile | null {
  const read = files.read(folder === '' ? 'Earthfile' : `${folder}/Earthfile`);
  if (read === null || read === 'unread' || isGap(read)) return null;
  const base: Command[] = [];
  const targets = new Map<string, Command[]>();
  let current = base;
  let depth = 0;
  const joined = read.text.replace(/\\[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*/g, ' ');
  for (const line of joined.split('\n')) {
    const head = /^([a-zA-Z][\w.-]*):\s*(?:#.*)?$/.exec(line.trimEnd());
    if (head?.[1] !== undefined) {
      current = [];
      targets.set(head[1], current);
      depth = 0;
      continue;
    }
    const words = line.trim().match(/(?:[^\s"'(]|"(?:[^"\\]|\\.)*"|'[^']*'|\([^()]*\))+/g) ?? [];
    const [verb = ''] = words;
    if (verb === '' || verb.startsWith('#')) continue;
    if (verb === 'END') depth = Math.max(0, depth - 1);
    else {
      current.push({ words, isOpen: depth > 0 });
      // `WITH DOCKER` and `WAIT` always run; branches and loops are for the build to decide.
      if (verb === 'IF' || verb === 'FOR' || verb === 'TRY') depth += 1;
      else if (verb === 'WITH' || verb === 'WAIT') depth += depth > 0 ? 1 : 0;
    }
  }
  return { base, targets };
}

/** `--NAME=value` behind the target, and `--build-arg NAME=value` in front of it. */
export function earthlyArguments(words: readonly Value[]): Arguments {
  const given = new Map<string, Value>();
  words.forEach((word, at) => {
    const [first, ...rest] = word;
    if (typeof first !== 'string') return;
    const before = known(words[at - 1] ?? text(''));
    const match = (before === '--build-arg' ? /^([A-Za-z_]\w*)=/ : /^(?:--build-arg=|--)([A-Z_]\w*)=/).exec(
      first,
    );
    if (match?.[1] !== undefined) given.set(match[1], join([first.slice(match[0].length), rest]));
  });
  return given;
}
