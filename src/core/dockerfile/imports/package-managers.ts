// What is known of each package manager: what it is called, when it fetches, how its packages are checked.

import type { Argument } from '../../shell/trace.ts';
import { known } from '../../value.ts';
import type { StageCommand } from './stage-commands.ts';

export type Manager = {
  readonly name: string;
  /** Sub-commands that fetch packages; of those without sub-commands `verbless` is set. */
  readonly verbs: RegExp;
  readonly verbless?: boolean;
  /** Options that take a value, so that it is not read as a package. */
  readonly valued: readonly string[];
  /** The index of packages is signed by its distributor. */
  readonly signed: boolean;
  /** Sub-command and command line of an installation by lock file with hashes. */
  readonly locked?: RegExp;
  /** Options that name another index. */
  readonly indexOptions?: readonly string[];
  /** Variables that name another index. */
  readonly indexVariables?: readonly string[];
  /** Options whose value may be a URL to install. */
  readonly urlOptions?: readonly string[];
  readonly node?: boolean;
  /** Fetches dependencies by name even when only local files are named. */
  readonly alwaysResolves?: boolean;
};

const APT = {
  verbs: /^(install|upgrade|dist-upgrade|full-upgrade|build-dep|reinstall|satisfy|source|download)$/,
  valued: ['-o', '-t', '-c', '--option', '--target-release', '--config-file', '--host-architecture'],
  signed: true,
};
const YUM = {
  verbs:
    /^(install|localinstall|groupinstall|group|reinstall|update|upgrade|distro-sync|module|builddep|swap|downgrade|install-n?|dist-upgrade|upgrade-minimal)$/,
  valued: [
    '-c',
    '-x',
    '--exclude',
    '--enablerepo',
    '--disablerepo',
    '--installroot',
    '--releasever',
    '--setopt',
    '--repo',
    '--repoid',
    '--disableplugin',
    '--forcearch',
    '--config',
  ],
  signed: true,
};
const NPM = {
  verbs:
    /^(install|i|add|ci|in|update|up|upgrade|exec|dlx|x|create|global|init|clean-install|install-ci-test|import|fetch|prune|dedupe)?$/,
  valued: [
    '--prefix',
    '--registry',
    '--cache',
    '-C',
    '--cwd',
    '--omit',
    '--include',
    '--only',
    '--loglevel',
    '--network-timeout',
    '--workspace',
    '-w',
    '--filter',
    '--modules-folder',
    '--cache-folder',
    '--dir',
    '--store-dir',
    '--network-concurrency',
    '--fetch-retries',
    '--fetch-timeout',
    '--userconfig',
  ],
  signed: false,
  locked: /^(ci|clean-install)\b|--frozen-lockfile|--immutable/,
  indexOptions: ['--registry'],
  indexVariables: ['NPM_CONFIG_REGISTRY', 'npm_config_registry', 'YARN_NPM_REGISTRY_SERVER', 'YARN_REGISTRY'],
  node: true,
};
const PIP = {
  verbs: /^(install|download|wheel)$/,
  valued: [
    '-r',
    '-c',
    '-e',
    '-i',
    '-f',
    '-t',
    '-b',
    '--requirement',
    '--constraint',
    '--editable',
    '--index-url',
    '--extra-index-url',
    '--index',
    '--default-index',
    '--find-links',
    '--target',
    '--prefix',
    '--root',
    '--cache-dir',
    '--trusted-host',
    '--timeout',
    '--retries',
    '--proxy',
    '--cert',
    '--platform',
    '--python-version',
    '--only-binary',
    '--no-binary',
    '--progress-bar',
    '--global-option',
    '--install-option',
    '--config-settings',
    '--upgrade-strategy',
    '--src',
    '-d',
    '--dest',
    '-w',
    '--wheel-dir',
    '--default-timeout',
    '--log',
    '--python',
    '-p',
    '--extra',
    '--group',
  ],
  signed: false,
  locked: /--require-hashes/,
  indexOptions: [
    '-i',
    '--index-url',
    '--extra-index-url',
    '--index',
    '--default-index',
    '-f',
    '--find-links',
  ],
  indexVariables: [
    'PIP_INDEX_URL',
    'PIP_EXTRA_INDEX_URL',
    'PIP_FIND_LINKS',
    'UV_INDEX_URL',
    'UV_EXTRA_INDEX_URL',
    'UV_INDEX',
    'UV_DEFAULT_INDEX',
    'UV_FIND_LINKS',
  ],
  urlOptions: ['-e', '--editable', '-r', '--requirement'],
};

