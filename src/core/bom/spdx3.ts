// SPDX 3 documents (JSON-LD with one graph) → packages, with the licences that relationships say they have.
// Source: spdx.github.io/spdx-spec/v3.0.1, its JSON-LD context and model.
import type { BomComponent } from '../model/facts.ts';
import { isRecord, records, sortedTexts, textOf } from './json.ts';

type Json = Readonly<Record<string, unknown>>;

/** `SPDX-3.0.1` and the like; null for what is no such document. */
export function spdx3Version(document: Json): string | null {
  const contexts = [document['@context']].flat();
  const version = contexts
    .map((context) => /^https:\/\/spdx\.org\/rdf\/(3(?:\.\d+)*)\//.exec(textOf(context) ?? '')?.[1])
    .find((each) => each !== undefined);
  return version === undefined || !Array.isArray(document['@graph']) ? null : `SPDX-${version}`;
}

export function spdx3Packages(document: Json): readonly BomComponent[] {
  const graph = records(document['@graph']);
  const elements = new Map(graph.flatMap((each) => idOf(each).map((id) => [id, each] as const)));
  const concluded = licensesBy('hasConcludedLicense', graph, elements);
  const declared = licensesBy('hasDeclaredLicense', graph, elements);
  return graph.flatMap((element) => {
    const name = textOf(element.name);
    if (typeOf(element) !== 'software_Package' || name === null) return [];
    const ids = idOf(element);
    const stated = (from: typeof declared): readonly string[] => ids.flatMap((id) => from.get(id) ?? []);
    const settled = stated(concluded);
    return {
      name,
      version: textOf(element.software_packageVersion),
      purl: textOf(element.software_packageUrl),
      addresses: sortedTexts([textOf(element.software_downloadLocation), textOf(element.software_homePage)]),
      licenses: sortedTexts(settled.length > 0 ? settled : stated(declared)),
    };
  });
}

function licensesBy(
  kind: string,
  graph: readonly Json[],
  elements: ReadonlyMap<string, Json>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const relation of graph) {
    if (relation.relationshipType !== kind) continue;
    const from = textOf(relation.from);
    const licenses = [relation.to].flat().flatMap((to) => licenseOf(to, elements));
    if (from !== null && licenses.length > 0) found.set(from, [...(found.get(from) ?? []), ...licenses]);
  }
  return found;
}

/** Licences of the list stand for themselves by their address; `NoAssertion` and `None` say nothing. */
function licenseOf(to: unknown, elements: ReadonlyMap<string, Json>): readonly string[] {
  const inner = isRecord(to) ? to : null;
  const id = textOf(to) ?? idOf(inner ?? {})[0] ?? '';
  const element = inner ?? elements.get(id) ?? {};
  const expression = textOf(element.simplelicensing_licenseExpression);
  if (expression !== null) return /^(?:NOASSERTION|NONE)$/.test(expression) ? [] : [expression];
  const listed = /^https?:\/\/spdx\.org\/licenses\/([\w.+-]+)$/.exec(id)?.[1];
  if (listed !== undefined) return [listed];
  const custom = typeOf(element) === 'expandedlicensing_CustomLicense' ? textOf(element.name) : null;
  return custom === null ? [] : [custom];
}

function idOf(element: Json): readonly string[] {
  const id = textOf(element.spdxId) ?? textOf(element['@id']);
  return id === null ? [] : [id];
}

function typeOf(element: Json): string | null {
  return textOf(element.type) ?? textOf(element['@type']);
}
