// A text of a Makefile → its pieces: plain text, `$$`, and references with what stands between their brackets.

type Reference = { readonly name: string; readonly written: string };

export function references(content: string): readonly (string | Reference)[] {
  const parts: (string | Reference)[] = [];
  let at = 0;
  while (at < content.length) {
    const dollar = content.indexOf('$', at);
    if (dollar === -1 || dollar === content.length - 1) {
      parts.push(content.slice(at));
      break;
    }
    if (dollar > at) parts.push(content.slice(at, dollar));
    const next = content[dollar + 1] ?? '';
    if (next === '$') {
      parts.push('$$');
      at = dollar + 2;
    } else if (next === '(' || next === '{') {
      const end = closing(content, dollar + 1);
      parts.push({ name: content.slice(dollar + 2, end), written: content.slice(dollar, end + 1) });
      at = end + 1;
    } else {
      parts.push({ name: next, written: content.slice(dollar, dollar + 2) });
      at = dollar + 2;
    }
  }
  return parts;
}

function closing(content: string, open: number): number {
  const [left, right] = content[open] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let at = open; at < content.length; at += 1) {
    if (content[at] === left) depth += 1;
    else if (content[at] === right) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return content.length;
}
