// A way to put texts → the same way, that remembers what it made of those it met: reports say the same sentences over and over.

/** UTF-16 code units of questions and answers together; with more, everything is forgotten. */
const MOST = 500_000;
/** Longer ones are made anew. */
const LONGEST = 4_000;

/** As `put`, which has to be a function of the text alone. */
export function toldBefore(put: (text: string) => string): (text: string) => string {
  const told = new Map<string, string>();
  let length = 0;
  return (text) => {
    const known = told.get(text);
    if (known !== undefined) return known;
    const made = put(text);
    if (text.length + made.length > LONGEST) return made;
    length += text.length + made.length;
    if (length > MOST) {
      told.clear();
      length = text.length + made.length;
    }
    told.set(text, made);
    return made;
  };
}
