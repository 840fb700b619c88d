// The schema of the policy file → the rows of docs/policy.md.
import { policyJsonSchema } from './schema.ts';

/** One key of the policy file. `path` is written with dots, list entries with `[]`, free keys with `<name>`. */
export type DescribedKey = {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
};

type Schema = {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
};

/** Every key in the order of the schema, parents before children. */
export function describePolicy(): readonly DescribedKey[] {
  return keysOf(policyJsonSchema() as Schema, '');
}

function keysOf(schema: Schema, prefix: string): DescribedKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    const path = `${prefix}${name}`;
    const row = {
      path,
      type: typeOf(each),
      required: schema.required?.includes(name) ?? false,
      description: each.description ?? '',
    };
    // The sixteen obligations share one shape: one row describes them all.
    if (path === 'flows') return [row];
    return [row, ...childrenOf(each, path)];
  });
}

function childrenOf(schema: Schema, path: string): DescribedKey[] {
  if (schema.items?.properties) return keysOf(schema.items, `${path}[].`);
  return schema.properties ? keysOf(schema, `${path}.`) : [];
}

function typeOf(schema: Schema): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' | ');
  switch (schema.type) {
    case 'array':
      return `list of ${schema.items?.properties ? 'entries' : typeOf(schema.items ?? {})}`;
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `names to ${typeOf(schema.additionalProperties)}`
        : 'keys below';
    case 'integer':
      return schema.minimum !== undefined && schema.maximum !== undefined
        ? `${schema.minimum} to ${schema.maximum}`
        : 'whole number';
    default:
      return schema.type ?? 'anything';
  }
}
