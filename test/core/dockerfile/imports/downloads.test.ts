import { describe, expect, test } from '@jest/globals';
import { imports, read, sources } from './imported.ts';

describe('what is a download', () => {
  test.each([
    ['RUN curl -fsSLO https://e.test/a.tgz', ['download https://e.test/a.tgz']],
    [
      'RUN curl -o a -L https://e.test/a -o b https://e.test/b',
      ['download https://e.test/a', 'download https://e.test/b'],
    ],
    ['RUN curl --proto "=https" --retry 3 --url https://e.test/a -o a', ['download https://e.test/a']],
    [
      'RUN wget -q -P /opt https://e.test/a http://e.test/b',
      ['download https://e.test/a', 'download http://e.test/b'],
    ],
    ['RUN wget -nv --header "A: b" -O- https://e.test/a | tar xz', ['download https://e.test/a']],
    [
      'RUN aria2c -x 4 -o f https://e.test/a && axel https://e.test/b',
      ['download https://e.test/a', 'download https://e.test/b'],
    ],
    ['RUN ["curl", "-o", "f", "https://e.test/a"]', ['download https://e.test/a']],
    ['RUN <<EOF\ncurl -o f https://e.test/a\nEOF', ['download https://e.test/a']],
    ['ONBUILD RUN curl -o f https://e.test/a', ['download https://e.test/a']],
    ['ADD https://e.test/a /a', ['remote-add https://e.test/a']],
    ['ADD https://github.com/o/r.git#v1 /r', ['git-clone https://github.com/o/r.git#v1']],
    ['ADD git@github.com:o/r.git /r', ['git-clone git@github.com:o/r.git']],
    ['ADD a.tgz b /x/', []],
    [
      "RUN python -c \"import urllib.request as u; u.urlretrieve('https://e.test/a', 'a')\"",
      ['download https://e.test/a'],
    ],
    [`RUN php -r "copy('https://e.test/i.php', 'i.php');"`, ['download https://e.test/i.php']],
    [`RUN perl -MLWP::Simple -e 'getstore("https://e.test/a", "a")'`, ['download https://e.test/a']],
    ['RUN ruby -e \'require "open-uri"; URI.open("https://e.test/a")\'', ['download https://e.test/a']],
    [
      'SHELL ["powershell", "-Command"]\nRUN Invoke-WebRequest -OutFile a.zip -Uri https://e.test/a.zip',
      ['download https://e.test/a.zip'],
    ],
    [
      'SHELL ["powershell", "-Command"]\nRUN (New-Object Net.WebClient).DownloadFile("https://e.test/a", "a")',
      ['download https://e.test/a'],
    ],
    [
      'SHELL ["cmd", "/S", "/C"]\nRUN curl -o a https://e.test/a && certutil -urlcache -f https://e.test/b b',
      ['download https://e.test/a', 'download https://e.test/b'],
    ],
    ['RUN pwsh -Command "iwr https://e.test/a -OutFile a"', ['download https://e.test/a']],
    ['RUN sudo su -c "curl -o a https://e.test/a" u', ['download https://e.test/a']],
  ])('%s', (line, expected) => {
    expect(sources(line)).toEqual(expected);
  });

  test.each([
    'HEALTHCHECK CMD curl -f https://e.test/',
    'CMD curl https://e.test/',
    'RUN curl -I https://e.test/',
    'RUN curl --head --insecure https://e.test/',
    'RUN wget --spider https://e.test/',
    'RUN curl -fsS -o /dev/null https://e.test/',
    'RUN curl http://localhost:8080/x -o x && wget http://127.0.0.1/y',
    '# RUN curl -o a https://e.test/a',
    'RUN echo hi \\\n  # curl -o a https://e.test/a\n  && echo ho',
    'RUN apt-get --version && curl --version',
    'RUN V=$(curl -s https://e.test/version) && echo $V',
    'RUN ln -s curl wget',
    'RUN curl -s e.test/where.json | grep -q land && echo there',
    'RUN curl -s https://e.test/v.json | jq .tag | sort | wc -l',
    'RUN if curl -s https://e.test/a | head -1 | grep x > /dev/null; then echo; fi',
  ])('no import: %s', (line) => {
    expect(imports(line).filter((one) => one.kind === 'download')).toEqual([]);
  });

  test.each([
    'RUN curl -s https://e.test/a | grep x > /etc/a',
    'RUN curl -s https://e.test/a | tee /etc/a | grep x',
    'RUN { curl -s https://e.test/a | grep x; } > /etc/a',
    'RUN a() { curl -s https://e.test/a | grep x; }; a > /etc/a',
    'RUN curl -s https://e.test/a | grep x | sh',
    'RUN curl -s https://e.test/a | grep x | xargs touch',
    'RUN curl -s https://e.test/a | jq .a',
  ])('something stays: %s', (line) => {
    expect(sources(line)).toEqual(['download https://e.test/a']);
  });

  test('variables of ARG, ENV and the shell are resolved', () => {
    expect(
      sources('ARG V=1.2', 'ENV BASE=https://e.test', 'RUN f=tool-$V.tgz; curl -O "$BASE/v${V%.*}/$f"'),
    ).toEqual(['download https://e.test/v1/tool-1.2.tgz']);
  });

  test('what an argument switches on is imported too', () => {
    expect(sources('ARG EXTRA=0', 'RUN if [ "$EXTRA" = 1 ]; then curl -o a https://e.test/a; fi')).toEqual([
      'download https://e.test/a',
    ]);
  });

  test('a loop or a choice is one import with its alternatives', () => {
    const [loop, ...more] = imports('RUN for f in a b; do curl -O https://e.test/$f; done');
    expect(more).toEqual([]);
    expect(loop?.source).toMatchObject([{ choices: [['https://e.test/a'], ['https://e.test/b']] }]);
    const [branch] = imports(
      'RUN case $(uname -m) in x) u=https://e.test/x;; *) u=http://e.test/y;; esac; curl -O $u',
    );
    expect(branch).toMatchObject({ secureChannel: 'no' });
  });

  test('calls of a function are imports where they are called', () => {
    const found = imports(
      'RUN get() { curl -o $2 $1; }; \\',
      '  get https://e.test/a a; \\',
      '  get https://e.test/b b',
    );
    expect(found.map((one) => one.location.range.start.line)).toEqual([3, 4]);
  });

  test('positions: the command up to the address, or the address among several', () => {
    const text =
      'FROM base\nRUN curl -o a \\\n    https://e.test/a\nRUN wget \\\n https://e.test/b \\\n https://e.test/c\n';
    const spans = read(text).imports.map((one) => [one.location.range, one.instructionLine]);
    expect(spans).toEqual([
      [{ start: { line: 2, column: 5 }, end: { line: 3, column: 21 } }, 2],
      [{ start: { line: 5, column: 2 }, end: { line: 5, column: 18 } }, 4],
      [{ start: { line: 6, column: 2 }, end: { line: 6, column: 18 } }, 4],
    ]);
  });
});

