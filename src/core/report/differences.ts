// What something was about and is about now → one line per aspect that differs, old → new.
import type { About } from '../model/evidence.ts';
import { code } from './markdown.ts';
import { escaped } from './words.ts';

/** The values of one aspect that are gone and those that came; sorted, not both empty. */
export type Difference = {
  readonly aspect: string;
  readonly gone: readonly string[];
  readonly fresh: readonly string[];
};

/** Sorted by aspect. */
export function differencesOf(before: About, after: About): readonly Difference[] {
  const aspects = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return aspects.flatMap((aspect) => {
    const [old, current] = [new Set(before[aspect]), new Set(after[aspect])];
    const gone = [...old].filter((value) => !current.has(value)).sort();
    const fresh = [...current].filter((value) => !old.has(value)).sort();
    return gone.length === 0 && fresh.length === 0 ? [] : [{ aspect, gone, fresh }];
  });
}

/** Markdown, one line each, sorted by aspect. */
export function differences(before: About, after: About): readonly string[] {
  return differencesOf(before, after).map(
    ({ aspect, gone, fresh }) => `${escaped(aspect)}: ${values(gone, code)} → ${values(fresh, code)}`,
  );
}

/** The same for a terminal: plain text, with nothing made safe yet. */
export function differencesText(before: About, after: About): readonly string[] {
  // Twelve digits tell two digests apart; the line itself stands in the file.
  const plain = (value: string): string => value.replace(/(sha\d{3}:[0-9a-f]{12})[0-9a-f]{20,}/g, '$1…');
  return differencesOf(before, after).map(
    ({ aspect, gone, fresh }) => `${aspect}: ${values(gone, plain)} → ${values(fresh, plain)}`,
  );
}

/** More would hide what matters: nobody reads the hundredth package. */
const MOST_VALUES = 12;

function values(each: readonly string[], shown: (value: string) => string): string {
  if (each.length === 0) return 'nothing';
  const named = each.slice(0, MOST_VALUES).map(shown).join(', ');
  return each.length > MOST_VALUES ? `${named} and ${each.length - MOST_VALUES} more` : named;
}
