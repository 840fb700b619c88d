// `variables:` of a CI file → values, references among them resolved as far as the file settles them.
import type { Value } from '../../model/value.ts';
import { hole } from '../../value.ts';
import { childOf, type YamlNode } from '../yaml.ts';
import type { Environment } from './run.ts';
import { filledValue } from './template.ts';

const REFERENCE = /\$\$|\$\{(\w+)\}|\$(\w+)/g;
const DEPTH_LIMIT = 8;

/** The layer on top of `outer`: `NAME: text`, `NAME: {value: text}` and, in lists, `{name, value}` or `NAME=text`. */
export function withVariables(outer: Environment, node: YamlNode | null): Environment {
  const written = writtenVariables(node);
  if (written.size === 0) return outer;
  const resolve = (name: string, depth: number): Value | null => {
    const own = written.get(name);
    if (own === undefined) return outer.get(name) ?? null;
    return depth > DEPTH_LIMIT
      ? null
      : expanded(own, (inner) => (inner === name ? (outer.get(name) ?? null) : resolve(inner, depth + 1)));
  };
  const result = new Map(outer);
  for (const name of written.keys())
    result.set(name, resolve(name, 0) ?? hole(`$${name}`, 'its variables name each other in a circle'));
  return result;
}

export function expanded(written: string, lookup: (name: string) => Value | null): Value {
  return filledValue(written, {
    pattern: REFERENCE,
    resolve: (match) => {
      const name = match[1] ?? match[2];
      if (name === undefined) return ['$'];
      return lookup(name) ?? hole(match[0], 'nothing in sight sets it');
    },
  });
}

function writtenVariables(node: YamlNode | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (node?.kind === 'map') {
    for (const { key, value } of node.entries) {
      const inner = value.kind === 'map' ? childOf(value, 'value') : value;
      if (inner?.kind === 'scalar') found.set(key.text, inner.text);
    }
  }
  if (node?.kind === 'list') {
    for (const item of node.items) {
      if (item.kind === 'map') {
        const name = childOf(item, 'name');
        const value = childOf(item, 'value');
        if (name?.kind === 'scalar' && value?.kind === 'scalar') found.set(name.text, value.text);
        else if (name === null) for (const [key, text] of writtenVariables(item)) found.set(key, text);
      }
      if (item.kind === 'scalar') for (const [key, text] of assignments(item.text)) found.set(key, text);
    }
  }
  if (node?.kind === 'scalar') for (const [key, text] of assignments(node.text)) found.set(key, text);
  return found;
}

/** `A=b C="d e"` as people write it in lists of variables. */
export function assignments(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/(?:^|\s)([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)/g)].map(
    (match) => [match[1] ?? '', (match[2] ?? '').replace(/^(["'])(.*)\1$/s, '$2')] as const,
  );
}
