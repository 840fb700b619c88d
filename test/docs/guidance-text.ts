// The guidance's own text → a digest of each headed part, so that a sentence that is added, changed or taken away is
// noticed: the tables of src/core/rules/guidance were made for exactly these texts. The texts are not kept here.
import { createHash } from 'node:crypto';

export type Part = { readonly heading: string; readonly digest: string };

/** Parts in the order of the text. White space and marks around words make no difference; what stands before the first heading does not count. */
export function partsOf(markdown: string): readonly Part[] {
  const parts: { heading: string; lines: string[] }[] = [];
  let isCode = false;
  for (const line of `${markdown}\n`.replace(/^(.+)\n(?:={3,}|-{3,})\n/gm, '# $1\n').split(/\r?\n/)) {
    if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
    const heading = isCode ? undefined : /^#{1,6}\s+(.*)$/.exec(line)?.[1];
    if (heading !== undefined) parts.push({ heading: heading.trim(), lines: [] });
    else parts.at(-1)?.lines.push(line);
  }
  return parts
    .map(({ heading, lines }) => ({ heading, words: wordsOf(lines.join('\n')) }))
    .filter(({ words }) => words !== '')
    .map(({ heading, words }) => ({
      heading,
      digest: createHash('sha256')
        .update(`${wordsOf(heading)}\n${words}`)
        .digest('hex')
        .slice(0, 16),
    }));
}

function wordsOf(text: string): string {
  return text
    .replace(/[*_`\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What the table was not made for, in words; nothing when the text is the one it was made for. */
export function strangers(parts: readonly Part[], known: readonly string[]): readonly string[] {
  const fresh = parts.filter(({ digest }) => !known.includes(digest));
  const gone = known.filter((digest) => parts.every((part) => part.digest !== digest)).length;
  return [
    ...fresh.map(({ heading }) => `“${heading}” says something that the table was not made for`),
    ...(gone > fresh.length
      ? [`${gone - fresh.length} of the parts that the table was made for are gone`]
      : []),
  ];
}
