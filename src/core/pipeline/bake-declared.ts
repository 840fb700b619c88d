// HCL blocks of bake files → declared targets and groups: variables and functions carried out, matrices laid out.
import type { Value } from '../model/value.ts';
import { EMPTY, hole, join, known, split, text } from '../value.ts';
import { type Datum, jsonDatum, NULL, textDatum, truthDatum, unknownDatum } from './datum.ts';
import type { HclBlock, HclFile } from './hcl.ts';
import { evaluate, type HclFunction, type HclScope, textOfHcl } from './hcl-evaluation.ts';
import type { HclExpression } from './hcl-expression.ts';
import { entriesOf } from './hcl-values.ts';

export type Field = readonly Value[];

export type Declared = {
  readonly type: 'target' | 'group';
  /** Null: a matrix makes it, and what it is called is decided at run time. */
  readonly name: Value;
  readonly fields: ReadonlyMap<string, Field>;
  readonly pairs: ReadonlyMap<string, Readonly<Record<string, Value>>>;
};

export type Declarations = {
  readonly all: ReadonlyMap<string, Declared>;
  /** Why not all of it could be laid out; null when it is whole. */
  readonly limit: string | null;
};

/** Targets that a matrix makes, in all files of one bake. */
const MATRIX_LIMIT = 500;

/** Later files win attribute by attribute. */
export function declarationsOf(
  files: readonly HclFile[],
  variable: (name: string) => Value | null,
): Declarations {
  const blocks = mergedBlocks(files);
  const scope = scopeOf(files, blocks, variable);
  const all = new Map<string, Declared>();
  let limit: string | null = null;
  for (const block of blocks.values()) {
    const [label] = block.labels;
    if ((block.type !== 'target' && block.type !== 'group') || label === undefined) continue;
    const rows = matrixRows(block.attributes.get('matrix'), scope);
    if (rows === null || all.size + rows.length > MATRIX_LIMIT) {
      limit = `the bake file has more than ${MATRIX_LIMIT} targets, or a matrix that is decided at run time`;
      continue;
    }
    const names: string[] = [];
    rows.forEach((row, at) => {
      const declared = declaredOf(block, block.type === 'group' ? 'group' : 'target', label, row);
      const name = known(declared.name) ?? `${label} #${at}`;
      names.push(name);
      all.set(name, mergedDeclared(all.get(name), declared));
    });
    if (names.length === 1 && names[0] === label) continue;
    // Rows can be asked for by the label of the block they come from.
    const group: Declared = {
      type: 'group',
      name: text(label),
      fields: new Map([['targets', names.map(text)]]),
      pairs: new Map(),
    };
    if (!all.has(label)) all.set(label, group);
  }
  return { all, limit };
}

function mergedBlocks(files: readonly HclFile[]): ReadonlyMap<string, HclBlock> {
  const blocks = new Map<string, HclBlock>();
  for (const { blocks: own } of files) {
    for (const block of own) {
      const key = `${block.type}\n${block.labels.join('\n')}`;
      const before = blocks.get(key);
      blocks.set(
        key,
        before === undefined
          ? block
          : { ...block, attributes: new Map([...before.attributes, ...block.attributes]) },
      );
    }
  }
  return blocks;
}

export function mergedDeclared(base: Declared | undefined, over: Declared): Declared {
  if (base === undefined) return over;
  const pairs = new Map(base.pairs);
  for (const [key, record] of over.pairs) pairs.set(key, { ...pairs.get(key), ...record });
  return { ...over, fields: new Map([...base.fields, ...over.fields]), pairs };
}

/** Null when the rows can't be known. */
function matrixRows(matrix: HclExpression | undefined, scope: HclScope): readonly HclScope[] | null {
  if (matrix === undefined) return [scope];
  const columns = entriesOf(evaluate(matrix, scope));
  if (columns === null) return null;
  let rows: readonly ReadonlyMap<string, Datum>[] = [new Map()];
  for (const [key, column] of columns) {
    const name = known(textOfHcl(key)) ?? '';
    const items =
      column.kind === 'list'
        ? column.items
        : [unknownDatum(`\${${name}}`, 'the values of the matrix are decided at run time')];
    if (rows.length * items.length > MATRIX_LIMIT) return null;
    rows = rows.flatMap((row) => items.map((item) => new Map([...row, [name, item] as const])));
  }
  return rows.map((locals) => ({ ...scope, locals }));
}

function declaredOf(block: HclBlock, type: Declared['type'], label: string, scope: HclScope): Declared {
  const fields = new Map<string, Field>();
  const pairs = new Map<string, Readonly<Record<string, Value>>>();
  for (const [key, expression] of block.attributes) {
    if (key === 'matrix' || key === 'name') continue;
    const value = evaluate(expression, scope);
    if (value.kind === 'null') continue;
    if (value.kind === 'record')
      pairs.set(
        key,
        Object.fromEntries(
          [...value.entries]
            .filter(([, one]) => one.kind !== 'null')
            .map(([name, one]) => [name, textOfHcl(one)]),
        ),
      );
    else fields.set(key, fieldOf(value));
  }
  const name = block.attributes.get('name');
  return { type, name: name === undefined ? text(label) : textOfHcl(evaluate(name, scope)), fields, pairs };
}

/** A list's items; where it may be one of several lists, what is not in all of them may be missing. */
function fieldOf(value: Datum): Field {
  if (value.kind === 'list')
    return value.items.filter((item) => item.kind !== 'null').map((item) => itemText(item));
  if (value.kind !== 'choice') return [itemText(value)];
  const lists = value.options.map((option) =>
    option.kind === 'list' ? option.items.map(itemText) : option.kind === 'null' ? [] : [itemText(option)],
  );
  const shown = new Map<string, Value>();
  for (const list of lists) for (const item of list) shown.set(JSON.stringify(item), item);
  return [...shown].map(([key, item]): Value => {
    const isSure = lists.every((list) => list.some((one) => JSON.stringify(one) === key));
    return isSure ? item : [{ ...value.hole, choices: [item, EMPTY] }];
  });
}

