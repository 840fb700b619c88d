// A GraphQL request → executed against GitHub's published schema; what the stand-in can't resolve is an error, never a null.
import { readFileSync } from 'node:fs';
import type { GraphQLError, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { buildSchema, execute, GraphQLError as Failure, getOperationAST, parse, validate } from 'graphql';
import { iso } from '../clock.ts';
import type { Caller } from '../rest/authentication.ts';
import { openRepository } from '../rest/call.ts';
import { GitHubProblem } from '../rest/problem.ts';
import { organizationOf } from '../world/accounts.ts';
import type { PullRequest, Repository, World } from '../world/state.ts';
import { actorNode, organizationNode } from './accounts.ts';
import { connection, failure, type Node, type PageArguments } from './connection.ts';
import type { Context } from './context.ts';
import { mutationsFor } from './mutations.ts';
import { pullNode } from './pulls.ts';
import { repositoryNode } from './repositories.ts';

let built: GraphQLSchema | null = null;

// GitHub's own file: it needs no second validation, which would take longer than building it.
const schema = (): GraphQLSchema => {
  if (built !== null) return built;
  // Read from its place: the package exports no path to the file.
  const file = new URL('../../../node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url);
  const text = readFileSync(file, 'utf8');
  built = buildSchema(text, { assumeValid: true, noLocation: true });
  return built;
};

const isVisible = (context: Context, { owner, name }: Repository): boolean => {
  try {
    openRepository(context, owner.login, name, [['pull_requests', 'read']]);
    return true;
  } catch (error) {
    if (error instanceof GitHubProblem) return false;
    throw error;
  }
};

/** GitHub shows this many of what it found, and says how many there are. */
const SEARCHED = 1_000;

// `org:acme is:pr is:open updated:>=2026-01-05`: the qualifiers a sweep needs; any other word is refused.
const search = (context: Context, query: string): readonly PullRequest[] => {
  let pulls = [...context.world.repositories.values()]
    .filter((repository) => isVisible(context, repository))
    .flatMap((repository) => [...repository.pulls.values()]);
  for (const word of query.split(/\s+/).filter((part) => part !== '')) {
    const [name, value = ''] = word.split(/:(.*)/);
    if (name === 'org') pulls = pulls.filter((pull) => pull.repository.owner.login === value);
    else if (name === 'repo')
      pulls = pulls.filter(({ repository }) => `${repository.owner.login}/${repository.name}` === value);
    else if (word === 'is:open' || word === 'is:closed')
      pulls = pulls.filter((pull) => pull.issue.state === word.slice(3));
    else if (name === 'updated' && value.startsWith('>='))
      pulls = pulls.filter((pull) => pull.issue.updatedAt >= Date.parse(value.slice(2)));
    else if (word === 'sort:updated-asc')
      pulls = pulls.toSorted((a, b) => a.issue.updatedAt - b.issue.updatedAt);
    else if (word !== 'is:pr') throw new Error(`the stand-in's search doesn't know ${word}`);
  }
  return pulls;
};

const rootFor = (context: Context, operation: string): Node => {
  if (operation === 'mutation') return mutationsFor(context);
  const { world, caller } = context;
  return {
    repository: ({ owner, name }: { owner: string; name: string }) => {
      try {
        return repositoryNode(context, openRepository(context, owner, name, [['metadata', 'read']]));
      } catch (error) {
        if (!(error instanceof GitHubProblem)) throw error;
        throw failure('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      }
    },
    organization: ({ login }: { login: string }) => {
      const organization = organizationOf(world, login);
      if (organization === undefined)
        throw failure('NOT_FOUND', `Could not resolve to an Organization with the login of '${login}'.`);
      return organizationNode(context, organization);
    },
    viewer: () => actorNode(context, caller.kind === 'user' ? caller.account : world.app.bot),
    search: (args: PageArguments & { query: string; type: string }) => {
      const found = search(context, args.query);
      return {
        ...connection('search', found.slice(0, SEARCHED), args, (pull) => pullNode(context, pull)),
        issueCount: found.length,
      };
    },
    rateLimit: () => ({
      cost: 1,
      limit: 5000,
      nodeCount: 0,
      remaining: 4999,
      used: 1,
      resetAt: iso(world.clock.now() + 3_600_000),
    }),
  };
};

const resolver =
  (unserved: (field: string) => void): GraphQLFieldResolver<Node, unknown> =>
  (source, args, _context, info) => {
    const value = source[info.fieldName];
    if (value === undefined) {
      const field = `${info.parentType.name}.${info.fieldName}`;
      unserved(field);
      throw new Error(`the stand-in doesn't serve ${field}`);
    }
    return typeof value === 'function' ? (value as (given: unknown) => unknown)(args) : value;
  };

const formatted = (error: GraphQLError): Node => {
  const { message, locations, path, extensions } = error;
  return {
    ...(typeof extensions.type === 'string' ? { type: extensions.type } : {}),
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined
      ? {}
      : { locations: locations.map(({ line, column }) => ({ line, column })) }),
    message,
  };
};

// GitHub's server words it differently from the library that executes here.
const invalidField = (error: GraphQLError): Node => {
  const [, field, type] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message) ?? [];
  if (field === undefined || type === undefined) return formatted(error);
  return {
    ...formatted(error),
    extensions: { code: 'undefinedField', typeName: type, fieldName: field },
    message: `Field '${field}' doesn't exist on type '${type}'`,
  };
};

export type GraphQLAnswer = { readonly data?: unknown; readonly errors?: readonly Node[] };

/** Executes one request. `problem` hears of fields and searches the stand-in should serve but doesn't. */
export const executeGraphQL = async (
  world: World,
  caller: Caller,
  request: { readonly query?: unknown; readonly variables?: unknown; readonly operationName?: unknown },
  problem: (text: string) => void,
): Promise<GraphQLAnswer> => {
  try {
    const document = parse(String(request.query ?? ''));
    const invalid = validate(schema(), document);
    if (invalid.length > 0) return { errors: invalid.map(invalidField) };
    const name = typeof request.operationName === 'string' ? request.operationName : null;
    const operation = getOperationAST(document, name)?.operation ?? 'query';
    const context: Context = { world, caller };
    const result = await execute({
      schema: schema(),
      document,
      rootValue: rootFor(context, operation),
      fieldResolver: resolver((field) => problem(`GraphQL: ${field} is not served`)),
      variableValues: (request.variables ?? {}) as Record<string, unknown>,
      operationName: name,
    });
    for (const { originalError, message } of result.errors ?? [])
      if (originalError && !(originalError instanceof Failure)) problem(`GraphQL: ${message}`);
    return {
      ...(result.data === undefined ? {} : { data: result.data }),
      ...(result.errors === undefined ? {} : { errors: result.errors.map(formatted) }),
    };
  } catch (error) {
    if (error instanceof Failure) return { errors: [formatted(error)] };
    throw error;
  }
};
