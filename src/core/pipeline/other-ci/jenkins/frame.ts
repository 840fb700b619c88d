// What the statements of a Jenkinsfile share: variables, images, the registry and the folder they stand in.
import type { Value } from '../../../model/value.ts';
import type { Ledger } from '../../act.ts';
import type { SourceText } from '../../source-text.ts';
import type { RefPoint } from '../ref-points.ts';
import type { GroovyGroup } from './groovy.ts';

type OwnFunction = { readonly parameters: readonly string[]; readonly body: GroovyGroup; called: boolean };

/** What statements share and change as they run. */
export type Frame = {
  readonly source: SourceText;
  readonly at: RefPoint;
  readonly ledger: Ledger;
  readonly functions: Map<string, OwnFunction>;
  variables: ReadonlyMap<string, Value>;
  /** Variables that hold an image of the Docker plugin. */
  images: ReadonlyMap<string, Value>;
  registry: Value | null;
  folder: Value;
  depth: number;
  /** Statements left before reading ends: functions that call each other end here. */
  readonly budget: { left: number };
};

/** Blocks and calls inside each other that are followed. */
export const DEPTH_LIMIT = 60;
export const STATEMENT_LIMIT = 50_000;

export function newFrame(
  source: SourceText,
  at: RefPoint,
  variables: ReadonlyMap<string, Value>,
  ledger: Ledger,
): Frame {
  return {
    source,
    at,
    ledger,
    functions: new Map(),
    variables,
    images: new Map(),
    registry: null,
    folder: [],
    depth: 0,
    budget: { left: STATEMENT_LIMIT },
  };
}

/** Runs a block whose variables, folder and registry end with it. */
export function scoped(frame: Frame, run: () => void): true {
  const { variables, folder, registry } = frame;
  run();
  frame.variables = variables;
  frame.folder = folder;
  frame.registry = registry;
  return true;
}
