// `npm run X` and its like → the script of package.json, with its place.
import type { Location } from '../model/position.ts';
import type { Value } from '../model/value.ts';
import { format, known } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { locate } from './source-text.ts';
import { childOf, entryOf, readYaml, scalarOffsets } from './yaml.ts';

export type PackageScript = {
  readonly name: string;
  readonly text: string;
  readonly locate: (start: number, end: number) => Location;
};

const RUNNERS = new Set(['npm', 'yarn', 'pnpm', 'bun']);
/** Verbs that run the script of their own name. */
const OWN_NAME = new Set(['test', 'start', 'stop', 'restart']);

/** The scripts it runs, `pre` and `post` included; null when it is no such call, or the file or script is not there. */
export function packageScripts(
  argv: readonly Value[],
  folder: Value,
  files: Files,
): readonly PackageScript[] | null {
  const program = known(argv[0] ?? []);
  if (program === null || !RUNNERS.has(program)) return null;
  const words = argv.slice(1).map(format);
  const at = ['--prefix', '-C', '--cwd', '--dir']
    .map((flag) => words.indexOf(flag))
    .find((index) => index !== -1);
  const base = at === undefined ? known(folder) : (words[at + 1] ?? null);
  const plain = words.filter(
    (word, index) => !word.startsWith('-') && (at === undefined || index !== at + 1),
  );
  const name = plain[0] === 'run' || plain[0] === 'run-script' ? plain[1] : plain[0];
  if (base === null || name === undefined || (plain[0] === name && program === 'npm' && !OWN_NAME.has(name)))
    return null;
  const path = repositoryPath(base === '' ? 'package.json' : `${base}/package.json`);
  const read = path === null ? null : files.read(path);
  if (path === null || read === null || read === 'unread' || isGap(read)) return null;
  // JSON is YAML, and the YAML reader knows where things stand.
  const yaml = readYaml(path, read.text);
  const scripts = childOf(yaml.root, 'scripts');
  if (entryOf(scripts, name) === null) return null;
  return [`pre${name}`, name, `post${name}`].flatMap((one): readonly PackageScript[] => {
    const value = entryOf(scripts, one)?.value;
    if (value?.kind !== 'scalar') return [];
    const toFile = scalarOffsets(yaml.source, value);
    return [
      {
        name: one,
        text: value.text,
        locate: (start, end) => locate(yaml.source, toFile(start), toFile(end)),
      },
    ];
  });
}
