// Package managers: one import per command with the packages it names, and packages given as a URL on their own.
import type { Import, Pinning } from '../../model/import.ts';
import type { Value } from '../../model/value.ts';
import { lastValue, type Options, readOptions } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { format, join, known, prefix, text } from '../../value.ts';
import { whole } from './download.ts';
import {
  at,
  channelOf,
  type Fetch,
  type Fetcher,
  isLocal,
  type Surroundings,
  type Weakening,
} from './fetch.ts';
import { pinningOf } from './git.ts';
import type { Manager } from './managers/manager.ts';
import { configuredIndexes, namedIndexes } from './package-indexes.ts';
import { managerOf } from './package-managers.ts';
import type { StageCommand } from './stage-commands.ts';
import { pinningOfUrl } from './url-pinning.ts';
import { weakeningVariables } from './weakening-variables.ts';

const NO_FLAGS: readonly string[] = [];

export const packages: Fetcher = (command, stage) => {
  const found = managerOf(command);
  if (found === null) return [];
  const { manager, words } = found;
  const options = readOptions(words, { valued: manager.valued, flags: NO_FLAGS });
  const verb = manager.verbless === true ? undefined : options.operands[0];
  const rest = manager.verbless === true ? options.operands : options.operands.slice(1);
  const action = verb === undefined ? '' : (known(verb.value) ?? '');
  if (manager.verbless !== true && !manager.verbs.test(action)) return configuredIndexes(command, manager);
  if (options.flags.has('--dry-run') || options.flags.has('--help')) return [];
  const weakened = weakenings(command, manager, words, stage);
  const urls: Argument[] = [];
  const names: Argument[] = [];
  for (const word of rest) {
    if (isRemote(word.value) && isValueOfUnknown(words, word, options)) continue;
    if (isRemote(word.value)) urls.push(word);
    else if (!isFile(word.value)) names.push(word);
  }
  for (const option of manager.urlOptions ?? [])
    urls.push(...(options.values.get(option) ?? []).filter((word) => isRemote(word.value)));
  const asked =
    manager.name === 'cargo' ? (lastValue(options, '--rev') ?? lastValue(options, '--tag')) : null;
  const fetches = urls
    .filter((word) => !isLocal(word.value))
    .map((word) => fromUrl(command, word, weakened, asked));
  const indexes = namedIndexes(command, manager, options);
  const onlyFiles = rest.length > 0 && names.length === 0;
  if (!onlyFiles || (urls.length === 0 && manager.alwaysResolves === true))
    fetches.push(byName(command, manager, action, indexes, names, weakened));
  return [...fetches, ...indexes];
};

/** `--new-option https://…`: an option nobody has heard of takes the address, not the list of packages. */
function isValueOfUnknown(words: readonly Argument[], word: Argument, options: Options): boolean {
  const before = words[words.indexOf(word) - 1];
  return (
    before !== undefined &&
    prefix(before.value).startsWith('--') &&
    options.unknown.some(
      (one) =>
        one.argument === before &&
        one.name === prefix(before.value) &&
        /index|source|registry|repo|url|link|mirror|server|feed/i.test(one.name),
    )
  );
}

function isRemote(value: Value): boolean {
  const start = prefix(value);
  return (
    /^([\w.[\],-]+\s*@\s*)?(git\+)?(https?|ftp|ssh|git):\/\//i.test(start) ||
    /^(git\+\w+:|git@|github:|gitlab:|bitbucket:)/i.test(start)
  );
}

function isFile(value: Value): boolean {
  return /^[./~]/.test(prefix(value)) || /\.(deb|rpm|apk|whl|tgz|tar\.gz|gem|nupkg|zip)$/.test(format(value));
}

/** The URL in `name @ https://…`. */
function urlIn(value: Value): Value {
  const start = prefix(value);
  const cut = /^[\w.[\],-]+\s*@\s*(?=[a-z+]+:)/i.exec(start)?.[0].length ?? 0;
  return cut === 0 ? value : [start.slice(cut), ...value.slice(1)];
}

