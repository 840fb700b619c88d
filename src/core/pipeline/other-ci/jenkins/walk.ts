// Statements of a Jenkinsfile in their order → acts; what can't be read stays a hole or is said to be opaque.
import type { Value } from '../../../model/value.ts';
import { format, hole, join, not, text } from '../../../value.ts';
import { addGap, type Place } from '../../act.ts';
import { locate } from '../../source-text.ts';
import { stepPlace, under } from '../run.ts';
import { assignments } from '../variables.ts';
import { dockerCall, imageValue } from './docker.ts';
import { assign, DEPTH_LIMIT, type Frame, oneOf, STATEMENT_LIMIT, scoped } from './frame.ts';
import type { GroovyGroup, GroovyToken } from './groovy.ts';
import { ownCall } from './own-calls.ts';
import { offered } from './parameters.ts';
import { pluginStep } from './plugin-steps.ts';
import { forEach, listOf, matrix, overList } from './repeated.ts';
import { argumentNamed, argumentsOf, directBlock, expressionValue, shellBlock, textValue } from './texts.ts';
import { groovyCondition, type WhenScope, whenTruth } from './when.ts';

export function walk(tokens: readonly GroovyToken[], frame: Frame, place: Place): void {
  const [first] = tokens;
  if (first === undefined) return;
  if (frame.depth > DEPTH_LIMIT || frame.budget.left <= 0) {
    tooMuch(frame, first);
    return;
  }
  frame.depth += 1;
  let start = 0;
  const following = behindLineEnds(tokens);
  for (let index = 0; index <= tokens.length; index += 1) {
    const token = tokens[index];
    const ends =
      token === undefined || (isLineEnd(token) && !continues(tokens[index - 1], following[index] ?? null));
    if (!ends) continue;
    if (index > start && frame.budget.left-- > 0) statement(tokens.slice(start, index), frame, place);
    start = index + 1;
  }
  frame.depth -= 1;
}

function tooMuch(frame: Frame, at: GroovyToken): void {
  const { path } = frame.source;
  addGap(frame.ledger, {
    kind: 'limit',
    cause: 'content',
    subject: path,
    location: locate(frame.source, at.start, at.end),
    reason: `${path} has more than ${STATEMENT_LIMIT} statements, or blocks and calls more than ${DEPTH_LIMIT} deep.`,
    remedy: 'Make the pipeline smaller.',
  });
}

function isLineEnd(token: GroovyToken): boolean {
  return token.kind === 'sign' && token.text === '\n';
}

/** For each token the next one that is no end of a line. */
function behindLineEnds(tokens: readonly GroovyToken[]): readonly (GroovyToken | null)[] {
  let next: GroovyToken | null = null;
  const behind = tokens.toReversed().map((token) => {
    const after = next;
    if (!isLineEnd(token)) next = token;
    return after;
  });
  return behind.reverse();
}

/** A line goes on when it ends with an open call or operator, or the next one starts with one. */
function continues(before: GroovyToken | undefined, after: GroovyToken | null): boolean {
  const open = before?.kind === 'sign' && /^(,|\+|&&|\|\||=|\?|:|->|\.)$/.test(before.text);
  if (after?.kind === 'word' && /^(else|catch|finally)$/.test(after.text)) return true;
  if (
    after?.kind === 'group' &&
    after.open === '{' &&
    before?.kind !== 'sign' &&
    !(before?.kind === 'group' && before.open === '{')
  )
    return true;
  return open || (after?.kind === 'sign' && /^(\+|&&|\|\||\?|\.)$/.test(after.text));
}

function statement(all: readonly GroovyToken[], frame: Frame, place: Place): void {
  const tokens = all.filter((token) => !(token.kind === 'sign' && token.text === '\n'));
  const [first] = tokens;
  if (first === undefined) return;
  if (isDefinition(tokens, frame)) return;
  if (first.kind === 'word' && first.text === 'if') {
    branches(tokens, frame, place);
    return;
  }
  if (first.kind === 'word' && first.text === 'for' && forEach(tokens, frame, place)) return;
  if (first.kind === 'word' && first.text === 'switch') {
    const [, subject, block] = tokens;
    if (subject?.kind === 'group' && block?.kind === 'group')
      cases(block, frame.source.text.slice(subject.start + 1, subject.end - 1), frame, place);
    return;
  }
  const assigned = tokens.findIndex(
    (token) => token.kind === 'sign' && (token.text === '=' || token.text === '+='),
  );
  if (assigned > 0) assignment(tokens, assigned, frame, place);
  else calls(tokens, frame, place);
}

/** A function runs where it is called, not where it stands. */
function isDefinition(tokens: readonly GroovyToken[], frame: Frame): boolean {
  const group = tokens.findIndex((token) => token.kind === 'group');
  const [type, name] = [tokens[group - 2], tokens[group - 1]];
  return (
    type?.kind === 'word' &&
    name?.kind === 'word' &&
    frame.functions.has(name.text) &&
    tokens[group + 1]?.kind === 'group'
  );
}

