// `NAME=value`, `NAME[i]=value` and `NAME=(…)` carried out on the variables.
import type { Assignment, Word } from 'unbash';
import type { Value } from '../model/value.ts';
import { hole, join, prefix } from '../value.ts';
import { setText } from './builtins.ts';
import { expandJoined, expandWord } from './expand.ts';
import { readIndex } from './parameters.ts';
import { report, type Scope } from './scope.ts';
import { binding, type State } from './state.ts';
import { assign } from './variables.ts';

export function assignTo(scope: Scope, state: State, node: Assignment): void {
  if (node.value.type === 'ArrayValue') {
    assignArray(scope, state, node, node.value.elements);
    return;
  }
  const value = expandJoined(scope, state, node.value);
  if (node.index === undefined) {
    const found = binding(state, node.name);
    if (found?.kind !== 'array') setText(state, node.name, value, node.append === true);
    else setItem(state, node.name, '0', value, node.append === true);
    return;
  }
  const index = readIndex(scope, state, node.index);
  if (index === null) {
    const unknown = hole(`$${node.name}`, 'which of its elements is set is not known');
    state.variables = assign(state.variables, node.name, { kind: 'text', value: unknown });
  } else setItem(state, node.name, index, value, node.append === true);
}

function setItem(state: State, name: string, index: string, value: Value, append: boolean): void {
  const found = binding(state, name);
  const items = new Map(found?.kind === 'array' ? found.items : []);
  items.set(index, append ? join([items.get(index) ?? [], value]) : value);
  state.variables = assign(state.variables, name, { kind: 'array', items });
}

/** Elements an array may hold. */
const MAX_ITEMS = 1_024;

function assignArray(scope: Scope, state: State, node: Assignment, elements: readonly Word[]): void {
  const found = node.append === true ? binding(state, node.name) : undefined;
  const items = new Map<string, Value>(found?.kind === 'array' ? found.items : []);
  if (found?.kind === 'text') items.set('0', found.value);
  // What `+=` adds to an array nobody has seen comes after unknown elements.
  if (node.append === true && found === undefined)
    items.set('0', hole(`\${${node.name}[@]}`, 'nothing in sight sets it'));
  let next = items.size;
  for (const element of elements) {
    const keyed = /^\[([\w.-]+)\]=/.exec(element.text);
    if (keyed?.[1] !== undefined) {
      const value = expandJoined(scope, state, element);
      items.set(
        keyed[1],
        join([prefix(value).slice(keyed[0].length), value.slice(prefix(value) === '' ? 0 : 1)]),
      );
      continue;
    }
    for (const field of expandWord(scope, state, element)) {
      if (items.size >= MAX_ITEMS) {
        report(
          scope,
          'limit',
          `an array has more than ${MAX_ITEMS} items`,
          'shorten it',
          element.pos,
          element.end,
        );
        break;
      }
      items.set(String(next), field.value);
      next += 1;
    }
  }
  state.variables = assign(state.variables, node.name, { kind: 'array', items });
}
