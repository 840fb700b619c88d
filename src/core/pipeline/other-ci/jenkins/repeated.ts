// What a Jenkinsfile does more than once: loops over texts that are written out, and the rows of a matrix.
import type { Value } from '../../../model/value.ts';
import { known } from '../../../value.ts';
import type { Place } from '../../act.ts';
import { type Frame, scoped } from './frame.ts';
import type { GroovyGroup, GroovyToken } from './groovy.ts';
import { argumentsOf, directBlock, expressionValue, textValue } from './texts.ts';
import { walk } from './walk.ts';

const LIST_LIMIT = 32;

/** `names.each { name -> … }` over texts that are written out: once for each. */
export function overList(
  token: Extract<GroovyToken, { kind: 'word' }>,
  block: GroovyGroup | null,
  frame: Frame,
  place: Place,
): boolean {
  const list = /^(.+)\.each$/.exec(token.text)?.[1];
  const values = list === undefined ? undefined : frame.lists.get(list);
  if (block === null || values === undefined || values.length > LIST_LIMIT) return false;
  const arrow = block.items.findIndex((item) => item.kind === 'sign' && item.text === '->');
  const parameter = block.items.slice(0, Math.max(0, arrow)).findLast((item) => item.kind === 'word');
  const name = parameter?.kind === 'word' ? parameter.text : 'it';
  eachOf(values, name, block.items.slice(arrow + 1), frame, place);
  return true;
}

function eachOf(
  values: readonly Value[],
  name: string,
  body: readonly GroovyToken[],
  frame: Frame,
  place: Place,
): void {
  for (const value of values)
    scoped(frame, [name], () => {
      frame.variables = new Map([...frame.variables, [name, value]]);
      walk(body, frame, place);
    });
}

/** `for (name in names) { … }` over texts that are written out; false for every other loop. */
export function forEach(tokens: readonly GroovyToken[], frame: Frame, place: Place): boolean {
  const [, head, body] = tokens;
  if (head?.kind !== 'group' || body?.kind !== 'group') return false;
  const at = head.items.findIndex(
    (item) => (item.kind === 'word' && item.text === 'in') || (item.kind === 'sign' && item.text === ':'),
  );
  const [name, list] = [head.items[at - 1], head.items[at + 1]];
  if (name?.kind !== 'word' || list === undefined) return false;
  const values =
    list.kind === 'word' ? frame.lists.get(list.text) : list.kind === 'group' ? listOf(list, frame) : null;
  if (values === undefined || values === null || values.length > LIST_LIMIT) return false;
  eachOf(values, name.text, body.items, frame, place);
  return true;
}

/** `['a', 'b']` and `[one: 'a', two: 'b']` as their texts; null where something else is in it. */
export function listOf(group: GroovyGroup, frame: Frame): readonly Value[] | null {
  if (group.open !== '[') return null;
  const items = argumentsOf({ ...group, open: '(' }, []);
  const values = items.map((item) => {
    const colon = item.findIndex((token) => token.kind === 'sign' && token.text === ':');
    const own = item.slice(colon + 1);
    return own.every((token) => token.kind === 'text') ? expressionValue(own, frame) : null;
  });
  const known = values.filter((value) => value !== null);
  return known.length === 0 || known.length < values.length ? null : known;
}

const ROW_LIMIT = 32;

/** `matrix { axes { axis { name 'X'; values 'a', 'b' } } stages { … } }`: its stages, once for each row. */
export function matrix(block: GroovyGroup, frame: Frame, place: Place): void {
  const axes = directBlock(block, 'axes')?.items ?? [];
  let rows: readonly ReadonlyMap<string, Value>[] = [new Map()];
  for (const axis of axes) {
    if (axis.kind !== 'group') continue;
    const texts = (name: string): readonly Value[] => {
      const at = axis.items.findIndex((item) => item.kind === 'word' && item.text === name);
      const rest = axis.items.slice(at + 1);
      const end = rest.findIndex(
        (item) => item.kind === 'word' || (item.kind === 'sign' && item.text !== ','),
      );
      return (end === -1 ? rest : rest.slice(0, end)).flatMap((item) =>
        item.kind === 'text' ? [textValue(item, frame)] : [],
      );
    };
    const name = known(texts('name')[0] ?? []);
    const values = texts('values');
    if (name === null || name === '' || values.length === 0 || rows.length * values.length > ROW_LIMIT)
      continue;
    rows = rows.flatMap((row) => values.map((value) => new Map([...row, [name, value]])));
  }
  const stages = directBlock(block, 'stages');
  for (const row of stages === null ? [] : rows)
    scoped(frame, row.keys(), () => {
      frame.variables = new Map([...frame.variables, ...row]);
      walk(stages?.items ?? [], frame, place);
    });
}
