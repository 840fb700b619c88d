// Files that leave a job: the effect all carriers share.
import type { ArchiveChannel } from '../../model/delivery.ts';
import type { Value } from '../../model/value.ts';
import { format, prefix } from '../../value.ts';
import type { Effect } from '../effect.ts';
import type { ActionCall } from '../tool.ts';

export const carry = (
  call: { readonly path: (path: Value) => Value },
  paths: readonly Value[],
  channel: ArchiveChannel,
): Effect => ({
  kind: 'carry',
  paths: paths.map((path) => (format(path) === '-' ? path : call.path(path))),
  channel,
});

export function included(paths: readonly Value[]): readonly Value[] {
  return paths.filter((path) => !prefix(path).startsWith('!'));
}

export function actionPaths(
  call: ActionCall,
  inputs: readonly string[],
  channel: ArchiveChannel,
): readonly Effect[] {
  const paths = inputs.flatMap((name) => call.lines(name));
  return paths.length === 0 ? [] : [carry(call, paths, channel)];
}
