// What the schema library says of a value → what a person who writes a policy can act on.

/** An issue of zod; the fields that its code has. */
export type Issue = {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly format?: string;
  readonly origin?: string;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly values?: readonly unknown[];
  /** Of a union: the issues of each kind of value it could have been. */
  readonly errors?: readonly (readonly Issue[])[];
};

/** Completes "approval.count: …"; messages of our own schema are such completions already. */
export function wordingOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return / received undefined$/.test(issue.message)
        ? `is missing, and has to be ${KINDS[issue.expected ?? ''] ?? 'given'}`
        : `must be ${KINDS[issue.expected ?? ''] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${alternatives(issue.values ?? [])}`;
    case 'too_small':
      if (issue.origin === 'array') return 'must not be an empty list';
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must not be longer than ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'date' ? 'must be a day of the calendar, as in 2027-03-31' : issue.message;
    case 'invalid_union':
      return unionWording(issue);
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list, as in [one, two]',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'keys with values',
  record: 'keys with values',
  string: 'a text',
};

function unionWording({ message, errors = [] }: Issue): string {
  // A union of our schema that has a sentence of its own says it; zod's own says nothing.
  if (message !== 'Invalid input') return message;
  const ways = errors.flatMap(([first]) => (first === undefined ? [] : [wordingOf(first)]));
  return [...new Set(ways)].join(', or ');
}

function alternatives(values: readonly unknown[]): string {
  const shown = values.map(String);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}
