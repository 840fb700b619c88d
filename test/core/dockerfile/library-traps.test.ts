// Every case in which dockerfile-ast alone reads a file differently from BuildKit.
import { describe, expect, test } from '@jest/globals';
import { format } from '../../../src/core/value.ts';
import { bases, body, read, reasons, slice, texts, values } from './reading.ts';

const keywords = (text: string) =>
  read(text).stages.flatMap((stage) => stage.instructions.map((one) => one.keyword));

describe('where instructions begin and end', () => {
  test('two heredocs, one opened on a continuation line', () => {
    const text = 'FROM scratch\nRUN cat <<ONE \\\n  <<TWO\nUSER one\nONE\nUSER two\nTWO\nUSER three\n';
    expect(keywords(text)).toEqual(['RUN', 'USER']);
    const [run] = read(text).stages[0]?.instructions ?? [];
    expect(run?.heredocs.map((one) => [one.name, one.content])).toEqual([
      ['ONE', 'USER one\n'],
      ['TWO', 'USER two\n'],
    ]);
  });

  test('a heredoc with a file descriptor', () => {
    const text = 'FROM scratch\nRUN 3<<EOF cat <&3\nUSER nobody\nEOF\nCMD ["x"]\n';
    expect(keywords(text)).toEqual(['RUN', 'CMD']);
    expect(read(text).stages[0]?.instructions[0]?.heredocs).toMatchObject([
      { fd: 3, content: 'USER nobody\n' },
    ]);
  });

  test('a line that ends in an escaped escape is complete', () => {
    expect(keywords('FROM scratch\nENV C trailing\\\\dir\\\\\nUSER me\n')).toEqual(['ENV', 'USER']);
  });

  test('a continuation on the last line ends where the file ends', () => {
    const text = 'FROM scratch\nRUN a \\\n  b \\';
    const [run] = read(text).stages[0]?.instructions ?? [];
    expect(run?.location.range.end.line).toBe(3);
    expect(keywords(text)).toEqual(['RUN']);
  });

  test('a heredoc whose body lines end in the escape character', () => {
    const text = 'FROM scratch\nRUN <<EOF\nfind . -exec ls {} \\;\necho a \\\nEOF\nUSER me\n';
    const [run] = read(text).stages[0]?.instructions ?? [];
    expect(run?.heredocs[0]?.content).toBe('find . -exec ls {} \\;\necho a \\\n');
    expect(keywords(text)).toEqual(['RUN', 'USER']);
  });
});

describe('flags', () => {
  test('--from and --platform beside other flags, in any order', () => {
    const file = read(
      'FROM --platform=linux/arm64 a AS one\nFROM b\nCOPY --link --chown=1:2 --from=one --chmod=755 /x /y\n',
    );
    expect(file.stages[1]?.uses).toEqual([0]);
    expect(format(file.stages[0]?.platform ?? [])).toBe('linux/arm64');
    const flags = file.stages[1]?.instructions[0]?.flags ?? [];
    expect(flags.map((flag) => [flag.name, flag.value?.text ?? null])).toEqual([
      ['link', null],
      ['chown', '1:2'],
      ['from', 'one'],
      ['chmod', '755'],
    ]);
  });

  test('quotes are no part of a flag’s value', () => {
    const [, , copy] = body('ENV A=u', 'ENV B=g', 'COPY --chown="$A:$B" x y');
    expect(copy?.flags[0]?.value?.text).toBe('$A:$B');
    expect(format(copy?.flags[0]?.value?.value ?? [])).toBe('u:g');
  });

  test('-- ends the flags; what follows is an argument', () => {
    const [copy, cmd] = body('COPY --link -- --odd /x', 'CMD -- --debug');
    expect(texts(copy)).toEqual(['--odd', '/x']);
    expect(cmd?.script?.text).toBe('--debug');
  });

  test('CMD takes no flags', () => {
    expect(reasons(read('FROM scratch\nCMD --fast run'))).toEqual([
      '2: CMD --fast is no flag of this instruction.',
    ]);
  });
});

describe('the shell text of RUN', () => {
  test('comments and blank lines inside continuations are no part of it', () => {
    const [run] = body('RUN one \\', '  # RUN two', '', '    && three');
    expect(run?.script?.text.replace(/ +/g, ' ')).toBe('one && three');
  });

  test('a heredoc is its own script, run by its own interpreter', () => {
    const [run] = body('RUN <<EOF', '#!/usr/bin/env python3', 'print(1)', 'EOF');
    expect(run?.script).toMatchObject({
      shell: '/usr/bin/env python3',
      text: '#!/usr/bin/env python3\nprint(1)\n',
    });
  });

  test('with a command before it the heredoc stays behind the command', () => {
    const [run] = body('RUN cat <<-EOF > /x', '\thello', '\tEOF');
    expect(run?.script).toMatchObject({ shell: '/bin/sh', text: 'cat <<-EOF > /x\n\thello\n\tEOF' });
  });
});

