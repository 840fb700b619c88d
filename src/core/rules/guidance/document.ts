// How the guidance is taken apart: document → section → sentence, each with what serves it.

export type GuidanceDocument = 'docker-flows' | 'docker-image-security' | 'docker-store-publish';

/**
 * One sentence, or neighbours that say one thing, in our own words. The rules that serve it name it themselves;
 * `servedBy` lists everything else: `packet: …` asks a person, `report: …` shows it, `planned: …` is to come,
 * `outside: …` says why software has nothing to do here.
 */
export type GuidanceRow = {
  readonly first: number;
  readonly last: number;
  readonly gist: string;
  readonly servedBy: readonly string[];
};

export type GuidanceSection = {
  readonly section: string;
  /** In our own words. */
  readonly title: string;
  /** How many sentences it has; headings, pictures and captions are not counted, a table row is one. */
  readonly sentences: number;
  readonly rows: readonly GuidanceRow[];
};

/** A row of a single sentence. */
export function row(sentence: number, gist: string, ...servedBy: readonly string[]): GuidanceRow {
  return { first: sentence, last: sentence, gist, servedBy };
}

/** A row of neighbouring sentences. */
export function span(first: number, last: number, gist: string, ...servedBy: readonly string[]): GuidanceRow {
  return { first, last, gist, servedBy };
}
