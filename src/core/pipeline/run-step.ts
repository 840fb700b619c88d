// A `run:` → the acts of its script, and the outputs and variables it leaves to later steps.

import type { Location } from '../model/position.ts';
import type { Truth, Value } from '../model/value.ts';
import { isPosixShell, shellName } from '../shell/shells.ts';
import type { FileWrite } from '../shell/trace.ts';
import { namedAfter } from '../shell/variables.ts';
import { EMPTY, format, hole, join, split } from '../value.ts';
import type { Ledger, Place } from './act.ts';
import { mayHideVariables } from './closed-environment.ts';
import { inside } from './command-call.ts';
import { choiceDatum, type Datum, NULL, printedValue, textDatum } from './datum.ts';
import { type Environment, runnerVariables } from './environment.ts';
import { evaluate, evaluateText, type Scope } from './expressions.ts';
import { type Frame, type Left, scopeOf } from './frame.ts';
import { runText } from './run-text.ts';
import { gatheredWrites, readAssignments } from './runner-files.ts';
import { runScript } from './script.ts';

import type { StepSyntax } from './workflow.ts';
import type { YamlScalar } from './yaml.ts';

export function runShell(
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

type StepText = { readonly text: string; readonly locate: (start: number, end: number) => Location };

export function runShellText(
  source: StepText,
  shell: string,
  folder: Value,
  frame: Frame,
  environment: Environment,
  scope: Scope,
  place: Place,
  ledger: Ledger,
): Left {
  const github = frame.contexts.get('github') ?? NULL;
  const before = ledger.acts.length;
  const script = withStartup(source, shell, environment);
  const result = runScript(
    {
      text: script.text,
      locate: script.locate,
      environment: new Map([...runnerVariables(github), ...environment]),
      expression: (written) => printedValue(evaluate(written.replace(/^\$\{\{|\}\}$/g, ''), scope)),
      workingDirectory: folder,
      shell,
    },
    { ...place, isClosed: frame.isClosed },
    ledger,
  );
  const writes = gatheredWrites(result.writes);
  // What PowerShell and other languages write is not read.
  const isUnread = !isPosixShell(shell) && source.text.includes('GITHUB_ENV');
  const isOpen = isUnread || mayHideVariables(ledger.acts.slice(before), writes);
  const outputs = new Map<string, Datum>();
  const exported = new Map<string, Value>();
  for (const write of writes) {
    const target = format(write.target);
    const isOutput = /GITHUB_OUTPUT/.test(target);
    if (/GITHUB_PATH/.test(target)) {
      exported.set('PATH', searchedFirst(write.content, exported.get('PATH') ?? environment.get('PATH')));
      continue;
    }
    if (!isOutput && !/GITHUB_ENV/.test(target)) continue;
    for (const [name, value] of readAssignments(write.content)) {
      const before = outputs.get(name) ?? (conditionalWrites(writes, name) > 1 ? null : textDatum(''));
      if (isOutput) outputs.set(name, mergedDatum(before, textDatum(value), write.happens, name));
      else exported.set(name, namedAfter(name, value));
    }
  }
  return { outputs, environment: exported, isOpen };
}

const BASH_ENV = 'source "$BASH_ENV"\n';

/** bash runs the file that `BASH_ENV` names before any script: https://www.gnu.org/software/bash/manual/bash.html#Bash-Startup-Files */
function withStartup(source: StepText, shell: string, environment: Environment): StepText {
  const file = environment.get('BASH_ENV');
  if (file === undefined || format(file) === '' || shellName(shell) !== 'bash') return source;
  const length = BASH_ENV.length;
  return {
    text: BASH_ENV + source.text,
    locate: (start, end) => source.locate(Math.max(0, start - length), Math.max(0, end - length)),
  };
}

/** `PATH` for later steps: what is appended last is searched first. */
function searchedFirst(content: Value, before: Value | undefined): Value {
  const folders = split(content, '\n').filter((line) => line.length > 0);
  return join([
    ...folders.toReversed().flatMap((folder): (Value | string)[] => [folder, ':']),
    before ?? hole('$PATH', 'the runner sets it'),
  ]);
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
