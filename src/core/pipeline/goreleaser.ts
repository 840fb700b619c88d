// A goreleaser configuration → the images its release pushes.
import type { Truth, Value } from '../model/value.ts';
import { format, hole, join, text } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { childOf, itemsOf, readYaml, textOf, type YamlNode } from './yaml.ts';

export type GoreleaserFinding =
  | { readonly kind: 'images'; readonly names: readonly Value[]; readonly signed: Truth }
  | { readonly kind: 'unreadable' | 'absent'; readonly file: string };

const DEFAULT_FILES = [
  '.config/goreleaser.yml',
  '.config/goreleaser.yaml',
  '.goreleaser.yml',
  '.goreleaser.yaml',
  'goreleaser.yml',
  'goreleaser.yaml',
];

/** Empty when the configuration is there and names no image. */
export function goreleaserImages(
  files: Files,
  folder: string,
  config: Value | null,
): readonly GoreleaserFinding[] {
  const candidates = config === null ? DEFAULT_FILES : [format(config)];
  for (const candidate of candidates) {
    const path = repositoryPath(folder === '' || folder === '.' ? candidate : `${folder}/${candidate}`);
    const read = path === null ? null : files.read(path);
    if (path === null || read === null) continue;
    if (read === 'unread' || isGap(read)) return [{ kind: 'unreadable', file: path }];
    const yaml = readYaml(path, read.text);
    if (yaml.gaps.length > 0 || yaml.root === null) return [{ kind: 'unreadable', file: path }];
    return imagesIn(yaml.root);
  }
  return [{ kind: 'absent', file: format(config ?? text('.goreleaser.yaml')) }];
}

function imagesIn(root: YamlNode): readonly GoreleaserFinding[] {
  const signed: Truth = itemsOf(childOf(root, 'docker_signs')).length > 0 ? 'yes' : 'no';
  const found: GoreleaserFinding[] = [];
  const add = (names: readonly string[]) => {
    if (names.length > 0) found.push({ kind: 'images', names: names.map(templated), signed });
  };
  for (const docker of itemsOf(childOf(root, 'dockers'))) {
    if (['true'].includes(textOf(childOf(docker, 'skip_push')) ?? '')) continue;
    add(textsIn(childOf(docker, 'image_templates')));
  }
  for (const docker of itemsOf(childOf(root, 'dockers_v2'))) {
    const images = textsIn(childOf(docker, 'images'));
    const tags = textsIn(childOf(docker, 'tags'));
    add(images.flatMap((image) => (tags.length === 0 ? [image] : tags.map((tag) => `${image}:${tag}`))));
  }
  for (const manifest of itemsOf(childOf(root, 'docker_manifests')))
    add(textsIn(childOf(manifest, 'name_template')));
  const kos = childOf(root, 'kos');
  for (const ko of itemsOf(kos)) {
    const repositories = [...textsIn(childOf(ko, 'repository')), ...textsIn(childOf(ko, 'repositories'))];
    const tags = textsIn(childOf(ko, 'tags'));
    add(
      repositories.flatMap((image) => (tags.length === 0 ? [image] : tags.map((tag) => `${image}:${tag}`))),
    );
  }
  return found;
}

function textsIn(node: YamlNode | null): readonly string[] {
  return itemsOf(node)
    .map((item) => textOf(item) ?? '')
    .filter((content) => content !== '');
}

/** Go templates are filled at release time: each `{{ … }}` is a hole. */
function templated(content: string): Value {
  const parts = content
    .split(/(\{\{[^{}]*\}\})/)
    .map(
      (part): Value =>
        part.startsWith('{{') ? hole(part, 'goreleaser fills it at release time') : text(part),
    );
  return join(parts);
}
