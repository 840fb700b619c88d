// Characters at the end of a text taken off in linear time, which a regular expression anchored there is not.

/** `content` without any of `letters` at its end. */
export function withoutTrailing(content: string, letters: string): string {
  let end = content.length;
  while (end > 0 && letters.includes(content.charAt(end - 1))) end -= 1;
  return content.slice(0, end);
}
