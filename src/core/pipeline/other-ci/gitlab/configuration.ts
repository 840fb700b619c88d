// `.gitlab-ci.yml` with its local includes → jobs with everything they extend, and the includes that can't be read.
import type { Location } from '../../../model/position.ts';
import { text } from '../../../value.ts';
import { addGap, type Ledger } from '../../act.ts';
import { type Files, repositoryPath } from '../../files.ts';
import { locate } from '../../source-text.ts';
import { childOf, itemsOf, textOf, type YamlEntry, type YamlMap, type YamlNode } from '../../yaml.ts';
import { factOf, globMatches } from '../fact.ts';
import { readText, readYamlText } from '../run.ts';
import { deepMerged, mapWithout, nodeAt, register, type Sources, sourceOf } from '../sourced.ts';

type RemoteInclude = { readonly what: string; readonly location: Location };

export type Configuration = {
  readonly root: YamlMap | null;
  readonly jobs: readonly YamlEntry[];
  readonly remote: readonly RemoteInclude[];
  readonly sources: Sources;
};

const INCLUDE_LIMIT = 150;
/** GitLab's own limit of nested `extends`. */
const EXTENDS_LIMIT = 11;
const KEYWORDS = new Set([
  'after_script',
  'before_script',
  'cache',
  'default',
  'image',
  'include',
  'services',
  'spec',
  'stages',
  'types',
  'variables',
  'workflow',
]);

export function readConfiguration(
  path: string,
  content: string,
  files: Files,
  ledger: Ledger,
): Configuration {
  const sources: Sources = new Map();
  const remote: RemoteInclude[] = [];
  const seen = new Set([path]);
  const load = (at: string, written: string, given: YamlNode | null): YamlNode | null => {
    const yaml = readYamlText(at, at === path ? written : withInputs(written, at, given, ledger), ledger);
    let merged: YamlNode | null = null;
    for (const own of yaml.roots) {
      register(own, yaml.source, sources);
      // The header document of a component holds only its inputs.
      if (childOf(own, 'spec') !== null && yaml.roots.length > 1) continue;
      for (const included of includesOf(own)) merged = mergedInclude(merged, included);
      merged = merged === null ? own : deepMerged(merged, own, sources);
    }
    return merged;
  };
  const mergedInclude = (merged: YamlNode | null, item: YamlNode): YamlNode | null => {
    const local =
      item.kind === 'scalar' ? localPath(item.text) : localPath(textOf(childOf(item, 'local')) ?? '');
    const location = locate(sourceOf(item, sources), item.start, item.end);
    if (local === null) {
      remote.push({ what: includeName(item), location });
      return merged;
    }
    let result = merged;
    for (const found of local.includes('*') ? matching(local, files) : [local]) {
      const given = childOf(item, 'inputs');
      const inputs = given?.kind === 'map' ? given.entries.map(({ value }) => textOf(value)) : [];
      const key = [found, ...inputs].join(' ');
      if (seen.has(key)) continue;
      if (seen.size >= INCLUDE_LIMIT) {
        addGap(ledger, {
          kind: 'limit',
          cause: 'content',
          subject: path,
          location,
          reason: `${path} includes more than ${INCLUDE_LIMIT} files.`,
          remedy: 'Include fewer files.',
        });
        return result;
      }
      seen.add(key);
      const included = readText(found, files, ledger);
      if (included === null) {
        remote.push({ what: `include ${found}`, location });
        continue;
      }
      const root = load(found, included, given);
      if (root !== null) result = result === null ? root : deepMerged(result, root, sources);
    }
    return result;
  };
  const root = load(path, content, null);
  if (root?.kind !== 'map') return { root: null, jobs: [], remote, sources };
  const jobs = root.entries.flatMap((entry): readonly YamlEntry[] => {
    if (KEYWORDS.has(entry.key.text) || entry.key.text.startsWith('.')) return [];
    const value = extended(entry.value, root, sources, 0);
    return value.kind === 'map' ? [{ key: entry.key, value }] : [];
  });
  return { root, jobs, remote, sources };
}

const INPUT = /\$\[\[\s*inputs\.([\w-]+)\s*(?:\|\s*expand_vars\s*)?\]\]/g;

/** An included file with what its inputs are: given by the include, or their defaults. Lines stay as they are. */
function withInputs(written: string, path: string, given: YamlNode | null, ledger: Ledger): string {
  if (!written.includes('$[[')) return written;
  const [header] = readYamlText(path, written, ledger).roots;
  const offered = nodeAt(header ?? null, ['spec', 'inputs']);
  return written.replace(INPUT, (whole: string, name: string) => {
    const value = textOf(childOf(given, name)) ?? textOf(childOf(childOf(offered, name), 'default'));
    return value === null || value.includes('\n') ? whole : value;
  });
}

function includesOf(root: YamlNode): readonly YamlNode[] {
  const include = childOf(root, 'include');
  return include?.kind === 'map' ? [include] : itemsOf(include);
}

function localPath(written: string): string | null {
  if (written === '' || /^https?:/.test(written) || written.includes('$')) return null;
  return repositoryPath(written.replace(/^\/+/, ''));
}

export function includeName(item: YamlNode): string {
  const keys = ['project', 'file', 'remote', 'template', 'component', 'local', 'artifact'];
  const parts =
    item.kind === 'scalar'
      ? [item.text]
      : keys.flatMap((key) => itemsOf(childOf(item, key)).map((one) => textOf(one) ?? ''));
  return `include ${parts.join(' ')}`.trim();
}

function matching(pattern: string, files: Files): readonly string[] {
  return files
    .list()
    .filter((path) => /\.ya?ml$/.test(path) && globMatches(factOf(text(path)), pattern) === 'yes');
}

function extended(node: YamlNode, root: YamlNode, sources: Sources, depth: number): YamlNode {
  if (node.kind !== 'map' || depth > EXTENDS_LIMIT) return node;
  const bases = itemsOf(childOf(node, 'extends')).map((item) => textOf(item) ?? '');
  let base: YamlNode | null = null;
  for (const name of bases) {
    const found = childOf(root, name);
    if (found === null) continue;
    const whole = extended(found, root, sources, depth + 1);
    base = base === null ? whole : deepMerged(base, whole, sources);
  }
  const own = mapWithout(node, 'extends', sources);
  return base === null ? (bases.length === 0 ? node : own) : deepMerged(base, own, sources);
}

/** `!reference [job, key, …]` anywhere in a list → what stands there. */
export function resolved(node: YamlNode | null, configuration: Configuration, depth = 0): YamlNode | null {
  if (node === null || node.kind === 'scalar' || depth > 10) return node;
  if (node.kind === 'list' && node.tag === '!reference') {
    const [job = '', ...keys] = node.items.map((item) => textOf(item) ?? '');
    const root = childOf(configuration.root, job);
    const whole =
      root === null || configuration.root === null
        ? null
        : extended(root, configuration.root, configuration.sources, 0);
    return resolved(nodeAt(whole, keys), configuration, depth + 1);
  }
  if (node.kind !== 'list') return node;
  const items = node.items.flatMap((item) => resolved(item, configuration, depth + 1) ?? []);
  return { ...node, items };
}
