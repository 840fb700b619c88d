// Scripts that a Dockerfile copies from its context and runs are followed as if their lines stood in it.
import { describe, expect, test } from '@jest/globals';
import { followScripts } from '../../../src/core/dockerfile/follow-scripts.ts';
import { readDockerfile, withArguments } from '../../../src/core/dockerfile/read.ts';
import type { Dockerfile } from '../../../src/core/model/dockerfile.ts';
import { format, text } from '../../../src/core/value.ts';

const GET = 'curl -fsSLO https://e.test/a.tgz\n';

function follow(
  lines: readonly string[],
  files: Readonly<Record<string, string>>,
  { path = 'Dockerfile', contexts = [] as readonly string[] } = {},
): Dockerfile {
  const dockerfile = readDockerfile(path, 'oid', { kind: 'text', text: `${lines.join('\n')}\n` });
  return followScripts(
    dockerfile,
    contexts.map((context) => text(context)),
    (one) => (Object.hasOwn(files, one) ? (files[one] ?? null) : null),
  );
}

/** `path:line kind source` of everything imported but images. */
function places({ imports }: Dockerfile): readonly string[] {
  return imports
    .filter(({ kind }) => kind !== 'base-image')
    .map(
      ({ location, kind, source, instructionLine }) =>
        `${location.path}:${location.range.start.line} ${kind} ${format(source)} in ${instructionLine}`,
    );
}

describe('a script is followed that is', () => {
  const here = 'install.sh:1 download https://e.test/a.tgz in 3';
  test.each<[string, readonly string[], string]>([
    ['copied to a folder', ['COPY install.sh /tmp/', 'RUN /tmp/install.sh'], here],
    ['copied to a folder that is there', ['COPY install.sh /tmp', 'RUN sh /tmp/install.sh'], here],
    ['copied under another name', ['COPY install.sh /i', 'RUN bash -e /i'], here],
    ['added in JSON form', ['ADD ["./install.sh", "/tmp/"]', 'RUN ["/tmp/install.sh"]'], here],
    ['copied by a pattern', ['COPY *.sh /tmp/', 'RUN . /tmp/install.sh'], here],
    ['copied with everything', ['COPY --chown=a:b . /app', 'RUN cd /app && ./install.sh'], here],
    ['sourced', ['COPY install.sh /', 'RUN source /install.sh'], here],
  ])('%s', (_, lines, expected) => {
    expect(places(follow(['FROM a', ...lines], { 'install.sh': GET }))).toEqual([expected]);
  });

  test('run from the working directory, also in a stage built on the one that copied it', () => {
    const found = follow(['FROM a AS b', 'WORKDIR /srv', 'COPY install.sh .', 'FROM b', 'RUN ./install.sh'], {
      'install.sh': GET,
    });
    expect(places(found)).toEqual(['install.sh:1 download https://e.test/a.tgz in 5']);
  });

  test('mounted while the command runs', () => {
    const found = follow(['FROM a', 'RUN --mount=type=bind,source=hack,target=/src /src/install.sh'], {
      'hack/install.sh': GET,
    });
    expect(places(found)).toEqual(['hack/install.sh:1 download https://e.test/a.tgz in 2']);
  });

  test('called by another, with its arguments', () => {
    const found = follow(['FROM a', 'COPY . /s', 'RUN /s/one.sh 1.2'], {
      'one.sh': '#!/bin/sh\n\n"$(dirname "$0")"/two.sh "v$1"\n',
      'two.sh': '#!/bin/sh\ncurl -o a https://e.test/$1\n',
    });
    expect(places(found)).toContain('two.sh:2 download https://e.test/v1.2 in 3');
  });

  test('in the context that a build names, else beside the Dockerfile, else at the root', () => {
    const lines = ['FROM a', 'COPY x.sh /', 'RUN /x.sh'];
    const files = { 'x.sh': GET, 'api/x.sh': GET, 'ctx/x.sh': GET };
    const path = 'api/Dockerfile';
    expect(follow(lines, files, { path }).scripts.map((one) => one.path)).toEqual(['api/x.sh']);
    expect(follow(lines, files, { path, contexts: ['ctx'] }).scripts.map((one) => one.path)).toEqual([
      'ctx/x.sh',
    ]);
    expect(follow(lines, { 'x.sh': GET }, { path }).scripts.map((one) => one.path)).toEqual(['x.sh']);
  });
});

