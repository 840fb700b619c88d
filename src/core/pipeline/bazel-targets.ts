// `bazel run //x:push` → the images its rule pushes, out of the BUILD file it stands in.
import type { Value } from '../model/value.ts';
import { hole, join, text } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { readStarlark, type StarlarkCall, type StarlarkValue } from './starlark.ts';

export type BazelRun =
  | { readonly kind: 'pushes'; readonly names: readonly Value[] }
  /** A rule that is known and pushes nothing. */
  | { readonly kind: 'nothing' }
  /** A macro or rule that nobody here knows, or no BUILD file in sight. */
  | { readonly kind: 'unseen' };

const UNSEEN: BazelRun = { kind: 'unseen' };
const DEPTH_LIMIT = 8;
/** Rules of languages that run a program; everything else nobody knows may push. */
const PROGRAMS = /^(?:[a-z]+_(?:binary|test|library)|genrule|filegroup|alias|test_suite|gazelle|buildifier)$/;

/** `folder` is where the command runs; labels without `//` start there. `options` are those behind `--`. */
export function bazelRun(label: string, folder: string, options: readonly Value[], files: Files): BazelRun {
  return run(label, folder, options, files, 0);
}

function run(
  label: string,
  folder: string,
  options: readonly Value[],
  files: Files,
  depth: number,
): BazelRun {
  const place = placeOf(label, folder);
  const rule = place === null ? null : ruleIn(place.folder, place.name, files);
  if (place === null || rule === null || depth > DEPTH_LIMIT) return UNSEEN;
  switch (rule.name.split('.').at(-1)) {
    case 'oci_push':
      return { kind: 'pushes', names: ociNames(rule, options) };
    case 'container_push':
    case 'docker_push':
    case 'image_push':
      return { kind: 'pushes', names: containerNames(rule) };
    case 'container_bundle':
      return { kind: 'nothing' };
    case 'alias':
      return follow([rule.named.get('actual') ?? null], place.folder, options, files, depth);
    case 'multirun':
      return follow(itemsOf(rule.named.get('commands') ?? null), place.folder, options, files, depth);
    default:
      return PROGRAMS.test(rule.name) ? { kind: 'nothing' } : UNSEEN;
  }
}

function placeOf(label: string, folder: string): { readonly folder: string; readonly name: string } | null {
  if (label.startsWith('@') && !label.startsWith('@//')) return null;
  const plain = label.replace(/^@/, '');
  const [path = '', name] = plain.split(':');
  const inner = path.startsWith('//')
    ? repositoryPath(path.slice(2) || '.')
    : repositoryPath(folder === '' ? path || '.' : `${folder}/${path}`);
  return inner === null || path.includes('...')
    ? null
    : { folder: inner, name: name ?? inner.split('/').at(-1) ?? '' };
}

function ruleIn(folder: string, name: string, files: Files): StarlarkCall | null {
  for (const file of ['BUILD.bazel', 'BUILD']) {
    const read = files.read(folder === '' ? file : `${folder}/${file}`);
    if (read === null) continue;
    if (read === 'unread' || isGap(read)) return null;
    return readStarlark(read.text).find((call) => textIn(call.named.get('name')) === name) ?? null;
  }
  return null;
}

function follow(
  labels: readonly (StarlarkValue | null)[],
  folder: string,
  options: readonly Value[],
  files: Files,
  depth: number,
): BazelRun {
  const names: Value[] = [];
  let pushes = false;
  for (const label of labels) {
    const written = textIn(label);
    const found = written === null ? UNSEEN : run(written, folder, options, files, depth + 1);
    if (found.kind === 'unseen') return UNSEEN;
    if (found.kind === 'pushes') names.push(...found.names);
    pushes ||= found.kind === 'pushes';
  }
  if (labels.length === 0) return UNSEEN;
  return pushes ? { kind: 'pushes', names } : { kind: 'nothing' };
}

function textIn(value: StarlarkValue | null | undefined): string | null {
  return value?.kind === 'text' ? value.text : null;
}

function itemsOf(value: StarlarkValue | null): readonly (StarlarkValue | null)[] {
  if (value?.kind === 'list') return value.items;
  return value?.kind === 'record' ? value.entries.map(([, item]) => item) : [];
}

function settled(rule: StarlarkCall, name: string): Value {
  const value = rule.named.get(name);
  return value?.kind === 'text'
    ? expanded(value.text)
    : hole(`${rule.name}.${name}`, 'only Bazel can evaluate it');
}

/** `{STABLE_VERSION}` and `$(VERSION)` are filled in when it is built. */
function expanded(content: string): Value {
  const parts: (Value | string)[] = [];
  let last = 0;
  for (const match of content.matchAll(/\{[A-Z_]\w*\}|\$\(\w+\)/g)) {
    parts.push(content.slice(last, match.index), hole(match[0], 'the build fills it in'));
    last = match.index + match[0].length;
  }
  return join([...parts, content.slice(last)]);
}

/** https://github.com/bazel-contrib/rules_oci/blob/main/docs/push.md */
function ociNames(rule: StarlarkCall, options: readonly Value[]): readonly Value[] {
  const option = (...names: readonly string[]): readonly Value[] =>
    options.flatMap((word, at) => {
      const [first, ...rest] = word;
      if (typeof first !== 'string') return [];
      const same = names.find((name) => first === name && rest.length === 0);
      if (same !== undefined) return [options[at + 1] ?? []];
      const equals = names.find((name) => first.startsWith(`${name}=`));
      return equals === undefined ? [] : [join([first.slice(equals.length + 1), rest])];
    });
  const [given] = option('--repository', '-r');
  const repository =
    given ?? settled(rule, rule.named.has('repository_file') ? 'repository_file' : 'repository');
  const written = rule.named.get('remote_tags');
  const own =
    written?.kind === 'list'
      ? written.items.map((item) =>
          item?.kind === 'text' ? expanded(item.text) : hole('remote_tags', 'only Bazel can evaluate it'),
        )
      : rule.named.has('remote_tags')
        ? [hole('remote_tags', 'a file that the build makes holds the tags')]
        : [];
  const tags = [...own, ...option('--tag', '-t')];
  return tags.length === 0 ? [repository] : tags.map((tag) => join([repository, ':', tag]));
}

/** https://github.com/bazelbuild/rules_docker/blob/master/docs/container.md */
function containerNames(rule: StarlarkCall): readonly Value[] {
  const tag = rule.named.has('tag') ? settled(rule, 'tag') : text('latest');
  if (rule.named.has('bundle')) return [hole(`${rule.name}.bundle`, 'the bundle names its images')];
  return [join([settled(rule, 'registry'), '/', settled(rule, 'repository'), ':', tag])];
}
