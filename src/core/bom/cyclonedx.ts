// CycloneDX JSON (1.2 to 1.7) → components, nested ones included. Source: cyclonedx.org/docs.
import type { BomComponent } from '../model/facts.ts';
import { isRecord, records, sha256In, sortedTexts, textOf } from './json.ts';

type Json = Readonly<Record<string, unknown>>;

/** External references that say where a component was got from. */
const SOURCES = ['distribution', 'distribution-intake', 'source-distribution', 'vcs', 'website'];

export function cycloneDxComponents(document: Json): readonly BomComponent[] {
  const found: BomComponent[] = [];
  const open = [...records(document.components)].reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const component = componentOf(next);
    if (component !== null) found.push(component);
    open.push(...[...records(next.components)].reverse());
  }
  return found;
}

function componentOf(entry: Json): BomComponent | null {
  const name = textOf(entry.name);
  if (name === null) return null;
  const group = textOf(entry.group);
  return {
    name: group === null ? name : `${group}/${name}`,
    version: textOf(entry.version),
    purl: textOf(entry.purl),
    addresses: sortedTexts(
      records(entry.externalReferences)
        .filter(({ type }) => SOURCES.includes(String(type)))
        .map(({ url }) => textOf(url)),
    ),
    licenses: sortedTexts(records(entry.licenses).map(licenseOf)),
    ...sha256In(entry.hashes, 'alg', 'content'),
  };
}

function licenseOf(choice: Json): string | null {
  const expression = textOf(choice.expression);
  if (expression !== null) return expression;
  return isRecord(choice.license) ? (textOf(choice.license.id) ?? textOf(choice.license.name)) : null;
}
