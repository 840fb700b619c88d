// Added package repositories and the keys that vouch for them.

import type { Instruction } from '../../model/dockerfile.ts';
import type { Import, Pinning } from '../../model/import.ts';
import type { Location } from '../../model/position.ts';
import type { Value } from '../../model/value.ts';
import { lastValue, readOptions } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { format, hole, known, prefix, text } from '../../value.ts';
import type { Configuration } from './configuration-files.ts';
import { whole } from './download.ts';
import { at, channelOf, type Fetch, type Fetcher, isLocal, type Weakening } from './fetch.ts';
import type { StageCommand, StageWrite } from './stage-commands.ts';

const KEY_OPTIONS = {
  valued: [
    '--keyserver',
    '--keyserver-options',
    '--homedir',
    '--keyring',
    '--trustdb-name',
    '--primary-keyring',
    '--no-default-keyring-x',
    '-o',
    '--output',
  ],
  flags: ['--batch', '--no-tty', '-q'],
};
const FINGERPRINT = /^(0x)?[0-9a-f]{40}([0-9a-f]{24})?$/i;

/** `gpg --recv-keys`, `apt-key adv`, `rpm --import URL`. */
export const keys: Fetcher = (command) => {
  const words = command.invocation.argv.slice(1);
  if (command.name === 'rpm') {
    const url = words[words.findIndex((word) => known(word.value) === '--import') + 1];
    if (
      url === undefined ||
      !words.some((word) => known(word.value) === '--import') ||
      !/^\w+:\/\//.test(prefix(url.value))
    )
      return [];
    return [keyFrom(url.value, at(command, url), command.order)];
  }
  const options = readOptions(words, KEY_OPTIONS);
  const from = words.findIndex((word) =>
    /^--(recv|recv-keys|receive-keys|fetch-keys)$/.test(known(word.value) ?? ''),
  );
  if (from < 0) return [];
  const ids = words
    .slice(from + 1)
    .filter(
      (word) =>
        !prefix(word.value).startsWith('-') &&
        known(word.value) !== known(lastValue(options, '--keyserver') ?? []),
    );
  if (known(words[from]?.value ?? []) === '--fetch-keys') {
    return ids.map((word) => keyFrom(word.value, at(command, word), command.order));
  }
  const server = lastValue(options, '--keyserver') ?? text('the default key server');
  const full =
    ids.length > 0 && ids.every((word) => FINGERPRINT.test((known(word.value) ?? '').replace(/\s/g, '')));
  const pinning: Pinning = full
    ? 'digest'
    : ids.some((word) => known(word.value) === null)
      ? 'unknown'
      : 'moving';
  const location = whole(command);
  const key = keyFrom(server, location, command.order);
  // A key asked for by its whole fingerprint can't be swapped on the way.
  return [
    full
      ? { ...key, pinning, secureChannel: 'yes', verification: { method: 'pinned-checksum', location } }
      : { ...key, pinning },
  ];
};

function keyFrom(source: Value, location: Location, order: number): Fetch {
  return {
    ...repository(source, location, order, channelOf(source, 'no'), 'none', []),
    verification: null,
  };
}

/** Of these the package manager checks signatures on what a repository holds. */
const CHECKING =
  /^(add-apt-repository|apt-add-repository|yum-config-manager|yum|dnf5?|zypper|flatpak|nix-channel)$/;

/** `add-apt-repository`, `yum-config-manager --add-repo`, `dnf config-manager`, `zypper addrepo`. */
export const addedRepository: Fetcher = (command) => {
  const words = command.invocation.argv.slice(1);
  const operand = repositoryOf(command, words);
  if (operand === null) return [];
  const source = /^deb(-src)?\s/.test(format(operand.value))
    ? (addressIn(format(operand.value)) ?? operand.value)
    : operand.value;
  const channel = /^ppa:/.test(prefix(source)) ? 'yes' : channelOf(source, 'unknown');
  return [
    repository(
      source,
      at(command, operand),
      command.order,
      channel,
      CHECKING.test(command.name) ? 'signature' : 'none',
      [...trusted(format(operand.value), at(command, operand)), ...unchecked(command, words)],
    ),
  ];
};

