import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { format } from '../../../../src/core/value.ts';
import { imports, read, sources, summary } from './imported.ts';

describe('package managers', () => {
  test.each([
    ['apt-get update && apt-get install -y --no-install-recommends curl=7.1 git', 'apt', ['curl=7.1', 'git']],
    ['apk add --no-cache -t .deps gcc musl-dev', 'apk', ['gcc', 'musl-dev']],
    ['dnf -y install --setopt=tsflags=nodocs a b', 'dnf', ['a', 'b']],
    ['python3 -m pip install --no-cache-dir -r requirements.txt flask==2', 'pip', ['flask==2']],
    ['npm ci --omit=dev', 'npm', []],
    ['npm install -g pnpm@9', 'npm', ['pnpm@9']],
    ['go install example.test/cmd@v1.2.3', 'go', ['example.test/cmd@v1.2.3']],
    ['go mod download', 'go', ['download']],
    ['uv pip install x', 'pip', ['x']],
    ['yarn', 'yarn', []],
    ['xx-go install example.test/cmd@latest', 'go', ['example.test/cmd@latest']],
    ['corepack prepare pnpm@9.1.0 --activate', 'corepack', ['pnpm@9.1.0']],
    ['pyenv install 3.12.1', 'pyenv', ['3.12.1']],
  ])('%s', (command, name, packages) => {
    expect(imports(`RUN ${command}`)).toMatchObject([{ kind: 'package-manager', source: [name], packages }]);
  });

  test.each([
    'apt-get clean',
    'apt-get update',
    'npm run build',
    'pip --version',
    'go build ./...',
    'dotnet tool list',
    'apt-get install -y ./local.deb',
    'rpm -qa',
    'npm cache clean --force',
    'corepack enable',
    'pyenv global 3.12.1',
    'npm config set proxy http://proxy.test:3128',
    'npm config set audit false',
    'pip config list',
  ])('no import: %s', (command) => {
    expect(imports(`RUN ${command}`)).toEqual([]);
  });

  test.each([
    ['pip install https://e.test/a-1.0.whl', 'package-url https://e.test/a-1.0.whl'],
    ['pip install "a @ git+https://e.test/a.git@v1"', 'package-url git+https://e.test/a.git@v1'],
    ['npm i git+ssh://git@e.test/a.git', 'package-url git+ssh://git@e.test/a.git'],
    ['yum install -y https://e.test/a.rpm', 'package-url https://e.test/a.rpm'],
    ['rpm -ivh https://e.test/a.rpm', 'package-url https://e.test/a.rpm'],
    ['cargo install --git https://e.test/a', 'package-url https://e.test/a'],
  ])('%s', (command, expected) => {
    expect(sources(`RUN ${command}`)).toContain(expected);
  });

  test.each([
    ['apt-get install --allow-unauthenticated a', '--allow-unauthenticated'],
    ['apk add --allow-untrusted a', '--allow-untrusted'],
    ['yum install --nogpgcheck a', '--nogpgcheck'],
    ['pip install --trusted-host e.test a', '--trusted-host'],
    ['npm config set strict-ssl false && npm install a', 'npm config set strict-ssl false'],
    ['NODE_TLS_REJECT_UNAUTHORIZED=0 npm install a', 'NODE_TLS_REJECT_UNAUTHORIZED=0'],
  ])('%s', (command, option) => {
    const found = imports(`RUN ${command}`).at(-1);
    expect(found?.weakened.map((one) => one.option)).toEqual([option]);
    expect(found?.secureChannel).toBe('no');
  });
});

describe('package repositories', () => {
  test.each([
    [
      'echo "deb [signed-by=/k.gpg] https://e.test/apt stable main" > /etc/apt/sources.list.d/e.list',
      'https://e.test/apt',
      'yes',
    ],
    ['echo "deb http://e.test/apt stable main" | tee -a /etc/apt/sources.list', 'http://e.test/apt', 'no'],
    ['add-apt-repository -y ppa:o/p', 'ppa:o/p', 'yes'],
    ['yum-config-manager --add-repo https://e.test/e.repo', 'https://e.test/e.repo', 'yes'],
    ['rpm --import http://e.test/key', 'http://e.test/key', 'no'],
    ['gpg --keyserver hkp://k.test --recv-keys DEADBEEF', 'hkp://k.test', 'no'],
    [
      'gpg --keyserver hkp://k.test --recv-keys 0123456789ABCDEF0123456789ABCDEF01234567',
      'hkp://k.test',
      'yes',
    ],
  ])('%s', (command, source, secureChannel) => {
    expect(imports(`RUN ${command}`)).toMatchObject([
      { kind: 'package-repository', source: [source], secureChannel },
    ]);
  });

  test('a repository file copied from a heredoc', () => {
    expect(
      sources(
        'COPY <<EOF /etc/apt/sources.list.d/e.list',
        'deb [trusted=yes] http://e.test/apt x main',
        'EOF',
      ),
    ).toEqual(['package-repository http://e.test/apt']);
  });
});

