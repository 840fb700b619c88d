// One effect where it happens: which job and step, under which event and conditions, along which path.

import type { PathStep } from '../model/delivery.ts';
import type { Gap } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';
import type { Truth } from '../model/value.ts';
import type { Effect } from './effect.ts';
import type { Files } from './files.ts';
import type { Mentions } from './retold-acts.ts';
import type { SourceText } from './source-text.ts';
import { newTraceMemory, type TraceMemory } from './traced-script.ts';
import type { GridPoint } from './triggers.ts';
import type { CompositeAction, Workflow } from './workflow.ts';

export type Act = {
  readonly effect: Effect;
  /** Tool id, or the name of what could not be seen into. */
  readonly tool: string;
  readonly family: string;
  /** The deciding line. */
  readonly location: Location;
  readonly happens: Exclude<Truth, 'no'>;
  /** Conditions on the way as written, outermost first. */
  readonly conditions: readonly string[];
  readonly path: readonly PathStep[];
  readonly point: GridPoint | null;
  /** Which job run it belongs to: acts of one job share files, images and log-ins. */
  readonly job: string;
  /** The run under one event that acts share artifacts in. */
  readonly run: string;
  /** The job can push somewhere: it logs in, holds secrets, or may write packages. */
  readonly credentials: boolean;
};

/** Where a piece of CI text is being interpreted. */
export type Place = {
  readonly files: Files;
  readonly point: GridPoint | null;
  readonly happens: Exclude<Truth, 'no'>;
  readonly conditions: readonly string[];
  readonly path: readonly PathStep[];
  readonly job: string;
  readonly run: string;
  readonly credentials: boolean;
  /** Files being interpreted around this one: recursion ends at one that is already open. */
  readonly open: readonly string[];
  /** Every variable that its commands can find is in sight. Absent: others may be set. */
  readonly isClosed?: boolean;
};

/** Collects what interpretation finds. */
export type Ledger = {
  readonly acts: Act[];
  readonly gaps: Map<string, Gap>;
  /** What has been read and traced before: the same question has the same answer. */
  readonly traces: TraceMemory;
  readonly sources: Map<string, SourceText>;
  readonly workflows: Map<string, Workflow>;
  readonly actions: Map<string, CompositeAction>;
  /** Jobs, steps and scripts gone through so far. */
  work: number;
  /** Names that what is being gone through mentions; null when nobody wants to know. */
  readonly mentions: Mentions | null;
};

export function newLedger(): Ledger {
  return {
    acts: [],
    gaps: new Map(),
    traces: newTraceMemory(),
    sources: new Map(),
    workflows: new Map(),
    actions: new Map(),
    work: 0,
    mentions: null,
  };
}

export function addGap(ledger: Ledger, gap: Gap): void {
  const at = gap.location?.range.start;
  ledger.gaps.set(`${gap.subject}|${gap.kind}|${at?.line}|${at?.column}|${gap.reason}`, gap);
}

/** Jobs, steps and scripts of one CI system that are gone through: calls of calls of calls multiply. */
const WORK_LIMIT = 100_000;

/** Counts one job, step or script; false when there were too many, which becomes a gap that names the cap. */
export function spend(ledger: Ledger, place: Place): boolean {
  ledger.work += 1;
  if (ledger.work <= WORK_LIMIT) return true;
  const location = place.path[0]?.location ?? null;
  addGap(ledger, {
    kind: 'limit',
    cause: 'content',
    subject: location?.path ?? 'pipelines',
    location,
    reason: `The pipelines call more than ${WORK_LIMIT} jobs, steps and scripts in all; the rest was not read.`,
    remedy: 'Call fewer workflows, actions and make targets from each other.',
  });
  return false;
}

/** Whether so many more jobs, steps and scripts are within what is gone through. */
export function affords(ledger: Ledger, work: number): boolean {
  return ledger.work + work <= WORK_LIMIT;
}

/** The value for a key, made once. */
export function remembered<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const found = memory.get(key);
  if (found !== undefined) return found;
  const made = make();
  memory.set(key, made);
  return made;
}
