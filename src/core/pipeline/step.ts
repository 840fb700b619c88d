// One step of a job or a composite action → its acts, and what it leaves to the steps after it.
import type { Truth } from '../model/value.ts';
import { both, format, hole } from '../value.ts';
import { type Ledger, type Place, spend } from './act.ts';
import { useAction } from './action-step.ts';
import { choiceDatum, type Datum, recordDatum, textDatum, wrapped } from './datum.ts';
import { withLayer } from './environment.ts';
import { evaluateCondition, evaluateText, type Scope } from './expressions.ts';
import { type Frame, type Left, scopeOf } from './frame.ts';
import { runShell } from './run-step.ts';
import type { StepSyntax } from './workflow.ts';

export function runStep(step: StepSyntax, frame: Frame, place: Place, ledger: Ledger): void {
  if (!spend(ledger, place)) return;
  const environment = withLayer(frame.environment, step.env, (outer) => scopeOf(frame, outer));
  const scope = scopeOf(frame, environment);
  // The condition does not see the step's own `env`.
  const runs: Truth =
    step.condition === null ? frame.status.success : evaluateCondition(step.condition, scopeOf(frame));
  if (runs === 'no') {
    if (step.id !== null) frame.steps.set(step.id.toLowerCase(), skipped());
    return;
  }
  const happens = both(place.happens, runs);
  if (happens === 'no') return;
  const label = step.name ?? step.uses?.text ?? step.id ?? `step ${step.index + 1}`;
  const inner: Place = {
    ...place,
    happens,
    conditions: step.condition === null ? place.conditions : [...place.conditions, unwrapped(step.condition)],
    path: [...place.path, { label: `step '${evaluatedLabel(label, scope)}'`, location: step.location }],
  };
  const left =
    step.run !== null
      ? runShell(step, step.run, frame, environment, inner, ledger)
      : useAction(step, frame, environment, inner, ledger);
  if (runs === 'unknown') keepAlternatives(frame, left);
  else if (left.environment.size > 0)
    frame.environment = new Map([...frame.environment, ...left.environment]);
  if (left.isOpen === true) frame.isClosed = false;
  if (step.id !== null) frame.steps.set(step.id.toLowerCase(), stepDatum(left.outputs, step.id, runs));
}

function skipped(): Datum {
  return recordDatum([
    ['outputs', recordDatum([])],
    ['outcome', textDatum('skipped')],
    ['conclusion', textDatum('skipped')],
  ]);
}

function stepDatum(outputs: ReadonlyMap<string, Datum>, id: string, runs: Truth): Datum {
  const outcome = choiceDatum(
    [textDatum('success'), textDatum('failure'), ...(runs === 'unknown' ? [textDatum('skipped')] : [])],
    { expression: wrapped(`steps.${id}.outcome`), why: 'the run decides it' },
  );
  return recordDatum([
    ['outputs', recordDatum(outputs, 'the step sets it when it runs')],
    ['outcome', outcome],
    ['conclusion', outcome],
  ]);
}

/** Variables of a step that may not run: set, or as before. */
function keepAlternatives(frame: Frame, left: Left): void {
  if (left.environment.size === 0) return;
  const merged = new Map(frame.environment);
  for (const [name, value] of left.environment) {
    const before = frame.environment.get(name);
    if (before === undefined || format(before) !== format(value)) {
      merged.set(
        name,
        before === undefined ? value : hole(`$${name}`, 'a step that may be skipped changes it'),
      );
    }
  }
  frame.environment = merged;
}

function unwrapped(condition: string): string {
  return condition
    .replace(/^\$\{\{\s*([\s\S]*?)\s*\}\}$/, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

function evaluatedLabel(label: string, scope: Scope): string {
  return format(evaluateText(label, scope)).replace(/\s+/g, ' ').trim();
}
