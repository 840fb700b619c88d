// Ids of GNU licences: the text alone says a version, and only people say whether later ones count.

const FAMILY = /^(?:GPL|LGPL|AGPL)-\d\.\d$/;

/** Whether the id stands for the text alone (`GPL-2.0`), which leaves open whether later versions count. */
export function isGnuText(id: string): boolean {
  return FAMILY.test(id);
}

/** Whether a licence id and that of a text are the same, or differ only in what a GNU text leaves open. */
export function namesSameText(id: string, text: string): boolean {
  return id === text || (isGnuText(text) && (id === `${text}-only` || id === `${text}-or-later`));
}

/**
 * What may be written down in any case: whoever has version 2 may keep to it, whether or not the author allows later
 * ones (GPL-2.0 section 9, GPL-3.0 section 14).
 */
export function safelyNamed(id: string): string {
  return isGnuText(id) ? `${id}-only` : id;
}