test('checks of the script count for what it fetches', () => {
  const sum = 'ab'.repeat(32);
  const found = follow(['FROM a', 'COPY i.sh /', 'RUN /i.sh'], {
    'i.sh': `set -e\ncurl -o f https://e.test/f\necho "${sum}  f" | sha256sum -c\ncurl -o g https://e.test/g\n`,
  });
  expect(found.imports.slice(1).map(({ verification }) => verification.method)).toEqual([
    'pinned-checksum',
    'none',
  ]);
});

test('calls of a function in a script are imports where they are called', () => {
  const found = follow(['FROM a', 'COPY . /', 'RUN /i.sh'], {
    'i.sh': '. /lib.sh\nget https://e.test/a a\nget https://e.test/b b\n',
    'lib.sh': 'get() {\n  curl -o $2 $1\n}\n',
  });
  expect(places(found)).toEqual([
    'i.sh:2 download https://e.test/a in 3',
    'i.sh:3 download https://e.test/b in 3',
  ]);
});

test('build arguments reach the script', () => {
  const found = follow(['FROM a', 'ARG V', 'COPY i.sh /', 'RUN V=$V /i.sh'], {
    'i.sh': 'curl -o f https://e.test/$V\n',
  });
  const built = withArguments(found, { V: text('2.0') });
  expect(places(built)).toEqual(['i.sh:1 download https://e.test/2.0 in 4']);
});

test('a script that can not be parsed is a gap in the script', () => {
  const { gaps } = follow(['FROM a', 'COPY i.sh /', 'RUN /i.sh'], { 'i.sh': 'echo\nif [ x; then\n' });
  expect(gaps).toMatchObject([{ kind: 'syntax', subject: 'i.sh', location: { path: 'i.sh' } }]);
});

test('a script beyond a limit is one gap, wherever it goes on', () => {
  const { gaps } = follow(['FROM a', 'COPY i.sh /', 'RUN /i.sh'], {
    'i.sh': 'f() { f "$1"x; }\ng() { g "$1"y; }\nf a\ng b\n',
  });
  expect(gaps).toMatchObject([{ kind: 'limit', subject: 'i.sh', location: { path: 'i.sh' } }]);
});

test('too many scripts are a gap that names the limit', () => {
  const names = Array.from({ length: 65 }, (_, index) => `s${index}.sh`);
  const found = follow(
    ['FROM a', 'COPY . /', `RUN ${names.map((name) => `/${name}`).join(' && ')}`],
    Object.fromEntries(names.map((name) => [name, GET])),
  );
  expect(found.gaps).toMatchObject([{ kind: 'limit', reason: expect.stringContaining('64') }]);
});

test.each([
  ['what another stage made', ['COPY --from=b install.sh /', 'RUN /install.sh']],
  ['what was never copied', ['RUN /install.sh']],
  ['what is no script', ['COPY install.sh /data', 'RUN ls /data']],
  ['what leaves the context', ['COPY ../install.sh /', 'RUN /install.sh']],
])('%s is not followed', (_, lines) => {
  expect(follow(['FROM a', ...lines], { 'install.sh': GET }).scripts).toEqual([]);
});

test('what autoconf made is not followed, however long it is', () => {
  const configure = `#! /bin/sh\n# Guess values. Generated by GNU Autoconf 2.71 for a 1.0.\n${'as_me=a\n'.repeat(9_000)}`;
  const found = follow(['FROM a', 'COPY . /s', 'RUN cd /s && ./configure && make'], { configure });
  expect([found.scripts, found.gaps]).toEqual([[], []]);
});