const MANAGERS: Readonly<Record<string, Manager>> = {
  'apt-get': { name: 'apt', ...APT },
  apt: { name: 'apt', ...APT },
  aptitude: { name: 'apt', ...APT },
  install_packages: { name: 'apt', ...APT, verbs: /^$/, verbless: true },
  apk: {
    name: 'apk',
    verbs: /^(add|upgrade|fetch|fix)$/,
    valued: [
      '-t',
      '--virtual',
      '-X',
      '--repository',
      '-p',
      '--root',
      '--repositories-file',
      '--keys-dir',
      '--arch',
      '--cache-dir',
      '--wait',
    ],
    signed: true,
    indexOptions: ['-X', '--repository'],
  },
  yum: { name: 'yum', ...YUM },
  dnf: { name: 'dnf', ...YUM },
  dnf5: { name: 'dnf', ...YUM },
  microdnf: { name: 'dnf', ...YUM },
  tdnf: { name: 'tdnf', ...YUM },
  rpm: {
    name: 'rpm',
    verbs: /^$/,
    verbless: true,
    valued: ['--root', '--prefix', '--dbpath', '--define', '-D'],
    signed: false,
  },
  zypper: {
    name: 'zypper',
    verbs: /^(install|in|update|up|dup|dist-upgrade|patch|source-install|si)$/,
    valued: ['-R', '--root', '-p', '-r', '-t', '--repo', '--from', '--gpg-auto-import-keys-from'],
    signed: true,
  },
  pacman: {
    name: 'pacman',
    verbs: /^$/,
    verbless: true,
    valued: ['-b', '-r', '--dbpath', '--root', '--config', '--cachedir'],
    signed: true,
  },
  emerge: { name: 'portage', verbs: /^$/, verbless: true, valued: [], signed: true },
  brew: { name: 'brew', verbs: /^(install|upgrade|reinstall|tap|bundle)$/, valued: [], signed: false },
  pip: { name: 'pip', ...PIP },
  pip3: { name: 'pip', ...PIP },
  pipx: { name: 'pip', ...PIP },
  poetry: {
    name: 'poetry',
    verbs: /^(install|add|update|sync)$/,
    valued: ['--only', '--with', '--without', '-E', '-G', '--group', '-C', '-P'],
    signed: false,
    locked: /^(install|sync)\b/,
  },
  pipenv: {
    name: 'pipenv',
    verbs: /^(install|sync|update)$/,
    valued: ['-i', '-r', '--python'],
    signed: false,
    locked: /^sync\b|--deploy|--ignore-pipfile/,
  },
  uv: {
    name: 'uv',
    verbs: /^(sync|add)$/,
    valued: [
      '--extra',
      '--group',
      '--python',
      '-p',
      '--index-url',
      '--extra-index-url',
      '--find-links',
      '-f',
      '--no-group',
      '--package',
      '--directory',
      '--index',
      '--default-index',
    ],
    signed: false,
    locked: /^sync\b/,
    indexOptions: ['--index-url', '--extra-index-url', '--index', '--default-index', '-f', '--find-links'],
    indexVariables: ['UV_INDEX_URL', 'UV_EXTRA_INDEX_URL', 'UV_INDEX', 'UV_DEFAULT_INDEX', 'UV_FIND_LINKS'],
  },
  conda: {
    name: 'conda',
    verbs: /^(install|create|update|upgrade|env)$/,
    valued: ['-n', '-c', '-p', '-f', '--name', '--channel', '--prefix', '--file', '--solver'],
    signed: false,
    indexOptions: ['-c', '--channel'],
  },
  mamba: {
    name: 'conda',
    verbs: /^(install|create|update|env)$/,
    valued: ['-n', '-c', '-p', '-f', '--name', '--channel', '--prefix', '--file'],
    signed: false,
    indexOptions: ['-c', '--channel'],
  },
  micromamba: {
    name: 'conda',
    verbs: /^(install|create|update|env)$/,
    valued: ['-n', '-c', '-p', '-f', '--name', '--channel', '--prefix', '--file'],
    signed: false,
    indexOptions: ['-c', '--channel'],
  },
  npm: {
    name: 'npm',
    ...NPM,
    verbs: /^(install|i|add|ci|in|update|up|upgrade|exec|x|create|init|clean-install|install-test|it)$/,
  },
  npx: { name: 'npm', ...NPM, verbs: /^$/, verbless: true },
  yarn: { name: 'yarn', ...NPM, verbs: /^(install|add|global|up|upgrade|dlx|create)?$/ },
  pnpm: { name: 'pnpm', ...NPM, verbs: /^(install|i|add|fetch|update|up|dlx|create|deploy)$/ },
  bun: { name: 'bun', ...NPM, verbs: /^(install|i|add|update|x|create)$/ },
  gem: {
    name: 'gem',
    verbs: /^(install|i|update|fetch)$/,
    valued: [
      '-v',
      '--version',
      '-s',
      '--source',
      '-i',
      '-n',
      '--install-dir',
      '--bindir',
      '-P',
      '--platform',
    ],
    signed: false,
    indexOptions: ['-s', '--source'],
  },
  bundle: {
    name: 'bundler',
    verbs: /^(install|update|add|package|cache)?$/,
    valued: ['--jobs', '-j', '--path', '--without', '--with', '--retry', '--gemfile'],
    signed: false,
    locked: /--frozen|--deployment/,
  },
  bundler: {
    name: 'bundler',
    verbs: /^(install|update)?$/,
    valued: ['--jobs', '-j', '--path', '--without', '--retry', '--gemfile'],
    signed: false,
    locked: /--frozen|--deployment/,
  },
  go: {
    name: 'go',
    verbs: /^(install|get|mod|build|test|generate|run)$/,
    valued: ['-o', '-ldflags', '-tags', '-mod', '-modfile', '-gcflags', '-C', '-p', '-trimpath-x'],
    signed: true,
    indexVariables: ['GOPROXY'],
  },
  cargo: {
    name: 'cargo',
    verbs: /^(install|add|fetch|build|binstall|test|update|chef|vendor|b|check|run)$/,
    valued: [
      '--git',
      '--branch',
      '--tag',
      '--rev',
      '--version',
      '--vers',
      '--features',
      '-F',
      '--target',
      '--root',
      '--path',
      '--bin',
      '--manifest-path',
      '-p',
      '--package',
      '--profile',
      '--target-dir',
      '--recipe-path',
      '-j',
      '--jobs',
      '--registry',
      '--index',
      '-Z',
    ],
    signed: false,
    locked: /--locked|--frozen/,
    indexOptions: ['--index'],
    urlOptions: ['--git'],
  },
  composer: {
    name: 'composer',
    verbs: /^(install|require|update|create-project|global|i|u|r)$/,
    valued: ['-d', '--working-dir', '--stability', '--repository'],
    signed: false,
    indexOptions: ['--repository'],
    locked: /^install\b/,
  },
  pecl: { name: 'pecl', verbs: /^(install|upgrade|download)$/, valued: ['-D'], signed: false },
  pear: { name: 'pear', verbs: /^(install|upgrade|download)$/, valued: [], signed: false },
  dotnet: {
    name: 'nuget',
    verbs: /^(restore|build|publish|add|tool|test|run|pack|workload|msbuild|new)$/,
    valued: [
      '-c',
      '-o',
      '-r',
      '-f',
      '-v',
      '-p',
      '-s',
      '--source',
      '--configuration',
      '--output',
      '--runtime',
      '--framework',
      '--version',
      '--add-source',
      '--tool-path',
      '--verbosity',
      '--configfile',
      '-a',
      '--arch',
    ],
    signed: true,
    indexOptions: ['-s', '--source', '--add-source'],
  },
  nuget: {
    name: 'nuget',
    verbs: /^(install|restore|update)$/i,
    valued: ['-Source', '-Version', '-OutputDirectory'],
    signed: true,
  },
  mvn: {
    name: 'maven',
    verbs: /./,
    valued: [
      '-f',
      '-pl',
      '-P',
      '-s',
      '-T',
      '-D',
      '--file',
      '--projects',
      '--settings',
      '--threads',
      '-gs',
      '-rf',
    ],
    signed: false,
  },
  mvnw: {
    name: 'maven',
    verbs: /./,
    valued: ['-f', '-pl', '-P', '-s', '-T', '-D', '--file', '--settings'],
    signed: false,
  },
  gradle: {
    name: 'gradle',
    verbs: /./,
    valued: ['-p', '-b', '-P', '-x', '-D', '-g', '--project-dir'],
    signed: false,
  },
  gradlew: {
    name: 'gradle',
    verbs: /./,
    valued: ['-p', '-b', '-P', '-x', '-D', '-g', '--project-dir'],
    signed: false,
  },
  sbt: { name: 'sbt', verbs: /./, valued: [], signed: false },
  lein: { name: 'leiningen', verbs: /^(deps|uberjar|install|run|do)$/, valued: [], signed: false },
  mix: {
    name: 'hex',
    verbs: /^(deps\.get|local\.hex|local\.rebar|archive\.install|escript\.install)$/,
    valued: ['--only'],
    signed: false,
  },
  rebar3: { name: 'hex', verbs: /^(get-deps|compile|as|release)$/, valued: [], signed: false },
  cabal: {
    name: 'cabal',
    verbs: /^(install|build|update|fetch|v2-install|new-install)$/,
    valued: ['-w', '--installdir'],
    signed: false,
  },
  stack: {
    name: 'stack',
    verbs: /^(install|build|setup|update)$/,
    valued: ['--resolver', '--local-bin-path'],
    signed: false,
  },
  luarocks: {
    name: 'luarocks',
    verbs: /^(install|make|build)$/,
    valued: ['--server', '--tree'],
    signed: false,
    indexOptions: ['--server'],
  },
  cpan: { name: 'cpan', verbs: /^$/, verbless: true, valued: [], signed: false },
  cpanm: {
    name: 'cpan',
    verbs: /^$/,
    verbless: true,
    valued: ['-l', '--mirror', '--installdeps-x'],
    signed: false,
    indexOptions: ['--mirror'],
  },
  opam: {
    name: 'opam',
    verbs: /^(install|init|update|upgrade|switch|pin)$/,
    valued: ['-j', '--jobs'],
    signed: false,
  },
  helm: { name: 'helm', verbs: /^(plugin|pull|fetch|dependency)$/, valued: ['--version'], signed: false },
  krew: { name: 'krew', verbs: /^(install)$/, valued: [], signed: false },
  choco: {
    name: 'chocolatey',
    verbs: /^(install|upgrade)$/,
    valued: ['--version', '-s', '--source', '--params', '--package-parameters', '--install-arguments'],
    signed: false,
    indexOptions: ['-s', '--source'],
  },
  scoop: { name: 'scoop', verbs: /^(install|update)$/, valued: [], signed: false },
  winget: {
    name: 'winget',
    verbs: /^(install|upgrade)$/,
    valued: ['--version', '-v', '--id', '--source'],
    signed: false,
  },
  'install-module': {
    name: 'powershell-gallery',
    verbs: /^$/,
    verbless: true,
    valued: ['-Repository', '-RequiredVersion', '-Scope', '-MinimumVersion', '-Name'],
    signed: false,
  },
  'install-packageprovider': {
    name: 'powershell-gallery',
    verbs: /^$/,
    verbless: true,
    valued: ['-MinimumVersion', '-Scope', '-RequiredVersion', '-Name'],
    signed: false,
  },
  'nix-env': { name: 'nix', verbs: /^$/, verbless: true, valued: ['-f', '-p', '-I'], signed: true },
  asdf: { name: 'asdf', verbs: /^(install|plugin|plugin-add)$/, valued: [], signed: false },
  nvm: { name: 'nvm', verbs: /^(install)$/, valued: [], signed: false },
  fnm: { name: 'fnm', verbs: /^(install)$/, valued: [], signed: false },
  volta: { name: 'volta', verbs: /^(install|pin)$/, valued: [], signed: false },
  mise: { name: 'mise', verbs: /^(install|use|i)$/, valued: [], signed: false },
  sdk: { name: 'sdkman', verbs: /^(install|i)$/, valued: [], signed: false },
  pyenv: { name: 'pyenv', verbs: /^(install)$/, valued: [], signed: false },
  rbenv: { name: 'rbenv', verbs: /^(install)$/, valued: [], signed: false },
  goenv: { name: 'goenv', verbs: /^(install)$/, valued: [], signed: false },
  nodenv: { name: 'nodenv', verbs: /^(install)$/, valued: [], signed: false },
  phpenv: { name: 'phpenv', verbs: /^(install)$/, valued: [], signed: false },
  corepack: { name: 'corepack', verbs: /^(install|prepare|use)$/, valued: ['-o', '--output'], signed: false },
  rustup: {
    name: 'rustup',
    verbs: /^(install|toolchain|component|target|update|default)$/,
    valued: ['--profile', '--toolchain', '-c', '-t'],
    signed: false,
  },
  rosdep: {
    name: 'rosdep',
    verbs: /^(install|update)$/,
    valued: ['--rosdistro', '--from-paths', '-r'],
    signed: true,
  },
  tlmgr: { name: 'tlmgr', verbs: /^(install|update)$/, valued: ['--repository'], signed: true },
  snap: { name: 'snap', verbs: /^(install|refresh)$/, valued: ['--channel'], signed: true },
  flatpak: { name: 'flatpak', verbs: /^(install)$/, valued: [], signed: true },
  pkg: { name: 'pkg', verbs: /^(install|upgrade|add)$/, valued: [], signed: true },
  'xbps-install': { name: 'xbps', verbs: /^$/, verbless: true, valued: ['-R', '-r'], signed: true },
  swupd: { name: 'swupd', verbs: /^(bundle-add|update)$/, valued: [], signed: true },
};

