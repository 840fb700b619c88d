// Markdown as people write it on GitHub → HTML: no raw HTML, comments invisible, Mermaid left to the browser.
import Library from 'markdown-it';
import { escapeHtml } from './html.ts';

type InlineState = { readonly src: string; pos: number };
type BlockState = {
  readonly src: string;
  readonly bMarks: readonly number[];
  readonly tShift: readonly number[];
  line: number;
};
type BlockRule = (state: BlockState, start: number, end: number, silent: boolean) => boolean;
type InlineRule = (state: InlineState, silent: boolean) => boolean;
type Token = { readonly info: string; readonly content: string };

/** The part of markdown-it used here, as its documentation has it: the package brings no types. */
type Markdown = {
  readonly block: {
    readonly ruler: {
      before(name: string, own: string, rule: BlockRule, options: { readonly alt: readonly string[] }): void;
    };
  };
  readonly inline: { readonly ruler: { before(name: string, own: string, rule: InlineRule): void } };
  readonly renderer: {
    readonly rules: Record<string, ((tokens: readonly Token[], index: number) => string) | undefined>;
  };
  readonly linkify: { set(options: { readonly fuzzyLink: boolean; readonly fuzzyEmail: boolean }): void };
  render(text: string): string;
};

const options = { html: false, linkify: true, breaks: true };
const markdown = new Library(options) as unknown as Markdown;
// GitHub links addresses with a scheme only: `ghcr.io/acme/api` stays text.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

// `<!-- … -->` is how programs mark their own comments; GitHub doesn't show it, and with html:false it would be text.
markdown.block.ruler.before(
  'paragraph',
  'comment',
  (state, start, end, silent) => {
    const from = (state.bMarks[start] ?? 0) + (state.tShift[start] ?? 0);
    if (!state.src.startsWith('<!--', from)) return false;
    const close = state.src.indexOf('-->', from + 4);
    if (close < 0) return false;
    const rest = state.src.slice(close + 3).split('\n', 1)[0] ?? '';
    if (rest.trim() !== '') return false;
    if (silent) return true;
    let line = start;
    while (line < end && (state.bMarks[line] ?? 0) <= close) line += 1;
    state.line = line;
    return true;
  },
  { alt: ['paragraph', 'reference', 'blockquote', 'list'] },
);

markdown.inline.ruler.before('text', 'comment', (state, silent) => {
  if (!state.src.startsWith('<!--', state.pos)) return false;
  const close = state.src.indexOf('-->', state.pos + 4);
  if (close < 0) return false;
  if (!silent || close > 0) state.pos = close + 3;
  return true;
});

const plainFence = (language: string, content: string): string =>
  `<pre class="code"><code${language === '' ? '' : ` data-language="${escapeHtml(language)}"`}>${escapeHtml(content)}</code></pre>`;

markdown.renderer.rules.fence = (tokens, index) => {
  const { info = '', content = '' } = tokens[index] ?? {};
  const [language = ''] = info.trim().split(/\s+/);
  if (language === 'mermaid') return `<pre class="mermaid">${escapeHtml(content)}</pre>`;
  if (language !== 'suggestion') return plainFence(language, content);
  const lines = content
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `<span class="add">${escapeHtml(line) || ' '}</span>`);
  return `<div class="suggestion"><div class="suggestion-head">Suggested change</div><pre><code>${lines.join('')}</code></pre></div>`;
};

const BOXES = { ' ': '<input type="checkbox" disabled>', x: '<input type="checkbox" checked disabled>' };

/** The HTML is safe to embed: everything that isn't Markdown is escaped. */
export const renderMarkdown = (text: string): string =>
  markdown
    .render(text)
    .replace(
      /<li>(<p>)?\[([ x])\] /g,
      (_, p: string | undefined, mark: string) =>
        `<li class="task">${p ?? ''}${mark === 'x' ? BOXES.x : BOXES[' ']} `,
    );
