// Two texts → the shortest line edit between them (Myers) → the hunks of a unified diff.

export type Line = { readonly kind: ' ' | '+' | '-'; readonly text: string };

/** One `@@` block. Starts count from 1; 0 when that side has no line. */
export type Hunk = {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly Line[];
};

/** Beyond so many edits the middle is shown as replaced: the search costs the square of them. */
const MAX_EDITS = 1500;

/** Lines with their line ends, so that a missing last one shows. */
const splitLines = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const replaced = (before: readonly string[], after: readonly string[]): Line[] => [
  ...before.map((text): Line => ({ kind: '-', text })),
  ...after.map((text): Line => ({ kind: '+', text })),
];

const myers = (before: readonly string[], after: readonly string[]): Line[] => {
  const [n, m] = [before.length, after.length];
  if (n === 0 || m === 0) return replaced(before, after);
  let reach = new Map<number, number>([[1, 0]]);
  const history: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(n + m, MAX_EDITS); edits += 1) {
    history.push(new Map(reach));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? 0) < (reach.get(k + 1) ?? 0));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < n && x - k < m && before[x] === after[x - k]) x += 1;
      reach.set(k, x);
      if (x >= n && x - k >= m) return retrace(before, after, history);
    }
    reach = new Map(reach);
  }
  return replaced(before, after);
};

const retrace = (
  before: readonly string[],
  after: readonly string[],
  history: readonly Map<number, number>[],
): Line[] => {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = history.length - 1; edits >= 0; edits -= 1) {
    const reach = history[edits] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? 0) < (reach.get(k + 1) ?? 0));
    const fromX = reach.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      lines.push({ kind: ' ', text: before[x] ?? '' });
    }
    if (edits === 0) break;
    if (down) {
      y -= 1;
      lines.push({ kind: '+', text: after[y] ?? '' });
    } else {
      x -= 1;
      lines.push({ kind: '-', text: before[x] ?? '' });
    }
  }
  return lines.reverse();
};

/** Every line of both texts, marked as kept, added or removed. */
export const diffLines = (before: string, after: string): readonly Line[] => {
  const [a, b] = [splitLines(before), splitLines(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const kept = (text: string): Line => ({ kind: ' ', text });
  return [
    ...a.slice(0, head).map(kept),
    ...myers(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(kept),
  ];
};

/** Groups changed lines with three lines of context on either side, as `git diff` does. */
export const hunksOf = (lines: readonly Line[], context = 3): readonly Hunk[] => {
  const shown = new Set<number>();
  lines.forEach((line, index) => {
    if (line.kind !== ' ')
      for (let near = index - context; near <= index + context; near += 1) shown.add(near);
  });
  const hunks: Hunk[] = [];
  let [oldLine, newLine] = [0, 0];
  let open: Line[] = [];
  const close = (): void => {
    if (open.length === 0) return;
    const oldLines = open.filter((line) => line.kind !== '+').length;
    const newLines = open.filter((line) => line.kind !== '-').length;
    hunks.push({
      oldStart: oldLine - oldLines + (oldLines === 0 ? 0 : 1),
      oldLines,
      newStart: newLine - newLines + (newLines === 0 ? 0 : 1),
      newLines,
      lines: open,
    });
    open = [];
  };
  lines.forEach((line, index) => {
    if (!shown.has(index)) close();
    if (line.kind !== '+') oldLine += 1;
    if (line.kind !== '-') newLine += 1;
    if (shown.has(index)) open.push(line);
  });
  close();
  return hunks;
};

const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${start},${count}`);

/** The text GitHub gives as `patch`: hunks without the file header. */
export const patchOf = (hunks: readonly Hunk[]): string =>
  hunks
    .flatMap((hunk) => [
      `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
      ...hunk.lines.flatMap((line) =>
        line.text.endsWith('\n')
          ? [`${line.kind}${line.text.slice(0, -1)}`]
          : [`${line.kind}${line.text}`, '\\ No newline at end of file'],
      ),
    ])
    .join('\n');
