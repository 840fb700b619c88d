// A snapshot's files → all its deliveries, what could not be read, and what else should be read.
import type { Delivery } from '../model/delivery.ts';
import type { Gap } from '../model/evidence.ts';
import { addGap, type Ledger } from './act.ts';
import { readByHand } from './by-hand.ts';
import { type Classify, joinActs } from './deliveries.ts';
import { byCodeUnit, type Files } from './files.ts';
import { readGitHubActions } from './github-actions.ts';
import { OTHER_CI_READERS } from './other-ci/readers.ts';
import { FOLLOWED_LIMIT } from './traced-script.ts';

/** One reader per CI system; each takes the files it knows by their paths. */
const READERS: readonly ((files: Files) => Ledger)[] = [readGitHubActions, ...OTHER_CI_READERS];

export type FoundDeliveries = {
  readonly deliveries: readonly Delivery[];
  readonly gaps: readonly Gap[];
  /** Files in the tree that were asked for and are not in the evidence; sorted. */
  readonly wanted: readonly string[];
};

/**
 * `classify` says whose registry a destination is; policy provides it. `changed` are the files a change is about: of
 * scripts and Makefiles among them it is also told what they push when a person runs them.
 */
export function findDeliveries(
  files: Files,
  classify: Classify,
  changed: readonly string[] = [],
): FoundDeliveries {
  const automatic = READERS.map((read) => read(files));
  const told = automatic.flatMap((ledger) => ledger.acts);
  const ledgers = [...automatic, readByHand(changed, files, told)];
  for (const ledger of ledgers) for (const path of ledger.traces.left) addGap(ledger, notFollowed(path));
  return {
    deliveries: joinActs(
      ledgers.flatMap((ledger) => ledger.acts),
      classify,
    ),
    gaps: ledgers
      .flatMap((ledger) => [...ledger.gaps.values()])
      .sort((left, right) => byCodeUnit(gapKey(left), gapKey(right))),
    wanted: files.wanted(),
  };
}

function notFollowed(path: string): Gap {
  return {
    kind: 'limit',
    cause: 'content',
    subject: path,
    location: null,
    reason: `${path} is not followed everywhere: the scripts of all pipelines together are longer than ${FOLLOWED_LIMIT / 1024 / 1024} MB.`,
    remedy: 'Call smaller scripts, or call them in fewer jobs.',
  };
}

function gapKey(gap: Gap): string {
  const line = gap.location?.range.start.line ?? 0;
  return `${gap.subject}|${String(line).padStart(8, '0')}|${gap.kind}|${gap.reason}`;
}
