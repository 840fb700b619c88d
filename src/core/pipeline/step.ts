// One step of a job or a composite action → its acts, and what it leaves to the steps after it.
import type { Location } from '../model/position.ts';
import type { Hole, Truth, Value } from '../model/value.ts';
import type { FileWrite } from '../shell/trace.ts';
import { both, EMPTY, format, hole, join, split, text } from '../value.ts';
import { addGap, type Ledger, type Place, remembered } from './act.ts';
import { isHarmless, looksLikeDelivery, SCRIPT_INPUTS } from './action-knowledge.ts';
import { alternatives, decidingText } from './alternatives.ts';
import { inside } from './command-call.ts';
import { booleanOf } from './command-line.ts';
import {
  choiceDatum,
  type Datum,
  NULL,
  printedValue,
  recordDatum,
  textDatum,
  truthOf,
  wrapped,
} from './datum.ts';
import { type Effect, opaqueEffect } from './effect.ts';
import {
  type Environment,
  environmentDatum,
  readAssignments,
  runnerVariables,
  withLayer,
} from './environment.ts';
import { evaluate, evaluateCondition, evaluateTemplate, evaluateText, type Scope } from './expressions.ts';
import { contentOf, isGap, repositoryPath } from './files.ts';
import { nodeDatum } from './matrix.ts';
import { runText } from './run-text.ts';
import { runScript } from './script.ts';
import { locate } from './source-text.ts';
import type { ActionCall } from './tool.ts';
import { toolForAction } from './tools/index.ts';
import { readCompositeAction, type StepSyntax } from './workflow.ts';
import type { YamlScalar } from './yaml.ts';

/** What steps of one job share; each step may add to it. */
export type Frame = {
  /** Contexts that stay the same: github, inputs, matrix, needs, secrets, vars, … */
  readonly contexts: ReadonlyMap<string, Datum>;
  readonly shell: string | null;
  readonly workingDirectory: string | null;
  environment: Environment;
  readonly steps: Map<string, Datum>;
  readonly status: Scope['status'];
};

const DEPTH_LIMIT = 9;

export function scopeOf(frame: Frame, environment: Environment = frame.environment): Scope {
  return {
    contexts: new Map([
      ...frame.contexts,
      ['env', environmentDatum(environment)],
      ['steps', recordDatum(frame.steps)],
    ]),
    status: frame.status,
  };
}

export function runStep(step: StepSyntax, frame: Frame, place: Place, ledger: Ledger): void {
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
  else frame.environment = new Map([...frame.environment, ...left.environment]);
  if (step.id !== null) frame.steps.set(step.id.toLowerCase(), stepDatum(left.outputs, step.id, runs));
}

type Left = {
  readonly outputs: ReadonlyMap<string, Datum>;
  readonly environment: Environment;
  readonly closed?: boolean;
};

const NOTHING: Left = { outputs: new Map(), environment: new Map() };

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

function runShell(
  step: StepSyntax,
  run: YamlScalar,
  frame: Frame,
  environment: Environment,
  place: Place,
  ledger: Ledger,
): Left {
  const scope = scopeOf(frame, environment);
  const source = runText(run, step.source, scope);
  const shell = step.shell ?? frame.shell ?? 'bash -e {0}';
  return runShellText(source, shell, folderOf(step, frame, scope), frame, environment, scope, place, ledger);
}

function runShellText(
  source: { readonly text: string; readonly locate: (start: number, end: number) => Location },
  shell: string,
  folder: Value,
  frame: Frame,
  environment: Environment,
  scope: Scope,
  place: Place,
  ledger: Ledger,
): Left {
  const github = frame.contexts.get('github') ?? NULL;
  const result = runScript(
    {
      text: source.text,
      locate: source.locate,
      environment: new Map([...runnerVariables(github), ...environment]),
      expression: (written) => printedValue(evaluate(written.replace(/^\$\{\{|\}\}$/g, ''), scope)),
      workingDirectory: folder,
      shell,
    },
    place,
    ledger,
  );
  const outputs = new Map<string, Datum>();
  const exported = new Map<string, Value>();
  for (const write of result.writes) {
    const target = format(write.target);
    const isOutput = /GITHUB_OUTPUT/.test(target);
    if (!isOutput && !/GITHUB_ENV/.test(target)) continue;
    for (const [name, value] of readAssignments(write.content)) {
      const before = outputs.get(name) ?? (conditionalWrites(result.writes, name) > 1 ? null : textDatum(''));
      if (isOutput) outputs.set(name, mergedDatum(before, textDatum(value), write.happens, name));
      else exported.set(name, value);
    }
  }
  return { outputs, environment: exported };
}

/** Several conditional lines for one output are the branches of one decision, of which its author took one to run. */
function conditionalWrites(writes: readonly FileWrite[], name: string): number {
  return writes.filter((write) => write.happens === 'unknown' && readAssignments(write.content).has(name))
    .length;
}

function mergedDatum(before: Datum | null, value: Datum, happens: Truth, name: string): Datum {
  if (happens === 'yes' || before === null) return value;
  return choiceDatum([before, value], { expression: `$${name}`, why: 'the script decides it when it runs' });
}

function folderOf(step: StepSyntax, frame: Frame, scope: Scope): Value {
  const written = step.workingDirectory ?? frame.workingDirectory;
  if (written === null) return EMPTY;
  const value = evaluateText(written, scope);
  const workspace = /^\$\{\{ github\.workspace \}\}\/?/;
  const [first, ...rest] = value;
  if (typeof first === 'object' && workspace.test(first.expression)) return inside(EMPTY, join([rest]));
  return inside(EMPTY, value);
}

function useAction(
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
  const action = reference.toLowerCase();
  const inputs = inputsOf(step, scope);
  const call = actionCall(action, version, step, inputs, frame, environment, place);
  const left: { outputs: Map<string, Datum>; environment: Map<string, Value> } = {
    outputs: new Map(),
    environment: new Map(),
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
    if (
      /docker|podman|buildah|skopeo/.test(script) &&
      /push|save/.test(script) &&
      /exec|spawn|child_process/.test(script)
    ) {
      act(
        unseenAction(written, 'the JavaScript in it runs container commands', false, [script]),
        written,
        'wrapper',
      );
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
function inputTexts(inputs: ReadonlyMap<string, Datum>): readonly string[] {
  return [...inputs].map(([name, value]) => `${name}=${format(printedValue(value))}`);
}

function unseenAction(
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

function inputsOf(step: StepSyntax, scope: Scope): ReadonlyMap<string, Datum> {
  const inputs = new Map<string, Datum>();
  for (const { key, value } of step.inputs?.entries ?? [])
    inputs.set(key.text.toLowerCase(), nodeDatum(value, scope));
  return inputs;
}

function actionCall(
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

function useLocalAction(
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
      return NOTHING;
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
    return { outputs, environment: exported };
  }
  const content = inputTexts(inputsOf(step, scopeOf(frame, environment)));
  pushOpaque(written, `the action ${written} can't be read here`, false, content, place, ledger, location);
  return NOTHING;
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
