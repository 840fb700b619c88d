// Markdown → what a reader would get, by a CommonMark parser of its own: links, pictures, HTML, code, running text.
import MarkdownIt, { type Token } from 'markdown-it';

export type Rendered = {
  readonly links: readonly string[];
  readonly images: readonly string[];
  readonly html: readonly string[];
  readonly headings: number;
  readonly rows: number;
  readonly cells: number;
  readonly items: number;
  readonly emphasis: number;
  /** Code spans and blocks. */
  readonly code: readonly string[];
  /** Running text as it reads once escapes and entities are resolved: what GitHub's own filters look at. */
  readonly text: readonly string[];
};

const parser = new MarkdownIt({ html: true, linkify: true });
// GitHub links addresses with a scheme, `www.` and e-mails, but no bare domains.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: true });

export function rendered(markdown: string): Rendered {
  const tokens = parser.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const of = (...types: string[]): readonly Token[] => tokens.filter(({ type }) => types.includes(type));
  return {
    links: of('link_open').map((token) => token.attrGet('href') ?? ''),
    images: of('image').map((token) => token.attrGet('src') ?? ''),
    html: of('html_block', 'html_inline').map(({ content }) => content.trim()),
    headings: of('heading_open').length,
    rows: of('tr_open').length,
    cells: of('td_open').length,
    items: of('list_item_open').length,
    emphasis: of('em_open', 'strong_open', 's_open').length,
    code: of('code_inline', 'fence', 'code_block').map(({ content }) => content),
    text: joined(tokens),
  };
}

/** Neighbouring text tokens are one text to whoever reads the page. */
function joined(tokens: readonly Token[]): readonly string[] {
  const texts: string[] = [''];
  for (const { type, content } of tokens) {
    if (type === 'text' || type === 'text_special') texts[texts.length - 1] += content;
    else if (texts.at(-1) !== '') texts.push('');
  }
  return texts.filter((text) => text !== '');
}

/** What GitHub turns into something else in finished text: mentions, numbers, emoji, addresses, formulas. */
export const GITHUB_FILTERS: readonly RegExp[] = [
  /@[\w-]/,
  /#\d/,
  /\bGH-\d/i,
  /:[a-z0-9_+-]+:/i,
  /(https?|ftp):\/\//i,
  /www\./i,
  /[\u202a-\u202e\u2066-\u2069]/,
  /[✅✔✓☑❌✗🟢]/u,
];
