// An image name → the distribution and release inside, where the name alone makes that certain.
import type { ImageReference } from '../model/image.ts';
import { type DistributionId, type Support, supportOf } from './distribution-support.ts';
import { officialName, officialStatus } from './official-images.ts';

export type Distribution = {
  readonly id: DistributionId;
  /** As the support table names it, e.g. `12`, `24.04`, `3.20`; null when the name leaves it open (`latest`, `stable`, `3`). */
  readonly release: string | null;
};

const DEBIAN: Readonly<Record<string, string>> = {
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
};

const UBUNTU: Readonly<Record<string, string>> = {
  precise: '12.04',
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  groovy: '20.10',
  hirsute: '21.04',
  impish: '21.10',
  jammy: '22.04',
  kinetic: '22.10',
  lunar: '23.04',
  mantic: '23.10',
  noble: '24.04',
  oracular: '24.10',
  plucky: '25.04',
  questing: '25.10',
  resolute: '26.04',
};

/** Releases of Windows by how tags call them: by name, by version, by build number. */
const WINDOWS: Readonly<Record<string, string>> = {
  26100: 'ltsc2025',
  20348: 'ltsc2022',
  19042: '20H2',
  '20h2': '20H2',
  19041: '2004',
  18363: '1909',
  18362: '1903',
  // One build, of which the older name was kept.
  1809: 'ltsc2019',
  17763: 'ltsc2019',
  17134: '1803',
  16299: '1709',
};

/** Repositories that hold nothing but a distribution; `*` in front of `/` stands for any registry of the list. */
const REPOSITORIES: readonly (readonly [registry: string, repository: RegExp, id: DistributionId])[] = [
  ['public.ecr.aws', /^debian\/debian$/, 'debian'],
  ['public.ecr.aws', /^(?:ubuntu|lts)\/ubuntu$/, 'ubuntu'],
  ['public.ecr.aws', /^amazonlinux\/amazonlinux$/, 'amazon'],
  ['registry.fedoraproject.org', /^fedora(?:-minimal)?$/, 'fedora'],
  ['quay.io', /^fedora\/fedora(?:-minimal)?$/, 'fedora'],
  ['quay.io', /^centos\/centos$/, 'centos-stream'],
  ['quay.io', /^rockylinux\/rockylinux$/, 'rocky'],
  ['docker.io', /^rockylinux\/rockylinux$/, 'rocky'],
  ['quay.io', /^almalinuxorg\/almalinux$/, 'alma'],
  ['docker.io', /^opensuse\/leap$/, 'opensuse-leap'],
  ['docker.io', /^opensuse\/tumbleweed$/, 'opensuse-tumbleweed'],
  ['registry.opensuse.org', /^opensuse\/leap$/, 'opensuse-leap'],
  ['registry.opensuse.org', /^opensuse\/tumbleweed$/, 'opensuse-tumbleweed'],
  ['container-registry.oracle.com', /^os\/oraclelinux$/, 'oracle'],
  ['ghcr.io', /^oracle\/oraclelinux$/, 'oracle'],
  ['mcr.microsoft.com', /^windows(?:\/(?:nanoserver|servercore|server))?$/, 'windows'],
  ['docker.io', /^microsoft\/(?:nanoserver|windowsservercore)$/, 'windows'],
];

const OFFICIAL: Readonly<Record<string, DistributionId>> = {
  debian: 'debian',
  ubuntu: 'ubuntu',
  alpine: 'alpine',
  fedora: 'fedora',
  centos: 'centos',
  rockylinux: 'rocky',
  almalinux: 'alma',
  oraclelinux: 'oracle',
  amazonlinux: 'amazon',
};

const RED_HAT = new Set(['registry.access.redhat.com', 'registry.redhat.io']);

/** Null when the name doesn't say; a digest alone never does. */
export function distributionOf(reference: ImageReference): Distribution | null {
  const { registry, repository } = reference;
  const ubi = RED_HAT.has(registry) ? /^(?:ubi|rhel)(\d+)(?:-\w+)?(?:\/|$)/.exec(repository) : null;
  if (ubi) return { id: 'rhel', release: ubi[1] ?? null };
  const distroless = registry === 'gcr.io' ? /^distroless\/.*-debian(\d+)$/.exec(repository) : null;
  if (distroless) return { id: 'debian', release: distroless[1] ?? null };
  const name = officialName(reference);
  const own = name !== null && Object.hasOwn(OFFICIAL, name) ? OFFICIAL[name] : undefined;
  const id = own ?? REPOSITORIES.find(([host, path]) => host === registry && path.test(repository))?.[2];
  // A digest beside a tag decides what is pulled, yet people keep the two together; alone it says nothing.
  const tag = reference.tag ?? (reference.digest === null ? 'latest' : '');
  if (id === 'windows') return { id, release: windowsIn(tag, repository) };
  if (id) return { id, release: releaseIn(id, tag) };
  return keepsTagRules(reference) ? distributionInTag(tag) : null;
}

