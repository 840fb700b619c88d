// The text of /etc/os-release → which distribution and release a file system says it is. Source: os-release(5).

export type OsRelease = {
  /** `ID`, e.g. `debian`; `linux` where the file says nothing. */
  readonly id: string;
  readonly release: string | null;
  /** `PRETTY_NAME`; null when there is none. */
  readonly name: string | null;
};

export function readOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of text.split('\n').slice(0, 200)) {
    const [, key, value] = /^([A-Z][A-Z0-9_]*)=(.{0,500})$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, unquoted(value));
  }
  const id = values.get('ID') ?? '';
  return {
    id: /^[a-z0-9._-]{1,60}$/.test(id) ? id : 'linux',
    release: values.get('VERSION_ID') || null,
    name: values.get('PRETTY_NAME') || null,
  };
}

/** As a shell would take it, without anything that a shell would carry out. */
function unquoted(value: string): string {
  const quote = value[0];
  const inner = (quote === '"' || quote === "'") && value.endsWith(quote) ? value.slice(1, -1) : value;
  return quote === "'" ? inner : inner.replace(/\\(["$`\\])/g, '$1');
}
