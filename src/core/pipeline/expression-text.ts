// A text with `${{ }}` in it → its plain parts and its expressions.

export function usesStatus(condition: string): boolean {
  return /\b(success|failure|always|cancelled)\s*\(/i.test(condition);
}

type TemplatePart = {
  readonly kind: 'text' | 'expression';
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

/** Cuts a text into plain parts and `${{ }}` contents; quotes inside an expression may hold `}}`. */
export function templateParts(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('${{', at);
    const close = open === -1 ? -1 : expressionEnd(template, open + 3);
    if (open === -1 || close === -1) {
      parts.push({ kind: 'text', text: template.slice(at), start: at, end: template.length });
      break;
    }
    if (open > at) parts.push({ kind: 'text', text: template.slice(at, open), start: at, end: open });
    parts.push({ kind: 'expression', text: template.slice(open + 3, close), start: open, end: close + 2 });
    at = close + 2;
  }
  return parts;
}

/** The `${{ }}` of a text as written, braces included. */
export function evaluatedParts(template: string): readonly string[] {
  if (!template.includes('${{')) return [];
  return templateParts(template).flatMap((part) =>
    part.kind === 'expression' ? [template.slice(part.start, part.end)] : [],
  );
}

function expressionEnd(template: string, from: number): number {
  let quoted = false;
  for (let at = from; at < template.length; at += 1) {
    const character = template[at];
    if (character === "'") quoted = !quoted;
    else if (!quoted && character === '}' && template[at + 1] === '}') return at;
  }
  return -1;
}
