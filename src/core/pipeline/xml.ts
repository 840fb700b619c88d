// XML, as far as build files need it → elements with their text. Never throws; what is not well formed ends early.

export type XmlElement = {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
};

const PIECE =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<[?!][^>]*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/y;
const DEPTH_LIMIT = 200;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

type Open = { readonly name: string; readonly children: XmlElement[]; text: string };

/** The first element of the text; null when there is none. */
export function readXml(content: string): XmlElement | null {
  const root: Open = { name: '', children: [], text: '' };
  const open: Open[] = [root];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < content.length) {
    const match = PIECE.exec(content);
    const top = open.at(-1);
    if (match === null || top === undefined) break;
    const [, data, closed, opened, , isEmpty, text] = match;
    if (text !== undefined)
      top.text += text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
    else if (data !== undefined) top.text += data;
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
