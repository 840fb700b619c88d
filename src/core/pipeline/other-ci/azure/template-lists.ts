// Azure's template language over lists and maps: parameters, variables, `${{ if }}` keys and inserted lists.
import type { Truth, Value } from '../../../model/value.ts';
import { both, not, text } from '../../../value.ts';
import type { Ledger, Place } from '../../act.ts';
import { repositoryPath } from '../../files.ts';
import type { SourceText } from '../../source-text.ts';
import { childOf, readYaml, textOf, type YamlEntry, type YamlNode } from '../../yaml.ts';
import { readText, under } from '../run.ts';
import { azureTruth, filled, nodeOf, type Values } from './values.ts';

/** Steps and templates that are read before the rest is a gap. */
export const NODE_LIMIT = 20_000;
export const DEPTH_LIMIT = 10;

export type Reading = {
  readonly source: SourceText;
  readonly ledger: Ledger;
  readonly budget: { left: number };
  readonly depth: number;
};

/** Parameters with their defaults, under what the caller gives: texts as values, everything else as nodes. */
export function declared(
  node: YamlNode | null,
  given: YamlNode | null,
  outer: Values | null,
): Pick<Values, 'parameters' | 'nodes' | 'loops'> {
  const parameters = new Map<string, Value>();
  const nodes = new Map<string, YamlNode>();
  const set = (name: string, value: YamlNode | null): void => {
    if (value === null) return;
    if (value.kind === 'scalar')
      parameters.set(name, outer === null ? text(value.text) : filled(value.text, outer));
    const handedOn = /^\$\{\{\s*([\w.-]+)\s*\}\}$/.exec(textOf(value)?.trim() ?? '')?.[1];
    const meant = outer === null || handedOn === undefined ? null : nodeOf(handedOn, outer);
    nodes.set(name, meant ?? value);
  };
  if (node?.kind === 'map') for (const { key, value } of node.entries) set(key.text, value);
  for (const item of node?.kind === 'list' ? node.items : [])
    set(textOf(childOf(item, 'name')) ?? '', childOf(item, 'default'));
  if (given?.kind === 'map') for (const { key, value } of given.entries) set(key.text, value);
  return { parameters, nodes, loops: new Map() };
}

export function withVariables(node: YamlNode | null, values: Values, place: Place, reading: Reading): Values {
  if (node === null) return values;
  const variables = new Map(values.variables);
  const current = (): Values => ({ ...values, variables });
  const take = (from: YamlNode, truth: Truth): void => {
    if (from.kind === 'list') for (const item of from.items) take(item, truth);
    if (from.kind !== 'map') return;
    const name = textOf(childOf(from, 'name'));
    const value = childOf(from, 'value');
    const template = textOf(childOf(from, 'template'));
    if (template !== null) {
      const path = templatePath(template, reading.source.path);
      const read = path === null ? null : readText(path, place.files, reading.ledger);
      if (read !== null && path !== null && reading.budget.left-- > 0) {
        const inner = readYaml(path, read).root;
        const list = childOf(inner, 'variables');
        if (list !== null) take(list, truth);
      }
      return;
    }
    if (name !== null && value?.kind === 'scalar') {
      variables.set(
        name,
        truth === 'yes'
          ? filled(value.text, current())
          : [{ expression: `$(${name})`, why: 'a condition of the file decides it' }],
      );
      return;
    }
    if (name !== null || childOf(from, 'group') !== null) return;
    let before: Truth = 'yes';
    for (const { key, value: inner } of from.entries) {
      const branch: Branch | null = templateBranch(key.text, before, current());
      before = branch?.before ?? 'yes';
      if (branch !== null) {
        if (branch.truth !== 'no') take(inner, both(truth, branch.truth));
      } else if (inner.kind === 'scalar')
        variables.set(
          key.text,
          truth === 'yes'
            ? filled(inner.text, current())
            : [{ expression: `$(${key.text})`, why: 'a condition of the file decides it' }],
        );
    }
  };
  take(node, 'yes');
  return current();
}

