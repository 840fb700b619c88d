// What the steps of one job share, and what an expression sees at one of them.
import type { Datum } from './datum.ts';
import { type Environment, environmentDatum } from './environment.ts';
import type { Scope } from './expressions.ts';

/** What steps of one job share; each step may add to it. */
export type Frame = {
  /** Contexts that stay the same: github, inputs, matrix, needs, secrets, vars, … */
  readonly contexts: ReadonlyMap<string, Datum>;
  readonly shell: string | null;
  readonly workingDirectory: string | null;
  environment: Environment;
  /** By id in lower case. */
  readonly steps: Map<string, Datum>;
  readonly status: Scope['status'];
  /** Every variable of the environment is in sight: what nothing sets is not set. */
  isClosed: boolean;
};

export function scopeOf(frame: Frame, environment: Environment = frame.environment): Scope {
  return {
    contexts: new Map([
      ...frame.contexts,
      ['env', environmentDatum(environment)],
      // The table itself: a copy for every step would make a long job cost the square of its steps.
      ['steps', { kind: 'record', entries: frame.steps, others: null }],
    ]),
    status: frame.status,
  };
}

export type Left = {
  readonly outputs: ReadonlyMap<string, Datum>;
  readonly environment: Environment;
  /** It may have set variables that are not in sight. */
  readonly isOpen?: boolean;
};

export const NOTHING: Left = { outputs: new Map(), environment: new Map() };
