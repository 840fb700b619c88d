// An in-toto provenance statement (SLSA v0.2 or v1) → the images that went into the build, and the source it was made from.
import { isRecord, records, textOf } from '../bom/json.ts';
import type { AttestedStatement, BuildSource, ImageQuestion } from '../model/lineage.ts';
import { buildSource } from './lineage-source.ts';
import { parseReference } from './reference.ts';

export type Provenance = {
  /** `sha256:…` of what the statement is about; sorted. */
  readonly subjects: readonly string[];
  /** In the order of the statement. A builder may be for another platform than what it built. */
  readonly images: readonly ImageQuestion[];
  /** Package URLs of images that name none. */
  readonly unreadable: readonly string[];
  /** Whether `images` are all there were. */
  readonly complete: boolean;
  readonly source: BuildSource | null;
};

type Json = Readonly<Record<string, unknown>>;

const PROVENANCE_TYPE = /^https:\/\/slsa\.dev\/provenance\/(?:v0\.2|v1(?:\.\d+)?)$/;

/**
 * BuildKit resolves every image of a build itself and lists all of them, while its completeness flag speaks about other
 * materials too (local files, the network) and is therefore false for most builds.
 * Source: github.com/moby/buildkit docs/attestations/slsa-provenance.md, slsa-definitions.md.
 */
const LISTS_EVERY_IMAGE =
  /^https:\/\/(?:mobyproject\.org\/buildkit@v1|github\.com\/moby\/buildkit\/blob\/.*slsa-definitions\.md)$/;

export function isProvenanceType(predicateType: string): boolean {
  return PROVENANCE_TYPE.test(predicateType);
}

/** Null for a statement that is no provenance of a kind we read. */
export function readProvenance({ content }: AttestedStatement): Provenance | null {
  if (!isRecord(content) || !isProvenanceType(textOf(content.predicateType) ?? '')) return null;
  const predicate = recordOf(content.predicate);
  if (predicate === null) return null;
  const parts = isRecord(predicate.buildDefinition)
    ? versionOne(predicate, predicate.buildDefinition)
    : versionZeroTwo(predicate);
  const images: ImageQuestion[] = [];
  const unreadable: string[] = [];
  for (const material of parts.materials) {
    const uri = textOf(material.uri);
    if (uri === null || !/^pkg:(?:docker|oci)\//.test(uri)) continue;
    const image = imageOf(uri, textOf(recordOf(material.digest)?.sha256));
    if (image === null) unreadable.push(uri);
    else images.push(image);
  }
  return {
    subjects: subjectsOf(content),
    images,
    unreadable,
    complete: parts.complete === true || LISTS_EVERY_IMAGE.test(textOf(parts.buildType) ?? ''),
    source: sourceOf(parts.config, parts.entryPoint, parts.vcs),
  };
}

type Parts = {
  readonly materials: readonly Json[];
  readonly complete: unknown;
  readonly buildType: unknown;
  readonly config: Json | null;
  readonly entryPoint: unknown;
  readonly vcs: Json | null;
};

/** slsa.dev/spec/v1.0/provenance, with BuildKit's extensions. */
function versionOne(predicate: Json, definition: Json): Parts {
  const metadata = recordOf(recordOf(predicate.runDetails)?.metadata);
  const parameters = recordOf(definition.externalParameters);
  const materials = records(definition.resolvedDependencies);
  const config =
    recordOf(parameters?.configSource) ?? workflowSource(recordOf(parameters?.workflow), materials);
  return {
    materials,
    complete: recordOf(metadata?.buildkit_completeness)?.resolvedDependencies,
    buildType: definition.buildType,
    config,
    entryPoint: config?.path,
    vcs: recordOf(recordOf(metadata?.buildkit_metadata)?.vcs),
  };
}

/** The repository of a workflow at its commit, after github.com/actions/toolkit's build type `workflow/v1`. */
function workflowSource(workflow: Json | null, materials: readonly Json[]): Json | null {
  const repository = textOf(workflow?.repository);
  const source = materials.find(({ uri }) => textOf(uri)?.startsWith(`git+${repository}@`) === true);
  return repository === null ? null : { uri: repository, digest: source?.digest };
}

/** slsa.dev/spec/v0.2/provenance, with BuildKit's extensions. */
function versionZeroTwo(predicate: Json): Parts {
  const metadata = recordOf(predicate.metadata);
  const config = recordOf(recordOf(predicate.invocation)?.configSource);
  return {
    materials: records(predicate.materials),
    complete: recordOf(metadata?.completeness)?.materials,
    buildType: predicate.buildType,
    config,
    entryPoint: config?.entryPoint,
    vcs: recordOf(recordOf(metadata?.['https://mobyproject.org/buildkit@v1#metadata'])?.vcs),
  };
}

function recordOf(value: unknown): Json | null {
  return isRecord(value) ? value : null;
}

function subjectsOf(statement: Json): readonly string[] {
  const digests = records(statement.subject).flatMap((subject) => {
    const digest = recordOf(subject.digest) ?? {};
    return Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${textOf(hex) ?? ''}`);
  });
  return [...new Set(digests)].sort();
}

/** Built from a git address, or from a local checkout whose remote and commit the builder noted. */
function sourceOf(config: Json | null, entryPoint: unknown, vcs: Json | null): BuildSource | null {
  const entry = textOf(entryPoint);
  // Who builds in a workflow may name that file: it is where the build begins and no Dockerfile.
  const file = entry === null || /^\.github\/|\.ya?ml$/.test(entry) ? null : entry;
  const uri = textOf(config?.uri);
  if (uri !== null) {
    const digest = recordOf(config?.digest);
    return buildSource('provenance', uri, textOf(digest?.sha1) ?? textOf(digest?.gitCommit), file);
  }
  const address = textOf(vcs?.source);
  if (address === null) return null;
  const folder = textOf(vcs?.['localdir:dockerfile']);
  const path = file === null || folder === null ? file : `${folder}/${file}`;
  return buildSource('provenance', address, textOf(vcs?.revision), path);
}

/** `pkg:docker/NAME@VERSION?…` and `pkg:oci/NAME@DIGEST?repository_url=…&tag=…` after the purl specification. */
function imageOf(uri: string, sha256: string | null): ImageQuestion | null {
  const match = /^pkg:(docker|oci)\/([^?#@]+)(?:@([^?#]*))?(?:\?([^#]*))?/.exec(uri);
  if (!match) return null;
  const [, type, path = '', rawVersion = '', query = ''] = match;
  const qualifiers = new URLSearchParams(query);
  const location = qualifiers.get('repository_url');
  const decoded = decode(path);
  const version = decode(rawVersion);
  if (decoded === null || version === null) return null;
  const name = location === null ? decoded : type === 'oci' ? location : `${location}/${decoded}`;
  const inVersion = version.includes(':') ? version : null;
  const digest = sha256 !== null ? `sha256:${sha256}` : (inVersion ?? qualifiers.get('digest'));
  const tag = type === 'oci' ? (qualifiers.get('tag') ?? '') : inVersion === null ? version : '';
  const parsed = parseReference(
    `${name}${tag === '' ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`,
  );
  if ('problem' in parsed) return null;
  const platform = qualifiers.get('platform') ?? '';
  return { reference: parsed, platform: /^[\w.-]+\/[\w.-]+(?:\/[\w.-]+)?$/.test(platform) ? platform : null };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
