// The variables that BuildKit knows at one point of a file, and how words are expanded with them.
import type { Gap } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';
import type { Value } from '../model/value.ts';
import { hole, text } from '../value.ts';
import { lex } from './lexer.ts';
import type { LookUp } from './lexer-state.ts';
import type { Budget } from './pattern.ts';
import { ALWAYS_GIVEN, NOT_PASSED } from './substitution.ts';

/** The platform arguments that exist without being declared (Dockerfile reference, "Automatic platform ARGs"). */
const PLATFORM_ARGUMENTS: readonly string[] = [
  'BUILDARCH',
  'BUILDOS',
  'BUILDOSVERSION',
  'BUILDPLATFORM',
  'BUILDVARIANT',
  'TARGETARCH',
  'TARGETOS',
  'TARGETOSVERSION',
  'TARGETPLATFORM',
  'TARGETSTAGE',
  'TARGETVARIANT',
];

const OF_BUILD_PLATFORM = 'its value is the platform of the machine that builds';
const OF_TARGET_PLATFORM = 'its value is the platform the image is built for';
/** Most platforms have no variant and no version. */
const MAYBE_EMPTY = /(?:VARIANT|OSVERSION)$/;
const OF_TARGET_STAGE = 'its value is the name of the stage that is built';

/** Assignments that are followed in one file; each may copy the scope, so they are counted. */
export const ASSIGNMENT_LIMIT = 1024;

/** Everything one reading shares: what the build passes, what is left to spend, what went wrong. */
export type Reading = {
  readonly escapeToken: string;
  readonly passed: Readonly<Record<string, Value>>;
  readonly budget: Budget;
  readonly gaps: Gap[];
  /** Assignments left, and the names that came too late. */
  assignments: number;
  readonly dropped: Set<string>;
};

export type Scope = {
  readonly variables: ReadonlyMap<string, Value>;
  /** Whether an image below may set variables that the file doesn't show. */
  readonly image: boolean;
};

export function platformScope(reading: Reading): Scope {
  const variables = new Map<string, Value>();
  for (const name of PLATFORM_ARGUMENTS) {
    const passed = passedValue(reading, name);
    let why = name.startsWith('BUILD') ? OF_BUILD_PLATFORM : OF_TARGET_PLATFORM;
    if (name === 'TARGETSTAGE') why = OF_TARGET_STAGE;
    const given = MAYBE_EMPTY.test(name) ? why : `${why} ${ALWAYS_GIVEN}`;
    variables.set(name, passed ?? hole(`$${name}`, given));
  }
  return { variables, image: false };
}

export function passedValue(reading: Reading, name: string): Value | null {
  return Object.hasOwn(reading.passed, name) ? (reading.passed[name] ?? null) : null;
}

export function notPassed(name: string): Value {
  return hole(`$${name}`, NOT_PASSED);
}

/** Adds variables; past the limit their names are only remembered as unknown. */
export function assign(reading: Reading, scope: Scope, added: readonly (readonly [string, Value])[]): Scope {
  const followed = added.slice(0, reading.assignments);
  for (const [name] of added.slice(followed.length)) reading.dropped.add(name);
  if (followed.length === 0) return scope;
  reading.assignments -= followed.length;
  const variables = new Map(scope.variables);
  for (const [name, value] of followed) variables.set(name, value);
  return { ...scope, variables };
}

const NAME = /^[A-Za-z_]\w*$/;

/** The gap for the assignments that were not followed; none when all were. */
export function limitGaps(reading: Reading, path: string): readonly Gap[] {
  if (reading.dropped.size === 0) return [];
  return [
    {
      kind: 'limit',
      cause: 'content',
      subject: path,
      location: null,
      reason: `The file makes more than ${ASSIGNMENT_LIMIT} assignments with ARG and ENV; the later ones are not followed.`,
      remedy: 'Use fewer variables, or split the file.',
    },
  ];
}

function lookUpIn(reading: Reading, scope: Scope): LookUp {
  return (name) => {
    if (reading.dropped.has(name))
      return hole(`$${name}`, `only ${ASSIGNMENT_LIMIT} assignments of a file are followed`);
    const value = scope.variables.get(name);
    if (value !== undefined) return value;
    return scope.image && NAME.test(name) ? hole(`$${name}`, 'the base image may set it') : null;
  };
}

const SPECIAL = /[$'"\\`<]/;

/** Expands one word; what can't be expanded becomes a hole and a gap at `location`. */
export function expandWord(reading: Reading, scope: Scope, word: string, location: Location): Value {
  if (!SPECIAL.test(word)) return text(word);
  const lexed = lex(
    word,
    { escapeToken: reading.escapeToken, lookUp: lookUpIn(reading, scope) },
    reading.budget,
  );
  if (lexed.kind === 'done') return lexed.value;
  const shown = word.length > 80 ? `${word.slice(0, 80)}…` : word;
  reading.gaps.push({
    kind: lexed.kind === 'limit' ? 'limit' : 'syntax',
    cause: 'content',
    subject: location.path,
    location,
    reason: `\`${shown}\` can’t be expanded: ${lexed.reason}.`,
    remedy:
      lexed.kind === 'limit'
        ? 'Write the value out, or split it into smaller parts.'
        : 'Correct the substitution; BuildKit stops at it too.',
  });
  return hole(shown, `it can’t be expanded: ${lexed.reason}`);
}
