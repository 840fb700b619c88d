// A list → a GraphQL connection as GitHub pages it: `first` or `last` has to be given, 1 to 100.
import { GraphQLError } from 'graphql';

export type Node = Readonly<Record<string, unknown>>;

export type PageArguments = {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
};

/** A failure as GitHub reports it, with its `type` beside the message. */
export const failure = (type: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { type } });

const cursorOf = (index: number): string => Buffer.from(`cursor:${index}`).toString('base64');
const indexOf = (cursor: string): number =>
  Number(Buffer.from(cursor, 'base64').toString().replace('cursor:', ''));

/** `page` is made from the items of this page only. */
export const connection = <Item>(
  name: string,
  items: readonly Item[],
  args: PageArguments,
  page: (item: Item) => Node | null,
  edge: (item: Item) => Node = () => ({}),
): Node => {
  const { first, last, after, before } = args;
  const count = first ?? last;
  if (count === null || count === undefined)
    throw failure(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  if (count < 0 || count > 100)
    throw failure(
      'EXCESSIVE_PAGINATION',
      `Requesting ${count} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`,
    );
  const from = after ? indexOf(after) + 1 : 0;
  const to = before ? indexOf(before) : items.length;
  const start = first === null || first === undefined ? Math.max(to - count, from) : from;
  const end = first === null || first === undefined ? to : Math.min(from + count, to);
  const indexes = Array.from({ length: Math.max(end - start, 0) }, (_, offset) => start + offset);
  const made = indexes.map((index) => ({ index, item: items[index] as Item }));
  return {
    totalCount: items.length,
    nodes: () => made.map(({ item }) => page(item)),
    edges: () =>
      made.map(({ index, item }) => ({ cursor: cursorOf(index), node: () => page(item), ...edge(item) })),
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: made.length > 0 ? cursorOf(start) : null,
      endCursor: made.length > 0 ? cursorOf(end - 1) : null,
    },
  };
};
