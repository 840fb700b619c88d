// What something was about and is about now → one line per aspect that differs, old → new.
import type { About } from '../model/evidence.ts';
import { code } from './markdown.ts';
import { escaped } from './words.ts';

/** Markdown, one line each, sorted by aspect. */
export function differences(before: About, after: About): readonly string[] {
  const aspects = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return aspects.flatMap((aspect) => {
    const [old, current] = [before[aspect] ?? [], after[aspect] ?? []];
    const gone = old.filter((value) => !current.includes(value));
    const fresh = current.filter((value) => !old.includes(value));
    if (gone.length === 0 && fresh.length === 0) return [];
    return [`${escaped(aspect)}: ${values(gone)} → ${values(fresh)}`];
  });
}

function values(each: readonly string[]): string {
  return each.length === 0 ? 'nothing' : [...new Set(each)].sort().map(code).join(', ');
}