/** `pip3.12`, `gem2.7`, `npm.cmd`, and `xx-go` of BuildKit's helpers for cross builds (github.com/tonistiigi/xx). */
function plainName(name: string): string {
  if (Object.hasOwn(MANAGERS, name)) return name;
  return name
    .replace(/^xx-(?=(?:go|apk|apt|apt-get|cargo)$)/, '')
    .replace(/^(pip|python)[\d.]+$/, '$1')
    .replace(/^gem[\d.]+$/, 'gem')
    .replace(/\.(cmd|bat|ps1|sh)$/, '');
}

/** The package manager a command is, with the words after its name; null when it is none. */
export function managerOf(
  command: StageCommand,
): { readonly manager: Manager; readonly words: readonly Argument[] } | null {
  const argv = command.invocation.argv;
  const name = plainName(command.name);
  if (name !== 'python' && !Object.hasOwn(MANAGERS, name)) return null;
  if (name === 'python' && known(argv[1]?.value ?? []) === '-m')
    return named(known(argv[2]?.value ?? []) ?? '', argv.slice(3));
  const second = known(argv[1]?.value ?? []);
  if (name === 'uv' && second === 'pip') return named('pip', argv.slice(2));
  if (name === 'uv' && second === 'tool') return named('pip', argv.slice(2));
  if (name === 'go' && second !== null) return goManager(second, argv);
  if (name === 'rpm')
    return /^-[a-zA-Z]*[iUF]|^--(install|upgrade|freshen)$/.test(
      argv
        .slice(1)
        .map((word) => known(word.value) ?? '')
        .find((word) => word.startsWith('-')) ?? '',
    ) && !argv.some((word) => known(word.value) === '--import')
      ? named('rpm', argv.slice(1))
      : null;
  if (name === 'pacman' && !argv.some((word) => /^-S/.test(known(word.value) ?? ''))) return null;
  if (
    name === 'dotnet' &&
    second === 'tool' &&
    !/^(install|update|restore)$/.test(known(argv[2]?.value ?? []) ?? '')
  )
    return null;
  if (name === 'dotnet' && second === 'nuget') return null;
  if (
    name === 'nix-env' &&
    !argv.some((word) => /^-[a-zA-Z]*[iu]|^--(install|upgrade)$/.test(known(word.value) ?? ''))
  )
    return null;
  return named(name, argv.slice(1));
}

// `go build` and friends fetch what go.mod lists; `go mod` only by download and tidy.
function goManager(verb: string, argv: readonly Argument[]) {
  const target = known(argv[2]?.value ?? []);
  if (verb === 'mod' && target !== 'download' && target !== 'tidy' && target !== 'vendor') return null;
  if (/^(build|test|run|generate)$/.test(verb)) return null;
  return named('go', argv.slice(1));
}

function named(name: string, words: readonly Argument[]) {
  const manager = Object.hasOwn(MANAGERS, name) ? MANAGERS[name] : undefined;
  return manager === undefined ? null : { manager, words };
}
