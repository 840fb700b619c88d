// A Dockerfile → the words of its instructions in a normal form that survives what people change in a copy.
import type { Dockerfile, Instruction } from '../../model/dockerfile.ts';

/**
 * They say whom an image belongs to, or are the first thing that is rewritten in a copy; the steps are what is
 * compared.
 */
const SKIPPED = new Set(['LABEL', 'MAINTAINER', 'ARG', 'EXPOSE']);

/** Where one shell command ends and the next begins. */
const COMMAND_END = /&&|\|\||[;|&\n(){}`]/;
const VARIABLE = /\$\{[^{}\n]{0,200}\}|\$[\w:]+/g;
const ASSIGNMENT = /(^|[\s;&|(])[a-z_]\w*=/g;
const LOOP_VARIABLE = /\bfor\s+[a-z_]\w*\s+in\b/g;
const WORD_BREAK = /[\s"'<>,=[\]\\/:@%^*!?#~]+/;
const DIGEST = /^[0-9a-f]{12,}$/;
const VERSION = /^v?\d/;
const NUMBER = /\d+(?:[.]\d+)*/g;

/**
 * Lower case; variables, versions, numbers and digests each have one name; the words of a command are sorted from
 * the third on, so that reordered packages and options read the same. In the order of the file.
 */
export function tokensOf(dockerfile: Dockerfile): readonly string[] {
  return dockerfile.stages.flatMap(({ instructions }) => instructions.flatMap(instructionTokens));
}

function instructionTokens(instruction: Instruction): readonly string[] {
  if (instruction.trigger !== null) return ['onbuild', ...instructionTokens(instruction.trigger)];
  if (SKIPPED.has(instruction.keyword)) return [];
  const written = instruction.script?.text ?? instruction.words.map(({ text }) => text).join(' ');
  const texts = [written, ...instruction.heredocs.map(({ content }) => content)];
  return [instruction.keyword.toLowerCase(), ...texts.flatMap(textTokens)];
}

function textTokens(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(VARIABLE, ' $ ')
    .replace(ASSIGNMENT, '$1 $$ ')
    .replace(LOOP_VARIABLE, 'for $$ in')
    .split(COMMAND_END)
    .flatMap(commandTokens);
}

function commandTokens(command: string): readonly string[] {
  const words = command.split(WORD_BREAK).map(normalWord).filter(isWord);
  return [...words.slice(0, 2), ...new Set(words.slice(2).sort())];
}

function normalWord(written: string): string {
  const word = trimmed(written);
  if (DIGEST.test(word)) return 'h';
  if (VERSION.test(word)) return '0';
  return word.replace(NUMBER, '0');
}

/** Without the marks that sentences and globs leave around a word; by hand, since a pattern for the end is quadratic. */
function trimmed(written: string): string {
  let start = 0;
  let end = written.length;
  while (start < end && '.+'.includes(written[start] ?? '')) start += 1;
  while (end > start && '.+-'.includes(written[end - 1] ?? '')) end -= 1;
  return written.slice(start, end);
}

function isWord(word: string): boolean {
  return /[a-z0-9$]/.test(word);
}
