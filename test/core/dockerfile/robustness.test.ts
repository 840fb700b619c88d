import { describe, expect, test } from '@jest/globals';
import { DockerfileParser } from 'dockerfile-ast';
import fc from 'fast-check';
import type { Dockerfile } from '../../../src/core/model/dockerfile.ts';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';
import { read } from './reading.ts';

const PIECES = [
  'FROM debian:12 AS build',
  'FROM build',
  'ARG A=1',
  'ARG B',
  'ENV A=${A:-$B} C="x y"',
  'RUN echo "$A" \\',
  'RUN <<EOF',
  'RUN 3<<-"EOF" cat <<B',
  'EOF',
  'B',
  'COPY --from=build --chown="$A" / /',
  'COPY ["a b", "c"]',
  'ADD https://example.org/x${A##*.} /x',
  'ONBUILD COPY --from=0 . /',
  'HEALTHCHECK --interval=1s CMD x',
  'SHELL ["bash", "-c"]',
  'LABEL "a b"=\'c\' d=e\\',
  '# SPDX-License-Identifier: MIT',
  '# escape=`',
  '  # comment \\',
  '\\',
  '`',
  '',
  '   ',
  '\r',
  '\u0000',
  '${A:?}',
  "it's",
  '🐳',
];

const dockerfiles = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...PIECES) },
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 30 },
  )
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end)));

/** A text with a few characters taken out, doubled or replaced. */
const mutated = fc
  .tuple(
    dockerfiles,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.string({ maxLength: 3 })), { maxLength: 6 }),
  )
  .map(([text, edits]) =>
    edits.reduce((current, [at, cut, added]) => {
      const from = current.length === 0 ? 0 : at % current.length;
      return current.slice(0, from) + added + current.slice(from + cut);
    }, text),
  );

describe('any text', () => {
  test('gives facts or gaps, the same ones every time, and positions inside the file', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const file = read(text);
        expect(read(text)).toEqual(file);
        if (file.stages.length === 0) expect(file.gaps).not.toEqual([]);
        const lines = text.split('\n');
        for (const { location } of [...file.imports, ...file.squash, ...file.stages]) {
          for (const { line, column } of [location.range.start, location.range.end]) {
            expect(line).toBeLessThanOrEqual(lines.length);
            expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          }
        }
        for (const stage of file.stages) {
          for (const used of stage.uses) expect(file.stages[used]).toBeDefined();
        }
      }),
      { numRuns: 400 },
    );
  });

  test('reads the same with CRLF and a byte order mark', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PIECES.filter((one) => !/[\r\0]/.test(one))), { maxLength: 25 }),
        (lines) => {
          const plain = `${lines.join('\n')}\n`;
          expect(shape(read(`\uFEFF${plain.replaceAll('\n', '\r\n')}`))).toEqual(shape(read(plain)));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Facts without what line endings may change: columns of the first line, offsets, heredoc line ends. */
function shape(file: Dockerfile): unknown {
  return {
    stages: file.stages.map((stage) => ({
      base: stage.base,
      name: stage.name,
      uses: stage.uses,
      labels: stage.labels,
      environment: [...stage.environment],
      instructions: stage.instructions.map((one) => ({
        keyword: one.keyword,
        lines: [one.location.range.start.line, one.location.range.end.line],
        words: one.words.map((word) => [word.text, word.value]),
        flags: one.flags.map((flag) => [flag.name, flag.value?.text]),
        heredocs: one.heredocs.map((heredoc) => heredoc.content.replaceAll('\r\n', '\n')),
        // What joins lines differs with their ends: in a CRLF heredoc a shell sees no continuation at all.
        script: one.script?.text.replace(/\\*\s|\\+$/g, ''),
      })),
    })),
    imports: file.imports.map((one) => [one.kind, one.source, one.stage, one.instructionLine]),
    squash: file.squash.map((one) => one.foreign),
    notice: file.notice.licenses.map((one) => one.expression),
    gaps: file.gaps.map((gap) => [gap.kind, gap.reason.replaceAll('\r', ''), gap.location?.range.start.line]),
  };
}

describe('a second opinion', () => {
  test('dockerfile-ast sees the same instructions on the same lines in files without its known errors', () => {
    const plain = PIECES.filter((one) =>
      /^(?:FROM|ARG|ENV|COPY|ADD|SHELL|HEALTHCHECK|ONBUILD)|^$|^# SPDX|^ {3}$/.test(one),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...plain, 'RUN a \\\n  b', 'RUN <<EOF\nUSER x\nEOF'), { maxLength: 30 }),
        (lines) => {
          const text = lines.join('\n');
          const file = read(`FROM a\n${text}`);
          const ours = file.stages.flatMap((stage) => [
            ['FROM', stage.location.range.start.line],
            ...stage.instructions.map((one) => [one.keyword, one.location.range.start.line]),
          ]);
          const theirs = DockerfileParser.parse(`FROM a\n${text}`)
            .getInstructions()
            .map((one) => [one.getKeyword(), one.getRange().start.line + 1]);
          expect(ours).toEqual(theirs);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('hostile sizes end quickly', () => {
  const SIZE = 100_000;
  const repeat = (piece: string) => piece.repeat(Math.floor(SIZE / piece.length));

  test.each([
    ['stages', repeat('FROM a\n')],
    ['stages and comments', repeat('FROM a\n#\n')],
    ['named stages and holes', repeat('FROM a AS b\nFROM b$TARGETARCH\n')],
    ['chained root copies', repeat('FROM a AS b\nCOPY --from=b / /\n')],
    ['variables', repeat('FROM a\nENV A=$A$B B=$A\n')],
    ['many names in one ARG', `FROM a\nARG ${repeat('a b=1 ')}`],
    ['labels', `FROM a\n${repeat('LABEL a=b c=$d\n')}`],
    ['heredoc openers', `FROM a\nRUN ${repeat('<<A ')}`],
    ['unclosed heredocs', `FROM a\n${repeat('RUN <<A <<B\n')}`],
    ['continuations', `FROM a\nRUN ${repeat('a \\\n')}`],
    ['comments in continuations', `FROM a\nRUN a \\\n${repeat('# b\n')}`],
    ['escapes', `FROM a\nRUN ${repeat('\\ ')}`],
    ['quotes', `FROM a\nENV A=${repeat('"\'')}`],
    ['spaces', `# syntax=a${repeat(' ')}b\nFROM a`],
    ['flags', `FROM a\nCOPY ${repeat('--from=b ')}`],
    ['mounts', `FROM a\nRUN ${repeat('--mount=from=b,')}`],
    ['brackets', `FROM a\nRUN ${repeat('[')}`],
    ['a comment block', `${repeat('# licensed under gnu general public license, \n')}FROM a`],
    ['a comment line', `# ${repeat('copied from ')}\nFROM a`],
    ['nothing but line ends', repeat('\n')],
  ])('%s', (_, text) => {
    expect(processorTime(() => read(text))).toBeLessThan(EXPLODES);
  });
});
