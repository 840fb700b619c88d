// XML, as far as build files need it → elements with their text. Never throws; what is not well formed ends early.

export type XmlElement = {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
};

// A name ends where it has to, and no attribute holds a bare `<`: nothing is tried at more than one length.
const PIECE =
  /<[?!][^<>]*>|<\/([^\s<>]+)\s*>|<([^\s<>/"'=]+)(?=[\s/>])((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/y;
const CDATA = '<![CDATA[';
const SPANS: readonly (readonly [start: string, end: string])[] = [
  ['<!--', '-->'],
  [CDATA, ']]>'],
];
const DEPTH_LIMIT = 200;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

type Open = { readonly name: string; readonly children: XmlElement[]; text: string };

/** The first element of the text; null when there is none. */
export function readXml(content: string): XmlElement | null {
  const root: Open = { name: '', children: [], text: '' };
  const open: Open[] = [root];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < content.length) {
    const at = PIECE.lastIndex;
    // Looked for by their end: an unfinished one ends the reading.
    const span = SPANS.find(([start]) => content.startsWith(start, at));
    if (span !== undefined) {
      const end = content.indexOf(span[1], at + span[0].length);
      if (end === -1) break;
      const inside = open.at(-1);
      if (span[0] === CDATA && inside !== undefined) inside.text += content.slice(at + CDATA.length, end);
      PIECE.lastIndex = end + span[1].length;
      continue;
    }
    const match = PIECE.exec(content);
    const top = open.at(-1);
    if (match === null || top === undefined) break;
    const [, closed, opened, , isEmpty, text] = match;
    if (text !== undefined)
      top.text += text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
    else if (opened !== undefined) {
      const element: Open = { name: opened, children: [], text: '' };
      top.children.push(element);
      if (isEmpty === '' && open.length < DEPTH_LIMIT) open.push(element);
    } else if (closed !== undefined && open.length > 1 && top.name === closed) open.pop();
  }
  return root.children[0] ?? null;
}

export function childNamed(
  element: XmlElement | null | undefined,
  ...path: readonly string[]
): XmlElement | null {
  let current = element ?? null;
  for (const name of path) current = current?.children.find((child) => child.name === name) ?? null;
  return current;
}

export function childrenNamed(element: XmlElement | null | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}
