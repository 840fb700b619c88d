// Where a package manager is told to look instead of its usual index: options, variables and settings made by command.
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import type { Options } from '../../shell/options.ts';
import { format, known, prefix } from '../../value.ts';
import { whole } from './download.ts';
import { at, channelOf, type Fetch, isLocal } from './fetch.ts';
import type { Manager } from './managers/manager.ts';
import { repository } from './repositories.ts';
import type { StageCommand } from './stage-commands.ts';

/** The indexes that an installation names on its command line or finds in its variables. */
export function namedIndexes(command: StageCommand, manager: Manager, options: Options): readonly Fetch[] {
  const { assignments, environment } = command.invocation;
  const given = (manager.indexOptions ?? []).flatMap((option) => options.values.get(option) ?? []);
  return [
    ...given.flatMap((word) => indexAt(command, manager, word.value, at(command, word))),
    ...(manager.indexVariables ?? []).flatMap((name) => {
      const value = assignments.get(name) ?? environment.get(name);
      return value === undefined ? [] : indexAt(command, manager, value, whole(command));
    }),
  ];
}

const SETTING_VERBS = /^(?:config|env|set|sources?)$/;
const INDEX_SETTING = /registr|index-url|find-links|channels|mirror|^repo|source|goproxy|npmregistryserver/i;

/** `npm config set registry URL`, `pip config set global.index-url URL`, `gem sources --add URL` and their like. */
export function configuredIndexes(command: StageCommand, manager: Manager): readonly Fetch[] {
  const words = command.invocation.argv.slice(1);
  const named = words.findIndex((word) => SETTING_VERBS.test(known(word.value) ?? ''));
  if (named < 0) return [];
  const isSetting = words
    .slice(named)
    .some((word) => INDEX_SETTING.test(prefix(word.value).replace(/[a-z]+:\/\/.*$/i, '')));
  if (!isSetting) return [];
  return words
    .slice(named + 1)
    .flatMap((word) => indexAt(command, manager, afterEquals(word.value), at(command, word)));
}

/** `registry=https://…` is one word. */
function afterEquals(value: Value): Value {
  const [first, ...rest] = value;
  const name = typeof first === 'string' ? /^[\w.:@/-]+=(?=[a-z]+:\/\/|$)/i.exec(first)?.[0] : undefined;
  if (name === undefined || typeof first !== 'string') return value;
  const left = first.slice(name.length);
  return left === '' ? rest : [left, ...rest];
}

const REMOTE = /^(?:https?|ftp):\/\//i;

/** Several addresses may stand in one value, as `PIP_EXTRA_INDEX_URL` and `GOPROXY` allow. */
function indexAt(
  command: StageCommand,
  { signed }: Manager,
  value: Value,
  location: Location,
): readonly Fetch[] {
  const content = known(value);
  const each = content === null ? [value] : content.split(/[\s,|]+/).map((one): Value => [one]);
  return each
    .filter((one) => REMOTE.test(prefix(one)) && !isLocal(one))
    .map((one) =>
      repository(one, location, command.order, channelOf(one, 'no'), signed ? 'signature' : 'none', []),
    )
    .filter(
      (one, index, all) => all.findIndex((other) => format(other.source) === format(one.source)) === index,
    );
}
