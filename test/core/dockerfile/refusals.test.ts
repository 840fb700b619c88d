import { describe, expect, test } from '@jest/globals';
import { bases, read, reasons } from './reading.ts';

describe('what BuildKit refuses is a gap with its line, and the rest is still read', () => {
  test.each([
    ['', '0: The file has no FROM, so it builds nothing.'],
    ['# only a comment', '0: The file has no FROM, so it builds nothing.'],
    ['FROM a\nRUNN x', '2: This line can’t be read: RUNN is no instruction.'],
    ['RUN x\nFROM a', '1: RUN stands before the first FROM.'],
    ['RUN x\nENV A=b\nFROM a', '1: RUN stands before the first FROM.'],
    ['RUN x\nENV A=b', '0: The file has no FROM, so it builds nothing.'],
    ['FROM a\n{{ if b }}\nRUN x\n{{ end }}', '2: The file is a template: what is built from it'],
    ['{% set a = 1 %}\nFROM a', '1: The file is a template: what is built from it'],
    ['ENV A={{ b }}\nRUN x', '1: The file is a template: what is built from it'],
    ['FROM a\n{{ if b }}\nRUN {{ c ) }}', '2: The file is a template: what is built from it'],
    ['<% a %>', '1: The file is a template: what is built from it'],
    ['FROM a b', '1: FROM takes an image, or an image, AS and a name.'],
    ['FROM a AS 1b', '1: FROM can’t name a stage 1b'],
    ['FROM a\nCOPY x', '2: COPY needs a source and a destination.'],
    ['FROM a\nCOPY --speed=9 x y', '2: COPY --speed is no flag'],
    ['FROM a\nCOPY --from=b --from=c x y', '2: COPY --from is given twice.'],
    ['FROM a\nCOPY --link=maybe x y', '2: COPY --link takes true or false.'],
    ['FROM a\nCOPY --chown x y', '2: COPY --chown needs a value.'],
    ['FROM a\nRUN <<EOF\nx', '2: RUN can’t be read: the heredoc EOF is not closed.'],
    ['FROM a\nCOPY x <<EOF\ny\nEOF', '2: COPY can’t write to a heredoc.'],
    ['FROM a\nENV A', '2: ENV can’t be read: a name needs a value.'],
    ['FROM a\nENV A=1 B', '2: ENV can’t be read: B has no ='],
    ['FROM a\nLABEL =x', '2: LABEL can’t be read: a name is blank.'],
    ['FROM a\nARG', '2: ARG needs at least one argument.'],
    ['FROM a\nSHELL bash', '2: SHELL takes a JSON array'],
    ['FROM a\nONBUILD', '2: ONBUILD needs an instruction.'],
    ['FROM a\nONBUILD FROM b', '2: ONBUILD can’t trigger FROM.'],
    ['FROM a\nONBUILD ONBUILD RUN x', '2: ONBUILD can’t trigger ONBUILD.'],
    ['FROM a\nHEALTHCHECK curl x', '2: HEALTHCHECK takes NONE, or CMD'],
    ['FROM a\nUSER ${A', '2: `${A` can’t be expanded: a closing } is missing.'],
    ["FROM a\nRUN --mount='type=bind,\"from=b' x", '2: RUN --mount has broken quotes.'],
    [`FROM a\nRUN ${'x'.repeat(65_536)}`, '2: The line is longer than the 65535 bytes'],
  ])('%j', (source, reason) => {
    const found = reasons(read(source));
    expect(found.some((one) => one.startsWith(reason))).toBe(true);
    expect(found.length).toBeLessThanOrEqual(2);
    for (const gap of read(source).gaps) expect(gap).toMatchObject({ kind: 'syntax', cause: 'content' });
  });

  test('stages around a broken line stay', () => {
    const file = read('FROM a AS x\nBOGUS\nFROM x\nCOPY --from=x / /\n');
    expect(bases(file)).toEqual(['a', 'stage 0']);
    expect(file.squash).toHaveLength(1);
  });

  test('a file full of nonsense lists twenty places and says how many are left', () => {
    const file = read(`FROM a\n${'nonsense\n'.repeat(50)}`);
    expect(file.gaps).toHaveLength(21);
    expect(file.gaps.at(-1)?.reason).toBe('30 further places of the file can’t be read.');
  });

  test('ordinary files are refused nothing', () => {
    const source = [
      '# syntax=docker/dockerfile:1',
      'ARG V=1',
      'FROM --platform=$BUILDPLATFORM golang:$V AS build',
      'RUN --mount=type=cache,target=/root/.cache --network=none go build',
      'FROM scratch',
      'COPY --from=build --link --chmod=0755 /x /y',
      'ADD --checksum=sha256:00 https://example.org/a /a',
      'HEALTHCHECK --interval=5s --retries=3 CMD ["/y"]',
      'HEALTHCHECK NONE',
      'STOPSIGNAL SIGTERM',
      'VOLUME ["/a"]',
      'EXPOSE 80/tcp 443',
      'ENTRYPOINT []',
      'MAINTAINER somebody',
    ].join('\n');
    expect(reasons(read(source))).toEqual([]);
  });
});
