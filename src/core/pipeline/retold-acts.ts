// What a script did under one event → the same acts under another: make and npm go through whole files for every job
// and event that calls them, and do the same each time.
import type { Gap } from '../model/evidence.ts';
import { type Act, affords, type Ledger, type Place } from './act.ts';
import type { Command } from './commands.ts';
import type { Script } from './script.ts';
import { scriptKey, signatureFor, type TracedScript, type Words } from './traced-script.ts';

/** Names that what is being gone through mentions: no variable of another name makes a difference to it. */
export type Mentions = { readonly sets: Set<ReadonlySet<string>>; isOpen: boolean };

type Telling = {
  readonly traced: TracedScript;
  readonly words: Words;
  readonly signature: string;
  /** Where the script's own lines stand, as JSON. */
  readonly lines: string;
  /** What was asked of the script's surroundings, with the answers as JSON. */
  readonly answers: ReadonlyMap<string, string>;
  readonly acts: readonly Act[];
  readonly gaps: ReadonlyMap<string, Gap>;
  readonly work: number;
  /** How many of each act's steps and conditions are those of the place it was first told from. */
  readonly steps: number;
  readonly conditions: number;
};

/** By script and by all of a place that decides what commands do. */
export type ToldActs = Map<string, Telling[]>;

/** Different surroundings under which the acts of one script are remembered. */
const TELLINGS = 64;

/** Adds names to what the telling that goes on depends on. */
export function mention(ledger: Ledger, words: Words): void {
  if (ledger.mentions === null) return;
  if (words === null) ledger.mentions.isOpen = true;
  else ledger.mentions.sets.add(words);
}

/** Adds the acts that the same script did before; null when none like it was seen. */
export function addRetold(script: Script, place: Place, ledger: Ledger): TracedScript | null {
  const tellings = ledger.traces.told.get(keyOf(script, place));
  if (tellings === undefined) return null;
  const signature = signatureFor(script);
  const found = tellings.find(
    (one) =>
      one.signature === signature(one.words) &&
      one.lines === linesOf(one.traced.commands, script) &&
      affords(ledger, one.work) &&
      [...one.answers].every(([asked, answer]) => JSON.stringify(script.expression(asked)) === answer),
  );
  if (found === undefined) return null;
  for (const act of found.acts) ledger.acts.push(seenFrom(place, act, found));
  conclude(found, ledger);
  return found.traced;
}

/** Has `tell` add the acts of a script to the ledger, and remembers them. */
export function addTold(
  traced: TracedScript,
  script: Script,
  place: Place,
  ledger: Ledger,
  tell: (script: Script, ledger: Ledger) => void,
): void {
  const mentions: Mentions = { sets: new Set(), isOpen: false };
  const own: Ledger = { ...ledger, acts: [], gaps: new Map(), mentions };
  const answers = new Map<string, string>();
  mention(own, traced.words);
  tell(
    {
      ...script,
      expression: (asked) => {
        const answer = script.expression(asked);
        answers.set(asked, JSON.stringify(answer));
        return answer;
      },
    },
    own,
  );
  const key = keyOf(script, place);
  const tellings = ledger.traces.told.get(key) ?? [];
  ledger.traces.told.set(key, tellings);
  const words = wordsOf(mentions, tellings);
  const telling: Telling = {
    traced,
    words,
    signature: signatureFor(script)(words),
    lines: linesOf(traced.commands, script),
    answers,
    acts: own.acts,
    gaps: own.gaps,
    work: own.work - ledger.work,
    steps: place.path.length,
    conditions: place.conditions.length,
  };
  if (tellings.length < TELLINGS) tellings.push(telling);
  for (const act of telling.acts) ledger.acts.push(act);
  conclude(telling, ledger);
}

function conclude({ gaps, work, words }: Telling, ledger: Ledger): void {
  for (const [name, gap] of gaps) ledger.gaps.set(name, gap);
  ledger.work += work;
  mention(ledger, words);
}

function keyOf(script: Script, place: Place): string {
  return JSON.stringify([scriptKey(script), place.happens, place.isClosed === true, place.open.length]);
}

function linesOf(commands: readonly Command[], script: Script): string {
  const lines = commands
    .flatMap(({ invocation }) => [invocation, ...invocation.callPath])
    .filter(({ path }) => path === null)
    .map(({ start, end }) => script.locate(start, end));
  return JSON.stringify(lines);
}

/** All that is mentioned, as the set that another telling has if it is the same: signatures are remembered by set. */
function wordsOf({ sets, isOpen }: Mentions, tellings: readonly Telling[]): Words {
  if (isOpen) return null;
  const words = new Set<string>();
  for (const set of sets) for (const word of set) words.add(word);
  const same = tellings.find(
    (one) => one.words?.size === words.size && [...words].every((word) => one.words?.has(word)),
  );
  return same?.words ?? words;
}

function seenFrom(place: Place, act: Act, { steps, conditions }: Telling): Act {
  return {
    ...act,
    conditions: [...place.conditions, ...act.conditions.slice(conditions)],
    path: [...place.path, ...act.path.slice(steps)],
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
  };
}
