// Which package manager a command is, under whichever name it is called.
import type { Argument } from '../../shell/trace.ts';
import { format, known } from '../../value.ts';
import { COMPILED } from './managers/compiled.ts';
import { DISTRIBUTIONS } from './managers/distributions.ts';
import type { Manager, Managers } from './managers/manager.ts';
import { SCRIPTING } from './managers/scripting.ts';
import { TOOLCHAINS } from './managers/toolchains.ts';
import type { StageCommand } from './stage-commands.ts';

const ALL: Managers = { ...DISTRIBUTIONS, ...SCRIPTING, ...COMPILED, ...TOOLCHAINS };
/** Every command of every Dockerfile is asked for. */
const MANAGERS: ReadonlyMap<string, Manager> = new Map(Object.entries(ALL));
const DECORATED = /^(xx-|pip|python|gem)|\.(cmd|bat|ps1|sh)$/;

/** `pip3.12`, `gem2.7`, `npm.cmd`, and `xx-go` of BuildKit's helpers for cross builds (github.com/tonistiigi/xx). */
function plainName(name: string): string {
  if (MANAGERS.has(name) || !DECORATED.test(name)) return name;
  return name
    .replace(/^xx-(?=(?:go|apk|apt|apt-get|cargo)$)/, '')
    .replace(/^(pip|python)[\d.]+$/, '$1')
    .replace(/^gem[\d.]+$/, 'gem')
    .replace(/\.(cmd|bat|ps1|sh)$/, '');
}

/** The package manager a command is, with the words after its name; null when it is none. */
export function managerOf(
  command: StageCommand,
): { readonly manager: Manager; readonly words: readonly Argument[] } | null {
  const argv = command.invocation.argv;
  const name = plainName(command.name);
  if (name !== 'python' && !MANAGERS.has(name)) return null;
  if (name === 'python' && known(argv[1]?.value ?? []) === '-m')
    return named(known(argv[2]?.value ?? []) ?? '', argv.slice(3));
  const second = known(argv[1]?.value ?? []);
  if (name === 'uv' && second === 'pip') return named('pip', argv.slice(2));
  if (name === 'uv' && second === 'tool') return named('pip', argv.slice(2));
  if (name === 'go' && second !== null) return goManager(second, argv);
  if (name === 'rpm')
    return /^-[a-zA-Z]*[iUF]|^--(install|upgrade|freshen)$/.test(
      argv
        .slice(1)
        .map((word) => known(word.value) ?? '')
        .find((word) => word.startsWith('-')) ?? '',
    ) && !argv.some((word) => known(word.value) === '--import')
      ? named('rpm', argv.slice(1))
      : null;
  if (name === 'pacman' && !argv.some((word) => /^-S/.test(known(word.value) ?? ''))) return null;
  if (
    name === 'dotnet' &&
    second === 'tool' &&
    !/^(install|update|restore)$/.test(known(argv[2]?.value ?? []) ?? '')
  )
    return null;
  if (name === 'dotnet' && second === 'nuget') return null;
  if (
    name === 'nix-env' &&
    !argv.some((word) => /^-[a-zA-Z]*[iu]|^--(install|upgrade)$/.test(known(word.value) ?? ''))
  )
    return null;
  return named(name, argv.slice(1));
}

// `go build` and friends fetch what go.mod lists; `go mod` only by download and tidy.
function goManager(verb: string, argv: readonly Argument[]) {
  const target = known(argv[2]?.value ?? []);
  if (verb === 'mod' && target !== 'download' && target !== 'tidy' && target !== 'vendor') return null;
  if (verb === 'run' && !argv.slice(2).some((word) => /^[^-].*@/.test(format(word.value)))) return null;
  if (/^(build|test|generate)$/.test(verb)) return null;
  return named('go', argv.slice(1));
}

function named(name: string, words: readonly Argument[]) {
  const manager = MANAGERS.get(name);
  return manager === undefined ? null : { manager, words };
}
