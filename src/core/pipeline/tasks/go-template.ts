// A Go template of a task runner → its text: variables and defaults are filled in, everything else stays a hole.
import type { Value } from '../../model/value.ts';
import { choice } from '../../shell/variables.ts';
import { hole, join, known, text } from '../../value.ts';
import { fromEnvironment } from './task-script.ts';

type Variables = ReadonlyMap<string, Value>;

export function renderTemplate(template: string, variables: Variables): Value {
  if (!template.includes('{{')) return text(template);
  const pieces = cut(template);
  return renderPieces(pieces, { at: 0 }, variables, false);
}

type Piece = { readonly action: string | null; readonly written: string };

/** An unfinished action is plain text. */
function cut(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let last = 0;
  for (let open = template.indexOf('{{'); open !== -1; open = template.indexOf('{{', last)) {
    const close = template.indexOf('}}', open + 2);
    if (close === -1) break;
    if (open > last) pieces.push({ action: null, written: template.slice(last, open) });
    const action = template
      .slice(open + 2, close)
      .replace(/^-/, '')
      .replace(/-$/, '')
      .trim();
    pieces.push({ action, written: template.slice(open, close + 2) });
    last = close + 2;
  }
  if (last < template.length) pieces.push({ action: null, written: template.slice(last) });
  return pieces;
}

const DEPTH = /^(?:if|range|with|define|block)\b/;

/** Up to the `end` or `else` that belongs to what is open, or to the end of the text. */
function renderPieces(
  pieces: readonly Piece[],
  cursor: { at: number },
  variables: Variables,
  isOpen: boolean,
): Value {
  const parts: (Value | string)[] = [];
  for (; cursor.at < pieces.length; cursor.at += 1) {
    const piece = pieces[cursor.at];
    if (piece === undefined) break;
    if (piece.action === null) parts.push(piece.written);
    else if (isOpen && /^(?:end|else)\b/.test(piece.action)) break;
    else if (/^if\b/.test(piece.action)) parts.push(branches(piece, pieces, cursor, variables));
    else if (DEPTH.test(piece.action)) {
      cursor.at += 1;
      renderPieces(pieces, cursor, variables, true);
      parts.push(hole(piece.written, 'the template decides it when it runs'));
    } else if (!/^(?:\/\*|end\b|else\b)/.test(piece.action)) parts.push(action(piece, variables));
  }
  return join(parts);
}

/** Conditions are not evaluated: the text is one of the branches. */
function branches(
  piece: Piece,
  pieces: readonly Piece[],
  cursor: { at: number },
  variables: Variables,
): Value {
  const texts: Value[] = [];
  let hasElse = false;
  do {
    cursor.at += 1;
    texts.push(renderPieces(pieces, cursor, variables, true));
    const next = pieces[cursor.at]?.action ?? 'end';
    if (next === 'else') hasElse = true;
    if (!/^else\b/.test(next)) break;
  } while (cursor.at < pieces.length);
  return [choice(piece.written, hasElse ? texts : [...texts, []])];
}

function action({ action: written, written: whole }: Piece, variables: Variables): Value {
  const name = /^\.([A-Za-z_]\w*)$/.exec(written ?? '')?.[1];
  if (name !== undefined) return variables.get(name) ?? fromEnvironment(name, whole);
  const fallback =
    /^default\s+("[^"]*"|`[^`]*`|[\w.-]+)\s+\.([A-Za-z_]\w*)$/.exec(written ?? '') ??
    swapped(/^\.([A-Za-z_]\w*)\s*\|\s*default\s+("[^"]*"|`[^`]*`|[\w.-]+)$/.exec(written ?? ''));
  if (fallback?.[2] !== undefined) {
    const value = variables.get(fallback[2]);
    const other = text((fallback[1] ?? '').replace(/^["`]|["`]$/g, ''));
    if (value !== undefined) return known(value) === '' ? other : value;
    const [open] = fromEnvironment(fallback[2], whole);
    return typeof open === 'object' ? [{ ...open, fallback: other }] : other;
  }
  const quoted = /^"([^"]*)"$/.exec(written ?? '')?.[1];
  return quoted === undefined ? hole(whole, 'the template computes it when it runs') : text(quoted);
}

function swapped(match: RegExpExecArray | null): readonly (string | undefined)[] | null {
  return match === null ? null : [match[0], match[2], match[1]];
}