test('scripts that call each other come to an end', () => {
  const found = follow(['FROM a', 'COPY . /', 'RUN /a.sh'], { 'a.sh': '/b.sh\n', 'b.sh': '/a.sh\n' });
  expect(found.scripts.map(({ path }) => path)).toEqual(['a.sh', 'b.sh']);
});

describe('programs and settings of the repository', () => {
  test('a program in another language is read where a step runs it', () => {
    const lines = ['FROM a', 'WORKDIR /app', 'COPY . .', 'RUN python3 tools/get.py', 'RUN node absent.js'];
    const file = 'import requests\n\nrequests.get("https://e.test/a.tgz")\n';
    expect(places(follow(lines, { 'tools/get.py': file }))).toEqual([
      'tools/get.py:3 download https://e.test/a.tgz in 4',
    ]);
  });

  test('by its #! as well, and not where it is only copied', () => {
    const file = '#!/usr/bin/env node\nfetch("https://e.test/a.tgz")\n';
    const lines = ['FROM a', 'COPY get /bin/', 'RUN ls'];
    expect(places(follow(lines, { get: file }))).toEqual([]);
    expect(places(follow([...lines, 'RUN /bin/get'], { get: file }))).toEqual([
      'get:2 download https://e.test/a.tgz in 4',
    ]);
  });

  test('a file of settings that is copied weakens what comes after it', () => {
    const files = {
      'docker/pip.conf': '[global]\nindex-url = http://i.test/simple\ntrusted-host = i.test\n',
    };
    const lines = ['FROM a', 'RUN pip install x', 'COPY docker/pip.conf /etc/', 'RUN pip install y'];
    const found = follow(lines, files);
    expect(places(found)).toEqual([
      'Dockerfile:2 package-manager pip in 2',
      'docker/pip.conf:2 package-repository http://i.test/simple in 3',
      'Dockerfile:4 package-manager pip in 4',
    ]);
    expect(
      found.imports.map(({ weakened }) => weakened.map(({ location }) => location.range.start.line)),
    ).toEqual([[], [], [], [3]]);
  });

  test('npm reads its settings in the folder it runs in', () => {
    const files = { 'web/.npmrc': 'registry=http://n.test\nstrict-ssl=false\n' };
    const found = follow(['FROM a', 'COPY . /src', 'WORKDIR /src/web', 'RUN npm ci'], files);
    expect(places(found)).toEqual([
      'web/.npmrc:1 package-repository http://n.test in 4',
      'Dockerfile:4 package-manager npm in 4',
    ]);
    expect(found.imports.at(-1)?.weakened).toMatchObject([
      { option: 'strict-ssl=false', location: { path: 'web/.npmrc', range: { start: { line: 2 } } } },
    ]);
  });
});

