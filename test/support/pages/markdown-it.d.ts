// The part of markdown-it that the pages use; the package itself brings no types.
declare module 'markdown-it' {
  export type Token = { readonly info: string; readonly content: string };
  type InlineState = { readonly src: string; pos: number };
  type BlockState = {
    readonly src: string;
    readonly bMarks: readonly number[];
    readonly tShift: readonly number[];
    line: number;
  };
  type InlineRule = (state: InlineState, silent: boolean) => boolean;
  type BlockRule = (state: BlockState, start: number, end: number, silent: boolean) => boolean;
  type RenderRule = (tokens: readonly Token[], index: number) => string;
  export default class MarkdownIt {
    constructor(options: { readonly html: boolean; readonly linkify: boolean; readonly breaks: boolean });
    readonly block: {
      readonly ruler: {
        before(
          name: string,
          own: string,
          rule: BlockRule,
          options?: { readonly alt: readonly string[] },
        ): void;
      };
    };
    readonly inline: { readonly ruler: { before(name: string, own: string, rule: InlineRule): void } };
    readonly renderer: { readonly rules: Record<string, RenderRule | undefined> };
    render(text: string): string;
  }
}
