// git and other version control commands that bring in a repository, and how firmly they name what they bring.
import type { Import, Pinning } from '../../model/import.ts';
import type { Value } from '../../model/value.ts';
import { type OptionSpec, type Options, readOptions } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { hole, join, known, prefix } from '../../value.ts';
import {
  at,
  channelOf,
  type Fetch,
  type Fetcher,
  isLocal,
  type Surroundings,
  type Weakening,
} from './fetch.ts';
import type { StageCommand } from './stage-commands.ts';
import { weakeningVariables } from './weakening-variables.ts';

const GLOBAL: OptionSpec = {
  valued: ['-c', '-C', '--git-dir', '--work-tree', '--exec-path', '--namespace'],
  flags: ['-p', '--no-pager', '--bare'],
  stopAtOperand: true,
};

const CLONE: OptionSpec = {
  valued: [
    '-b',
    '-o',
    '-u',
    '-c',
    '-j',
    '--branch',
    '--depth',
    '--origin',
    '--config',
    '--reference',
    '--reference-if-able',
    '--template',
    '--upload-pack',
    '--separate-git-dir',
    '--jobs',
    '--shallow-since',
    '--shallow-exclude',
    '--filter',
    '--server-option',
    '--bundle-uri',
    '--revision',
  ],
  flags: [
    '-q',
    '-v',
    '-n',
    '-s',
    '-l',
    '--recursive',
    '--recurse-submodules',
    '--single-branch',
    '--no-tags',
    '--no-checkout',
    '--bare',
    '--mirror',
    '--quiet',
    '--progress',
    '--sparse',
    '--shallow-submodules',
    '--no-single-branch',
  ],
  aliases: { '-b': '--branch', '-c': '--config' },
};

const FULL_COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;

export function gitCommand(command: StageCommand): {
  readonly verb: string;
  readonly rest: readonly Argument[];
  readonly options: Options;
} {
  const options = readOptions(command.invocation.argv.slice(1), GLOBAL);
  const [verb, ...rest] = options.operands;
  return { verb: verb === undefined ? '' : (known(verb.value) ?? ''), rest, options };
}

export const git: Fetcher = (command, stage) => {
  const { verb, rest, options } = gitCommand(command);
  if (verb === 'clone') return clone(command, stage, rest, options);
  if (verb === 'remote') return remote(command, stage, rest);
  if (verb === 'submodule' && known(rest[0]?.value ?? []) === 'add') {
    const url = readOptions(rest.slice(1), CLONE).operands[0];
    return url === undefined ? [] : fetchOf(command, stage, url, null, []);
  }
  if (verb === 'submodule' && rest.some((word) => known(word.value) === '--remote'))
    return newestSubmodules(command, stage);
  if (verb === 'fetch' || verb === 'pull' || verb === 'archive' || verb === 'ls-remote')
    return direct(command, stage, verb, rest);
  return [];
};

function clone(
  command: StageCommand,
  stage: Surroundings,
  rest: readonly Argument[],
  global: Options,
): readonly Fetch[] {
  const options = readOptions(rest, CLONE);
  const [url] = options.operands;
  if (url === undefined) return [];
  const settings = [...(global.values.get('-c') ?? []), ...(options.values.get('--config') ?? [])];
  const weakened = settings
    .filter((word) => /^http\..*sslverify=(false|0|no|off)$/i.test(known(word.value) ?? ''))
    .map((word): Weakening => ({ option: known(word.value) ?? '', location: at(command, word) }));
  const ref = options.values.get('--revision')?.at(-1) ?? options.values.get('--branch')?.at(-1) ?? null;
  return fetchOf(command, stage, url, ref?.value ?? null, weakened);
}

