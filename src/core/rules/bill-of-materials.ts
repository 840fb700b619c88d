// An import → its entry in one of the repository's bills of materials.
import type { Bom, BomComponent } from '../model/facts.ts';
import type { ImageReference } from '../model/image.ts';

export type Entry = { readonly bom: Bom; readonly component: BomComponent };

/** The entry for an image: a container package URL of that repository, or the name as people write it. */
export function imageEntry(boms: readonly Bom[], reference: ImageReference): Entry | null {
  const { registry, repository, tag, digest } = reference;
  const short = repository.replace(/^library\//, '');
  const names = [repository, short, `${registry}/${repository}`, `${registry}/${short}`];
  const versions = [tag, digest].filter((version) => version !== null);
  return find(boms, ({ name, version, purl }) => {
    if (purl !== null && isContainer(purl)) return isPurlOf(purl, reference);
    if (!names.includes(name)) return false;
    return version === null || versions.length === 0 || versions.includes(version);
  });
}

/** The entry for something fetched: one that names its address, or its project with the release in the address. */
export function addressEntry(boms: readonly Bom[], source: string): Entry | null {
  const wanted = bareAddress(source);
  const project = projectIn(wanted);
  return find(boms, ({ addresses, purl, version }) => {
    if (addresses.some((address) => bareAddress(address) === wanted)) return true;
    if (purl !== null && decodedPurl(purl).includes(wanted)) return true;
    if (project === null) return false;
    const named = addresses.some((address) => projectIn(bareAddress(address)) === project);
    const byPurl =
      purl !== null && decodedPurl(purl).split(/[@?#]/, 1)[0] === `pkg:${project.replace('.com/', '/')}`;
    return (named || byPurl) && (version === null || source.includes(version));
  });
}

/** The digest that the entries of exactly this address give; null for none, and where they differ. */
export function digestOfAddress(boms: readonly Bom[], source: string): string | null {
  const wanted = bareAddress(source);
  const digests = boms
    .flatMap(({ components }) => components)
    .filter(({ addresses }) => addresses.some((address) => bareAddress(address) === wanted))
    .flatMap(({ sha256 }) => sha256 ?? []);
  return new Set(digests).size === 1 ? (digests[0] ?? null) : null;
}

/** The entry for a package: its package URL without qualifiers, or its name, at the version if both give one. */
export function packageEntry(
  boms: readonly Bom[],
  name: string,
  version: string | null,
  purl: string | null,
): Entry | null {
  const bare = purl === null ? null : barePurl(purl);
  return find(boms, (component) => {
    const isSame =
      bare !== null && component.purl !== null ? barePurl(component.purl) === bare : component.name === name;
    return isSame && (version === null || component.version === null || component.version === version);
  });
}

/** Type, namespace and name. */
export function barePurl(purl: string): string {
  return decodedPurl(purl.split(/[?#]/, 1)[0] ?? '').replace(/(?<=[^/])@[^@/]*$/, '');
}

function find(boms: readonly Bom[], matches: (component: BomComponent) => boolean): Entry | null {
  for (const bom of boms)
    for (const component of bom.components) if (matches(component)) return { bom, component };
  return null;
}

function isContainer(purl: string): boolean {
  return /^pkg:(?:docker|oci)\//.test(purl);
}

/** `pkg:docker/library/debian@12`, `pkg:oci/debian@sha256:…?repository_url=docker.io/library/debian&tag=12`. */
function isPurlOf(purl: string, { registry, repository, tag, digest }: ImageReference): boolean {
  const text = decodedPurl(purl);
  const [, name = '', version] = /^pkg:(?:docker|oci)\/([^@?#]+)(?:@([^?#]+))?/.exec(text) ?? [];
  const where = /[?&]repository_url=([^&#]+)/.exec(text)?.[1];
  const full = `${registry}/${repository}`;
  const isNamed = repository.replace(/^library\//, '') === name.replace(/^library\//, '');
  // `docker` gives the host there, `oci` the whole repository.
  const isSame = where === undefined || where === registry ? isNamed : full === where;
  const tagged = /[?&]tag=([^&#]+)/.exec(text)?.[1];
  const versions = [version, tagged].filter((each) => each !== undefined);
  return (
    isSame &&
    (versions.length === 0 || [tag, digest].some((each) => each !== null && versions.includes(each)))
  );
}

function decodedPurl(purl: string): string {
  try {
    return decodeURIComponent(purl);
  } catch {
    return purl;
  }
}

/** Without scheme, `git+`, a closing `.git`, the fragment and a closing slash, so that spellings of one place agree. */
export function bareAddress(address: string): string {
  return address
    .replace(/^(?:git\+)?[a-z]+:\/\/(?:[^@/]*@)?/i, '')
    .replace(/^git@([^:]+):/, '$1/')
    .replace(/[#?].*$/, '')
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
}

/** `github.com/owner/repository` of an address on a forge; null elsewhere. */
function projectIn(bare: string): string | null {
  return /^(?:github|gitlab|bitbucket)\.(?:com|org)\/[^/]+\/[^/]+/.exec(bare)?.[0] ?? null;
}