/** The reference behind the `@` or `#` of an address, holes kept; null when there is none. */
function refOf(source: Value): Value | null {
  // Each part that is no text is one character of the private use area, so that positions can be mapped back.
  const shown = source
    .map((part, index) => (typeof part === 'string' ? part : String.fromCharCode(0xe000 + index)))
    .join('');
  const bare = shown.replace(/^[a-z+]+:\/\/([^@/]+@)?/i, '');
  const ref = /[@#]([^@#/&?]+)(?:[#&?].*)?$/.exec(bare)?.[1];
  if (ref === undefined) return null;
  return join(
    [...ref].map((character) => source[character.charCodeAt(0) - 0xe000] ?? character).map(asValue),
  );
}

function asValue(part: Value[number]): Value {
  return [part];
}

function fromUrl(
  command: StageCommand,
  word: Argument,
  weakened: readonly Weakening[],
  asked: Value | null,
): Fetch {
  const source = urlIn(word.value);
  const shown = format(source);
  const ref = asked ?? refOf(source);
  const isGit = asked !== null || /^git|\.git(@|#|$)/i.test(shown);
  const pinning: Pinning = isGit ? (ref === null ? 'moving' : pinningOf(ref)) : pinningOfUrl(source);
  const sum = /#(sha\d+|md5)=[0-9a-f]{32,}/i.test(shown);
  const checked = sum || (isGit && pinning === 'digest');
  return {
    kind: 'package-url',
    source,
    location: at(command, word),
    order: command.order,
    output: { kind: 'stream' },
    secureChannel: weakened.length > 0 ? 'no' : channelOf(source, 'yes'),
    pinning,
    pipedToShell: false,
    packages: [],
    weakened,
    verification: checked ? { method: 'pinned-checksum', location: at(command, word) } : null,
    probe: false,
  };
}

function byName(
  command: StageCommand,
  manager: Manager,
  action: string,
  indexes: readonly Fetch[],
  names: readonly Argument[],
  weakened: readonly Weakening[],
): Fetch {
  const locked = manager.locked?.test(`${action} ${command.text}`) === true;
  const insecure = weakened.length > 0 || indexes.some(({ secureChannel }) => secureChannel === 'no');
  const method: Import['verification']['method'] = weakened.some(
    (one) => !/trusted.host|ssl|TLS/i.test(one.option),
  )
    ? 'none'
    : locked
      ? 'pinned-checksum'
      : manager.signed
        ? 'signature'
        : 'fetched-checksum';
  return {
    kind: 'package-manager',
    source: text(manager.name),
    location: whole(command),
    order: command.order,
    output: { kind: 'stream' },
    secureChannel: insecure ? 'no' : 'yes',
    pinning: locked ? 'digest' : pinningOfNames(names),
    pipedToShell: false,
    packages: [...new Set(names.map((word) => format(word.value)))].sort(),
    weakened,
    verification: { method, location: method === 'none' ? null : whole(command) },
    probe: false,
  };
}

function pinningOfNames(names: readonly Argument[]): Pinning {
  if (names.length === 0) return 'moving';
  const each = names.map((word): Pinning => {
    const start = format(word.value);
    if (/(==?|@|:)v?\d/.test(start.slice(1))) return 'version';
    return known(word.value) === null ? 'unknown' : 'moving';
  });
  if (each.includes('moving')) return 'moving';
  return each.includes('unknown') ? 'unknown' : 'version';
}

// Switches of all package managers: none of them means anything harmless to another.
const WEAK =
  /^(--allow-unauthenticated|--allow-insecure-repositories|--allow-downgrade-to-insecure-repositories|--force-yes|--allow-untrusted|--nogpgcheck|--no-gpgcheck|--no-gpg-checks|--no-gpg-check|--no-check-certificate|--trusted-host(=.*)?|--strict-ssl=false|--no-strict-ssl|--insecure|--skip-signature|--nosignature|--nodigest|--disable-gpg-check|--no-verify-ssl|--allow-insecure-host(=.*)?|--no-cert-check|--insecure-skip-tls-verify(=true)?|--ignore-?checksums?|--allow-empty-checksums(-secure)?|-skippublishercheck|-Dmaven\.wagon\.http\.ssl\.(insecure|allowall)=true|-Daether\.connector\.https\.securityMode=insecure)$/i;
const WEAK_SETTINGS =
  /^(Acquire::https?(::[^:]+)?::Verify-(Peer|Host)=("?false"?|0)|Acquire::AllowInsecureRepositories=("?true"?|1)|APT::Get::AllowUnauthenticated=("?true"?|1|yes)|Acquire::Check-Valid-Until=never|(gpgcheck|sslverify|repo_gpgcheck)=(0|false))$/i;

function weakenings(
  command: StageCommand,
  manager: Manager,
  words: readonly Argument[],
  stage: Surroundings,
): readonly Weakening[] {
  const own = words.flatMap((word): readonly Weakening[] => {
    const start = prefix(word.value);
    const setting = start
      .replace(/^(-o|--option=|--setopt=)\s*/, '')
      .replace(/^[^.]*\.(?=gpgcheck|sslverify)/, '');
    if (!WEAK.test(start) && !WEAK_SETTINGS.test(setting)) return [];
    return [{ option: start, location: at(command, word) }];
  });
  return [
    ...own,
    ...weakeningVariables(command, manager.name),
    ...stage.weakenedBefore(manager.name, command.order),
  ];
}