/** `zypper addrepo --no-gpgcheck`, `flatpak remote-add --no-gpg-verify`. */
function unchecked(command: StageCommand, words: readonly Argument[]): readonly Weakening[] {
  const option = command.name === 'zypper' ? /^(-G|--no-gpgcheck)$/ : /^--no-gpg-verify$/;
  return words
    .filter((word) => option.test(known(word.value) ?? ''))
    .map((word) => ({ option: known(word.value) ?? '', location: at(command, word) }));
}

/** Commands that name one more place to take packages from, by the words in front of its address. */
const ADDS: Readonly<Record<string, RegExp>> = {
  helm: /^repo add\b/,
  flatpak: /\bremote-add\b/,
  'nix-channel': /^--add\b/,
  opam: /^(repo|repository|remote) (add|set-url)\b/,
  conan: /^remote add\b/,
  dotnet: /^nuget add source\b/,
  nuget: /^sources add\b/i,
  poetry: /^source add\b/,
  dnf: /^config-manager addrepo\b/,
  dnf5: /^config-manager addrepo\b/,
  choco: /^source add\b/i,
  'register-psrepository': /-SourceLocation\b/i,
  'register-packagesource': /-Location\b/i,
};

/** The address in `--from-repofile=https://…`. */
function withoutOption(word: Argument): Argument {
  const [first, ...rest] = word.value;
  const option = typeof first === 'string' ? /^--?[\w-]+=/.exec(first)?.[0] : undefined;
  if (option === undefined || typeof first !== 'string') return word;
  return { ...word, value: [first.slice(option.length), ...rest] };
}

