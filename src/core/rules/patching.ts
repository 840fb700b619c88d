// A command of a build → whether it changes sources that were fetched, which makes them a modified component.
import type { BuildCommand } from '../model/dockerfile.ts';
import { known } from '../value.ts';

/** `patch`, `git apply`, `git am` and `quilt push`: tools that apply a difference to somebody's text. */
export function isPatching({ words }: BuildCommand): boolean {
  const [name = '', ...rest] = words.map((word) => known(word) ?? '');
  const program = name.slice(name.lastIndexOf('/') + 1);
  if (program === 'patch') return !rest.includes('--dry-run') && !rest.includes('--version');
  if (program === 'quilt') return rest[0] === 'push';
  if (program !== 'git') return false;
  const verb = rest.find((word, at) => !word.startsWith('-') && !['-C', '-c'].includes(rest[at - 1] ?? ''));
  return (verb === 'apply' && !rest.includes('--check') && !rest.includes('--stat')) || verb === 'am';
}