describe('Makefiles and package.json that a step runs', () => {
  const make = (makefile: string, ...run: readonly string[]) =>
    places(follow(['FROM a', 'WORKDIR /src', 'COPY . .', ...run], { Makefile: makefile }));

  test.each<[string, string, string, readonly string[]]>([
    [
      'the first goal',
      'all:\n\tcurl -O https://e.test/a.tgz\nother:\n\twget https://e.test/b\n',
      'make',
      ['2'],
    ],
    ['a goal that is named', 'all:\n\ttrue\nget:\n\t@curl -O https://e.test/a.tgz\n', 'make -j4 get', ['4']],
    ['what a goal needs', 'all: dep\n\ttrue\ndep:\n\t-curl -O https://e.test/a.tgz\n', 'make', ['4']],
    ['a pattern', 'all: a.tgz\n%.tgz:\n\tcurl -o $@ https://e.test/$@\n', 'make', ['3']],
    ['variables', 'U ?= https://e.test\nall:\n\tcurl -O $(U)/a.tgz\n', 'make', ['3']],
    ['variables of the call', 'all:\n\tcurl -O $(U)/a.tgz\n', 'make U=https://e.test', ['2']],
    ['a make within make', 'all:\n\t$(MAKE) get\nget:\n\tcurl -O https://e.test/a.tgz\n', 'make', ['4']],
    ['by another name', 'all:\n\tcurl -O https://e.test/a.tgz\n', 'cd / && gmake -C src -f Makefile', ['2']],
    ['lines that go on', 'all:\n\ttrue && \\\n\t  curl -O https://e.test/a.tgz\n', 'make', ['2']],
  ])('%s', (_, makefile, command, lines) => {
    expect(make(makefile, `RUN ${command}`)).toEqual(
      lines.map((line) => `Makefile:${line} download https://e.test/a.tgz in 4`),
    );
  });

  test.each([
    ['a goal nobody asks for', 'all:\n\ttrue\nget:\n\tcurl -O https://e.test/a.tgz\n', 'make'],
    ['what is only shown', 'all:\n\tcurl -O https://e.test/a.tgz\n', 'make -n'],
    ['another folder', 'all:\n\tcurl -O https://e.test/a.tgz\n', 'make -C sub'],
  ])('but not %s', (_, makefile, command) => {
    expect(make(makefile, `RUN ${command}`)).toEqual([]);
  });

  test('a script that a recipe runs, and a file that the Makefile includes', () => {
    const files = {
      Makefile: 'include mk/get.mk\nall: get\n\tsh tools/b.sh\n',
      'mk/get.mk': 'get:\n\tcurl -O https://e.test/c.tgz\n',
      'tools/b.sh': GET,
    };
    expect(places(follow(['FROM a', 'WORKDIR /src', 'COPY . .', 'RUN make all'], files))).toEqual([
      'tools/b.sh:1 download https://e.test/a.tgz in 4',
      'mk/get.mk:2 download https://e.test/c.tgz in 4',
    ]);
  });

  test('a Makefile that calls itself ends in a gap', () => {
    const { gaps } = follow(['FROM a', 'COPY . .', 'RUN make'], { Makefile: 'all:\n\t$(MAKE) all\n' });
    expect(gaps).toMatchObject([{ kind: 'limit', subject: 'Makefile' }]);
  });

  test('more than is followed ends in a gap', () => {
    const lines = Array.from({ length: 400 }, (_, index) => `\techo ${index}\n`).join('');
    const runs = Array.from({ length: 40 }, () => 'RUN make');
    const started = process.cpuUsage().user;
    const { gaps } = follow(['FROM a', 'COPY . .', ...runs], { Makefile: `all:\n${lines}` });
    expect(process.cpuUsage().user - started).toBeLessThan(10_000_000);
    expect(gaps.map(({ kind }) => kind)).toContain('limit');
    const long = Array.from({ length: 4_100 }, () => '\ttrue\n').join('');
    expect(follow(['FROM a', 'COPY . .', 'RUN make'], { Makefile: `all:\n${long}` }).gaps).toMatchObject([
      { kind: 'limit', subject: 'Dockerfile' },
    ]);
  });

  test.each<[string, readonly string[]]>([
    ['npm run build', ['3', '4']],
    ['npm run-script fetch --silent', ['4']],
    ['yarn build', ['3', '4']],
    ['pnpm run fetch', ['4']],
    ['bun run fetch', ['4']],
    ['npm --prefix . run fetch', ['4']],
    ['npm run other', []],
  ])('%s', (command, lines) => {
    const file = [
      '{',
      '  "scripts": {',
      '    "prebuild": "curl -O https://e.test/a.tgz",',
      '    "fetch": "wget https://e.test/a.tgz",',
      '    "build": "npm run fetch"',
      '  }',
      '}',
    ].join('\n');
    const found = follow(['FROM a', 'WORKDIR /src', 'COPY . .', `RUN ${command}`], { 'package.json': file });
    expect(places(found)).toEqual(
      lines.map((line) => `package.json:${line} download https://e.test/a.tgz in 4`),
    );
  });

  test('a package.json that is none runs nothing', () => {
    const found = follow(['FROM a', 'COPY . /', 'RUN npm run x'], { 'package.json': '{"scripts": {' });
    expect(places(found)).toEqual([]);
  });
});
