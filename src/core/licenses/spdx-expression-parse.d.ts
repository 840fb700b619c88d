// The shape of what spdx-expression-parse 4 returns; the package ships no types.
declare module 'spdx-expression-parse' {
  type License = { readonly license: string; readonly plus?: true; readonly exception?: string };
  type Conjunction = { readonly left: Parsed; readonly conjunction: 'and' | 'or'; readonly right: Parsed };
  type Parsed = License | Conjunction;
  /** Throws an Error when the text is no expression. */
  export default function parse(source: string): Parsed;
}