/** `{type = "image", push = true}` as the text it stands for: `type=image,push=true`. */
function itemText(item: Datum): Value {
  if (item.kind !== 'record') return textOfHcl(item);
  return join(
    [...item.entries].flatMap(([key, value], at) => {
      const content = textOfHcl(value);
      const field = join([`${key}=`, content]);
      const isQuoted = known(content)?.includes(',') === true;
      return [at === 0 ? '' : ',', ...(isQuoted ? ['"', field, '"'] : [field])];
    }),
  );
}

function scopeOf(
  files: readonly HclFile[],
  blocks: ReadonlyMap<string, HclBlock>,
  variable: (name: string) => Value | null,
): HclScope {
  const attributes = new Map(files.flatMap((file) => [...file.attributes]));
  const variables = new Map<string, Datum>();
  const open = new Set<string>();
  const guarded = (key: string, make: () => Datum): Datum => {
    if (open.has(key)) return unknownDatum(`\${${key.split('\n').at(-1)}}`, 'it is defined by itself');
    open.add(key);
    const made = make();
    open.delete(key);
    return made;
  };
  const scope: HclScope = {
    variable: (name) => {
      const before = variables.get(name);
      if (before !== undefined) return before;
      const built = BUILT_IN.get(name);
      if (built !== undefined) return built;
      const block = blocks.get(`variable\n${name}`);
      const attribute = attributes.get(name);
      if (block === undefined && attribute === undefined) return null;
      const made = guarded(`variable\n${name}`, () =>
        block === undefined
          ? evaluate(attribute as HclExpression, scope)
          : variableDatum(name, block, scope, variable),
      );
      variables.set(name, made);
      return made;
    },
    attribute: (type, label, name) => {
      const block = blocks.get(`${type}\n${label}`);
      const expression = block?.attributes.get(name);
      if (block === undefined || expression === undefined) return null;
      return guarded(`${type}\n${label}\n${name}`, () => evaluate(expression, scope));
    },
    function: (name) => functionOf(blocks.get(`function\n${name}`)),
    locals: new Map(),
    budget: { steps: 0, sizes: new WeakMap() },
    depth: 0,
  };
  return scope;
}

/** https://docs.docker.com/build/bake/reference/#built-in-variables */
const BUILT_IN: ReadonlyMap<string, Datum> = new Map([
  ['BAKE_CMD_CONTEXT', textDatum('.')],
  ['BAKE_LOCAL_PLATFORM', unknownDatum(`\${BAKE_LOCAL_PLATFORM}`, 'the machine decides it')],
]);

function functionOf(block: HclBlock | undefined): HclFunction | null {
  const result = block?.attributes.get('result');
  if (block === undefined || result === undefined) return null;
  const params = block.attributes.get('params');
  const [variadic = null] = namesOf(block.attributes.get('variadic_params'));
  return { params: namesOf(params), variadic, result };
}

function namesOf(expression: HclExpression | undefined): readonly string[] {
  if (expression?.kind === 'list') return expression.items.flatMap(namesOf);
  if (expression?.kind === 'name') return [expression.name];
  const [only] = expression?.kind === 'template' ? expression.parts : [];
  return typeof only === 'string' ? [only] : [];
}

/** The environment wins over a default, read by the type that is declared or that the default has. */
function variableDatum(
  name: string,
  block: HclBlock,
  scope: HclScope,
  variable: (name: string) => Value | null,
): Datum {
  const written = block.attributes.get('type');
  const type = written?.text.replace(/\s+/g, '') ?? null;
  const fallback = block.attributes.get('default');
  const otherwise = fallback === undefined ? null : evaluate(fallback, scope);
  const json = variable(`${name}_JSON`);
  const given = type !== null && json !== null ? json : variable(name);
  if (given === null) {
    if (otherwise !== null) return typed(otherwise, type);
    return type === null || type === 'string'
      ? textDatum(hole(`\${${name}}`, `the variable ${name} has no default`))
      : unknownDatum(`\${${name}}`, `the variable ${name} has no default`);
  }
  if (given === json)
    return jsonDatum(known(given) ?? '') ?? unknownDatum(`\${${name}}`, 'its JSON is not known');
  if (type?.startsWith('list') || type?.startsWith('set') || type?.startsWith('tuple'))
    return known(given) === null
      ? unknownDatum(`\${${name}}`, 'its items are decided at run time')
      : { kind: 'list', items: split(given, ',').map((item) => typed(textDatum(item), innerType(type))) };
  if (otherwise !== null && (otherwise.kind === 'list' || otherwise.kind === 'record'))
    return unknownDatum(`\${${name}}`, 'a list without a type is not taken from the environment');
  return typed(textDatum(given), type ?? (otherwise === null ? null : otherwise.kind));
}

function innerType(type: string): string | null {
  return /^\w+\((\w+)\)$/.exec(type)?.[1] ?? null;
}

function typed(value: Datum, type: string | null): Datum {
  if (value.kind !== 'text') return value;
  const content = known(value.value);
  if (content === null) return value;
  if (type === 'number' && /^-?\d+(\.\d+)?$/.test(content)) return { kind: 'number', value: Number(content) };
  if ((type === 'bool' || type === 'boolean') && /^(true|false|1|0)$/i.test(content))
    return truthDatum(/^(true|1)$/i.test(content) ? 'yes' : 'no', '');
  return content === '' && type === 'null' ? NULL : value;
}