describe('other indexes', () => {
  const repositories = (...lines: readonly string[]) =>
    imports(...lines)
      .filter(({ kind }) => kind === 'package-repository')
      .map(({ source, secureChannel, verification }) => [format(source), secureChannel, verification.method]);

  test.each([
    [
      'pip install -i https://a.test/simple --extra-index-url=http://b.test/simple x',
      ['https://a.test/simple yes none', 'http://b.test/simple no none'],
    ],
    ['uv pip install --index https://a.test/simple x', ['https://a.test/simple yes none']],
    ['uv sync --default-index https://a.test/simple', ['https://a.test/simple yes none']],
    ['npm ci --registry=http://a.test', ['http://a.test no none']],
    ['PIP_INDEX_URL=https://a.test/simple pip install x', ['https://a.test/simple yes none']],
    ['apk add -X http://a.test/edge/main git', ['http://a.test/edge/main no signature']],
    ['gem install --source http://a.test x', ['http://a.test no none']],
    ['npm config set registry http://a.test', ['http://a.test no none']],
    ['npm config set @scope:registry=https://a.test', ['https://a.test yes none']],
    ['pip config set global.index-url "https://$HOST/simple"', ['https://$HOST/simple yes none']],
    [
      'gem sources --add https://a.test/ --remove https://b.test/',
      ['https://a.test/ yes none', 'https://b.test/ yes none'],
    ],
    ['go env -w GOPROXY=https://a.test,direct', ['https://a.test yes signature']],
    ['conda config --add channels https://a.test/conda', ['https://a.test/conda yes none']],
    ['pip install -f ./wheels x', []],
    ['pip install --index-url http://localhost:3141/simple x', []],
    ['conda install -c conda-forge x', []],
  ])('%s', (command, expected) => {
    expect(repositories(`RUN ${command}`).map((one) => one.join(' '))).toEqual(expected);
  });

  test('of a variable that the image sets', () => {
    expect(repositories('ENV NPM_CONFIG_REGISTRY=http://a.test', 'RUN npm ci')).toEqual([
      ['http://a.test', 'no', 'none'],
    ]);
  });

  test('of files, each address once, comments left out', () => {
    const found = repositories(
      'COPY <<EOF /etc/pip.conf',
      '[global]',
      '# index-url = http://no.test/simple',
      'index-url = https://a.test/simple',
      'extra-index-url = http://b.test/simple',
      '  https://a.test/simple',
      'EOF',
    );
    expect(found).toEqual([
      ['https://a.test/simple', 'yes', 'none'],
      ['http://b.test/simple', 'no', 'none'],
    ]);
  });

  test('what a repository checks with is no repository whose packages are signed', () => {
    const found = repositories(
      'COPY <<EOF /etc/yum.repos.d/a.repo',
      'baseurl=http://a.test/rpm',
      'gpgkey=http://a.test/key',
      'EOF',
    );
    expect(found).toEqual([
      ['http://a.test/rpm', 'no', 'signature'],
      ['http://a.test/key', 'no', 'none'],
    ]);
  });

  test('nobody vouches for a repository that is trusted unseen', () => {
    expect(repositories('RUN echo "deb [trusted=yes] https://a.test x" > /etc/apt/sources.list')).toEqual([
      ['https://a.test', 'yes', 'none'],
    ]);
  });
});

test('a script nobody can parse is a gap with its line', () => {
  const { gaps } = read('FROM a\nRUN echo a\nRUN if [ x; then curl -o a https://e.test/a\n');
  expect(gaps).toMatchObject([
    { kind: 'syntax', location: { path: 'Dockerfile', range: { start: { line: 3 } } } },
  ]);
});

test('any mix of lines is answered, sorted, with each place once', () => {
  const lines = [
    'RUN curl -o a https://e.test/a',
    'ENV X=1',
    'RUN git clone https://e.test/$X',
    'ADD https://e.test/b /',
    'RUN wget "',
    'RUN <<A <<B',
    'x',
    'A',
    'FROM b AS c',
    'RUN apt-get install -y $X',
    'SHELL ["pwsh"]',
    'ONBUILD RUN pip install https://e.test/w.whl',
    '\\',
    'RUN for i in 1 2; do curl https://e.test/$i | sh; done',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 14 }), (chosen) => {
      const found = read(['FROM a', ...chosen].join('\n')).imports;
      const places = found.map(
        (one) =>
          `${one.kind} ${one.location.range.start.line}:${one.location.range.start.column} ${summary(one)}`,
      );
      expect(new Set(places).size).toBe(places.length);
      const starts = found.map((one) => one.location.range.start.line);
      expect(starts).toEqual(starts.toSorted((left, right) => left - right));
    }),
  );
});
