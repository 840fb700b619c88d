// Two texts → where they first differ, in words a person can act on; null when they are equal.

export function firstDifference(actual: string, expected: string): string | null {
  if (actual === expected) return null;
  const [have, want] = [actual.split('\n'), expected.split('\n')];
  const at = want.findIndex((line, index) => line !== have[index]);
  const line = at < 0 ? want.length : at;
  const heading = [...want.slice(0, line + 1)].reverse().find((each) => each.startsWith('#')) ?? 'the top';
  return `line ${line + 1}, under "${heading.replace(/^#+ /, '')}": is ${show(have[line])}, should be ${show(want[line])}`;
}

function show(line: string | undefined): string {
  return line === undefined ? 'missing' : JSON.stringify(line.slice(0, 120));
}
