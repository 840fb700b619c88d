// A delivery that runs or builds what lies in a submodule → the same, bound to the commit that the submodule is at.
import type { Delivery } from '../model/delivery.ts';
import type { TreeEntry } from '../model/evidence.ts';
import { format } from '../value.ts';
import { byCodeUnit, type Files } from './files.ts';

type Submodule = { readonly path: string; readonly oid: string };

export function submodulesOf(entries: readonly TreeEntry[], files: Files): readonly Submodule[] {
  return entries
    .filter(({ kind }) => kind === 'submodule')
    .map(({ path }) => ({ path, oid: files.oid(path) ?? '' }));
}

/** What is in there can't be seen, so that an approval of it ends when it moves. */
export function withSubmodules(delivery: Delivery, submodules: readonly Submodule[]): Delivery {
  if (submodules.length === 0) return delivery;
  const { build, tool, unseen = [] } = delivery;
  const named = [
    tool,
    ...unseen,
    ...(build?.dockerfile ? [build.dockerfile] : []),
    ...(build?.context ? [format(build.context)] : []),
  ];
  const within = submodules.filter(({ path }) => named.some((text) => names(text, path)));
  if (within.length === 0) return delivery;
  return {
    ...delivery,
    unseen: [...unseen, ...within.map(({ path, oid }) => `${path} ${oid}`)].sort(byCodeUnit),
  };
}

/** Whether the text holds the path as a whole folder: `./vendor/ship.sh` names `vendor`, `vendored/x` does not. */
function names(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + path.length)];
    if (!/[\w.-]/.test(before === '.' ? '' : before) && !/[\w.-]/.test(after)) return true;
  }
  return false;
}
