// Backslash escapes as `echo -e` and `printf` read them.

export function unescapeText(content: string): string {
  return content.replace(/\\([\\abefnrtv])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
