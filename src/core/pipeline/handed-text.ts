// A command that is handed text which pushes, for another shell, machine, container or language to run.

import type { Value } from '../model/value.ts';
import { format, known } from '../value.ts';
import { type Effect, opaqueEffect } from './effect.ts';

const GAP = `[\\s'",()[\\]]+`;
const OPTIONS = `(?:--?[\\w-]+(?:=\\S*)?${GAP})*`;

/** `docker push` and its like, as a shell writes it or as a list of strings in another language. */
const PUSHES = new RegExp(
  `\\b(?:docker|podman|nerdctl|buildah|ctr)${GAP}${OPTIONS}(?:(?:image|images|manifest|compose)${GAP}${OPTIONS})?push\\b` +
    `|\\b(?:skopeo|crane|oras|regctl)${GAP}${OPTIONS}(?:image${GAP})?(?:copy|cp|push)\\b` +
    `|\\b(?:docker|buildx)${GAP}${OPTIONS}(?:build|bake)\\b[^\\n;|&]*(?:--push\\b|type=registry|push=true)`,
);

/** They print, search, store or describe text; none of it runs. */
const TALKS = new Set([
  ':',
  '[',
  '[[',
  'cat',
  'curl',
  'die',
  'echo',
  'egrep',
  'error',
  'expr',
  'fail',
  'fgrep',
  'gh',
  'git',
  'grep',
  'head',
  'info',
  'jq',
  'log',
  'logger',
  'mail',
  'notice',
  'printf',
  'read',
  'rg',
  'tail',
  'tee',
  'test',
  'tr',
  'true',
  'warn',
  'warning',
  'wc',
  'yq',
]);

/** Characters of a command that are searched. */
const SEARCHED = 64 * 1024;

export function speaksOfPushing(text: string): boolean {
  return PUSHES.test(text.slice(0, SEARCHED));
}

/** An effect that can't be seen into when a command that is not followed is given text that pushes; else null. */
export function handedText(argv: readonly Value[], stdin: Value | null): Effect | null {
  const [first, ...rest] = argv;
  const program = known(first ?? []) ?? '';
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (first === undefined || TALKS.has(name)) return null;
  const words = rest.map(format).join(' ');
  const text = `${words}\n${stdin === null ? '' : format(stdin)}`;
  if (!speaksOfPushing(text)) return null;
  return opaqueEffect({
    what: `${format(first)} ${words}`.trim(),
    content: [format(first), text],
    doubt: {
      what: `${name === '' ? 'a command' : name} is handed text that pushes, and whether it runs that is not followed`,
      settledBy: 'push in the open, in a script of this repository, or approve it as it is',
    },
  });
}
