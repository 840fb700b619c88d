// `read` and `mapfile`: what a script takes from its input, as variables.
import type { Value } from '../model/value.ts';
import { hole, join, known, split } from '../value.ts';
import type { Scope, Status } from './scope.ts';
import { binding, type State } from './state.ts';
import type { Argument } from './trace.ts';
import { assign, asValue, type Binding } from './variables.ts';

const READ_VALUED = /^-[a-zA-Z]*[adinNptu]$/;

export function runRead(scope: Scope, state: State, words: readonly Argument[]): Status {
  const names: string[] = [];
  let array: string | null = null;
  let plain = true;
  for (let index = 1; index < words.length; index += 1) {
    const word = known(words[index]?.value ?? []);
    if (word === null) return 'unknown';
    if (word.startsWith('-')) {
      if (!/^-[ersa]+$/.test(word)) plain = false;
      if (READ_VALUED.test(word)) {
        // `-a NAME` names an array; the others' values are no names.
        if (word.endsWith('a')) array = known(words[index + 1]?.value ?? []) ?? '';
        index += 1;
      }
    } else names.push(word);
  }
  const line = scope.stdin === null || !plain ? null : (split(scope.stdin, '\n')[0] ?? []);
  if (array !== null) {
    readArray(state, array, line === null || !isTelling(line) ? null : readFields(state, line));
    return 'unknown';
  }
  const fields = line === null || known(line) === null ? null : readFields(state, line);
  (names.length === 0 ? ['REPLY'] : names).forEach((name, index, all) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) return;
    const value =
      fields === null
        ? hole(`$${name}`, 'the script reads it from its input')
        : index === all.length - 1
          ? join(fields.slice(index).flatMap((field, at) => (at === 0 ? [field] : [separator(state), field])))
          : (fields[index] ?? []);
    state.variables = assign(state.variables, name, { kind: 'text', value });
  });
  return 'unknown';
}

/** Something of it is known; a value that is one hole may be any number of fields. */
function isTelling(line: Value): boolean {
  return line.some((part) => typeof part === 'string');
}

function readArray(state: State, name: string, fields: readonly Value[] | null): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) return;
  const binding: Binding =
    fields === null
      ? { kind: 'text', value: hole(`$${name}`, 'the script reads it from its input') }
      : { kind: 'array', items: new Map(fields.map((field, index) => [String(index), field])) };
  state.variables = assign(state.variables, name, binding);
}

function separator(state: State): string {
  const own = binding(state, 'IFS');
  return (own === undefined ? null : known(asValue(own)))?.charAt(0) || ' ';
}

function readFields(state: State, line: Value): readonly Value[] {
  const by = separator(state);
  return by === ' '
    ? split(
        mapTexts(line, (content) => content.replace(/\s+/g, ' ')),
        ' ',
      ).filter((field) => field.length > 0)
    : split(line, by);
}

function mapTexts(value: Value, change: (content: string) => string): Value {
  return value.map((part) => (typeof part === 'string' ? change(part) : part));
}

export function runMapfile(scope: Scope, state: State, words: readonly Argument[]): Status {
  const name = known(words.at(-1)?.value ?? []) ?? '';
  if (words.length < 2 || !/^[A-Za-z_]\w*$/.test(name)) return 'assumed';
  const flags = words.slice(1, -1).map((word) => known(word.value));
  const input =
    scope.stdin !== null && flags.length > 0 && flags.every((flag) => flag === '-t') ? scope.stdin : null;
  const lines = input === null || !isTelling(input) ? null : split(input, '\n');
  const read = lines?.at(-1)?.length === 0 ? lines.slice(0, -1) : lines;
  const unread: Value = hole(`\${${name}[@]}`, 'the script reads it from its input');
  const items = new Map((read ?? [unread]).map((line, index) => [String(index), line]));
  state.variables = assign(state.variables, name, { kind: 'array', items });
  return 'assumed';
}
