// Which programs fetch, by name without a version at its end.
import { withoutTrailing } from '../../shell/trailing.ts';
import { rawConnection, remoteOutput, viewer } from './connections.ts';
import { aria2c, curl, fetchFile, wget } from './downloads.ts';
import { editedLists } from './edited-lists.ts';
import type { Fetcher } from './fetch.ts';
import { git, otherRepository } from './git.ts';
import { installingProgram } from './installing-programs.ts';
import { packages } from './packages.ts';
import { mount, nameLookUp, share, socat, telnet, tlsClient } from './peers.ts';
import { LANGUAGE_NAMES } from './program-files.ts';
import { program } from './programs.ts';
import { addedRepository, keys } from './repositories.ts';
import { TRANSFER_NAMES, transfer } from './transfers.ts';
import { unknownProgram } from './unknown-program.ts';
import { webClient, webRequest, windowsTool } from './windows-downloads.ts';

const NAMES: Readonly<Record<string, readonly Fetcher[]>> = {
  ...Object.fromEntries(LANGUAGE_NAMES.map((name) => [name, [program, unknownProgram]])),
  ...Object.fromEntries(TRANSFER_NAMES.map((name) => [name, [transfer]])),
  http: [viewer],
  https: [viewer],
  xh: [viewer],
  xhs: [viewer],
  lynx: [viewer],
  w3m: [viewer],
  links: [viewer],
  elinks: [viewer],
  nc: [remoteOutput],
  ncat: [remoteOutput],
  netcat: [remoteOutput],
  ssh: [remoteOutput],
  sed: [editedLists],
  socat: [socat],
  telnet: [telnet],
  finger: [telnet],
  whois: [telnet],
  dig: [nameLookUp],
  kdig: [nameLookUp],
  drill: [nameLookUp],
  host: [nameLookUp],
  nslookup: [nameLookUp],
  'resolve-dnsname': [nameLookUp],
  openssl: [tlsClient],
  mount: [mount],
  'mount.nfs': [mount],
  'mount.nfs4': [mount],
  'mount.cifs': [mount],
  sshfs: [mount],
  curlftpfs: [mount],
  smbclient: [share],
  smbget: [share],
  curl: [curl],
  wget: [wget],
  curlie: [curl],
  aria2c: [aria2c],
  axel: [fetchFile],
  fetch: [fetchFile],
  'invoke-webrequest': [webRequest],
  iwr: [webRequest],
  'invoke-restmethod': [webRequest],
  irm: [webRequest],
  'start-bitstransfer': [webRequest],
  '.downloadfile': [webClient],
  '.downloadstring': [webClient],
  '.downloadfiletaskasync': [webClient],
  certutil: [windowsTool],
  bitsadmin: [windowsTool],
  python: [program, packages, unknownProgram],
  perl: [program, installingProgram, unknownProgram],
  r: [program, installingProgram, unknownProgram],
  rscript: [program, installingProgram, unknownProgram],
  julia: [program, installingProgram],
  deno: [program, packages, unknownProgram],
  bun: [program, packages, unknownProgram],
  git: [git],
  svn: [otherRepository],
  hg: [otherRepository],
  bzr: [otherRepository],
  gh: [otherRepository],
  gpg: [keys],
  'apt-key': [keys],
  rpm: [keys, packages],
  'add-apt-repository': [addedRepository],
  'apt-add-repository': [addedRepository],
  'yum-config-manager': [addedRepository],
  yum: [addedRepository, packages],
  dnf: [addedRepository, packages],
  dnf5: [addedRepository, packages],
  zypper: [addedRepository, packages],
  helm: [addedRepository, packages],
  flatpak: [addedRepository, packages],
  'nix-channel': [addedRepository],
  opam: [addedRepository, packages],
  conan: [addedRepository, packages],
  dotnet: [addedRepository, packages],
  nuget: [addedRepository, packages],
  poetry: [addedRepository, packages],
  'register-psrepository': [addedRepository],
  'register-packagesource': [addedRepository],
};

const FETCHERS: ReadonlyMap<string, readonly Fetcher[]> = new Map(Object.entries(NAMES));

/** Everything else is asked whether it is a package manager. */
export function fetchersOf(name: string): readonly Fetcher[] {
  return FETCHERS.get(name) ?? FETCHERS.get(withoutTrailing(name, '0123456789.')) ?? OTHERS;
}

const OTHERS: readonly Fetcher[] = [packages, unknownProgram, program];

/** What any command may do by its redirects. */
export const ALWAYS: readonly Fetcher[] = [rawConnection];
