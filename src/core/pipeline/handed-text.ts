// A command that is handed text which pushes, for another shell, machine, container or language to run.

import type { Value } from '../model/value.ts';
import { TOO_LONG } from '../shell/scope.ts';
import { format, known } from '../value.ts';
import { type Effect, opaqueEffect } from './effect.ts';

const GAP = `[\\s'",()[\\]]+`;
// There is one way only to read an option: with two, a text of options takes for ever.
const OPTION_VALUE = `(?:"[^"\\n]*"|'[^'\\n]*'|(?!["'])[^\\s'",()[\\]]*)`;
const OPTIONS = `(?:-[\\w-]+(?:=${OPTION_VALUE})?${GAP}){0,32}`;
/** The rest of a command, over lines that a backslash continues. */
const REST = `(?:[^\\n;|&\\\\]|\\\\[^])`;

/** `docker push` and its like, as a shell writes it or as a list of strings in another language. */
const PUSHES = new RegExp(
  `\\b(?:docker|podman|nerdctl|buildah|ctr)${GAP}${OPTIONS}(?:(?:image|images|manifest|compose)${GAP}${OPTIONS})?push\\b` +
    `|\\b(?:skopeo|crane|oras|regctl)${GAP}${OPTIONS}(?:image${GAP})?(?:copy|cp|push)\\b` +
    `|\\b(?:docker|buildx)${GAP}${OPTIONS}(?:build|bake)\\b${REST}{0,4096}?(?:--push\\b|type=registry|push=true)`,
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

/** A push by Docker's libraries for Python, JavaScript, Go and Java. */
const LIBRARY =
  /\b(?:import|from|require\(?)\s*["']?(?:docker|podman|dockerode)\b|\bgithub\.com\/(?:docker|moby)\/[\w/]*client\b|\bcom\.github\.dockerjava\b/;
const LIBRARY_PUSH = /\.(?:images\.|image\.)?push(?:ImageCmd)?\(|\bImagePush\(/;

/**
 * Text is searched in pieces, so that the patterns' time stays in proportion to its length; they overlap by more than
 * a command is long.
 */
const PIECE = 64 * 1024;
const OVERLAP = 8 * 1024;

export function speaksOfPushing(text: string): boolean {
  for (let at = 0; at === 0 || at + OVERLAP < text.length; at += PIECE - OVERLAP)
    if (PUSHES.test(text.slice(at, at + PIECE))) return true;
  return LIBRARY.test(text) && LIBRARY_PUSH.test(text);
}

/** A script for an interpreter that is not followed (`shell: python`): opaque when it pushes; else null. */
export function scriptText(shell: string, text: string): Effect | null {
  if (!speaksOfPushing(text)) return null;
  return opaqueEffect({
    what: `a script for ${shell}`,
    content: [shell, text],
    doubt: {
      what: `a script for ${shell} pushes, and what it does is not followed`,
      settledBy: 'push with commands of a shell, or approve it as it is',
    },
  });
}

/** Programs that run what they are handed. */
const RUNS =
  /^(?:(?:ba|da|z|k)?sh|python[\d.]*|node|deno|bun|ruby|perl|php|pwsh|awk|xargs|parallel|ssh|at|batch|docker|podman|kubectl|nix-shell|eval)$/;

function isTooLong(value: Value): boolean {
  return value.some((part) => typeof part !== 'string' && part.expression === TOO_LONG);
}

function tooLong(name: string, text: string): Effect {
  return opaqueEffect({
    what: `${name} (a long text)`,
    content: [name, text],
    needsCredentials: true,
    doubt: {
      what: `${name} is handed text too long to be read`,
      settledBy: 'put the text into a file of this repository, or approve it as it is',
    },
  });
}

/** Git runs what an alias holds behind `!`: https://git-scm.com/docs/git-config#Documentation/git-config.txt-alias */
function definesCommand(name: string, words: readonly Value[]): boolean {
  return name === 'git' && words.some((word) => /(?:^|=)!/.test(format(word)));
}

/** An effect that can't be seen into when a command that is not followed is given text that pushes; else null. */
export function handedText(argv: readonly Value[], stdin: Value | null): Effect | null {
  const [first, ...rest] = argv;
  const program = known(first ?? []) ?? '';
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (first === undefined || (TALKS.has(name) && !definesCommand(name, rest))) return null;
  const words = rest.map(format).join(' ');
  const text = `${words}\n${stdin === null ? '' : format(stdin)}`;
  const isLong = RUNS.test(name) && [...rest, ...(stdin === null ? [] : [stdin])].some(isTooLong);
  if (isLong || !speaksOfPushing(text)) return isLong ? tooLong(name, text) : null;
  return opaqueEffect({
    what: `${format(first)} ${words}`.trim(),
    content: [format(first), text],
    doubt: {
      what: `${name === '' ? 'a command' : name} is handed text that pushes, and whether it runs that is not followed`,
      settledBy: 'push in the open, in a script of this repository, or approve it as it is',
    },
  });
}
