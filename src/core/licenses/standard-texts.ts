// A licence file's text → the standard licence it is, with a score; nothing where it says more, less or something else.
// The texts are known by hashes of their word groups (`standard-texts.json`, built by test/index/build-licenses.ts).
import data from './standard-texts.json' with { type: 'json' };

/**
 * The data file. Hashes in base 36, ascending, as differences. Of a text with `every` above 1 only hashes that it divides
 * are kept.
 */
export type TextsData = {
  readonly version: number;
  readonly texts: readonly {
    readonly id: string;
    readonly words: number;
    readonly every: number;
    /** Words in a row of the text itself that no kept hash covers. */
    readonly gap: number;
    readonly hashes: string;
  }[];
};

/**
 * `id` is an SPDX id. For GNU licences it is one without `-only` or `-or-later` (`GPL-2.0`), since their texts don't say
 * which of them is meant. `score`: the smaller of the shares of the two texts that the other has, 0 to 1.
 */
export type Recognized = { readonly id: string; readonly score: number };

/**
 * Below it a text is another one: holders, headings and optional words cost up to a tenth. The nearest two licences that
 * differ in meaning, BSD with two and with three clauses, have 0.83 in common.
 */
const LEAST_SCORE = 0.88;
/** Words in a row that are not the licence's: names and headings. More is a clause of somebody's own. */
const MOST_OWN_WORDS = 7;
/** The same where not every hash is kept: beyond what the standard text itself leaves uncovered. */
const MOST_OWN_WORDS_IN_LONG = 24;
/** Words that a text may have more or less than the standard one, and the share of long ones. */
const MOST_MORE_WORDS = 30;
const MOST_MORE_SHARE = 0.05;
/** Longest text that is looked at, in UTF-16 units: the longest of the data has 45,000. */
const TEXT_LIMIT = 100_000;

const GROUP = 4;
const VERSION = 1;

type Known = {
  readonly id: string;
  readonly words: number;
  readonly every: number;
  readonly gap: number;
  readonly hashes: ReadonlySet<number>;
};

const known: readonly Known[] = data.texts.map(({ hashes, ...text }) => ({
  ...text,
  hashes: new Set(decoded(hashes)),
}));
if (data.version !== VERSION) throw new Error('The hashes of licence texts were built for another version.');

/** Null when no standard licence is the whole of the text. */
export function recognizeText(text: string): Recognized | null {
  const kept = MEMORY.get(text);
  if (kept !== undefined) return kept;
  const answer = text.length > TEXT_LIMIT ? null : bestOf(text);
  const [oldest] = MEMORY.keys();
  if (MEMORY.size >= MOST_REMEMBERED && oldest !== undefined) MEMORY.delete(oldest);
  MEMORY.set(text, answer);
  return answer;
}

/** A repository's licence is asked for at its base and at its head, round by round. */
const MEMORY = new Map<string, Recognized | null>();
const MOST_REMEMBERED = 64;

function bestOf(text: string): Recognized | null {
  const words = wordsOf(termsOf(text));
  const hashes = groupHashes(words);
  let best: Recognized | null = null;
  for (const standard of known) {
    const score = scoreOf(words, hashes, standard);
    if (score >= LEAST_SCORE && score > (best?.score ?? 0)) best = { id: standard.id, score };
  }
  return best;
}

function scoreOf(words: readonly string[], hashes: readonly number[], standard: Known): number {
  const { every, gap } = standard;
  const most = Math.max(MOST_MORE_WORDS, standard.words * MOST_MORE_SHARE);
  if (Math.abs(words.length - standard.words) > most) return 0;
  const kept = hashes.flatMap((hash, at) => (hash % every === 0 ? [{ hash, at }] : []));
  const shared = kept.filter(({ hash }) => standard.hashes.has(hash));
  const places = shared.map(({ at }) => at);
  if (longestGap(places, words.length) > (every === 1 ? MOST_OWN_WORDS : gap + MOST_OWN_WORDS_IN_LONG))
    return 0;
  if (every === 1 && ownWords(places, words).some((word) => TERMS.has(word))) return 0;
  const found = new Set(shared.map(({ hash }) => hash)).size;
  return Math.min(shared.length / kept.length, found / standard.hashes.size);
}

/** Words that make terms of what would else be a name or a heading. */
const TERMS: ReadonlySet<string> = new Set(
  'banned cannot commercial except excluding forbidden may military must non noncommercial not only outside permitted prohibited restricted shall unless without'.split(
    ' ',
  ),
);

function ownWords(places: readonly number[], words: readonly string[]): readonly string[] {
  const covered = new Set(places.flatMap((at) => Array.from({ length: GROUP }, (_, next) => at + next)));
  return words.filter((_, at) => !covered.has(at));
}

/** Most words in a row that stand in none of the groups that begin at `places` (ascending), of `total` words. */
export function longestGap(places: readonly number[], total: number): number {
  let covered = 0;
  let longest = 0;
  for (const at of places) {
    longest = Math.max(longest, at - covered);
    covered = at + GROUP;
  }
  return Math.max(longest, total - covered);
}

/**
 * Lower case, without punctuation, numbers of clauses and the lines that name a holder.
 */
export function wordsOf(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .filter((line) => !HOLDER.test(line))
    .join('\n')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !/^\d$/.test(word));
}

/** A line that names a holder; licences begin lines with that word for other reasons too. */
const HOLDER =
  /^[\s#*/;%-]*(?:copyright\b(?!\s+(?:acts?|and|disclaimer|holders?|interests?|laws?|licen[cs]es?|management|notices?|or|owners?|statements?|treat\w+)\b)|\(c\)\s*[<[{\d]|©|all rights reserved)/i;

/** Behind it stands how to apply the licence, which many copies leave out or shorten. */
const END = /end of (?:the )?terms and conditions/i;

/** How advice begins on applying the licence, and the most words it has: Apache's with its notice, GNU's. */
const ADVICE: readonly (readonly [RegExp, number])[] = [
  [/^(?:appendix|copyright\b[\s\S]{0,300}?\blicensed under the apache license)\b/i, 200],
  [/^how to apply\b/i, 520],
];

/** The terms alone, where they have an end and nothing but advice behind it. */
export function termsOf(text: string): string {
  const end = END.exec(text);
  if (end === null) return text;
  const behind = text.slice(end.index + end[0].length).replace(/^[^a-z]+/i, '');
  const words = wordsOf(behind).length;
  const isAdvice = behind === '' || ADVICE.some(([opening, most]) => words <= most && opening.test(behind));
  return isAdvice ? text.slice(0, end.index) : text;
}

/** FNV-1a over each group of neighbouring words, unsigned 32-bit, in the order of the text. */
export function groupHashes(words: readonly string[]): readonly number[] {
  const count = Math.max(0, words.length - GROUP + 1);
  return Array.from({ length: count }, (_, at) => {
    let hash = 0x811c9dc5;
    for (let word = at; word < at + GROUP; word += 1) {
      const text = words[word] ?? '';
      for (let index = 0; index < text.length; index += 1)
        hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
      hash = Math.imul(hash ^ 32, 0x01000193);
    }
    return hash >>> 0;
  });
}

export function encodedHashes(hashes: readonly number[]): string {
  const sorted = [...new Set(hashes)].sort((a, b) => a - b);
  return sorted.map((hash, at) => (hash - (sorted[at - 1] ?? 0)).toString(36)).join(' ');
}

function decoded(written: string): readonly number[] {
  let sum = 0;
  return written.split(' ').map((difference) => {
    sum += Number.parseInt(difference, 36);
    return sum;
  });
}