// `git remote add origin URL`, then fetch: the URL stands here, the reference there.
function remote(command: StageCommand, stage: Surroundings, rest: readonly Argument[]): readonly Fetch[] {
  const words = readOptions(rest, { valued: ['-t', '-m'], flags: ['-f'] }).operands;
  const verb = known(words[0]?.value ?? []);
  const url = words[2];
  if ((verb !== 'add' && verb !== 'set-url') || url === undefined) return [];
  const fetched = stage
    .gitAfter(command.order)
    .find(
      (one) => one.order > command.order && one.name === 'git' && /^(fetch|pull)$/.test(gitCommand(one).verb),
    );
  if (fetched === undefined) return [];
  const ref = readOptions(gitCommand(fetched).rest, { valued: ['--depth', '-j', '--filter'], flags: ['-q'] })
    .operands[1];
  return fetchOf(command, stage, url, ref?.value ?? null, []);
}

function direct(
  command: StageCommand,
  stage: Surroundings,
  verb: string,
  rest: readonly Argument[],
): readonly Fetch[] {
  if (verb === 'ls-remote') return [];
  const options = readOptions(rest, {
    valued: ['--depth', '-j', '--filter', '--remote', '-o', '--output', '--format', '--prefix'],
    flags: ['-q'],
  });
  const url = verb === 'archive' ? options.values.get('--remote')?.[0] : options.operands[0];
  if (url === undefined || !/:\/\/|@.*:/.test(prefix(url.value))) return [];
  return fetchOf(command, stage, url, options.operands[verb === 'archive' ? 0 : 1]?.value ?? null, []);
}

/** `git submodule update --remote`: not the commits that are recorded, but whatever the branches hold. */
function newestSubmodules(command: StageCommand, stage: Surroundings): readonly Fetch[] {
  const [word] = command.invocation.argv;
  if (word === undefined) return [];
  const source = hole('the submodules', 'the file .gitmodules names them');
  return fetchOf(command, stage, { ...word, value: source }, null, []).map((fetch) => ({
    ...fetch,
    pinning: 'moving',
    verification: null,
  }));
}

function fetchOf(
  command: StageCommand,
  stage: Surroundings,
  url: Argument,
  ref: Value | null,
  weakened: readonly Weakening[],
): readonly Fetch[] {
  if (url.value.length === 0 || isLocal(url.value) || /^[./]/.test(prefix(url.value))) return [];
  const all = [...weakened, ...switchedOff(command, url), ...stage.weakenedBefore('git', command.order)];
  const chosen = checkout(command, stage) ?? (ref === null ? null : { value: ref, command });
  const pinned = chosen !== null && FULL_COMMIT.test(known(chosen.value) ?? '');
  return [
    {
      kind: 'git-clone',
      source: url.value,
      location: at(command, url),
      order: command.order,
      output: { kind: 'stream' },
      secureChannel: all.length > 0 ? 'no' : channelOf(url.value, 'yes'),
      pinning: chosen === null ? 'moving' : pinningOf(chosen.value),
      pipedToShell: false,
      packages: [],
      weakened: all,
      verification:
        signed(command, stage) ??
        (pinned
          ? {
              method: 'pinned-checksum',
              location: chosen.command.locate(chosen.command.invocation.start, chosen.command.invocation.end),
            }
          : null),
      probe: false,
    },
  ];
}

function switchedOff(command: StageCommand, url: Argument): readonly Weakening[] {
  const isSsh = /^(ssh:|[\w.-]+@)/i.test(prefix(url.value));
  return weakeningVariables(command, 'git').filter(
    ({ option }) => isSsh === option.startsWith('GIT_SSH_COMMAND'),
  );
}

