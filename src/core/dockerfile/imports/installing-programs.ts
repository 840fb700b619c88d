// Programs for R, Julia and Perl given on the command line: the packages they install, and from where.
import type { Value } from '../../model/value.ts';
import { format, known, text } from '../../value.ts';
import { whole } from './download.ts';
import { channelOf, type Fetch, type Fetcher } from './fetch.ts';
import { pinningOf } from './git.ts';
import { repository } from './repositories.ts';
import type { StageCommand } from './stage-commands.ts';
import { pinningOfUrl } from './url-pinning.ts';

/** UTF-16 length of a program that is searched. */
const MAX_LENGTH = 20_000;

/** https://remotes.r-lib.org: `install_github("owner/name@ref")` and its like for other hosts. */
const FORGES: Readonly<Record<string, string>> = {
  github: 'https://github.com/',
  gitlab: 'https://gitlab.com/',
  bitbucket: 'https://bitbucket.org/',
  git: '',
  url: '',
  svn: '',
};
const FROM_FORGE =
  /\binstall_(github|gitlab|bitbucket|git|url|svn)\s*\(\s*["']([^"']+)["'](?:[^)]*\bref\s*=\s*["']([^"']+)["'])?/g;
const R_PACKAGES = /\b(?:install\.packages|BiocManager::install|pak::pkg_install)\s*\(/;
const R_ADDRESS = /\binstall\.packages\s*\(\s*["'](https?:\/\/[^"']+)["']/g;
const R_REPOSITORY = /\brepos\s*=\s*(?:c\s*\(\s*)?(?:\w+\s*=\s*)?["']((?:https?|ftp):\/\/[^"']+)["']/g;
const JULIA =
  /\bPkg\.(?:add|develop)\s*\([^)]*?(?:url\s*=\s*)?["'](https?:\/\/[^"']+)["'](?:[^)]*\brev\s*=\s*["']([^"']+)["'])?/g;

/** `R -e …`, `Rscript -e …`, `julia -e …`, `perl -MCPAN -e …`, and programs fed by heredoc. */
export const installingProgram: Fetcher = (command) => {
  const { argv, stdin } = command.invocation;
  const carriers = argv
    .slice(1)
    .filter((_, index) => /^(-[a-zA-Z]*[eE]|--eval)$/.test(known(argv[index]?.value ?? []) ?? ''));
  const content = [
    ...carriers.map(({ value }) => value),
    ...(carriers.length === 0 && stdin !== null ? [stdin] : []),
  ]
    .map(format)
    .join('\n')
    .slice(0, MAX_LENGTH);
  if (command.name === 'perl')
    return argv.some((word) => known(word.value) === '-MCPAN') ? [byName(command, 'cpan')] : [];
  if (command.name === 'julia')
    return [...content.matchAll(JULIA)].map(([, address = '', ref]) =>
      fromAddress(command, text(address), ref ?? null, true),
    );
  return [
    ...[...content.matchAll(FROM_FORGE)].map(([, kind = '', named = '', given]) => {
      const [name = '', own] =
        kind === 'git' || kind === 'url' || kind === 'svn' ? [named] : named.split('@', 2);
      return fromAddress(command, text(`${FORGES[kind] ?? ''}${name}`), given ?? own ?? null, kind !== 'url');
    }),
    ...[...content.matchAll(R_ADDRESS)].map(([, address = '']) =>
      fromAddress(command, text(address), null, false),
    ),
    ...(R_PACKAGES.test(content.replace(R_ADDRESS, '')) ? [byName(command, 'cran')] : []),
    ...[...content.matchAll(R_REPOSITORY)].map(([, address = '']) =>
      repository(text(address), whole(command), command.order, channelOf(text(address), 'no'), 'none', []),
    ),
  ];
};

function fromAddress(command: StageCommand, source: Value, ref: string | null, isRepository: boolean): Fetch {
  return {
    ...byName(command, ''),
    kind: 'package-url',
    source,
    secureChannel: channelOf(source, 'yes'),
    pinning: !isRepository ? pinningOfUrl(source) : ref === null ? 'moving' : pinningOf(text(ref)),
    verification:
      ref !== null && /^[0-9a-f]{40}$/.test(ref)
        ? { method: 'pinned-checksum', location: whole(command) }
        : null,
  };
}

function byName(command: StageCommand, name: string): Fetch {
  return {
    kind: 'package-manager',
    source: text(name),
    location: whole(command),
    order: command.order,
    output: { kind: 'stream' },
    secureChannel: 'yes',
    pinning: 'moving',
    pipedToShell: false,
    packages: [],
    weakened: [],
    verification: { method: 'fetched-checksum', location: whole(command) },
    probe: false,
  };
}