function repositoryOf(command: StageCommand, words: readonly Argument[]): Argument | null {
  const plain = words.filter((word) => !prefix(word.value).startsWith('-'));
  const added = words.findIndex((word) => /^--add-repo(=|$)/.test(prefix(word.value)));
  if (/^(add-apt-repository|apt-add-repository)$/.test(command.name)) {
    const found = plain.find((word) => /:|^deb/.test(format(word.value)));
    return words.some((word) => /^(-r|--remove)$/.test(known(word.value) ?? '')) ? null : (found ?? null);
  }
  if (/^(yum-config-manager|dnf|dnf5|yum)$/.test(command.name) && added >= 0) {
    const [start] = [prefix(words[added]?.value ?? [])];
    const word = words[added];
    if (start.startsWith('--add-repo=') && word !== undefined) {
      return {
        ...word,
        value: [start.slice('--add-repo='.length), ...word.value.slice(1)].filter((part) => part !== ''),
      };
    }
    return words[added + 1] ?? null;
  }
  const adds = Object.hasOwn(ADDS, command.name) ? ADDS[command.name] : undefined;
  if (adds?.test(words.map((word) => format(word.value)).join(' ')) === true)
    return words.map(withoutOption).find((word) => /^[a-z][\w+]*:\/\//i.test(prefix(word.value))) ?? null;
  if (command.name === 'zypper' && /^(addrepo|ar)$/.test(known(plain[0]?.value ?? []) ?? ''))
    return plain[1] ?? null;
  return null;
}

/** Files that say where package managers look, by whether those check signatures on what they find there. */
const SIGNED_PLACES =
  /(^|\/)etc\/(apt\/sources\.list|yum\.repos\.d\/|apk\/repositories|zypp\/repos\.d\/|pacman\.conf|pacman\.d\/)/;
const UNSIGNED_PLACES =
  /(^|\/)(\.npmrc|npmrc|\.yarnrc(\.yml)?|\.?pip\/pip\.conf|\.?pip\.(conf|ini)|uv\.toml|\.?condarc|\.?gemrc|\.cargo\/config(\.toml)?)$/;
/** Whether a file says where packages come from, and whether what is found there is signed. */
export function isRepositoryList(path: string): 'signed' | 'unsigned' | null {
  if (SIGNED_PLACES.test(path)) return 'signed';
  return UNSIGNED_PLACES.test(path) ? 'unsigned' : null;
}

const ADDRESS = /\b(?:https?|ftp):\/\/[^\s\]'",]+/;
const KEY_SETTING = /^\s*gpgkey\s*=/i;

/** Repository lists written by the shell. */
export function writtenRepositories(write: StageWrite, order: number): readonly Fetch[] {
  return fromList(format(write.target), format(write.content), write.location, order);
}

/** Repository lists written with `COPY <<EOF /etc/apt/…`. */
export function copiedRepositories(instruction: Instruction): readonly Fetch[] {
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return [];
  const target = format(instruction.words.at(-1)?.value ?? []);
  return instruction.heredocs.flatMap((heredoc) => fromList(target, heredoc.content, heredoc.location, -1));
}

/** Lists and settings that the build context brings in. */
export function configuredRepositories(file: Configuration): readonly Fetch[] {
  if (file.isOwn) return [];
  const { path, text: content, locate, instructionLine } = file;
  const all = locate(0, (content.split('\n', 1)[0] ?? '').length);
  return fromList(path, content, all, -1, locate).map((fetch) => ({ ...fetch, instructionLine }));
}

function fromList(
  target: string,
  content: string,
  all: Location,
  order: number,
  locate?: Configuration['locate'],
): readonly Fetch[] {
  const isSigned = SIGNED_PLACES.test(target);
  if (!isSigned && !UNSIGNED_PLACES.test(target)) return [];
  const weakened = isSigned ? trusted(content, all) : [];
  const found = new Map<string, Fetch>();
  let start = 0;
  for (const line of content.split('\n')) {
    const location = locate?.(start, start + line.length) ?? all;
    start += line.length + 1;
    const source = /^\s*[#;]/.test(line) ? null : addressIn(line);
    if (source === null || isLocal(source)) continue;
    const fetch = KEY_SETTING.test(line)
      ? keyFrom(source, location, order)
      : repository(
          source,
          location,
          order,
          channelOf(source, 'no'),
          isSigned ? 'signature' : 'none',
          weakened,
        );
    found.set(format(source), fetch);
  }
  return [...found.values()];
}

function addressIn(content: string): Value | null {
  const found = ADDRESS.exec(content)?.[0];
  if (found === undefined) return null;
  const cut = found.search(/[$]/);
  return cut < 0
    ? text(found)
    : [found.slice(0, cut), ...hole(found.slice(cut), 'the script decides it when it runs')];
}

function trusted(content: string, location: Location): readonly Weakening[] {
  const option =
    /\btrusted\s*[=:]\s*yes\b|\b(?:gpgcheck|sslverify|repo_gpgcheck)\s*=\s*(?:0|false)\b|\ballow-insecure=yes\b|SigLevel\s*=\s*Never/i.exec(
      content,
    )?.[0];
  return option === undefined ? [] : [{ option, location }];
}

/**
 * `vouched`: `signature` where the package manager checks who made what the repository serves; a switch that stops it
 * leaves nothing.
 */
export function repository(
  source: Value,
  location: Location,
  order: number,
  secureChannel: Fetch['secureChannel'],
  vouched: Extract<Import['verification']['method'], 'signature' | 'none'>,
  weakened: readonly Weakening[],
): Fetch {
  return {
    kind: 'package-repository',
    source,
    location,
    order,
    output: { kind: 'stream' },
    secureChannel,
    pinning: 'moving',
    pipedToShell: false,
    packages: [],
    weakened,
    verification:
      vouched === 'signature' && weakened.length === 0
        ? { method: 'signature', location }
        : { method: 'none', location: null },
    probe: false,
  };
}
