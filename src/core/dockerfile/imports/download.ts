// An address on a command line turned into a fetch: where it goes, over what channel, whether it is run at once.
import type { Value } from '../../model/value.ts';
import type { Options } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { join, known, prefix } from '../../value.ts';
import {
  at,
  channelOf,
  downstream,
  type Fetch,
  holds,
  isLocal,
  isRun,
  laterCommands,
  type Output,
  type Surroundings,
  type Weakening,
} from './fetch.ts';
import type { StageCommand } from './stage-commands.ts';
import { pinningOfUrl } from './url-pinning.ts';

export type Reading = {
  readonly plain: 'yes' | 'no';
  readonly weakened: readonly Weakening[];
  readonly output: (url: Value, index: number) => Output;
};

/** One fetch per address that leads elsewhere. */
export function downloads(
  command: StageCommand,
  stage: Surroundings,
  urls: readonly Argument[],
  reading: Reading,
): readonly Fetch[] {
  return urls.flatMap((word, index): readonly Fetch[] => {
    const url = word.value;
    // `-` is a stream, and an option's slip such as `-0` leaves one behind.
    if (url.length === 0 || isLocal(url) || /^(-|\.{0,2})$|^[&|<>;]/.test(known(url) ?? 'x')) return [];
    const output = reading.output(url, index);
    const run = isRun(command, stage.commands);
    const scheme = channelOf(url, reading.plain);
    return [
      {
        kind: 'download',
        source: url,
        location: at(command, word),
        order: command.order,
        output,
        secureChannel: reading.weakened.length > 0 ? 'no' : scheme,
        pinning: pinningOfUrl(url),
        pipedToShell: run,
        packages: [],
        weakened: reading.weakened,
        verification: null,
        probe:
          output.kind === 'discarded' || (output.kind === 'stream' && !run && isOnlyLookedAt(command, stage)),
      },
    ];
  });
}

/**
 * Inside `$(…)` the output is text for the script, unless a command on the way puts it into files. Elsewhere a filter
 * has to print what is left of it, and to no file.
 */
function isOnlyLookedAt(command: StageCommand, stage: Surroundings): boolean {
  if (command.invocation.substitution) return !keeps(command, stage);
  const filters = downstream(command, stage.commands);
  const last = filters.at(-1);
  if (last === undefined || !ANSWERS.test(last.name)) return false;
  return (
    filters.every((one) => FILTERS.test(one.name) && streamed(one, stage).kind !== 'file') &&
    !stage.isWritten(last)
  );
}

/** Filters that tell whether, where or how often; what they print of their input is for people to read. */
const ANSWERS = /^(?:e|f)?grep$|^wc$/;
const FILTERS = /^(?:(?:e|f)?grep|wc|head|tail|cut|sort|uniq|tr|jq)$/;

function keeps(command: StageCommand, stage: Surroundings): boolean {
  if (downstream(command, stage.commands).some((one) => KEEPS.test(one.name))) return true;
  const inside = command.order - command.base;
  const isPlain = command.after.length === 0;
  return laterCommands(command, stage.commands).some((one) => {
    const { argv, redirects, stdin } = one.invocation;
    const isRead =
      argv.some((word) => word.substitutions.includes(inside)) ||
      redirects.some(({ operator, target }) => operator === '<' && holds(target, command));
    if (isRead && READS_FILES.test(one.name)) return true;
    // What a filter leaves of it is an answer.
    if (!isPlain || !PASSES_ON.test(one.name)) return false;
    const isPassedOn =
      (isRead && one.name === 'cat') ||
      argv.some(({ value }) => value.length === 1 && holds(value, command)) ||
      (stdin !== null && holds(stdin, command));
    return isPassedOn && (streamed(one, stage).kind === 'file' || one.name === 'tee');
  });
}

const KEEPS = /^(tar|unzip|bsdtar|tee|dd|cpio|gpg|xz|gunzip|apt-key|install)$/;
/** `tar x -f <(curl …)`, `cp <(curl …) file`, `install /dev/stdin file < <(curl …)`. */
const READS_FILES = /^(tar|unzip|bsdtar|cpio|cp|install|dpkg|rpm|jar|tee|dd|unsquashfs)$/;
/** `echo "$(curl …)" > file`, `cat <(curl …) > file`. */
const PASSES_ON = /^(echo|printf|cat|tee)$/;

export function written(name: Value, folder: Value | null): Output {
  const content = known(name);
  if (content === '/dev/null' || content === 'NUL' || content === '$null') return { kind: 'discarded' };
  if (content === '-' || content === '/dev/stdout') return { kind: 'stream' };
  return { kind: 'file', name: folder === null ? name : join([folder, '/', name]) };
}

/** What comes out on stdout: a redirect's file, or what the next command in the pipe writes. */
export function streamed(command: StageCommand, stage: Surroundings): Output {
  const redirect = command.invocation.redirects.find(
    (one) => one.descriptor === 1 && one.operator.includes('>'),
  );
  if (redirect !== undefined) return written(redirect.target, null);
  const [next] = downstream(command, stage.commands);
  if (next?.name === 'tee') {
    const file = next.invocation.argv.slice(1).find((word) => !prefix(word.value).startsWith('-'));
    if (file !== undefined) return written(file.value, null);
  }
  return { kind: 'stream' };
}

/** The weakening flags among those given, and settings that weaken the tool. */
export function flagged(
  command: StageCommand,
  options: Options,
  names: readonly string[],
  stage: Surroundings,
  tool: string,
): readonly Weakening[] {
  const own = names.flatMap((name) => {
    const word = options.flags.get(name);
    return word === undefined
      ? []
      : [
          {
            option: prefix(word.value).startsWith('--') ? prefix(word.value) : name,
            location: at(command, word),
          },
        ];
  });
  return [...own, ...stage.weakenedBefore(tool, command.order)];
}

export function whole(command: StageCommand) {
  return command.locate(command.invocation.start, command.invocation.end);
}
