// The `with:` of a step → texts, lines and switches as the action reads them.

import type { Hole, Truth, Value } from '../model/value.ts';
import { EMPTY, format, split, text } from '../value.ts';
import type { Place } from './act.ts';
import { alternatives, decidingText } from './alternatives.ts';
import { inside } from './command-call.ts';
import { booleanOf } from './command-line.ts';
import { type Datum, NULL, printedValue, truthOf } from './datum.ts';
import type { Environment } from './environment.ts';
import { runnerVariables } from './environment.ts';
import type { Frame } from './frame.ts';
import type { ActionCall } from './tool.ts';
import type { StepSyntax } from './workflow.ts';

export function actionCall(
  action: string,
  version: string,
  step: StepSyntax,
  inputs: ReadonlyMap<string, Datum>,
  frame: Frame,
  environment: Environment,
  place: Place,
): ActionCall {
  const input = (name: string): Value | null => {
    const datum = inputs.get(name.toLowerCase());
    if (datum === undefined || datum.kind === 'null') return null;
    const value = printedValue(datum);
    return value.length === 0 ? null : value;
  };
  const github = frame.contexts.get('github') ?? NULL;
  const variables = new Map([...runnerVariables(github), ...environment]);
  return {
    action,
    version,
    input,
    lines: (name) => linesOf(inputs.get(name.toLowerCase()) ?? NULL),
    on: (name, otherwise) => {
      const datum = inputs.get(name.toLowerCase());
      if (datum === undefined || datum.kind === 'null') return otherwise;
      if (datum.kind === 'boolean' || datum.kind === 'choice') return switchOf(datum);
      const value = printedValue(datum);
      return value.length === 0 ? otherwise : booleanOf(value);
    },
    written: (name) => {
      const value = step.inputs?.entries.find(
        ({ key }) => key.text.toLowerCase() === name.toLowerCase(),
      )?.value;
      return value?.kind === 'scalar' ? value.text : null;
    },
    variable: (name) => variables.get(name) ?? null,
    path: (path) => inside(EMPTY, path),
    files: place.files,
    step: step.id ?? '',
  };
}

/** A boolean input may be a choice between texts such as `'true'` and `''`. */
function switchOf(datum: Datum): Truth {
  if (datum.kind !== 'choice') return truthOf(datum);
  const truths = datum.options.map((option) =>
    option.kind === 'boolean' ? option.truth : booleanOf(printedValue(option)),
  );
  const [first = 'unknown'] = truths;
  return truths.every((truth) => truth === first) ? first : 'unknown';
}

/** Lines of a text or items of a list; commas cut too where a line holds no `=` or expression of its own. */
function linesOf(datum: Datum): readonly Value[] {
  if (datum.kind === 'list') return datum.items.map(printedValue);
  const whole = printedValue(datum);
  // Only choices that hold several lines change how the text is cut; the others stay where they are.
  const readings = alternatives(whole, holdsLines).map(linesOfText);
  const [first = []] = readings;
  if (readings.length === 1) return first;
  // A line that not every alternative holds is this line or none.
  const decidedBy = { expression: decidingText(whole) ?? '', why: 'it depends on which way the run takes' };
  const counted = new Map<string, { readonly line: Value; count: number }>();
  for (const reading of readings) {
    for (const line of new Map(reading.map((one) => [format(one), one])).values()) {
      const entry = counted.get(format(line)) ?? { line, count: 0 };
      entry.count += 1;
      counted.set(format(line), entry);
    }
  }
  return [...counted.values()].map(({ line, count }) =>
    count === readings.length ? line : [{ ...decidedBy, choices: [line, EMPTY] }],
  );
}

function holdsLines(hole: Hole): boolean {
  return (
    hole.choices?.some(
      (choice) =>
        /[\n,]/.test(format(choice)) || choice.some((part) => typeof part !== 'string' && holdsLines(part)),
    ) ?? false
  );
}

function linesOfText(content: Value): readonly Value[] {
  const literal = content.filter((part) => typeof part === 'string').join('');
  return split(content, '\n')
    .flatMap((line) =>
      literal.includes('=') && line.some((part) => typeof part === 'string' && part.includes('='))
        ? [line]
        : split(line, ','),
    )
    .map(trimmed)
    .filter((line) => line.length > 0);
}

function trimmed(value: Value): Value {
  const [first, ...rest] = value;
  const start: Value = typeof first === 'string' ? [...text(first.trimStart()), ...rest] : value;
  const last = start.at(-1);
  return typeof last === 'string' ? [...start.slice(0, -1), ...text(last.trimEnd())] : start;
}
