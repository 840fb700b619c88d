// The part of markdown-it that the tests use; the package brings no types.
declare module 'markdown-it' {
  export type Token = {
    readonly type: string;
    readonly tag: string;
    readonly content: string;
    readonly info: string;
    readonly children: readonly Token[] | null;
    attrGet(name: string): string | null;
  };
  export default class MarkdownIt {
    constructor(options: { readonly html: boolean; readonly linkify: boolean });
    readonly linkify: { set(options: { readonly fuzzyLink: boolean; readonly fuzzyEmail: boolean }): void };
    parse(text: string, environment: object): readonly Token[];
  }
}
