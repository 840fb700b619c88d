// GitHub's functions over data with unknowns.
import type { Truth, Value } from '../model/value.ts';
import { hole, isKnown, join, known, prefix, suffix } from '../value.ts';
import {
  agreed,
  choiceDatum,
  containsText,
  type Datum,
  equals,
  jsonDatum,
  lowered,
  NULL,
  printedValue,
  textDatum,
  truthOf,
  unknownDatum,
} from './datum.ts';

export function contains(search: Datum, item: Datum): Truth {
  if (search.kind === 'choice') return agreed(search.options.map((option) => contains(option, item)));
  if (item.kind === 'choice') return agreed(item.options.map((option) => contains(search, option)));
  if (search.kind === 'unknown' || item.kind === 'unknown') return 'unknown';
  if (search.kind === 'list') {
    const outcomes = search.items.map((element) => equals(element, item));
    if (outcomes.includes('yes')) return 'yes';
    return outcomes.includes('unknown') ? 'unknown' : 'no';
  }
  return search.kind === 'record' ? 'no' : containsText(printedValue(search), printedValue(item));
}

export function overTexts(left: Datum, right: Datum, decide: (left: Value, right: Value) => Truth): Truth {
  if (left.kind === 'choice') return agreed(left.options.map((option) => overTexts(option, right, decide)));
  if (right.kind === 'choice') return agreed(right.options.map((option) => overTexts(left, option, decide)));
  return decide(lowered(printedValue(left)), lowered(printedValue(right)));
}

export function startsWith(subject: Value, start: Value): Truth {
  const wanted = known(start);
  if (wanted === null) return 'unknown';
  const sure = prefix(subject);
  if (sure.startsWith(wanted)) return 'yes';
  return isKnown(subject) || !wanted.startsWith(sure) ? 'no' : 'unknown';
}

export function endsWith(subject: Value, end: Value): Truth {
  const wanted = known(end);
  if (wanted === null) return 'unknown';
  const sure = suffix(subject);
  if (sure.endsWith(wanted)) return 'yes';
  return isKnown(subject) || !wanted.endsWith(sure) ? 'no' : 'unknown';
}

export function formatted(args: readonly Datum[], expression: string): Datum {
  const pattern = known(printedValue(args[0] ?? NULL));
  if (pattern === null) return textDatum(hole(expression, 'its pattern is decided at run time'));
  const pieces = pattern.split(/(\{\{|\}\}|\{\d{1,3}\})/).map((piece): Value | string => {
    if (piece === '{{') return '{';
    if (piece === '}}') return '}';
    const index = /^\{(\d+)\}$/.exec(piece)?.[1];
    return index === undefined ? piece : printedValue(args[Number(index) + 1] ?? NULL);
  });
  return textDatum(join(pieces));
}

export function joined(list: Datum, separator: Value, expression: string): Datum {
  if (list.kind === 'list') {
    return textDatum(
      join(
        list.items.flatMap((item, index) =>
          index === 0 ? [printedValue(item)] : [separator, printedValue(item)],
        ),
      ),
    );
  }
  if (list.kind === 'unknown' || list.kind === 'choice' || list.kind === 'record') {
    return textDatum(hole(expression, 'its items are decided at run time'));
  }
  return textDatum(printedValue(list));
}

export function parsed(json: Datum, expression: string): Datum {
  if (json.kind === 'choice') {
    return choiceDatum(
      json.options.map((option) => parsed(option, expression)),
      { expression, why: json.hole.why },
    );
  }
  const value = printedValue(json);
  const content = known(value);
  if (content !== null) return jsonDatum(content) ?? unknownDatum(expression, 'it is not valid JSON');
  const [only] = value;
  return unknownDatum(expression, typeof only === 'object' ? only.why : 'its JSON is made at run time');
}

/** `case(condition, value, …, otherwise)`. */
export function chosen(args: readonly Datum[], expression: string): Datum {
  const outcomes: Datum[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    const truth = truthOf(args[at] ?? NULL);
    if (truth !== 'no') outcomes.push(args[at + 1] ?? NULL);
    if (truth === 'yes')
      return choiceDatum(outcomes, { expression, why: 'its condition is decided at run time' });
  }
  outcomes.push(args.at(-1) ?? NULL);
  return choiceDatum(outcomes, { expression, why: 'its condition is decided at run time' });
}