type Branch = { readonly truth: Truth; readonly before: Truth };

/** `${{ if … }}`, `${{ elseif … }}`, `${{ else }}`, `${{ each … }}`: null for a key that is none. */
function templateBranch(key: string, before: Truth, values: Values): Branch | null {
  const match = /^\$\{\{\s*(if|elseif|else|each|insert)\b\s*([\s\S]*?)\s*\}\}$/.exec(key);
  if (match === null) return null;
  const [, word, condition = ''] = match;
  if (word === 'each' || word === 'insert') return { truth: 'yes', before: 'yes' };
  const truth = word === 'else' ? 'yes' : azureTruth(condition, values);
  const reached = word === 'if' ? 'yes' : before;
  return { truth: both(reached, truth), before: both(reached, not(truth)) };
}

/** Items of a list with template conditions and inserted parameters taken apart. */
export function eachItem(
  node: YamlNode | null,
  values: Values,
  place: Place,
  visit: (item: YamlNode, place: Place, values: Values) => void,
  depth = 0,
): void {
  if (node === null || depth > DEPTH_LIMIT) return;
  if (node.kind === 'scalar') {
    const inserted = nodeOf(/^\$\{\{\s*([\w.-]+)\s*\}\}$/.exec(node.text.trim())?.[1] ?? '', values);
    if (inserted !== null && inserted !== node) eachItem(inserted, values, place, visit, depth + 1);
    return;
  }
  let before: Truth = 'yes';
  for (const item of node.kind === 'list' ? node.items : [node]) {
    if (item.kind === 'scalar') {
      eachItem(item, values, place, visit, depth + 1);
      continue;
    }
    const [entry] = item.kind === 'map' ? item.entries : [];
    const branch: Branch | null = entry === undefined ? null : templateBranch(entry.key.text, before, values);
    if (branch === null || entry === undefined) {
      before = 'yes';
      visit(item, place, values);
      continue;
    }
    before = branch.before;
    const inside = under(
      place,
      branch.truth,
      branch.truth === 'unknown' ? entry.key.text.replace(/^\$\{\{\s*|(?<!\s)\s*\}\}$/g, '') : null,
    );
    if (inside === null) continue;
    for (const own of loopValues(entry.key.text, values))
      eachItem(entry.value, own, inside, visit, depth + 1);
  }
}

const LOOP_LIMIT = 64;

/** Once for each item that `${{ each x in … }}` goes through; once as it is where that is not known, or no loop. */
function loopValues(key: string, values: Values): readonly Values[] {
  const [, name = '', list = ''] = /^\$\{\{\s*each\s+(\w+)\s+in\s+([\w.-]+)\s*\}\}$/.exec(key) ?? [];
  const node = name === '' ? null : nodeOf(list, values);
  const items = node?.kind === 'list' ? node.items : node?.kind === 'map' ? node.entries.map(pairOf) : [];
  if (items.length === 0 || items.length > LOOP_LIMIT) return [values];
  return items.map((item) => ({ ...values, loops: new Map([...values.loops, [name, item]]) }));
}

/** An entry of a map as loops see it: `x.key` and `x.value`. */
function pairOf({ key, value }: YamlEntry): YamlNode {
  const member = (name: string) => ({ ...key, text: name });
  const { start, end } = key;
  return {
    kind: 'map',
    start,
    end,
    tag: null,
    entries: [
      { key: member('key'), value: key },
      { key: member('value'), value },
    ],
  };
}

export function templatePath(written: string, from: string): string | null {
  const [name = '', repository] = written.split('@');
  if ((repository !== undefined && repository !== 'self') || name.includes('$')) return null;
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : '';
  return repositoryPath(name.startsWith('/') ? name.slice(1) : `${folder}${name}`);
}
