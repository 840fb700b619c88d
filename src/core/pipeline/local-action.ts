// An action of this repository → the acts of its steps, or that it can't be seen into.

import type { Location } from '../model/position.ts';
import { addGap, type Ledger, type Place, remembered } from './act.ts';
import { inputsOf, inputTexts, unseenAction } from './action-step.ts';
import { choiceDatum, type Datum, printedValue, recordDatum, textDatum } from './datum.ts';
import type { Environment } from './environment.ts';
import { evaluateTemplate, type Scope } from './expressions.ts';
import { contentOf, isGap, repositoryPath } from './files.ts';
import { type Frame, type Left, scopeOf } from './frame.ts';
import { nodeDatum } from './matrix.ts';
import { runStep } from './step.ts';
import { readCompositeAction, type StepSyntax } from './workflow.ts';

const DEPTH_LIMIT = 9;

const UNSEEN: Left = { outputs: new Map(), environment: new Map(), isOpen: true };

export function useLocalAction(
  written: string,
  step: StepSyntax,
  frame: Frame,
  environment: Environment,
  place: Place,
  ledger: Ledger,
  location: Location,
): Left {
  const folder = repositoryPath(written) ?? '';
  const candidates = ['action.yml', 'action.yaml'].map((name) =>
    folder === '' ? name : `${folder}/${name}`,
  );
  for (const path of candidates) {
    const read = place.files.read(path);
    if (read === null) continue;
    if (read === 'unread' || isGap(read)) break;
    const action = remembered(ledger.actions, path, () => readCompositeAction(path, read.text));
    for (const gap of action.gaps) addGap(ledger, gap);
    if (action.using !== 'composite' || place.open.includes(path) || place.open.length > DEPTH_LIMIT) {
      const content = [
        ...inputTexts(inputsOf(step, scopeOf(frame, environment))),
        ...contentOf(place.files, folder),
      ];
      pushOpaque(written, 'it is a program, not a list of steps', true, content, place, ledger, location);
      return UNSEEN;
    }
    const scope = scopeOf(frame, environment);
    const given = inputsOf(step, scope);
    const inner: Frame = {
      contexts: new Map([
        ...frame.contexts,
        ['inputs', actionInputs(action.inputs, given, scope)],
        ['secrets', recordDatum([], 'the secret is not visible')],
      ]),
      shell: null,
      workingDirectory: null,
      environment,
      steps: new Map(),
      status: frame.status,
      isClosed: frame.isClosed,
    };
    for (const one of action.steps) runStep(one, inner, { ...place, open: [...place.open, path] }, ledger);
    const outputs = new Map<string, Datum>();
    if (action.outputs?.kind === 'map') {
      for (const { key, value } of action.outputs.entries) {
        const expression =
          value.kind === 'map' ? value.entries.find((entry) => entry.key.text === 'value')?.value : null;
        if (expression?.kind === 'scalar')
          outputs.set(key.text, evaluateTemplate(expression.text, scopeOf(inner)));
      }
    }
    const exported = new Map(
      [...inner.environment].filter(([name, value]) => environment.get(name) !== value),
    );
    return { outputs, environment: exported, isOpen: !inner.isClosed };
  }
  const content = inputTexts(inputsOf(step, scopeOf(frame, environment)));
  pushOpaque(written, `the action ${written} can't be read here`, false, content, place, ledger, location);
  return UNSEEN;
}

function pushOpaque(
  what: string,
  doubt: string,
  needsCredentials: boolean,
  content: readonly string[],
  place: Place,
  ledger: Ledger,
  location: Location,
): void {
  ledger.acts.push({
    effect: unseenAction(what, doubt, needsCredentials, content),
    tool: what,
    family: 'local-action',
    location,
    happens: place.happens,
    conditions: place.conditions,
    path: place.path,
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
  });
}

/** Inputs of an action are texts; missing ones have their default. */
function actionInputs(
  declared: Parameters<typeof nodeDatum>[0] | null,
  given: ReadonlyMap<string, Datum>,
  scope: Scope,
): Datum {
  const entries = new Map<string, Datum>();
  if (declared?.kind === 'map') {
    for (const { key, value } of declared.entries) {
      const fallback =
        value.kind === 'map' ? value.entries.find((entry) => entry.key.text === 'default')?.value : undefined;
      entries.set(
        key.text.toLowerCase(),
        fallback === undefined ? textDatum('') : asText(nodeDatum(fallback, scope)),
      );
    }
  }
  for (const [name, value] of given) entries.set(name, asText(value));
  return recordDatum(entries);
}

function asText(datum: Datum): Datum {
  if (datum.kind === 'unknown' || datum.kind === 'text') return datum;
  if (datum.kind === 'choice') return choiceDatum(datum.options.map(asText), datum.hole);
  if (datum.kind === 'boolean' && datum.truth === 'unknown') {
    return choiceDatum(
      [textDatum('true'), textDatum('false')],
      datum.hole ?? { expression: 'input', why: 'it is decided at run time' },
    );
  }
  return textDatum(printedValue(datum));
}
