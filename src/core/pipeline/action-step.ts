// A step with `uses:` → the acts of the action it names, as far as that action is known.
import type { Value } from '../model/value.ts';
import { EMPTY, format } from '../value.ts';
import type { Ledger, Place } from './act.ts';
import { actionCall } from './action-inputs.ts';
import { isHarmless, looksLikeDelivery, SCRIPT_INPUTS } from './action-knowledge.ts';
import { isQuietAction } from './closed-environment.ts';
import { type Datum, printedValue } from './datum.ts';
import { type Effect, opaqueEffect } from './effect.ts';
import type { Environment } from './environment.ts';
import type { Scope } from './expressions.ts';
import { type Frame, type Left, NOTHING, scopeOf } from './frame.ts';
import { doubtOfScript } from './github-script.ts';
import { useLocalAction } from './local-action.ts';
import { nodeDatum } from './matrix.ts';
import { runShellText } from './run-step.ts';
import { runText } from './run-text.ts';
import { locate } from './source-text.ts';
import { toolForAction } from './tools/index.ts';
import type { StepSyntax } from './workflow.ts';

/** Gitea and Forgejo name the forge of an action; these mirror the same actions under the same names. */
const FORGES = /^https:\/\/(github\.com|gitea\.com|code\.forgejo\.org|data\.forgejo\.org|codeberg\.org)\//;

export function useAction(
  step: StepSyntax,
  frame: Frame,
  environment: Environment,
  place: Place,
  ledger: Ledger,
): Left {
  const { uses } = step;
  if (uses === null) return NOTHING;
  const scope = scopeOf(frame, environment);
  const location = locate(step.source, uses.start, uses.end);
  const written = uses.text.trim();
  if (written.startsWith('./') || written === '.' || written === './') {
    return useLocalAction(
      written,
      step,
      frame,
      environment,
      { ...place, path: [...place.path, { label: written, location }] },
      ledger,
      location,
    );
  }
  const [reference = '', version = ''] = written.split('@');
  const action = reference.toLowerCase().replace(FORGES, '');
  const inputs = inputsOf(step, scope);
  const call = actionCall(action, version, step, inputs, frame, environment, place);
  const left: { outputs: Map<string, Datum>; environment: Map<string, Value>; isOpen: boolean } = {
    outputs: new Map(),
    environment: new Map(),
    isOpen: !isQuietAction(action),
  };
  const act = (effect: Effect, tool: string, family: string): void => {
    if (effect.kind === 'outputs') {
      for (const [name, value] of effect.outputs) left.outputs.set(name, value);
      for (const [name, value] of effect.environment) left.environment.set(name, value);
      return;
    }
    ledger.acts.push({
      effect,
      tool,
      family,
      location,
      happens: place.happens,
      conditions: place.conditions,
      path: place.path,
      point: place.point,
      job: place.job,
      run: place.run,
      credentials: place.credentials,
    });
  };
  const tool = toolForAction(action);
  if (tool?.action !== undefined) {
    for (const effect of tool.action(call)) act(effect, tool.id, tool.family);
    return left;
  }
  const scripts = SCRIPT_INPUTS[action];
  if (scripts !== undefined) {
    for (const name of scripts) runScriptInput(name, step, frame, environment, place, ledger);
    return left;
  }
  if (action.startsWith('docker://')) {
    act(
      unseenAction(written, 'what the container does is not visible here', true, inputTexts(inputs)),
      written,
      'third-party-action',
    );
  } else if (action === 'actions/github-script') {
    const script = format(call.input('script') ?? EMPTY);
    const found = doubtOfScript(script, place.files);
    if (found !== null) {
      const what = `${written} ${found.what}`.trim();
      act(unseenAction(what, found.doubt, found.needsCredentials, [script]), what, 'wrapper');
    }
  } else if (!isHarmless(action) && looksLikeDelivery(action, [...inputs.keys()])) {
    act(
      unseenAction(
        written,
        `${written} is not known here, and its inputs look like a delivery`,
        false,
        inputTexts(inputs),
        [...(call.input('image') === null ? [] : [call.input('image') ?? EMPTY])],
      ),
      written,
      'third-party-action',
    );
  }
  return left;
}

/** What an action is given, as written where it is not known. */
export function inputTexts(inputs: ReadonlyMap<string, Datum>): readonly string[] {
  return [...inputs].map(([name, value]) => `${name}=${format(printedValue(value))}`);
}

export function unseenAction(
  what: string,
  doubt: string,
  needsCredentials: boolean,
  content: readonly string[],
  names: readonly Value[] = [],
): Effect {
  return opaqueEffect({
    what,
    content,
    names,
    needsCredentials,
    doubt: {
      what: doubt,
      settledBy: 'use an action that is known, push in the open, or approve it as it is',
    },
  });
}

export function inputsOf(step: StepSyntax, scope: Scope): ReadonlyMap<string, Datum> {
  const inputs = new Map<string, Datum>();
  for (const { key, value } of step.inputs?.entries ?? [])
    inputs.set(key.text.toLowerCase(), nodeDatum(value, scope));
  return inputs;
}

function runScriptInput(
  name: string,
  step: StepSyntax,
  frame: Frame,
  environment: Environment,
  place: Place,
  ledger: Ledger,
): void {
  const scalar = step.inputs?.entries.find(({ key }) => key.text.toLowerCase() === name.toLowerCase())?.value;
  if (scalar?.kind !== 'scalar') return;
  const scope = scopeOf(frame, environment);
  const shell = step.inputs?.entries.find(({ key }) => key.text === 'shell')?.value;
  runShellText(
    runText(scalar, step.source, scope),
    shell?.kind === 'scalar' ? shell.text : 'bash',
    EMPTY,
    frame,
    environment,
    scope,
    place,
    ledger,
  );
}
