// A value and its schema → properties that no branch of the schema knows: shapes GitHub never sends.
import type { Schema } from './shapes.ts';

const branchesOf = (schema: Schema, components: ReadonlyMap<string, Schema>): readonly Schema[] => {
  if (typeof schema.$ref === 'string') {
    const target = components.get(schema.$ref.slice('component:'.length));
    return target === undefined ? [] : branchesOf(target, components);
  }
  const inner = (['allOf', 'anyOf', 'oneOf'] as const).flatMap(
    (key) => (schema[key] as readonly Schema[] | undefined) ?? [],
  );
  return [
    ...(schema.properties !== undefined || schema.items !== undefined || inner.length === 0 ? [schema] : []),
    ...inner.flatMap((branch) => branchesOf(branch, components)),
  ];
};

/** One line for each property that GitHub's description doesn't have. Objects described without properties hold anything. */
export const inventedProperties = (
  schema: Schema,
  value: unknown,
  components: ReadonlyMap<string, Schema>,
  path = '',
): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const branches = branchesOf(schema, components);
  if (Array.isArray(value)) {
    const items = branches.flatMap((branch) => (branch.items as Schema | undefined) ?? []);
    return value.flatMap((item, index) =>
      inventedProperties({ anyOf: items }, item, components, `${path}/${index}`),
    );
  }
  const objects = branches.filter((branch) => branch.type === 'object' || branch.properties !== undefined);
  const open = objects.some(
    (branch) => branch.properties === undefined || Boolean(branch.additionalProperties),
  );
  return Object.entries(value).flatMap(([name, inner]) => {
    const described = objects.flatMap(
      (branch) => (branch.properties as Readonly<Record<string, Schema>> | undefined)?.[name] ?? [],
    );
    if (described.length === 0) return open ? [] : [`invented property ${path}/${name}`];
    return inventedProperties({ anyOf: described }, inner, components, `${path}/${name}`);
  });
};