describe('the JSON form', () => {
  test('keeps spaces and backslashes of its strings', () => {
    const [run] = body('RUN ["/Program Files (x86)/y.exe", "C:\\\\x", "a\\tb"]');
    expect(run?.json).toBe(true);
    expect(texts(run)).toEqual(['/Program Files (x86)/y.exe', 'C:\\x', 'a\tb']);
  });

  test.each(['RUN ["a"]junk', 'CMD ["x"]^', "CMD ['x']", 'CMD ["x"', 'CMD ["x",]'])(
    '%s is shell form',
    (line) => {
      const [one] = body(line);
      expect(one?.json).toBe(false);
      expect(one?.script?.text).toBe(line.slice(4));
    },
  );

  test('continues over lines with the backtick where that is the escape', () => {
    const text = '# escape=`\nFROM scratch\nCMD ["a", `\n  "b"]\n';
    const [cmd] = read(text).stages[0]?.instructions ?? [];
    expect([cmd?.json, texts(cmd)]).toEqual([true, ['a', 'b']]);
  });

  test('an array of other things is refused', () => {
    expect(reasons(read('FROM scratch\nCMD ["a", 1]'))).toEqual([
      '2: CMD can’t be read: the JSON form takes an array of strings only.',
    ]);
  });
});

describe('words', () => {
  test('heredoc bodies are no arguments of COPY and ADD, and ADD has heredocs', () => {
    const [add, copy] = body('ADD <<A /a', 'x y', 'A', 'COPY <<"B" <<C /dir/', '$b', 'B', '$c', 'C');
    expect(texts(add)).toEqual(['<<A', '/a']);
    expect(add?.heredocs).toMatchObject([{ name: 'A', content: 'x y\n', expand: true }]);
    expect(texts(copy)).toEqual(['<<"B"', '<<C', '/dir/']);
    expect(copy?.heredocs).toMatchObject([
      { name: 'B', expand: false },
      { name: 'C', expand: true },
    ]);
  });

  test('Windows paths keep their backslashes as written', () => {
    const text = '# escape=`\nFROM scratch\nCOPY C:\\out\\bin C:\\app\nWORKDIR C:\\app\n';
    const [copy, workdir] = read(text).stages[0]?.instructions ?? [];
    expect(values(copy)).toEqual(['C:\\out\\bin', 'C:\\app']);
    expect(values(workdir)).toEqual(['C:\\app']);
    expect(texts(body('COPY C:\\out x')[0])).toEqual(['C:\\out', 'x']);
  });

  test('ARG with several names', () => {
    const file = read('ARG A=1 B=$A"2 3" C\nFROM scratch\nARG X=1 Y=$X\nUSER $Y\n');
    expect(file.globalArguments.map((one) => [one.name, one.value && format(one.value)])).toEqual([
      ['A', '1'],
      ['B', '12 3'],
      ['C', null],
    ]);
    expect(values(file.stages[0]?.instructions[1])).toEqual(['1']);
  });

  test('LABEL keys are unquoted, values joined over lines', () => {
    const [stage] = read(
      'FROM scratch\nLABEL "com.acme.a"="x y" b=1 \\\n  c="2 \\\n3"\nLABEL b=two\n',
    ).stages;
    const labels = Object.entries(stage?.labels ?? {}).map(([name, value]) => [name, format(value)]);
    expect(labels).toEqual([
      ['b', 'two'],
      ['c', '2 3'],
      ['com.acme.a', 'x y'],
    ]);
  });

  test('FROM without an image is refused and still a stage', () => {
    const file = read('FROM\nRUN x');
    expect(reasons(file)).toEqual(['1: FROM takes an image, or an image, AS and a name.']);
    expect(file.stages).toHaveLength(1);
  });
});

describe('variables', () => {
  test.each([
    ['no default', 'ARG X\nFROM ${X:-debian}', ['debian']],
    ['empty default', 'ARG X=\nFROM ${X:-debian}', ['debian']],
    ['alternative', 'ARG V=12\nFROM debian${V:+:$V}', ['debian:12']],
    ['shortest prefix', 'ARG V=a-b-c\nFROM x:${V#*-}', ['x:b-c']],
    ['longest prefix', 'ARG V=a-b-c\nFROM x:${V##*-}', ['x:c']],
    ['suffix', 'ARG V=1.2.3\nFROM x:${V%.*}', ['x:1.2']],
    ['replacement', 'ARG V=a/b\nFROM x:${V/\\//-}', ['x:a-b']],
    ['an ARG in an ARG', 'ARG A=debian\nARG B=$A:12\nFROM $B', ['debian:12']],
    ['quotes', 'ARG A="debian:12"\nFROM "$A"', ['debian:12']],
    ['a stage’s ARG is not seen by a later FROM', 'FROM a\nARG V=1\nFROM b:x$V', ['a', 'b:x']],
    ['the global one is', 'ARG V=1\nFROM a\nARG V=2\nFROM b:$V', ['a', 'b:1']],
  ])('%s', (_, text, expected) => {
    expect(bases(read(text))).toEqual(expected);
  });

  test('platform arguments exist in FROM undeclared, and in a stage once declared', () => {
    const file = read(
      'FROM --platform=$BUILDPLATFORM a:$TARGETARCH\nARG TARGETOS\nUSER $TARGETOS\nUSER $TARGETARCH\n',
    );
    expect(bases(file)).toEqual(['a:$TARGETARCH']);
    expect(file.stages[0]?.platform).toMatchObject([
      { why: expect.stringContaining('platform of the machine that builds') },
    ]);
    const [, user, other] = file.stages[0]?.instructions ?? [];
    expect(user?.words[0]?.value).toMatchObject([
      { why: expect.stringContaining('platform the image is built for') },
    ]);
    expect(other?.words[0]?.value).toMatchObject([{ why: 'the base image may set it' }]);
  });
});

test('image parts come from the expanded name: a first part without dot is no registry', () => {
  const file = read('ARG R=acme/tools.io\nFROM $R/builder:1');
  expect(bases(file)).toEqual(['acme/tools.io/builder:1']);
  expect(file.imports.map((one) => slice(file.text, one.location))).toEqual(['$R/builder:1']);
});
