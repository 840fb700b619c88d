// Narrow looks into JSON of unknown shape: what has not the expected type is not there.

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The text; null for anything else and for the empty text. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function sortedTexts(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null))].sort();
}

/** Null for what is no JSON, and for JSON's own null. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A SHA-256 among digests that are given as records, in lower case; nothing where there is none, or more than one. */
export function sha256In(digests: unknown, algorithm: string, value: string): { readonly sha256?: string } {
  const found = new Set(
    records(digests)
      .filter((each) => String(each[algorithm]).replace('-', '').toUpperCase() === 'SHA256')
      .map((each) => String(each[value]).toLowerCase())
      .filter((each) => /^[0-9a-f]{64}$/.test(each)),
  );
  const [sha256] = found;
  return sha256 === undefined || found.size > 1 ? {} : { sha256 };
}
