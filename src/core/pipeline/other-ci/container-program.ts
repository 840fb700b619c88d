// The image a step runs in → the program that its arguments go to when no entry point is written.

import type { SourceText } from '../source-text.ts';
import type { YamlScalar } from '../yaml.ts';
import { type Piece, wordPiece } from './template.ts';

/** Images whose own entry point is the tool (documented by their makers), by the last parts of their name. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [
    /kaniko-project\/(executor|warmer)|kaniko\/executor|osscontainertools\/kaniko|chainguard\/kaniko/,
    '/kaniko/executor',
  ],
  [/cloud-builders\/docker$|^docker$|library\/docker$|cloud-builders\/docker-\w+$/, 'docker'],
  [/cloud-builders\/gcloud(-slim)?$/, 'gcloud'],
  [/cloud-builders\/gsutil$/, 'gsutil'],
  [/cloud-builders\/(bazel|mvn|gradle|npm|yarn|git|go|kubectl|curl|javac|wget)$/, '$1'],
  [/(^|\/)docker-compose$|(^|\/)docker\/compose$/, 'docker-compose'],
  [/(^|\/)(crane|gcrane)$|go-containerregistry\/crane(\/debug)?$/, 'crane'],
  [/(^|\/)skopeo(\/stable)?$/, 'skopeo'],
  [/(^|\/)pack$|buildpacksio\/pack$/, 'pack'],
  [/(^|\/)(make|helm|buildx|ko|cosign|goreleaser|oras|earthly|img|regctl|kustomize|terraform|packer)$/, '$2'],
];

/** Null: the image has no entry point that is known here; its first argument is the program. */
export function programOf(image: string): string | null {
  const name = image.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
  for (const [pattern, program] of PROGRAMS) {
    const match = pattern.exec(name);
    if (match === null) continue;
    return program.replace(/\$(\d)/, (_, group: string) => match[Number(group)] ?? '');
  }
  return null;
}

/** Entry points that images of others bring: this one sets emulation up and hands its arguments on. */
const ENTRY_POINTS: Readonly<Record<string, string>> = { '/buildx-entrypoint': 'docker buildx' };

export function entryProgram(entry: string): string | null {
  return Object.hasOwn(ENTRY_POINTS, entry) ? (ENTRY_POINTS[entry] ?? null) : null;
}

const SHELLS = /(^|\/)(ba|da|z|a)?sh$/;

/** `sh -c TEXT` as the words of a container: the text itself, so that it is read with its own lines. */
export function inlineScript(words: readonly YamlScalar[]): YamlScalar | null {
  const [program, ...rest] = words;
  if (program === undefined || !SHELLS.test(program.text)) return null;
  const at = rest.findIndex((word) => /^-[abd-z]*c[a-z]*$/.test(word.text));
  return at === -1 ? null : (rest[at + 1] ?? null);
}

export function wordPieces(words: readonly YamlScalar[], source: SourceText): readonly Piece[] {
  return words.map((word) => wordPiece(word, source));
}
