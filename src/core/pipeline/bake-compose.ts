// Services of compose files that are built → bake targets, with what `x-bake` adds to them.
import type { Value } from '../model/value.ts';
import { join, text } from '../value.ts';
import type { Declared, Field } from './bake-declared.ts';
import { interpolated } from './compose-file.ts';
import { childOf, itemsOf, readYaml, textOf, type YamlNode } from './yaml.ts';

/** Null when the file can't be read. https://docs.docker.com/build/bake/compose-file/ */
export function composeTargets(
  path: string,
  source: string,
  variable: (name: string) => Value | null,
): ReadonlyMap<string, Declared> | null {
  const { root, gaps } = readYaml(path, source);
  const services = childOf(root, 'services');
  if (gaps.length > 0 || services?.kind !== 'map') return null;
  const declared = new Map<string, Declared>();
  const read = (node: YamlNode | null): Value | null => {
    const content = textOf(node);
    return content === null ? null : interpolated(content, variable);
  };
  for (const { key, value } of services.entries) {
    const build = childOf(value, 'build');
    if (build === null) continue;
    // A dot in a service's name would part a target from its attribute.
    const name = key.text.replaceAll('.', '_');
    declared.set(name, serviceTarget(name, value, build, read));
  }
  const group: Declared = {
    type: 'group',
    name: text('default'),
    fields: new Map([['targets', [...declared.keys()].map(text)]]),
    pairs: new Map(),
  };
  return new Map([...declared, ['default', group]]);
}

function serviceTarget(
  name: string,
  service: YamlNode,
  build: YamlNode,
  read: (node: YamlNode | null) => Value | null,
): Declared {
  const fields = new Map<string, Field>();
  const pairs = new Map<string, Readonly<Record<string, Value>>>();
  const extra = childOf(build, 'x-bake');
  const list = (node: YamlNode | null): Field => {
    const alone = textOf(node);
    const all =
      alone === null ? itemsOf(node).map(read) : alone.split(/\s+/).map((one) => read(node) && text(one));
    return alone?.includes('$') === true
      ? [read(node) ?? []]
      : all.filter((one) => one !== null).filter((one) => one.length > 0);
  };
  const context = read(build) ?? read(childOf(build, 'context'));
  if (context !== null) fields.set('context', [context]);
  for (const key of ['dockerfile', 'target', 'dockerfile_inline']) {
    const value = read(childOf(build, key));
    if (value !== null) fields.set(key.replace('_', '-'), [value]);
  }
  const image = read(childOf(service, 'image'));
  const own = list(childOf(build, 'tags'));
  const tags = [...(own.length > 0 || image === null ? own : [image])];
  const added = list(childOf(extra, 'tags'));
  // Tags of the extension come beside `build.tags`, and instead of the service's own image.
  fields.set('tags', added.length > 0 ? [...own, ...added] : tags);
  for (const [key, of] of [
    ['cache-to', 'cache_to'],
    ['output', 'output'],
  ] as const)
    fields.set(key, [...list(childOf(build, of)), ...list(childOf(extra, key))]);
  const attests = ['provenance', 'sbom'].flatMap((type) => {
    const value = read(childOf(build, type));
    return value === null ? [] : [join([`type=${type},disabled=`, text(isOff(value) ? 'true' : 'false')])];
  });
  if (attests.length > 0) fields.set('attest', attests);
  const args = pairsOf(childOf(build, 'args'), read);
  if (args !== null) pairs.set('args', args);
  const contexts = {
    ...pairsOf(childOf(build, 'additional_contexts'), read),
    ...pairsOf(childOf(extra, 'contexts'), read),
  };
  if (Object.keys(contexts).length > 0) pairs.set('contexts', contexts);
  return { type: 'target', name: text(name), fields, pairs };
}

function isOff(value: Value): boolean {
  return value.length === 1 && value[0] === 'false';
}

/** A map, or a list of `NAME=value`. */
function pairsOf(
  node: YamlNode | null,
  read: (node: YamlNode | null) => Value | null,
): Readonly<Record<string, Value>> | null {
  if (node?.kind === 'map')
    return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, read(value) ?? []]));
  if (node?.kind !== 'list') return null;
  return Object.fromEntries(
    node.items.flatMap((item) => {
      const value = read(item);
      const [first, ...rest] = value ?? [];
      const at = typeof first === 'string' ? first.indexOf('=') : -1;
      if (typeof first !== 'string' || at === -1) return [];
      return [[first.slice(0, at), join([first.slice(at + 1), rest])]];
    }),
  );
}
