import { describe, expect, test } from '@jest/globals';
import { format } from '../../../../src/core/value.ts';
import { imports, read } from './imported.ts';

const GET = 'curl -fsSLO https://e.test/a-1.0.tgz';

function found(text: string): readonly string[] {
  return read(text).imports.map((one) => `${one.location.range.start.line} ${format(one.source)}`);
}

describe('scripts that the Dockerfile writes out itself', () => {
  test.each([
    ['a heredoc of COPY', `FROM a\nCOPY <<E /i.sh\nset -e\n${GET}\nE\nRUN sh /i.sh\n`, 4],
    [
      'one of several, in a folder',
      `FROM a\nCOPY <<x.sh <<y.sh /s/\ntrue\nx.sh\n${GET}\ny.sh\nRUN sh /s/y.sh\n`,
      5,
    ],
    [
      'a file that an earlier step writes',
      `FROM a\nRUN cat > /i.sh <<'E'\ntrue\n${GET}\nE\nRUN sh /i.sh\n`,
      4,
    ],
    ['a file below the working folder', `FROM a\nWORKDIR /w\nRUN echo '${GET}' > i.sh\nRUN sh i.sh\n`, 3],
    [
      'a file written in two steps',
      `FROM a\nRUN echo true > /i.sh\nRUN echo '${GET}' >> /i.sh\nRUN sh /i.sh\n`,
      2,
    ],
    ['of the stage below', `FROM a AS b\nRUN echo '${GET}' > /i.sh\nFROM b\nRUN sh /i.sh\n`, 2],
    [
      'copied from another stage',
      `FROM a AS b\nRUN echo '${GET}' > /i.sh\nFROM c\nCOPY --from=b /i.sh /j.sh\nRUN sh /j.sh\n`,
      2,
    ],
    [
      'copied with its folder',
      `FROM a AS b\nRUN echo '${GET}' > /s/i.sh\nFROM c\nCOPY --from=0 /s /t\nRUN sh /t/i.sh\n`,
      2,
    ],
    ['hidden in base64', `FROM a\nRUN echo ${btoa(`${GET}\n`)} | base64 -d | sh\n`, 2],
  ])('%s', (_, text, line) => {
    expect(found(text)).toEqual([`${line} https://e.test/a-1.0.tgz`]);
  });

  test.each([
    ['that nothing runs', `FROM a\nCOPY <<E /i.sh\n${GET}\nE\n`],
    [
      'replaced by what is not known',
      `FROM a\nRUN echo '${GET}' > /i.sh\nRUN generate > /i.sh\nRUN sh /i.sh\n`,
    ],
    ['of another stage', `FROM a AS b\nRUN echo '${GET}' > /i.sh\nFROM c\nRUN sh /i.sh\n`],
  ])('not one %s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  test('a script of the build context is wanted through the stages that hand it on', () => {
    const text =
      'FROM a AS b\nCOPY tools/ /s/\nFROM c AS d\nCOPY --from=b /s /t\nFROM e\nCOPY --from=d /t/i.sh /i.sh\nRUN /i.sh\n';
    expect(read(text).copied).toEqual([{ image: '/i.sh', sources: ['tools/i.sh'] }]);
  });

  test('stages that hand everything to one another end the search', () => {
    const lines = Array.from({ length: 40 }, (_, index) =>
      [
        `FROM a AS s${index}`,
        ...Array.from({ length: 8 }, () => (index === 0 ? 'RUN x' : `COPY --from=s${index - 1} / /`)),
      ].join('\n'),
    );
    expect(found(`${lines.join('\n')}\nRUN sh /i.sh\n`)).toEqual([]);
  });
});

describe('commands for the shell inside other programs', () => {
  test.each([
    `python3 -c "import os; os.system('${GET}')"`,
    `perl -e 'system("${GET}")'`,
    `php -r 'exec("${GET}");'`,
  ])('%s', (command) => {
    expect(imports(`RUN ${command}`)).toMatchObject([
      { kind: 'download', source: ['https://e.test/a-1.0.tgz'] },
    ]);
  });
});
