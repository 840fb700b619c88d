// `npm run X`, `task X`, `just X` and their like → the scripts of the project that they run, with their place.
import type { Value } from '../model/value.ts';
import { format, known } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { locate } from './source-text.ts';
import { justScripts } from './tasks/justfile.ts';
import type { TaskScript } from './tasks/task-script.ts';
import { taskScripts } from './tasks/taskfile.ts';
import { childOf, entryOf, readYaml, scalarOffsets } from './yaml.ts';

export type PackageScript = TaskScript;

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
  const words = argv.slice(1).map(format);
  if (program === 'node') return nodeRun(words, folder, files);
  if (program === 'task' || program === 'go-task') return taskScripts(argv, folder, files);
  if (program === 'just') return justScripts(argv, folder, files);
  if (program === null || !RUNNERS.has(program)) return null;
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
  return scriptsNamed(name, [`pre${name}`, name, `post${name}`], base, files);
}

/** `node --run NAME` runs that script alone: without `pre` and `post` (Node's command-line documentation). */
function nodeRun(words: readonly string[], folder: Value, files: Files): readonly PackageScript[] | null {
  const at = words.findIndex((word) => word === '--run' || word.startsWith('--run='));
  const name = words[at]?.slice('--run='.length) || words[at + 1];
  const base = known(folder);
  // What stands in front is an option of node's; a file there would make `--run` the file's own argument.
  if (at === -1 || words.slice(0, at).some((word) => !word.startsWith('-'))) return null;
  return name === undefined || base === null ? null : scriptsNamed(name, [name], base, files);
}

function scriptsNamed(
  name: string,
  all: readonly string[],
  base: string,
  files: Files,
): readonly PackageScript[] | null {
  const path = repositoryPath(base === '' ? 'package.json' : `${base}/package.json`);
  const read = path === null ? null : files.read(path);
  if (path === null || read === null || read === 'unread' || isGap(read)) return null;
  // JSON is YAML, and the YAML reader knows where things stand.
  const yaml = readYaml(path, read.text);
  const scripts = childOf(yaml.root, 'scripts');
  if (entryOf(scripts, name) === null) return null;
  return all.flatMap((one): readonly PackageScript[] => {
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
