// A shell script turned into the commands it would execute, by reading it and never running anything.
import type { Value } from '../model/value.ts';
import { EMPTY } from '../value.ts';
import { HEARD } from './consequences.ts';
import { runStatements } from './control.ts';
import { type Run, report, reportErrors, type Scope } from './scope.ts';
import { exitsOnError, pipesFail, shellName } from './shells.ts';
import { MAX_SCRIPT_LENGTH, openSource } from './source.ts';
import type { State } from './state.ts';
import { treeOf } from './syntax-trees.ts';
import type { Trace, TraceContext } from './trace.ts';
import { newVariables, snapshot } from './variables.ts';

/**
 * Traces a script for a POSIX shell or bash. Never throws; what can't be read is in `gaps`, and a script beyond
 * `MAX_SCRIPT_LENGTH` is one gap and nothing else.
 */
export function traceScript(script: string, context: TraceContext): Trace {
  const shell = context.shell ?? 'bash';
  const run: Run = {
    context,
    bash: shellName(shell) !== 'sh' && shellName(shell) !== 'dash' && shellName(shell) !== 'ash',
    invocations: [],
    outputs: [],
    gaps: [],
    wanted: new Set(),
    execute: runStatements,
    called: new Set(),
    isGuessing: false,
    steps: 0,
    depth: 0,
  };
  const source = openSource(script.length > MAX_SCRIPT_LENGTH ? '' : script, null);
  const scope: Scope = { run, source, calls: [], substitution: false, stdin: null, stdinAt: null, out: null };
  const state = initialState(context, shell);
  if (script.length > MAX_SCRIPT_LENGTH) {
    report(
      scope,
      'limit',
      `the script is longer than ${MAX_SCRIPT_LENGTH} characters`,
      'split the script',
      0,
      script.length,
    );
  } else {
    const tree = treeOf(source.text, context.trees);
    reportErrors(scope, tree);
    runStatements(scope, state, tree.commands);
  }
  let environment: ReadonlyMap<string, Value> | null = null;
  return {
    invocations: run.invocations,
    // Few readers ask for it, and sorting it takes longer than many a script.
    get environment() {
      environment ??= snapshot(state.variables);
      return environment;
    },
    outputs: run.outputs,
    wanted: [...run.wanted].sort(),
    gaps: run.gaps,
  };
}

function initialState(context: TraceContext, shell: string): State {
  return {
    variables: newVariables(context.environment),
    positional: context.positional ?? null,
    handed: null,
    functions: new Map(),
    directory: context.workingDirectory ?? EMPTY,
    entry: 'yes',
    guards: [],
    exited: 'no',
    failed: false,
    returned: 'no',
    broken: 'no',
    continued: 'no',
    exitOnError: exitsOnError(shell),
    pipesFail: pipesFail(shell),
    consequences: HEARD,
    isAssigning: false,
    hidden: null,
  };
}