function scopeOf(frame: Frame): WhenScope {
  return {
    at: frame.at,
    content: frame.source.text,
    variable: (name) => frame.variables.get(name) ?? null,
    text: (token) => (token.kind === 'text' ? textValue(token, frame) : null),
  };
}

function branches(tokens: readonly GroovyToken[], frame: Frame, place: Place): void {
  const [, condition] = tokens;
  if (condition?.kind !== 'group') return;
  const written = frame.source.text
    .slice(condition.start + 1, condition.end - 1)
    .replace(/\s+/g, ' ')
    .trim();
  const truth = groovyCondition(written, scopeOf(frame));
  const otherwise = tokens.findIndex((token) => token.kind === 'word' && token.text === 'else');
  const positive = tokens.slice(2, otherwise === -1 ? undefined : otherwise);
  const negative = otherwise === -1 ? [] : tokens.slice(otherwise + 1);
  const inside = under(place, truth, truth === 'unknown' ? written : null);
  const outside = under(place, not(truth), truth === 'unknown' ? `!(${written})` : null);
  const ways = [
    ...(inside === null ? [] : [() => branch(positive, frame, inside)]),
    ...(outside === null ? [] : [() => branch(negative, frame, outside)]),
  ];
  oneOf(frame, ways);
}

function branch(tokens: readonly GroovyToken[], frame: Frame, place: Place): void {
  const [only, ...rest] = tokens;
  if (only?.kind === 'group' && only.open === '{' && rest.length === 0) walk(only.items, frame, place);
  else statement(tokens, frame, place);
}

/** `switch (x) { case 'a': … break … default: … }`: one of the cases runs. */
function cases(block: GroovyGroup, written: string, frame: Frame, place: Place): void {
  const ways: GroovyToken[][] = [];
  for (const token of block.items) {
    if (token.kind === 'word' && /^(case|default)$/.test(token.text)) ways.push([]);
    else ways.at(-1)?.push(token);
  }
  const inside = under(place, 'unknown', `switch (${written})`);
  if (inside === null) return;
  oneOf(
    frame,
    ways.map((way) => () => {
      const colon = way.findIndex((token) => token.kind === 'sign' && token.text === ':');
      walk(way.slice(colon + 1), frame, inside);
    }),
  );
}

function assignment(tokens: readonly GroovyToken[], at: number, frame: Frame, place: Place): void {
  const target = tokens[at - 1];
  const right = tokens.slice(at + 1);
  const sign = tokens[at];
  calls(right, frame, place);
  if (target?.kind !== 'word') return;
  const name = target.text.replace(/^env\./, '');
  const image = imageValue(right, frame);
  if (image !== null) {
    frame.images = new Map([...frame.images, [name, image]]);
    return;
  }
  const [only] = right;
  const list = only?.kind === 'group' && right.length === 1 ? listOf(only, frame) : null;
  if (list !== null) frame.lists = new Map([...frame.lists, [name, list]]);
  const value = expressionValue(right, frame);
  const own =
    sign?.kind === 'sign' && sign.text === '+=' && value !== null
      ? join([frame.variables.get(name) ?? hole(`$${name}`, 'Groovy sets it'), value])
      : value;
  const isDeclared = tokens.slice(0, at - 1).some((token) => token.kind === 'word');
  assign(frame, name, own, isDeclared);
}

/** Calls in a statement, with the blocks that are given to them. */
function calls(tokens: readonly GroovyToken[], frame: Frame, place: Place): void {
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind === 'group') {
      if (token.open === '{') walk(token.items, frame, place);
      else calls(token.items, frame, place);
      continue;
    }
    if (token?.kind !== 'word') continue;
    const rest = tokens.slice(index + 1);
    const blockAt = rest.findIndex((one) => one.kind === 'group' && one.open === '{');
    const [second] = rest;
    const block = blockAt === -1 ? undefined : rest[blockAt];
    const list = argumentsOf(second, rest.slice(0, blockAt === -1 ? undefined : blockAt));
    const previous = tokens[index - 1];
    if (previous?.kind === 'word' && previous.text === 'new') continue;
    if (overList(token, block?.kind === 'group' ? block : null, frame, place)) {
      index += 1 + blockAt;
      continue;
    }
    const taken = call(token, list, block?.kind === 'group' ? block : null, rest, frame, place);
    if (!taken) continue;
    // What follows its block on the same line is a call of its own.
    if (block === undefined) return;
    index += 1 + blockAt;
  }
}

