// GitHub's published OpenAPI description → checks of requests, responses and webhook payloads, compiled when first used.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { inventedProperties } from './invented.ts';

/** A JSON schema after conversion: references read `component:name`. */
export type Schema = Readonly<Record<string, unknown>>;

type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type Response = { readonly $ref?: string; readonly content?: Content };
type Operation = {
  readonly operationId: string;
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
};
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly 'x-webhooks': Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
};

const COMPONENT = '#/components/schemas/';

let loaded: Description | null = null;
const description = (): Description => {
  const path = '@octokit/openapi/generated/api.github.com.json';
  loaded ??= JSON.parse(readFileSync(createRequire(import.meta.url).resolve(path), 'utf8')) as Description;
  return loaded;
};

// Inlining would copy a user's schema into every place that has one; GitHub's file needs no check of its own.
const ajv = new Ajv({
  strict: false,
  validateFormats: true,
  logger: false,
  inlineRefs: false,
  validateSchema: false,
  addUsedSchema: false,
  code: { optimize: false },
});
formats.default(ajv);
ajv.addFormat('repo.nwo', /^[^/]+\/[^/]+$/);
const components = new Map<string, Schema>();
const operations = new Map<string, { readonly schema: Schema; readonly validate: ValidateFunction } | null>();

// Where the description contradicts itself, and what holds instead. The list of installations wants an account that is
// a user and an enterprise at once (`allOf`); the installation alone, and GitHub's answers, have one of them.
const CORRECTED: Readonly<Record<string, Schema>> = {
  'GET /app/installations 200': { type: 'array', items: { $ref: `${COMPONENT}installation` } },
};

const mapValues = (value: unknown, change: (inner: unknown) => unknown): unknown =>
  Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, change(inner)]));

// OpenAPI 3.0 says `nullable` where JSON Schema has a null type; samples are no part of the rules.
const convert = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(convert);
  if (typeof schema !== 'object' || schema === null) return schema;
  const source = schema as Schema;
  if (typeof source.$ref === 'string') return { $ref: `component:${source.$ref.slice(COMPONENT.length)}` };
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    if (['nullable', 'example', 'examples', 'description', 'title', 'default'].includes(key)) continue;
    kept[key] = key === 'properties' ? mapValues(value, convert) : key === 'enum' ? value : convert(value);
  }
  return source.nullable === true ? { anyOf: [{ type: 'null' }, kept] } : kept;
};

const referencesIn = (schema: unknown): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const { $ref } = schema as Schema;
  if (typeof $ref === 'string') return [$ref.slice('component:'.length)];
  return Object.values(schema).flatMap(referencesIn);
};

// Adds what a schema refers to, however deep, so that compiling finds it.
const adopt = (schema: Schema): Schema => {
  const open = [...referencesIn(schema)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (components.has(name)) continue;
    const component = convert(description().components.schemas[name]) as Schema;
    components.set(name, component);
    ajv.addSchema(component, `component:${name}`);
    open.push(...referencesIn(component));
  }
  return schema;
};

const check = (key: string, find: () => Schema | undefined, value: unknown): readonly string[] => {
  let known = operations.get(key);
  if (known === undefined) {
    const raw = CORRECTED[key] ?? find();
    const schema = raw === undefined ? null : adopt(convert(raw) as Schema);
    known = schema === null ? null : { schema, validate: ajv.compile(schema) };
    operations.set(key, known);
  }
  if (known === null) return [`${key}: GitHub describes no such body`];
  if (known.validate(value)) return inventedProperties(known.schema, value, components);
  return (known.validate.errors ?? []).map(
    (error: ErrorObject) =>
      `${key}: ${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
  );
};

const json = (content: Content | undefined): Schema | undefined => content?.['application/json']?.schema;

const operationOf = (method: string, template: string): Operation | undefined =>
  description().paths[template]?.[method.toLowerCase()];

/** The operation's id, e.g. `checks/create`; null when GitHub has no such route. */
export const operationId = (method: string, template: string): string | null =>
  operationOf(method, template)?.operationId ?? null;

/** What is wrong with a request's body. */
export const requestProblems = (method: string, template: string, body: unknown): readonly string[] => {
  const request = operationOf(method, template)?.requestBody;
  if (request === undefined) return [];
  if (body === undefined) return request.required === true ? ['a request body is required'] : [];
  const problems = check(`${method} ${template} request`, () => json(request.content), body);
  // GitHub ignores what it does not know in a request.
  return problems.filter((problem) => !problem.startsWith('invented'));
};

/** What is wrong with a response's body; statuses the operation doesn't list are checked as GitHub's basic error. */
export const responseProblems = (
  method: string,
  template: string,
  status: number,
  body: unknown,
): readonly string[] => {
  const response = operationOf(method, template)?.responses[String(status)];
  const shared = response?.$ref?.split('/').pop();
  const content =
    shared === undefined ? response?.content : description().components.responses[shared]?.content;
  if (status < 300 && response === undefined) return [`${method} ${template} never answers ${status}`];
  if (body === undefined)
    return content === undefined ? [] : [`${method} ${template} ${status} answers with a body`];
  const fallback = description().components.schemas['basic-error'];
  const problems = check(`${method} ${template} ${status}`, () => json(content) ?? fallback, body);
  // GitHub's errors carry more than their description says: `status` always, `errors` often.
  return status < 400 ? problems : problems.filter((problem) => !problem.startsWith('invented'));
};

/** What is wrong with a webhook's payload, e.g. of `pull_request` `labeled`. */
export const webhookProblems = (
  event: string,
  action: string | null,
  payload: unknown,
): readonly string[] => {
  const name = [event, action]
    .filter((part) => part !== null)
    .join('-')
    .replaceAll('_', '-');
  return check(
    `webhook ${name}`,
    () => json(description()['x-webhooks'][name]?.post.requestBody?.content),
    payload,
  );
};
