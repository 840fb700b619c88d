// A script in CI text → the acts of the commands it would run.

import type { PathStep } from '../model/delivery.ts';
import type { Location } from '../model/position.ts';
import type { Truth, Value } from '../model/value.ts';
import { isPosixShell } from '../shell/shells.ts';
import type { FileWrite } from '../shell/trace.ts';
import { both } from '../value.ts';
import { addGap, type Ledger, type Place, remembered, spend } from './act.ts';
import { type Command, handsOn } from './commands.ts';
import { isGap, repositoryPath } from './files.ts';
import { makeEffects } from './make/make.ts';
import { otherShell } from './other-shell.ts';
import { addRetold, addTold, mention } from './retold-acts.ts';
import { locate, type SourceText, sourceText } from './source-text.ts';
import { filled } from './tasks/task-script.ts';
import { type TracedScript, traceOf } from './traced-script.ts';

export type Script = {
  readonly text: string;
  /** Where an offset of the text stands. */
  readonly locate: (start: number, end: number) => Location;
  readonly environment: ReadonlyMap<string, Value>;
  /** Resolves `${{ }}` that stay in the text. */
  readonly expression: (text: string) => Value;
  /** Relative to the root of the repository. */
  readonly workingDirectory: Value;
  readonly shell: string;
  readonly positional?: readonly Value[];
};

export type ScriptResult = {
  /** Lines written to files such as `$GITHUB_OUTPUT`. */
  readonly writes: readonly FileWrite[];
  readonly environment: ReadonlyMap<string, Value>;
};

export function runScript(script: Script, place: Place, ledger: Ledger): ScriptResult {
  if (!spend(ledger, place)) return { writes: [], environment: script.environment };
  if (!isPosixShell(script.shell)) return otherShell(script, place, ledger);
  return left(script, addRetold(script, place, ledger) ?? runTraced(script, place, ledger));
}

/** What the script leaves to those who run it. */
function left(script: Script, { trace, changed }: TracedScript): ScriptResult {
  const environment = new Map(script.environment);
  for (const [name, value] of changed) {
    if (value === null) environment.delete(name);
    else environment.set(name, value);
  }
  return { writes: trace.outputs, environment };
}

function runTraced(script: Script, place: Place, ledger: Ledger): TracedScript {
  const traced = traceOf(script, place.files, ledger.traces);
  const tell = (from: Script, into: Ledger): void => runCommands(traced, from, place, into);
  if (traced.commands.some(handsOn)) addTold(traced, script, place, ledger, tell);
  else {
    mention(ledger, traced.words);
    tell(script, ledger);
  }
  return traced;
}

function runCommands({ trace, commands }: TracedScript, script: Script, place: Place, ledger: Ledger): void {
  const where = (path: string | null, start: number, end: number): Location =>
    path === null ? script.locate(start, end) : locate(sourceOf(path, place, ledger.sources), start, end);
  for (const gap of trace.gaps) {
    if (gap.kind === 'missing-file') continue;
    const location = where(gap.path, gap.start, gap.end);
    addGap(ledger, {
      kind: gap.kind,
      cause: 'content',
      subject: location.path,
      location,
      reason: `The script at ${location.path}:${location.range.start.line} can't be read: ${gap.reason}.`,
      remedy: `${gap.remedy.charAt(0).toUpperCase()}${gap.remedy.slice(1)}.`,
    });
  }
  for (const command of commands) runCommand(command, script, place, ledger, where);
}

function sourceOf(path: string, place: Place, sources: Map<string, SourceText>): SourceText {
  return remembered(sources, path, () => {
    const read = place.files.read(repositoryPath(path) ?? path);
    return sourceText(path, read === null || read === 'unread' || isGap(read) ? '' : read.text);
  });
}

/** Scripts that call scripts: nothing sensible nests deeper. */
const FOLLOW_LIMIT = 9;

type Where = (path: string | null, start: number, end: number) => Location;

function runCommand(command: Command, script: Script, place: Place, ledger: Ledger, where: Where): void {
  const { invocation } = command;
  const happens: Truth = both(place.happens, invocation.happens);
  if (happens === 'no') return;
  const location = where(invocation.path, invocation.start, invocation.end);
  const calls = invocation.callPath.map(
    (call): PathStep => ({ label: call.name, location: where(call.path, call.start, call.end) }),
  );
  const conditions = [...place.conditions, ...invocation.guards];
  const path = [...place.path, ...calls, { label: lineLabel(location), location }];
  if (command.isMake) {
    const argv = invocation.argv.map((argument) => argument.value);
    makeEffects(argv, invocation, script, { ...place, conditions, path, happens }, ledger);
    return;
  }
  if (command.scripts !== undefined && place.open.length <= FOLLOW_LIMIT) {
    const caller = new Map([...invocation.environment, ...invocation.assignments]);
    const asked = new Set<string>();
    const callers = (name: string): Value | null => {
      asked.add(name);
      return caller.get(name) ?? null;
    };
    mention(ledger, asked);
    for (const one of command.scripts) {
      const added = [...(one.environment ?? [])].map(
        ([name, value]) => [name, filled(value, callers)] as const,
      );
      const isSure = one.guards === undefined || one.guards.length === 0;
      runScript(
        {
          ...script,
          text: one.text,
          locate: one.locate,
          environment: added.length === 0 ? caller : new Map([...caller, ...added]),
          expression: (mark) => one.expression?.(mark, callers) ?? script.expression(mark),
          workingDirectory:
            one.folder === undefined ? invocation.workingDirectory : filled(one.folder, callers),
          shell: one.shell ?? 'sh -e',
          ...(one.positional === undefined ? {} : { positional: one.positional }),
        },
        {
          ...place,
          conditions: isSure ? conditions : [...conditions, ...(one.guards ?? [])],
          path: [...path, { label: `script ${one.name}`, location: one.locate(0, one.text.length) }],
          happens: isSure ? happens : 'unknown',
          open: [...place.open, one.name],
        },
        ledger,
      );
    }
    return;
  }
  for (const effect of command.effects) {
    ledger.acts.push({
      effect,
      tool: command.tool,
      family: command.family,
      location,
      happens,
      conditions,
      path,
      point: place.point,
      job: place.job,
      run: place.run,
      credentials: place.credentials,
    });
  }
}

export function lineLabel(location: Location): string {
  return `${location.path.split('/').at(-1)}:${location.range.start.line}`;
}