const SHELLS: Readonly<Record<string, string>> = {
  sh: 'sh -e',
  bat: 'cmd',
  powershell: 'powershell',
  pwsh: 'pwsh',
};
const SKIPPED = new Set([
  'agent',
  'options',
  'parameters',
  'triggers',
  'tools',
  'libraries',
  'environment',
  'when',
  'input',
  'properties',
  'echo',
  'println',
  'matrix.axes',
  'import',
]);

/** True when the statement is dealt with as a whole. */
function call(
  token: Extract<GroovyToken, { kind: 'word' }>,
  list: readonly (readonly GroovyToken[])[],
  block: GroovyGroup | null,
  rest: readonly GroovyToken[],
  frame: Frame,
  place: Place,
): boolean {
  const name = token.text;
  const location = locate(frame.source, token.start, token.end);
  if (SKIPPED.has(name) && rest[0] !== undefined && !(rest[0].kind === 'sign')) return true;
  if (/^(get|is|has|compute|calc|parse|read|determine|find|check|should)[A-Z]/.test(name)) return false;
  const shell = SHELLS[name];
  if (shell !== undefined) {
    const script = argumentNamed('script', list, true);
    if (script !== null) shellBlock(script, shell, frame, stepPlace(place, name, location));
    return true;
  }
  const [first] = list;
  const value = first === undefined ? null : expressionValue(first, frame);
  switch (name) {
    case 'stage':
      if (block !== null) stage(block, value === null ? 'stage' : format(value), frame, place);
      return block !== null;
    case 'pipeline':
      if (block !== null) stage(block, null, frame, place);
      return block !== null;
    case 'withEnv':
      if (block === null) return false;
      return scoped(frame, [], () => {
        frame.variables = new Map([...frame.variables, ...withEnv(list, frame)]);
        walk(block.items, frame, place);
      });
    case 'dir':
      if (block === null || value === null) return false;
      return scoped(frame, [], () => {
        frame.folder = frame.folder.length === 0 ? value : join([frame.folder, '/', value]);
        walk(block.items, frame, place);
      });
    case 'withCredentials':
      if (block !== null) walk(block.items, frame, { ...place, credentials: true });
      return block !== null;
    case 'matrix':
      if (block !== null) matrix(block, frame, place);
      return block !== null;
    case 'post':
      if (block !== null) walk(block.items, frame, place);
      return block !== null;
    case 'failure':
    case 'unstable':
    case 'aborted': {
      const inside = block === null ? null : under(place, 'unknown', `the build ends as ${name}`);
      if (block !== null && inside !== null) walk(block.items, frame, inside);
      return block !== null;
    }
    default:
      if (pluginStep(token, list, block, rest, frame, place)) return true;
      if (dockerCall(token, list, rest, frame, place)) {
        // `image.inside { … }` runs what stands in its block.
        if (block !== null) walk(block.items, frame, place);
        return true;
      }
      return ownCall(token, list, block, rest, frame, place);
  }
}

/** `environment` and `when` of a stage stand beside its steps and hold for all of it. */
function stage(block: GroovyGroup, name: string | null, frame: Frame, place: Place): void {
  scoped(frame, [], () => {
    const environment = directBlock(block, 'environment');
    if (environment !== null) walk(environment.items, frame, place);
    frame.declared = frame.outer;
    frame.outer = new Set();
    const parameters = directBlock(block, 'parameters');
    if (parameters !== null) offered(parameters, frame);
    const when = directBlock(block, 'when');
    const truth = when === null ? 'yes' : whenTruth(when, scopeOf(frame));
    const written =
      when === null
        ? null
        : frame.source.text
            .slice(when.start + 1, when.end - 1)
            .replace(/\s+/g, ' ')
            .trim();
    const inside = under(place, truth, truth === 'unknown' ? written : null);
    if (inside === null) return;
    const location = locate(frame.source, block.start, block.end);
    const labelled =
      name === null ? inside : { ...inside, path: [...inside.path, { label: `stage ${name}`, location }] };
    const run = () => walk(block.items, frame, labelled);
    oneOf(frame, truth === 'unknown' ? [run, () => undefined] : [run]);
  });
}

function withEnv(
  list: readonly (readonly GroovyToken[])[],
  frame: Frame,
): readonly (readonly [string, Value])[] {
  const texts = list.flatMap((one) =>
    one.flatMap((token) => (token.kind === 'group' ? token.items : [token])),
  );
  return texts.flatMap((token): readonly (readonly [string, Value])[] => {
    if (token.kind !== 'text') return [];
    const [start, ...others] = textValue(token, frame);
    const at = typeof start === 'string' ? start.indexOf('=') : -1;
    if (typeof start !== 'string' || at === -1)
      return assignments(format(textValue(token, frame))).map(
        ([key, written]) => [key, text(written)] as const,
      );
    return [[start.slice(0, at), [...text(start.slice(at + 1)), ...others]] as const];
  });
}
