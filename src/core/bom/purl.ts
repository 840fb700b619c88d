// What an import is called → its package URL, where that can be told. Source: github.com/package-url/purl-spec (types).
import type { DistributionId } from '../images/distribution-support.ts';
import type { Distribution } from '../images/distributions.ts';
import type { ImageReference } from '../model/image.ts';

/** A package as somebody would look it up; `version` null where the Dockerfile leaves it open. */
export type NamedPackage = {
  readonly name: string;
  readonly version: string | null;
  readonly purl: string | null;
};

/** `pkg:docker/…`, or `pkg:oci/…` where only the digest says which image it is. */
export function imagePurl({ registry, repository, tag, digest }: ImageReference): string {
  const short = registry === 'docker.io' ? repository.replace(/^library\//, '') : repository;
  if (digest !== null) {
    const name = repository.slice(repository.lastIndexOf('/') + 1);
    const asked = tag === null ? '' : `&tag=${encodeURIComponent(tag)}`;
    return `pkg:oci/${name}@${encodeURIComponent(digest)}?repository_url=${registry}/${repository}${asked}`;
  }
  const version = tag === null ? '' : `@${encodeURIComponent(tag)}`;
  const host = registry === 'docker.io' ? '' : `?repository_url=${encodeURIComponent(registry)}`;
  return `pkg:docker/${short}${version}${host}`;
}

/** `pkg:github/owner/repository@v1.2` for what a release or a commit there names, else `pkg:generic/file?download_url=…`. */
export function addressPurl(address: string): NamedPackage {
  const bare = address.replace(/^(?:git\+)?[a-z]+:\/\/(?:[^@/]*@)?/i, '').replace(/^git@([^:]+):/, '$1/');
  const [path = '', ref] = bare.split(/[#?]/, 2);
  const segments = path.split('/').filter((segment) => segment !== '');
  const [host = '', owner, repository] = segments;
  const last = segments.length > 1 ? (segments.at(-1) ?? host) : host;
  if (owner !== undefined && repository !== undefined && host.toLowerCase() === 'github.com') {
    const name = repository.replace(/\.git$/, '');
    const version = releaseIn(segments.slice(3)) ?? (segments.length === 3 ? (ref ?? null) : null);
    const at = version === null ? '' : `@${encoded(version)}`;
    return {
      name: `${owner}/${name}`,
      version,
      purl: `pkg:github/${encoded(owner.toLowerCase())}/${encoded(name.toLowerCase())}${at}`,
    };
  }
  return {
    name: last,
    version: null,
    purl: `pkg:generic/${encoded(last)}?download_url=${encoded(address)}`,
  };
}

/** `releases/download/TAG/…`, `archive/[refs/tags/]TAG.tar.gz`, `raw/REF/…`, `tarball/REF`. */
function releaseIn(segments: readonly string[]): string | null {
  const rest = segments.join('/');
  const found =
    /^releases\/download\/([^/]+)\//.exec(rest) ??
    /^archive\/(?:refs\/(?:tags|heads)\/)?(.+?)\.(?:tar\.gz|tgz|zip)$/.exec(rest) ??
    /^(?:raw|blob|tree)\/([^/]+)(?:\/|$)/.exec(rest) ??
    /^(?:tarball|zipball)\/(.+)$/.exec(rest);
  return found?.[1] ?? null;
}

const RPM_VENDORS: Readonly<Partial<Record<DistributionId, string>>> = {
  fedora: 'fedora',
  centos: 'centos',
  'centos-stream': 'centos',
  rocky: 'rocky',
  alma: 'almalinux',
  rhel: 'redhat',
  oracle: 'oracle',
  amazon: 'amzn',
  'opensuse-leap': 'opensuse',
  'opensuse-tumbleweed': 'opensuse',
};

/** Managers whose packages have a type of their own; how a version is written behind the name. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly split: RegExp }>> = {
  pip: { type: 'pypi', split: /^([^=<>~!;@\s[]+)(?:\[[^\]]*\])?(?:===?([\w.!+-]+))?/ },
  uv: { type: 'pypi', split: /^([^=<>~!;@\s[]+)(?:\[[^\]]*\])?(?:===?([\w.!+-]+))?/ },
  poetry: { type: 'pypi', split: /^([^=<>~!;@\s[]+)(?:\[[^\]]*\])?(?:===?([\w.!+-]+)|@(\d[\w.!+-]*))?/ },
  pipenv: { type: 'pypi', split: /^([^=<>~!;@\s[]+)(?:\[[^\]]*\])?(?:===?([\w.!+-]+))?/ },
  npm: { type: 'npm', split: /^(@?[^@\s]+)(?:@v?(\d+\.\d+\.\d[\w.+-]*))?/ },
  yarn: { type: 'npm', split: /^(@?[^@\s]+)(?:@v?(\d+\.\d+\.\d[\w.+-]*))?/ },
  pnpm: { type: 'npm', split: /^(@?[^@\s]+)(?:@v?(\d+\.\d+\.\d[\w.+-]*))?/ },
  bun: { type: 'npm', split: /^(@?[^@\s]+)(?:@v?(\d+\.\d+\.\d[\w.+-]*))?/ },
  gem: { type: 'gem', split: /^([^:\s]+)(?::(\d[\w.]*))?$/ },
  go: { type: 'golang', split: /^([^@\s]+)(?:@(v\d[\w.+-]*|[0-9a-f]{12,40}))?/ },
  cargo: { type: 'cargo', split: /^([^@\s]+)(?:@=?(\d[\w.+-]*))?$/ },
  composer: { type: 'composer', split: /^([\w.-]+\/[\w.-]+)(?:[:=](\d[\w.+-]*))?/ },
  nuget: { type: 'nuget', split: /^(\S+)$/ },
  luarocks: { type: 'luarocks', split: /^(\S+)$/ },
  cpan: { type: 'cpan', split: /^([\w:]+)(?:@(\d[\w.]*))?$/ },
  conda: { type: 'conda', split: /^(?:[\w.-]+::)?([\w.-]+)(?:==?([\w.]+))?/ },
  apt: { type: 'deb', split: /^([a-z0-9][a-z0-9.+-]*)(?::[\w-]+)?(?:=([\w.:~+-]+))?$/ },
  apk: { type: 'apk', split: /^([\w.+-]+?)(?:@[\w.-]+)?(?:=([\w.~+-]+))?(?:[<>~].*)?$/ },
  dnf: { type: 'rpm', split: /^([\w.+-]+)$/ },
  yum: { type: 'rpm', split: /^([\w.+-]+)$/ },
  zypper: { type: 'rpm', split: /^([\w.+-]+)$/ },
};

/**
 * A package as a package manager's command names it. Packages of a distribution only have a package URL where the
 * distribution is known: the same name is another package elsewhere.
 */
export function packagePurl(manager: string, written: string, below: Distribution | null): NamedPackage {
  const kind = TYPES[manager];
  const [, name = written, version = null] = kind?.split.exec(written) ?? [];
  if (kind === undefined) return { name: written, version: null, purl: null };
  const at = version === null ? '' : `@${encoded(version)}`;
  switch (kind.type) {
    case 'deb':
      return below?.id === 'debian' || below?.id === 'ubuntu'
        ? { name, version, purl: `pkg:deb/${below.id}/${encoded(name)}${at}${distro(below)}` }
        : { name, version, purl: null };
    case 'apk':
      return below?.id === 'alpine'
        ? { name, version, purl: `pkg:apk/alpine/${encoded(name)}${at}${distro(below)}` }
        : { name, version, purl: null };
    case 'rpm': {
      const vendor = below === null ? undefined : RPM_VENDORS[below.id];
      // `curl-8.5` is a name with a version, or a name: nobody can tell from here.
      return below === null || vendor === undefined || /-\d/.test(name)
        ? { name, version: null, purl: null }
        : { name, version: null, purl: `pkg:rpm/${vendor}/${encoded(name)}${distro(below)}` };
    }
    case 'pypi': {
      const normal = name.toLowerCase().replaceAll('_', '-');
      return { name, version, purl: `pkg:pypi/${encoded(normal)}${at}` };
    }
    default:
      return { name, version, purl: `pkg:${kind.type}/${name.split('/').map(encoded).join('/')}${at}` };
  }
}

function distro({ id, release }: Distribution): string {
  return release === null ? '' : `?distro=${id}-${release}`;
}

/** As the specification asks: everything but letters, digits and `.-_~`. */
function encoded(segment: string): string {
  return encodeURIComponent(segment.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