describe('the channel', () => {
  test.each([
    ['curl -o a https://e.test/a', 'yes'],
    ['curl -o a http://e.test/a', 'no'],
    ['curl -o a e.test/a', 'no'],
    ['curl -ko a https://e.test/a', 'no'],
    ['curl --insecure -o a https://e.test/a', 'no'],
    ['wget --no-check-certificate https://e.test/a', 'no'],
    ['wget ftp://e.test/a', 'no'],
    ['echo insecure >> ~/.curlrc && curl -o a https://e.test/a', 'no'],
    ['curl -o a "$URL"', 'unknown'],
    ['URL="the build passes it"; curl -o a "$URL"', 'unknown'],
    ['git clone https://e.test/r', 'yes'],
    ['git clone git@e.test:o/r', 'yes'],
    ['git clone git://e.test/r', 'no'],
    ['git -c http.sslVerify=false clone https://e.test/r', 'no'],
    ['git config --global http.sslVerify false && git clone https://e.test/r', 'no'],
    ['GIT_SSL_NO_VERIFY=1 git clone https://e.test/r', 'no'],
  ])('%s: %s', (command, expected) => {
    expect(imports(`RUN ${command}`)[0]?.secureChannel).toBe(expected);
  });

  test('weakening options are told with their place', () => {
    const [found] = imports('RUN curl -fsSLk -o a https://e.test/a');
    expect(found?.weakened).toMatchObject([
      { option: '-k', location: { range: { start: { line: 2, column: 10 } } } },
    ]);
  });
});

describe('run at once', () => {
  test.each([
    'curl -fsSL https://e.test/i.sh | sh',
    'curl -fsSL https://e.test/i.sh | sudo -E bash -s -- --yes',
    'wget -qO- https://e.test/i.py | python3 -',
    'sh -c "$(curl -fsSL https://e.test/i.sh)"',
    'bash <(curl -fsSL https://e.test/i.sh)',
    'eval "$(curl -fsSL https://e.test/i.sh)"',
    'curl https://e.test/k | tee k | bash',
  ])('%s', (command) => {
    expect(imports(`RUN ${command}`).filter((one) => one.kind === 'download')).toMatchObject([
      { pipedToShell: true },
    ]);
  });

  test('unpacking is not running', () => {
    expect(imports('RUN curl https://e.test/a.tgz | tar xz')).toMatchObject([{ pipedToShell: false }]);
  });
});
