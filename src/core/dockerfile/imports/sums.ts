// What a checksum is compared with: written out, fetched, or not known.
import type { Verification } from '../../model/import.ts';
import type { Value } from '../../model/value.ts';
import { format, known } from '../../value.ts';

const FETCHES = /\b(curl|wget|iwr|Invoke-WebRequest)\b/;

export function strengthOfSum(sum: Value): Verification['method'] {
  const first: (string | Value[number])[] = [];
  for (const part of sum) {
    first.push(part);
    if (typeof part === 'string' && /\s/.test(part)) break;
  }
  if (/[0-9a-f]{32}/i.test(known(sum) ?? format(first as Value))) return 'pinned-checksum';
  const open = sum.find((part) => typeof part !== 'string');
  if (typeof open !== 'object') return 'unknown';
  if (open.choices !== undefined && arePinned(open.choices)) return 'pinned-checksum';
  return FETCHES.test(open.expression) ? 'fetched-checksum' : 'unknown';
}

/** One checksum per platform; where none is set the comparison fails, which is as safe. */
function arePinned(choices: readonly Value[]): boolean {
  const isSum = (one: Value) => /^(sha\d+[:-])?[0-9a-f]{32,}$/i.test(known(one) ?? '');
  return choices.some(isSum) && choices.every((one) => isSum(one) || known(one) === '' || isBareName(one));
}

function isBareName(value: Value): boolean {
  const [only] = value;
  return value.length === 1 && typeof only === 'object' && /^\$\w+$/.test(only.expression);
}

/** Whether a file's name stands in a text as a word of its own. */
export function mentions(subject: string, name: string): boolean {
  for (let at = subject.indexOf(name); at >= 0; at = subject.indexOf(name, at + 1)) {
    const before = subject.charAt(at - 1);
    const after = subject.charAt(at + name.length);
    if (
      !/[\w.-]/.test(before) &&
      !/[\w]/.test(after) &&
      !/^[.-]\w/.test(subject.slice(at + name.length, at + name.length + 2))
    )
      return true;
  }
  return false;
}
