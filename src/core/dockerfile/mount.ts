// `RUN --mount=…`: the flag's comma-separated fields, where the mount's content comes from, and its type.
// Source of the rules: BuildKit's frontend/dockerfile/instructions/commands_runmount.go.
import type { RawFlag, Span } from './command.ts';

export type RawMount = {
  /** Lower case as written; `bind` where none is; may hold a variable. */
  readonly type: string;
  /** The stage or image it mounts; null for the build context, caches and secrets. */
  readonly from: Span | null;
};

/** Null when the flag's quoting is broken. */
export function readMount(flag: RawFlag): RawMount | null {
  const value = flag.value;
  if (value === null) return null;
  const fields = fieldsOf(value.content);
  if (fields === null) return null;
  // With quotes or escapes in the flag its characters no longer stand one by one in the file.
  const exact = value.end - value.start === value.content.length;
  let type = 'bind';
  let from: Span | null = null;
  for (const field of fields) {
    const equals = field.content.indexOf('=');
    if (equals === -1) continue;
    const key = field.content.slice(0, equals).toLowerCase();
    const content = field.content.slice(equals + 1);
    if (key === 'type') type = content.toLowerCase();
    if (key !== 'from' || content === '') continue;
    const start = value.start + field.end - content.length;
    from = exact && !field.quoted ? { start, end: start + content.length, content } : { ...value, content };
  }
  return { type, from };
}

/** The fields of one CSV record (RFC 4180); `end` is the index after the field. */
function fieldsOf(record: string): readonly { content: string; end: number; quoted: boolean }[] | null {
  const fields: { content: string; end: number; quoted: boolean }[] = [];
  for (let at = 0; at <= record.length; ) {
    if (record[at] !== '"') {
      const comma = record.indexOf(',', at);
      const end = comma === -1 ? record.length : comma;
      fields.push({ content: record.slice(at, end), end, quoted: false });
      at = end + 1;
      continue;
    }
    let content = '';
    let end = at + 1;
    for (;;) {
      const quote = record.indexOf('"', end);
      if (quote === -1) return null;
      content += record.slice(end, quote);
      end = quote + 1;
      if (record[end] !== '"') break;
      content += '"';
      end += 1;
    }
    if (end < record.length && record[end] !== ',') return null;
    fields.push({ content, end, quoted: true });
    at = end + 1;
  }
  return fields;
}
