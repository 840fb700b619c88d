// What a script appends to the runner's files, `$GITHUB_OUTPUT` and `$GITHUB_ENV` → the names it sets.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings
import type { Value } from '../model/value.ts';
import type { FileWrite } from '../shell/trace.ts';
import { format, join } from '../value.ts';

/** `name<<MARK`; the mark may be made up by the script, and ends the text all the same. */
function openedBy(line: Value): { readonly name: string; readonly marker: string } | null {
  const [first] = line;
  const match = typeof first === 'string' ? /^\s*([\w.-]+)<<(?=\S|$)/.exec(first) : null;
  if (match?.[1] === undefined || typeof first !== 'string') return null;
  const marker = format([first.slice(match[0].length), ...line.slice(1)]).trim();
  return marker === '' ? null : { name: match[1], marker };
}

/** Whether the last `name<<MARK` of a text has not been ended; its mark. */
function leftOpen(content: Value, before: string | null): string | null {
  let open = before;
  for (const line of splitLines(content)) {
    if (open === null) open = openedBy(line)?.marker ?? null;
    else if (format(line).trim() === open) open = null;
  }
  return open;
}

/** Writes to one file that together are one `name<<MARK … MARK`, each in a command of its own, as one write. */
export function gatheredWrites(writes: readonly FileWrite[]): readonly FileWrite[] {
  const gathered: FileWrite[] = [];
  const open = new Map<string, { at: number; marker: string; parts: Value[] }>();
  for (const write of writes) {
    const target = format(write.target).replace(/[{}"]/g, '');
    const before = open.get(target);
    const marker = leftOpen(write.content, before?.marker ?? null);
    if (before === undefined) {
      gathered.push(write);
      if (marker !== null) open.set(target, { at: gathered.length - 1, marker, parts: [write.content] });
      continue;
    }
    before.parts.push(write.content);
    const first = gathered[before.at];
    if (first !== undefined && write.happens === 'unknown')
      gathered[before.at] = { ...first, happens: 'unknown' };
    if (marker === null) closed(gathered, before);
    if (marker === null) open.delete(target);
    else open.set(target, { ...before, marker });
  }
  for (const left of open.values()) closed(gathered, left);
  return gathered;
}

function closed(
  gathered: FileWrite[],
  { at, parts }: { readonly at: number; readonly parts: readonly Value[] },
): void {
  const first = gathered[at];
  if (first !== undefined) gathered[at] = { ...first, content: join(parts.map(endedLine)) };
}

function endedLine(content: Value): Value {
  const last = content.at(-1);
  return typeof last === 'string' && last.endsWith('\n') ? content : [...content, '\n'];
}

/** Lines a step appended to `$GITHUB_OUTPUT` or `$GITHUB_ENV`: `name=value` and `name<<MARK … MARK`. */
export function readAssignments(content: Value): ReadonlyMap<string, Value> {
  const assigned = new Map<string, Value>();
  const lines = splitLines(content);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? [];
    const [first] = line;
    if (typeof first !== 'string') continue;
    const opened = openedBy(line);
    if (opened !== null) {
      const body: Value[] = [];
      for (at += 1; at < lines.length && format(lines[at] ?? []).trim() !== opened.marker; at += 1)
        body.push(lines[at] ?? []);
      assigned.set(opened.name, join(body.flatMap((part, index) => (index === 0 ? [part] : ['\n', part]))));
      continue;
    }
    const match = /^\s*([\w.-]+)=/.exec(first);
    if (match?.[1] === undefined) continue;
    const rest = first.slice(match[0].length);
    assigned.set(match[1], [...(rest === '' ? [] : [rest]), ...line.slice(1)]);
  }
  return assigned;
}

function splitLines(content: Value): readonly Value[] {
  const lines: Value[] = [[]];
  for (const part of content) {
    if (typeof part !== 'string') {
      lines.push([...(lines.pop() ?? []), part]);
      continue;
    }
    part.split('\n').forEach((piece, index) => {
      if (index > 0) lines.push([]);
      if (piece !== '') lines.push([...(lines.pop() ?? []), piece]);
    });
  }
  return lines;
}