/** What is known of the support of an image's distribution; null when release or dates are unknown. */
export function supportOfImage(
  reference: ImageReference,
): (Support & { readonly distribution: Distribution }) | null {
  const distribution = distributionOf(reference);
  if (distribution === null || distribution.release === null) return null;
  const support = supportOf(distribution.id, distribution.release);
  return support === null ? null : { ...support, distribution };
}

/** Publishers whose tags name their distribution by rule: the official images and Microsoft's. */
function keepsTagRules(reference: ImageReference): boolean {
  return officialStatus(reference) !== 'none' || reference.registry === 'mcr.microsoft.com';
}

function releaseIn(id: DistributionId, tag: string): string | null {
  const [first = ''] = tag.split('-');
  switch (id) {
    case 'debian':
      return codename(DEBIAN, tag) ?? /^(\d+)(?:\.\d+)?$/.exec(first)?.[1] ?? null;
    case 'ubuntu':
      return codename(UBUNTU, tag) ?? /^\d\d\.\d\d$/.exec(first)?.[0] ?? null;
    case 'alpine':
      return /^(\d+\.\d+)(?:\.\d+)?$/.exec(first)?.[1] ?? null;
    case 'opensuse-leap':
      return /^(\d+\.\d+)/.exec(first)?.[1] ?? null;
    case 'opensuse-tumbleweed':
      return null;
    case 'centos':
      return /^(?:centos)?(\d+)(?:\.\d+)*$/.exec(first)?.[1] ?? null;
    case 'centos-stream':
      return /^stream(\d+)$/.exec(first)?.[1] ?? null;
    case 'amazon':
      return /^(?:1|2018\.03)(?:\.|$)/.test(first)
        ? '2018.03'
        : (/^(2023|2)(?:\.\d+)*$/.exec(first)?.[1] ?? null);
    default:
      return /^(\d+)(?:\.\d+)*$/.exec(first)?.[1] ?? null;
  }
}

/** `ltsc2022-amd64`, `1809`, `10.0.17763.1457`; the build of 2016 alone does not say which image it is. */
function windowsIn(tag: string, image: string): string | null {
  const [first = ''] = tag.toLowerCase().split('-');
  if (/^(?:ltsc20\d\d|sac2016)$/.test(first)) return first;
  const build = /^10\.0\.(\d+)(?:\.\d+)*$/.exec(first)?.[1] ?? first;
  if (build === '14393') return image.includes('nanoserver') ? 'sac2016' : 'ltsc2016';
  if (Object.hasOwn(WINDOWS, build)) return WINDOWS[build] ?? null;
  return /^(?:1709|1803|1903|1909|2004)$/.test(build) ? build : null;
}

function codename(names: Readonly<Record<string, string>>, tag: string): string | null {
  for (const part of tag.split('-')) if (Object.hasOwn(names, part)) return names[part] ?? null;
  return null;
}

/** The distribution that a part of a tag names, as in `3.13-slim-bookworm`, `22-alpine3.21`, `21-ubi9-minimal`. */
function distributionInTag(tag: string): Distribution | null {
  const debian = codename(DEBIAN, tag);
  if (debian) return { id: 'debian', release: debian };
  const ubuntu = codename(UBUNTU, tag);
  if (ubuntu) return { id: 'ubuntu', release: ubuntu };
  const windows = /(?:^|-)(nanoserver|windowsservercore)-(.+)$/.exec(tag);
  if (windows) return { id: 'windows', release: windowsIn(windows[2] ?? '', windows[1] ?? '') };
  for (const part of tag.split('-')) {
    const match = /^(alpine|ubi|al|ol|oraclelinux|fedora)(\d+(?:\.\d+)?)?$/.exec(part);
    if (!match) continue;
    const [, word = '', version = null] = match;
    if (word === 'alpine') return { id: 'alpine', release: version };
    if (version === null) continue;
    if (word === 'ubi') return { id: 'rhel', release: version };
    if (word === 'al') return { id: 'amazon', release: version };
    if (word === 'fedora') return { id: 'fedora', release: version };
    return { id: 'oracle', release: version };
  }
  return null;
}
