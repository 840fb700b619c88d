// A function call in a Makefile → its text, where a file of the repository or the Makefile's own place gives it.
import type { Value } from '../model/value.ts';
import { known, text } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';

/** Where make runs and where the Makefile lies, as folders of the repository. */
export type MakeFolders = { readonly working: string | null; readonly makefile: string };

const ANY_FUNCTION = /^(?:shell|dir|abspath|realpath|patsubst)\s/;
const MAKEFILE_PATH = String.raw`\$\((?:(?:realpath|abspath) \$\()?lastword \$\(MAKEFILE_LIST\)\)?\)`;
/** The usual ways to say "the folder this Makefile lies in". */
const OWN_FOLDER = new RegExp(
  String.raw`^(?:shell dirname|dir) ${MAKEFILE_PATH}$|^patsubst %/,%,\$\(dir ${MAKEFILE_PATH}\)$`,
);
const CONCATENATE = /^shell\s+cat\s+(\S+)$/;

export function isMakeFunction(name: string): boolean {
  return ANY_FUNCTION.test(name);
}

/**
 * `name` is what stands between the brackets. Null when only the run knows: another function, or a file that is not in
 * the repository (an earlier step may write it, so it is not empty either).
 */
export function makeFunction(
  name: string,
  folders: MakeFolders,
  files: Files,
  expand: (written: string) => Value,
): Value | null {
  if (folders.working === null) return null;
  const plain = name.replace(/\s+/g, ' ').trim();
  if (OWN_FOLDER.test(plain)) return folders.makefile === folders.working ? text('.') : null;
  const operand = CONCATENATE.exec(name.trim())?.[1];
  const file = operand === undefined ? null : known(expand(operand));
  if (file === null || /[\s*?"'`|&;<>(){}$\\]/.test(file)) return null;
  const path = repositoryPath(folders.working === '' ? file : `${folders.working}/${file}`);
  const read = path === null ? null : files.read(path);
  if (read === null || read === 'unread' || isGap(read)) return null;
  // GNU make: the newlines at the end go, every other one becomes a blank.
  return text(
    read.text
      .replace(/^\uFEFF/, '')
      .replace(/(?:\r?\n)+$/, '')
      .replace(/\r?\n/g, ' '),
  );
}
