// A compose file → the images its services build, as `push` would send them.
import type { BuildSource } from '../model/delivery.ts';
import type { Value } from '../model/value.ts';
import { hole, join, known, text } from '../value.ts';
import { buildSource } from './effect.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { childOf, readYaml, textOf, type YamlNode } from './yaml.ts';

export type ComposeImage = { readonly image: Value; readonly source: BuildSource };

const DEFAULT_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** Images of the services that build one; null when no file can be read. `services` empty means all. */
export function composeImages(
  files: Files,
  folder: string,
  names: readonly (string | null)[],
  services: readonly (string | null)[],
  variable: (name: string) => Value | null,
): readonly ComposeImage[] | null {
  const images = new Map<string, ComposeImage>();
  let read = false;
  for (const name of names.length > 0 ? names : DEFAULT_FILES) {
    const path =
      name === null ? null : repositoryPath(folder === '' || folder === '.' ? name : `${folder}/${name}`);
    const file = path === null ? null : files.read(path);
    if (path === null || file === null || file === 'unread' || isGap(file)) {
      if (names.length > 0) return null;
      continue;
    }
    const yaml = readYaml(path, file.text);
    const all = childOf(yaml.root, 'services');
    if (yaml.gaps.length > 0 || all?.kind !== 'map') return null;
    read = true;
    const base = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
    for (const { key, value } of all.entries) {
      const image = textOf(childOf(value, 'image'));
      const build = childOf(value, 'build');
      if (build === null || image === null) continue;
      images.set(key.text, { image: interpolated(image, variable), source: sourceOf(build, base, variable) });
    }
    if (names.length === 0) break;
  }
  if (!read) return null;
  if (services.length === 0) return [...images.values()];
  if (services.some((service) => service === null)) return [...images.values()];
  return services.flatMap((service) => images.get(service ?? '') ?? []);
}

function sourceOf(build: YamlNode, base: string, variable: (name: string) => Value | null): BuildSource {
  const folder = known(interpolated(textOf(build) ?? textOf(childOf(build, 'context')) ?? '.', variable));
  const file = known(interpolated(textOf(childOf(build, 'dockerfile')) ?? 'Dockerfile', variable));
  const target = textOf(childOf(build, 'target'));
  return buildSource({
    dockerfile: folder === null || file === null ? null : repositoryPath(`${base}${folder}/${file}`),
    context: folder === null ? null : text(folder),
    target: target === null ? null : interpolated(target, variable),
  });
}

/** Compose's `$X`, `${X}`, `${X:-d}`, `${X-d}`, `${X:?…}` and `$$`. */
export function interpolated(content: string, variable: (name: string) => Value | null): Value {
  // Behind the last brace that closes, none that opens is looked for: each would be, up to the end of the text.
  const closed = content.lastIndexOf('}') + 1;
  const parts = [
    ...content.slice(0, closed).split(/(\$\$|\$\{[^}]*\}|\$[A-Za-z_]\w*)/),
    ...content.slice(closed).split(/(\$\$|\$[A-Za-z_]\w*)/),
  ];
  return join(
    parts.map((part): Value => {
      if (part === '$$') return text('$');
      const match = /^\$\{?([A-Za-z_]\w*)(?:(:?[-?+])(.*))?\}?$/s.exec(part);
      const name = match?.[1];
      if (!part.startsWith('$') || name === undefined) return text(part);
      const value = variable(name);
      if (value !== null) return value;
      const fallback = match?.[3]?.replace(/\}$/, '');
      return match?.[2]?.endsWith('-') && fallback !== undefined
        ? text(fallback)
        : hole(part, `the environment sets ${name}`);
    }),
  );
}
