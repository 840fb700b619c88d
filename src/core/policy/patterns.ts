// Glob patterns of policy files: `*` stays within a segment, `**` crosses segments, everything else is literal.

/** Matches all of `text`, case-sensitively. Time is linear in `pattern × text`. */
export function matchesPattern(pattern: string, text: string): boolean {
  return globExpression(pattern).test(text);
}

function globExpression(pattern: string): RegExp {
  const body = pattern
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => {
      switch (part) {
        case '**/':
          return '(?:.*/)?';
        case '**':
          return '.*';
        case '*':
          return '[^/]*';
        case '?':
          return '[^/]';
        default:
          return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
      }
    })
    .join('');
  return new RegExp(`^${body}$`, 's');
}
