// Scripts and Makefiles that a person can run → the images they push, whether or not any pipeline calls them.
import type { Location } from '../model/position.ts';
import { EMPTY, hole } from '../value.ts';
import { type Act, type Ledger, newLedger } from './act.ts';
import type { Files } from './files.ts';
import { refPoints } from './other-ci/ref-points.ts';
import { isForeign, placeAt, readText } from './other-ci/run.ts';
import { runScript } from './script.ts';

/** The event that stands for a person at a terminal. */
export const BY_HAND = 'by-hand';

const MAKEFILE = /^(GNUm|M|m)akefile$/;
const SCRIPT = /\.(sh|bash|ksh|zsh)$/;
/** Words without which nothing is pushed and no other script called; what has none is not traced. */
const TELLING =
  /push|publish|copy|\bcp\b|imagetools|release|deploy|submit|\bacr\b|skaffold|kaniko|\bko\b|jib|\bmake\b|\.(ba)?sh\b/i;

/** Words of the acts themselves. */
const SPEAKS = /\bpush\b|publish|push=true|skopeo|crane|imagetools/i;

/** Whether a file can be one that people run: by its name alone, so that others need not be fetched. */
function mayBeRunByHand(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !isForeign(path) && (MAKEFILE.test(name) || SCRIPT.test(name));
}

/** Those of the given files that people may run, in their order. */
export function runByHand(paths: readonly string[]): readonly string[] {
  return paths.filter(mayBeRunByHand);
}

/**
 * The pushes of the given files. What can't be seen into is left out: of a script that nobody is known to run, only
 * what it says in words counts. So is what `told` says already, because a pipeline runs it, and what stands in another
 * of the files, which is told of that one.
 */
export function readByHand(paths: readonly string[], files: Files, told: readonly Act[]): Ledger {
  const ledger = newLedger();
  const runs = new Set(runByHand(paths).filter((path) => files.has(path)));
  for (const path of runs) {
    const content = readText(path, files, ledger);
    if (content === null || !TELLING.test(content)) continue;
    const before = new Set(ledger.gaps.keys());
    runFile(path, content, files, ledger);
    // What could not be followed only matters in a script that speaks of pushing: nothing says that others ship at all.
    if (!SPEAKS.test(content))
      for (const key of ledger.gaps.keys()) if (!before.has(key)) ledger.gaps.delete(key);
  }
  const known = new Set(told.flatMap((act) => (act.effect.kind === 'push' ? [placeOf(act.location)] : [])));
  const isNew = ({ location, path }: Act): boolean =>
    !known.has(placeOf(location)) && (location.path === path[0]?.location.path || !runs.has(location.path));
  const acts = ledger.acts.filter((act) => {
    if (act.effect.kind === 'push') return isNew(act);
    return act.effect.kind !== 'opaque' && act.effect.kind !== 'archive';
  });
  return { ...ledger, acts };
}

function placeOf({ path, range }: Location): string {
  return `${path}:${range.start.line}:${range.start.column}`;
}

function runFile(path: string, content: string, files: Files, ledger: Ledger): void {
  const start = { line: 1, column: 1 };
  const location = { path, range: { start, end: start } };
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const words = MAKEFILE.test(path.slice(path.lastIndexOf('/') + 1))
    ? ['make', '-C', quoted(`./${folder}`), ...targetsOf(content).map(quoted)]
    : ['bash', quoted(`./${path}`), ...GIVEN.map((argument) => `"\${{ ${argument} }}"`)];
  const [point] = refPoints([BY_HAND], []);
  if (point === undefined) return;
  runScript(
    {
      text: words.join(' '),
      locate: () => location,
      environment: new Map(),
      expression: (written) =>
        hole(written.replace(/^\$\{\{ | \}\}$/g, ''), 'whoever runs the script gives it'),
      workingDirectory: EMPTY,
      shell: 'bash',
    },
    { ...placeAt(path, files, point), path: [], open: [] },
    ledger,
  );
}

/** Arguments whose places scripts commonly ask about. */
const GIVEN = ['$1', '$2', '$3', '$4'];

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Targets somebody may ask for: those written out; patterns and special ones are reached from these or not at all. */
function targetsOf(makefile: string): readonly string[] {
  const targets = [...makefile.matchAll(/^([A-Za-z][\w./-]*)\s*::?(?!=)/gm)].map((match) => match[1] ?? '');
  return [...new Set(targets)];
}
