// Variables, parameters and handed steps that a CircleCI job or command starts with.
import type { Value } from '../../../model/value.ts';
import { EMPTY, join, prefix, split, text } from '../../../value.ts';
import { childOf, textOf, type YamlNode } from '../../yaml.ts';
import { variableOf } from '../fact.ts';
import type { Environment } from '../run.ts';
import { filledValue } from '../template.ts';
import { expanded } from '../variables.ts';
import { fillOf, type Values } from './values.ts';

/** Stands for the file that `$BASH_ENV` names. */
export const BASH_ENV = '/tmp/.bashrc';

export function settled(values: Values): Environment {
  const { at } = values;
  const fixed = new Map<string, Value>([
    ['CI', text('true')],
    ['CIRCLECI', text('true')],
    ['BASH_ENV', text(BASH_ENV)],
  ]);
  if (at.event === 'push-branch') fixed.set('CIRCLE_TAG', EMPTY);
  if (at.event === 'push-tag') fixed.set('CIRCLE_BRANCH', EMPTY);
  const branch = at.event === 'push-branch' ? variableOf('CIRCLE_BRANCH', at.branch) : null;
  const tag = at.event === 'push-tag' ? variableOf('CIRCLE_TAG', at.tag) : null;
  if (branch !== null) fixed.set('CIRCLE_BRANCH', branch);
  if (tag !== null) fixed.set('CIRCLE_TAG', tag);
  return fixed;
}

/** `export NAME=value` lines, as the shell reads them that sources the file. */
export function exported(content: Value, environment: Environment): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const line of split(content, '\n')) {
    const [, start = '', name] = /^(\s*(?:export\s+)?([A-Za-z_]\w*)=["']?)/.exec(prefix(line)) ?? [];
    if (name === undefined) continue;
    const rest = join([prefix(line).slice(start.length), line.slice(1)]);
    const value = rest.flatMap((part, at) => {
      if (typeof part !== 'string') return [part];
      const bare = at === rest.length - 1 ? part.replace(/["']$/, '') : part;
      return expanded(bare, (inner) => environment.get(inner) ?? null);
    });
    found.set(name, join([value]));
  }
  return found;
}

export function withEnvironment(outer: Environment, node: YamlNode | null, values: Values): Environment {
  const result = new Map(outer);
  const maps = node?.kind === 'list' ? node.items : node === null ? [] : [node];
  for (const map of maps)
    for (const { key, value } of map.kind === 'map' ? map.entries : [])
      if (value.kind === 'scalar') result.set(key.text, filledWith(value.text, values, outer));
  return result;
}

/** Placeholders first, then the variables that CircleCI puts into other variables. */
export function filledWith(written: string, values: Values, environment: Environment): Value {
  return join(
    filledValue(written, fillOf(values)).map((part) =>
      typeof part === 'string' ? expanded(part, (name) => environment.get(name) ?? null) : [part],
    ),
  );
}

/** The parameters of a job or command: texts as values, steps as they stand. */
export function declared(node: YamlNode | null, given: YamlNode | null, outer: Values): Values {
  const parameters = new Map<string, Value>(outer.parameters);
  const nodes = new Map<string, YamlNode>();
  for (const { key, value } of node?.kind === 'map' ? node.entries : []) {
    const [own, fallback] = [childOf(given, key.text), childOf(value, 'default')];
    if (own?.kind === 'scalar') parameters.set(key.text, filledValue(own.text, fillOf(outer)));
    else if (fallback?.kind === 'scalar' && !outer.parameters.has(key.text))
      parameters.set(key.text, filledValue(fallback.text, fillOf(outer)));
    const whole = handedSteps(own ?? fallback, outer);
    if (whole?.kind === 'list') nodes.set(key.text, whole);
  }
  return { ...outer, parameters, nodes };
}

/** Steps that a command or job is given by whoever uses it: `steps: << parameters.x >>`. */
export function handedSteps(node: YamlNode | null, values: Values): YamlNode | null {
  const name = /^<<\s*parameters\.([\w-]+)\s*>>$/.exec(textOf(node)?.trim() ?? '')?.[1];
  return name === undefined ? node : (values.nodes.get(name) ?? node);
}
