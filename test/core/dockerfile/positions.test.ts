import { describe, expect, test } from '@jest/globals';
import type { Instruction } from '../../../src/core/model/dockerfile.ts';
import { read, slice } from './reading.ts';

const SOURCE = `# syntax=docker/dockerfile:1
ARG BASE=debian \\
    TAG=12
FROM --platform=linux/amd64 \\
  # which one
  \${BASE}:\${TAG} AS build
ENV A=1 "B=2 3" \\

    C=é😀
COPY --from=golang:1.25 --chown=1:2 \\
     /usr/local/go /opt/a\\ b /dst
RUN --mount=type=bind,target=/x,from=alpine:3 one && \\
    # comment
    two
RUN ["exec", "a b"]
COPY <<EOF /file
body
EOF
ONBUILD ADD --link src dst
LABEL k=v
`;

/** Texts that stand in the file as they are: no quotes, escapes or continuations to resolve. */
function checkWords(instruction: Instruction, seen: string[], source: string): void {
  // The one word of a shell command runs over lines; its script is checked below.
  for (const word of instruction.script ? [] : instruction.words) {
    expect(slice(source, word.location)).toBe(word.text);
    seen.push(word.text);
  }
  for (const flag of instruction.flags) {
    const value = flag.value ? `=${flag.value.text}` : '';
    expect(slice(source, flag.location)).toBe(`--${flag.name}${value}`);
    if (flag.value) expect(slice(source, flag.value.location)).toBe(flag.value.text);
  }
  for (const heredoc of instruction.heredocs) expect(slice(source, heredoc.location)).toBe(heredoc.content);
  if (instruction.trigger) checkWords(instruction.trigger, seen, source);
}

describe.each([
  ['LF', SOURCE],
  ['CRLF', SOURCE.replaceAll('\n', '\r\n')],
  ['a byte order mark', `\uFEFF${SOURCE}`],
])('with %s', (_, source) => {
  const file = read(source);
  const [stage] = file.stages;

  test('what stands at a location is the word', () => {
    const seen: string[] = [];
    for (const instruction of stage?.instructions ?? []) checkWords(instruction, seen, source);
    expect(seen).toEqual(
      expect.arrayContaining(['A=1', '"B=2 3"', 'C=é😀', '/usr/local/go', '/opt/a\\', 'a b', 'src', 'k=v']),
    );
    expect(file.directives.map((one) => slice(source, one.location))).toEqual(['docker/dockerfile:1']);
    expect(file.globalArguments.map((one) => slice(source, one.location))).toEqual(['BASE=debian', 'TAG=12']);
    expect(file.imports.map((one) => slice(source, one.location))).toEqual([
      'docker/dockerfile:1',
      '${BASE}:${TAG}',
      'golang:1.25',
      'alpine:3',
    ]);
  });

  test('instructions span from their keyword to their end', () => {
    const spans = stage?.instructions.map((one) => slice(source, one.location).replaceAll('\r\n', '\n'));
    expect(spans?.[0]).toBe('ENV A=1 "B=2 3" \\\n\n    C=é😀');
    expect(spans?.[4]).toBe('COPY <<EOF /file\nbody\nEOF');
    expect(spans?.at(-1)).toBe('LABEL k=v');
    expect(stage?.location.range).toMatchObject({ start: { line: 4, column: 1 }, end: { line: 6 } });
  });

  test('a script’s characters stand where the file has them', () => {
    const script = stage?.instructions.find((one) => one.script)?.script;
    expect(script?.text.split(/\s+/)).toEqual(['one', '&&', 'two']);
    for (const word of ['one', '&&', 'two']) {
      const at = script?.text.indexOf(word) ?? -1;
      expect(source.startsWith(word, (script?.start ?? 0) + at)).toBe(true);
    }
  });
});

test('a word broken over lines is whole for the shell, whatever the gap', () => {
  const [plain] = read('FROM a\nRUN ec\\\nho hi\n').stages[0]?.instructions ?? [];
  expect(plain?.script?.text).toBe('ec\\\nho hi');
});

test('where the backtick escapes, blanks fill the gap', () => {
  const [run] = read('# escape=`\nFROM a\nRUN ec`\nho hi\n').stages[0]?.instructions ?? [];
  expect(run?.script?.text).toBe('ec  ho hi');
});
