// Files that tools read their settings from → those that the build context or a heredoc brings in, with their text.
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { resolvePath } from '../../shell/files.ts';
import { known } from '../../value.ts';
import type { FileCopy } from './copied-files.ts';
import type { MadeFile } from './made-files.ts';

export type Configuration = {
  readonly path: string;
  readonly text: string;
  readonly locate: (start: number, end: number) => Location;
  /** Position in the stage of the last command before it is there; -1 before all. */
  readonly order: number;
  /** Line of the instruction that brings it in or runs what reads it (1-based). */
  readonly instructionLine: number;
  /** Whether the Dockerfile itself holds the text. */
  readonly isOwn: boolean;
};

const NAMES =
  /(?:^|\/)(?:\.?curlrc|\.?wgetrc|\.?gitconfig|\.?npmrc|\.yarnrc(?:\.yml)?|pip\.(?:conf|ini)|uv\.toml|\.?condarc|\.?gemrc|yum\.conf|dnf\.conf|apt\.conf|apt\.conf\.d\/[^/]+|sources\.list|sources\.list\.d\/[^/]+|yum\.repos\.d\/[^/]+|zypp\/repos\.d\/[^/]+|apk\/repositories|pacman\.conf|\.cargo\/config(?:\.toml)?)$/;

/** Whether tools take settings from a file of this path. */
function isConfiguration(path: string): boolean {
  return NAMES.test(path);
}

/** Paths of configurations that a copy from the build context names. */
export function copiedConfigurations(brought: readonly FileCopy[]): readonly string[] {
  return brought.flatMap(({ source, target }) => {
    const name = source.slice(source.lastIndexOf('/') + 1);
    const below = `${target === '/' ? '' : target}/${name}`;
    return [target, ...(name === '' ? [] : [below])].filter(isConfiguration);
  });
}

/** Files of a project that its package manager reads where it runs. */
const OF_PROJECT: Readonly<Record<string, readonly string[]>> = {
  // https://docs.npmjs.com/cli/configuring-npm/npmrc, "Per-project config file"
  npm: ['.npmrc'],
  npx: ['.npmrc'],
  pnpm: ['.npmrc'],
  bun: ['.npmrc'],
  yarn: ['.npmrc', '.yarnrc', '.yarnrc.yml'],
  // https://doc.rust-lang.org/cargo/reference/config.html
  cargo: ['.cargo/config.toml', '.cargo/config'],
};

/** Paths of the configurations that a package manager finds in the folder it runs in. */
export function projectConfigurations(name: string, folder: Value): readonly string[] {
  const names = Object.hasOwn(OF_PROJECT, name) ? (OF_PROJECT[name] ?? []) : [];
  return names.flatMap((one) => known(resolvePath(folder, [one])) ?? []);
}

/** Of the texts that `COPY <<E path` writes, those that configure tools. */
export function writtenConfigurations(
  made: readonly (readonly [string, MadeFile])[],
  order: number,
  instructionLine: number,
): readonly Configuration[] {
  return made
    .filter(([path]) => isConfiguration(path))
    .map(([path, { text, locate }]) => ({ path, text, locate, order, instructionLine, isOwn: true }));
}
