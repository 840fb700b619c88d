// Commands that run a program in another language than the shell's: the file they run, or the text they are given.
import type { Value } from '../../model/value.ts';
import { type OptionSpec, readOptions } from '../../shell/options.ts';
import type { Argument, Invocation } from '../../shell/trace.ts';
import { withoutTrailing } from '../../shell/trailing.ts';
import { known, prefix } from '../../value.ts';

type Language = {
  /** Options in front of the program's text. */
  readonly carriers: RegExp;
  /** Other options that take a value. */
  readonly valued: readonly string[];
  /** The word in front of the file, as in `deno run`. */
  readonly verbs?: RegExp;
  /** The first operand is the program's text, as for awk. */
  readonly inline?: true;
};

const NEVER = /(?!)/;

const NODE: Language = {
  carriers: /^(?:-[a-z]*[ep]|--eval|--print)$/,
  valued: ['-r', '--require', '--import', '--loader', '--conditions', '-C', '--env-file', '--input-type'],
};
const AWK: Language = { carriers: /^(?:-e|--source)$/, valued: ['-F', '-v', '-f'], inline: true };

const LANGUAGES: Readonly<Record<string, Language>> = {
  python: { carriers: /^-[a-zA-Z]*c$/, valued: ['-W', '-X'] },
  pypy: { carriers: /^-[a-zA-Z]*c$/, valued: ['-W', '-X'] },
  perl: { carriers: /^-[a-zA-Z]*[eE]$/, valued: ['-I'] },
  ruby: { carriers: /^-[a-zA-Z]*e$/, valued: ['-I', '-r', '-C'] },
  jruby: { carriers: /^-[a-zA-Z]*e$/, valued: ['-I', '-r', '-C'] },
  node: NODE,
  nodejs: NODE,
  'ts-node': NODE,
  tsx: NODE,
  bun: { ...NODE, verbs: /^run$/ },
  deno: { carriers: /^eval$/, valued: ['-c', '--config', '--import-map', '--lock'], verbs: /^run$/ },
  php: { carriers: /^-r$/, valued: ['-d', '-c', '-z'] },
  lua: { carriers: /^-e$/, valued: ['-l'] },
  luajit: { carriers: /^-e$/, valued: ['-l'] },
  tclsh: { carriers: NEVER, valued: [] },
  wish: { carriers: NEVER, valued: [] },
  expect: { carriers: /^-c$/, valued: [] },
  jshell: { carriers: NEVER, valued: ['--class-path'] },
  java: {
    carriers: NEVER,
    valued: ['-cp', '-classpath', '--class-path', '-jar', '-p', '--module-path', '-m'],
  },
  groovy: { carriers: /^-e$/, valued: ['-cp', '-classpath', '-D'] },
  elixir: { carriers: /^(?:-e|--eval)$/, valued: ['-r', '-pa'] },
  emacs: { carriers: /^--(?:eval|execute)$/, valued: ['-l', '--load', '-f', '--funcall'] },
  r: { carriers: /^-[a-z]*e$/, valued: ['-f'] },
  rscript: { carriers: /^-[a-z]*e$/, valued: [] },
  julia: { carriers: /^-[a-z]*[eE]$|^--(?:eval|print)$/, valued: ['-J', '-p', '-t'] },
  awk: AWK,
  gawk: AWK,
  mawk: AWK,
};

export const LANGUAGE_NAMES: readonly string[] = Object.keys(LANGUAGES);

/** Whether programs of this name read a language of their own, by name without a version at its end. */
export function isLanguage(name: string): boolean {
  return languageOf(name) !== undefined;
}

/** Programs that `./name.ext` runs by what stands behind `#!`. */
const SHEBANG =
  /^#!\s*\S*?(?:\/env\s+(?:-S\s+)?)?(?:\S*\/)?(python|pypy|perl|ruby|node|deno|bun|php|lua|tclsh|Rscript|julia|groovy|elixir)[\d.]*\b/i;

function languageOf(name: string): Language | undefined {
  const plain = Object.hasOwn(LANGUAGES, name) ? name : withoutTrailing(name, '0123456789.');
  return Object.hasOwn(LANGUAGES, plain) ? LANGUAGES[plain] : undefined;
}

/** The texts that a command line gives to an interpreter; empty when it gives none. */
export function givenPrograms(name: string, words: readonly Argument[]): readonly Argument[] {
  const language = languageOf(name);
  if (language === undefined) return [];
  const carried = words.filter((_, index) =>
    language.carriers.test(known(words[index - 1]?.value ?? ['-']) ?? ''),
  );
  if (carried.length > 0 || language.inline !== true) return carried;
  const options = readOptions(words, { valued: language.valued, flags: [] });
  return options.values.has('-f') ? [] : options.operands.slice(0, 1);
}

/** The path of the file a command runs as a program, as written; null when there is none. */
export function programFile(name: string, { argv }: Invocation): Value | null {
  const [first, ...words] = argv;
  if (first === undefined) return null;
  const language = languageOf(name);
  if (language === undefined) return prefix(first.value).includes('/') ? first.value : null;
  if (language.inline === true || givenPrograms(name, words).length > 0) return null;
  const spec: OptionSpec = { valued: language.valued, flags: [], singleDash: true, stopAtOperand: true };
  const { operands, flags, values } = readOptions(words, spec);
  if (flags.has('-m') || values.has('-m') || values.has('-jar')) return null;
  const [operand, next] = operands;
  if (operand === undefined) return null;
  const isVerb = language.verbs?.test(known(operand.value) ?? '') === true;
  const file = isVerb ? readOptions(operands.slice(1), spec).operands[0] : operand;
  if (file === undefined || (isVerb && next === undefined)) return null;
  const path = known(file.value);
  return path === null || path === '-' || /^[a-z]+:\/\//i.test(path) || !/[./]/.test(path)
    ? null
    : file.value;
}

/** Whether a file that is run by its own path is a program in one of these languages. */
export function isProgram(content: string): boolean {
  return SHEBANG.test(content.slice(0, 200));
}

/** Whether an interpreter takes its program from its input. */
export function readsProgram(name: string, { argv }: Invocation): boolean {
  const language = languageOf(name);
  if (language === undefined || language.inline === true) return false;
  const words = argv.slice(1);
  if (givenPrograms(name, words).length > 0) return false;
  const { operands } = readOptions(words, { valued: language.valued, flags: [], singleDash: true });
  return operands.every(({ value }) => known(value) === '-' || known(value) === '/dev/stdin');
}
