// A `WWW-Authenticate` header → the ways in which a registry lets itself be asked (RFC 9110, section 11.6.1).

export type Challenge = {
  /** Lower case. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** Longer headers are cut: nobody needs them. */
const HEADER_LIMIT = 8192;

export function readChallenges(header: string): readonly Challenge[] {
  const text = header.slice(0, HEADER_LIMIT);
  const token = /\s*,?\s*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, name = '', quoted, plain] = match;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: {} });
    else {
      const last = challenges.at(-1);
      if (last !== undefined) last.parameters[name.toLowerCase()] = value;
    }
  }
  return challenges;
}