/** How firmly a reference names its content: a commit, something like a version, or a branch. */
export function pinningOf(ref: Value): Pinning {
  const content = known(ref);
  if (content === null) return /\d/.test(prefix(ref)) || prefix(ref) !== '' ? 'version' : 'unknown';
  if (FULL_COMMIT.test(content)) return 'digest';
  // A template's placeholder: what it is filled with is written elsewhere.
  if (/\{\{|%%|@\w+@/.test(content)) return 'unknown';
  return /\d/.test(content) && !/^(master|main|develop|head|trunk)$/i.test(content) ? 'version' : 'moving';
}

/** What is checked out of a clone afterwards, before the next clone begins. */
function checkout(
  command: StageCommand,
  stage: Surroundings,
): { readonly value: Value; readonly command: StageCommand } | null {
  for (const later of stage.gitAfter(command.order)) {
    if (later.order <= command.order || later.name !== 'git') continue;
    const { verb, rest } = gitCommand(later);
    if (verb === 'clone' || (verb === 'remote' && known(rest[0]?.value ?? []) === 'add')) return null;
    if (verb !== 'checkout' && verb !== 'reset' && verb !== 'switch') continue;
    const options = readOptions(rest, {
      valued: ['-b', '-B', '--detach-at'],
      flags: ['-q', '-f', '--detach', '--hard'],
    });
    const target = options.operands[0];
    if (target === undefined || known(target.value) === 'FETCH_HEAD' || known(target.value) === 'HEAD')
      continue;
    return { value: target.value, command: later };
  }
  return null;
}

function signed(command: StageCommand, stage: Surroundings): Import['verification'] | null {
  const found = stage.gitAfter(command.order).find((later) => {
    if (later.order <= command.order || later.name !== 'git') return false;
    const { verb, rest } = gitCommand(later);
    return (
      /^verify-(tag|commit)$/.test(verb) ||
      (verb === 'tag' && /^(-v|--verify)$/.test(known(rest[0]?.value ?? []) ?? ''))
    );
  });
  return found === undefined
    ? null
    : { method: 'signature', location: found.locate(found.invocation.start, found.invocation.end) };
}

/** Commands of git after one of its own that may belong to it. */
const REACH = 64;

/** Answers which commands of git follow a position, up to the next clone. */
export function gitCommands(commands: readonly StageCommand[]): (order: number) => readonly StageCommand[] {
  const all = commands.filter((command) => command.name === 'git');
  const places = new Map(all.map((command, index) => [command.order, index]));
  return (order) => {
    const index = places.get(order);
    if (index === undefined) return [];
    const next = all.slice(index + 1, index + 1 + REACH);
    const end = next.findIndex(startsAnother);
    return end < 0 ? next : next.slice(0, end);
  };
}

function startsAnother(command: StageCommand): boolean {
  const { verb, rest } = gitCommand(command);
  return verb === 'clone' || verb === 'init' || (verb === 'remote' && known(rest[0]?.value ?? []) === 'add');
}

/** `svn checkout|export URL`, `hg clone URL`, `bzr branch URL`, `gh repo clone NAME`. */
export const otherRepository: Fetcher = (command, stage) => {
  const words = readOptions(command.invocation.argv.slice(1), {
    valued: ['-r', '--revision', '-b', '-u', '--username', '--password'],
    flags: ['-q'],
  });
  const [first, second, third] = words.operands.map((word) => known(word.value) ?? '');
  const takes =
    (command.name === 'svn' && /^(checkout|co|export)$/.test(first ?? '')) ||
    (command.name === 'hg' && first === 'clone') ||
    (command.name === 'bzr' && first === 'branch');
  if (takes && words.operands[1] !== undefined) {
    const weakened = /trust-server-cert|--insecure/.test(command.text)
      ? [{ option: '--trust-server-cert', location: at(command, words.operands[1]) }]
      : [];
    return fetchOf(command, stage, words.operands[1], words.values.get('-r')?.[0]?.value ?? null, weakened);
  }
  if (
    command.name === 'gh' &&
    first === 'repo' &&
    second === 'clone' &&
    third !== undefined &&
    words.operands[2] !== undefined
  ) {
    const word = words.operands[2];
    return fetchOf(command, stage, { ...word, value: join(['https://github.com/', word.value]) }, null, []);
  }
  if (command.name === 'gh' && first === 'release' && second === 'download') {
    const word = command.invocation.argv[0];
    const repository = readOptions(command.invocation.argv.slice(1), {
      valued: ['-R', '--repo', '-p', '-D', '-O'],
      flags: [],
    });
    const name = repository.values.get('-R')?.[0] ?? repository.values.get('--repo')?.[0] ?? word;
    if (name === undefined) return [];
    const source =
      name === word
        ? hole('gh release', 'which repository it asks depends on the folder it runs in')
        : join(['https://github.com/', name.value, '/releases']);
    return fetchOf(command, stage, { ...name, value: source }, null, []).map(
      (one): Fetch => ({ ...one, kind: 'download' }),
    );
  }
  return [];
};
