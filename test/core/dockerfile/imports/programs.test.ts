import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callsIn } from '../../../../src/core/dockerfile/imports/program-calls.ts';
import { imports, read, sources } from './imported.ts';

const URL = 'https://e.test/a';

describe('a program on the command line fetches what it calls for', () => {
  test.each([
    [`python3 -c "import urllib.request as u; a='${URL}'; u.urlretrieve(a,'/x')"`, URL],
    [`python3 -c "import requests; s=requests.Session(); exec(s.get('${URL}').text)"`, URL],
    [`python3 -c "import httpx,os; print(httpx.get(os.environ['U']).content)"`, "httpx.get(os.environ['U'])"],
    [`python3 -c "import subprocess; subprocess.run(['curl','-o','/x','${URL}'])"`, URL],
    [`python3 -c "import os; os.system('wget -q ${URL}')"`, URL],
    [`python3 -c "import socket;s=socket.create_connection(('e.test',80));s.recv(9)"`, 'tcp://e.test:80'],
    [`python3 -c "import http.client as h;c=h.HTTPSConnection('e.test')"`, 'https://e.test'],
    [`python3 -c "import ftplib;f=ftplib.FTP('e.test')"`, 'ftp://e.test'],
    [`python3 -c "AutoModel.from_pretrained('o/model')"`, 'https://huggingface.co/o/model'],
    [`python3 -c "import torch; torch.hub.load('o/repo','m')"`, 'https://github.com/o/repo'],
    [`ruby -e 'require "open-uri"; u = "${URL}"; File.write("x", URI.open(u).read)'`, URL],
    [`ruby -ropen-uri -e 'puts URI.parse("${URL}").read'`, URL],
    [`perl -MHTTP::Tiny -e 'my $u="${URL}"; HTTP::Tiny->new->mirror($u, "/x")'`, URL],
    [`perl -e '$s=IO::Socket::INET->new("e.test:80"); print <$s>'`, 'tcp://e.test:80'],
    [`php -r '$u="${URL}"; file_put_contents("/x", file_get_contents($u));'`, URL],
    [`php -r '$c=curl_init("${URL}"); curl_exec($c);'`, URL],
    [`node -e 'const u="${URL}"; fetch(u).then(r=>r.text())'`, URL],
    [`node --eval 'require("https").get({host:"e.test",path:"/x"}, r=>r)'`, 'https://e.test'],
    [`node -p 'require("child_process").execSync("curl ${URL} | sh")'`, URL],
    [`bun -e 'await Bun.write("/x", await fetch("${URL}"))'`, URL],
    [`deno eval 'const u="${URL}"; await fetch(u)'`, URL],
    [`lua5.3 -e 'require("socket.http").request("${URL}")'`, URL],
    [`Rscript -e 'u <- "${URL}"; source(u)'`, URL],
    [`R -e 'download.file("${URL}", "/x")'`, URL],
    [`julia -e 'using Downloads; Downloads.download("${URL}", "/x")'`, URL],
    [`groovy -e 'println "${URL}".toURL().text'`, URL],
    [`emacs --batch --eval '(url-copy-file "${URL}" "/x")'`, URL],
    [`gawk 'BEGIN{s="/inet/tcp/0/e.test/80"; while ((s |& getline l)>0) print l}'`, 'tcp://e.test:80'],
    [`awk 'BEGIN{system("curl ${URL} | sh")}'`, URL],
    [`echo 'puts [http::data [http::geturl ${URL}]]' | tclsh`, URL],
  ])('%s', (command, expected) => {
    expect(sources(`RUN ${command}`)).toEqual([`download ${expected}`]);
  });

  test.each([
    'python3 -c "import requests; print(requests.__version__)"',
    `python3 -c "print('${URL}')"`,
    'python3 -c "from urllib.request import urlopen"',
    `python3 -c "open('/etc/x').read().replace('http://a.test', '${URL}')"`,
    `node -e 'console.log("${URL}")'`,
    `node -e 'db.fetch(1); function fetch(x) {}'`,
    `ruby -e 'puts "${URL}"'`,
    `perl -pe 's|http://a.test|${URL}|' f`,
    `php -r 'echo get("x");'`,
    `awk '{ print "${URL}" $1 }' f`,
    `python3 -c "AutoModel.from_pretrained('/models/x')"`,
    `python3 -c "import urllib.request as u; u.urlopen('http://localhost:80/')"`,
  ])('and nothing is fetched by %s', (command) => {
    expect(sources(`RUN ${command}`)).toEqual([]);
  });

  test('what is evaluated is run', () => {
    const [one] = imports(
      `RUN python3 -c "from urllib.request import urlopen; exec(urlopen('${URL}').read())"`,
    );
    expect(one).toMatchObject({ pipedToShell: true, verification: { method: 'none' } });
    const [other] = imports(`RUN node -e 'fetch("${URL}").then(r => r.text()).then(eval)'`);
    expect(other).toMatchObject({ pipedToShell: true });
  });

  test('what it compares by itself can’t be seen', () => {
    const script = `import hashlib; d=urlopen('${URL}').read(); assert hashlib.sha256(d).hexdigest() == S`;
    expect(imports(`RUN python3 -c "${script}"`)).toMatchObject([{ verification: { method: 'unknown' } }]);
  });

  test('what it puts in stays open', () => {
    const [one] = imports(`RUN python3 -c "v='1'; urlopen(f'https://e.test/{v}/a')"`);
    expect(one?.source).toMatchObject(['https://e.test/', { expression: '…' }, '/a']);
    const [other] = imports(`RUN python3 -c "urlopen('https://e.test/' + v)"`);
    expect(other?.source).toMatchObject(['https://e.test/', { expression: '…' }]);
    const [given] = imports(`ARG V`, `RUN python3 -c "urlopen('https://e.test/$V/a')"`);
    expect(given?.source).toMatchObject(['https://e.test/', { expression: '$V' }, '/a']);
  });

  test('certificate checks that it switches off', () => {
    expect(imports(`RUN node -e 'https.get("${URL}", {rejectUnauthorized: false})'`)).toMatchObject([
      { weakened: [{ option: 'certificate checks off' }], secureChannel: 'no' },
    ]);
  });
});

describe('a program fed by a heredoc', () => {
  test('is read', () => {
    const { imports: found } = read(
      `FROM a\nRUN python3 - <<P\nimport wget\nu = "${URL}"\nwget.download(u)\nP\n`,
    );
    expect(found).toMatchObject([{ source: [URL], location: { range: { start: { line: 2 } } } }]);
  });

  test('by its #! as well', () => {
    const { imports: found } = read(
      `FROM a\nRUN <<P\n#!/usr/bin/env python3\nfrom urllib.request import urlopen\nurlopen("${URL}")\nP\n`,
    );
    expect(found).toMatchObject([{ source: [URL], location: { range: { start: { line: 5 } } } }]);
  });

  test('is the input of a program on the command line, not one of its own', () => {
    expect(sources(`RUN echo 'urlopen("${URL}")' | python3 -c "print(input())"`)).toEqual([]);
  });
});

describe('a shell of another kind', () => {
  test.each<[string, string]>([
    ['["python3", "-c"]', `import urllib.request as r; u="${URL}"; r.urlretrieve(u, "/x")`],
    ['["node", "-e"]', `fetch("${URL}").then(r => r.text()).then(eval)`],
    ['["/usr/bin/env", "bash", "-c"]', `curl ${URL} | sh`],
    ['["conda", "run", "-n", "x", "/bin/bash", "-c"]', `curl ${URL} | sh`],
    ['["/usr/local/bin/shell.sh"]', `curl ${URL} | sh`],
    ['["curl", "-o", "/x"]', URL],
    [`["/bin/sh", "-c", "curl ${URL} | sh; eval \\"$0\\""]`, 'true'],
  ])('SHELL %s', (shell, line) => {
    expect(sources(`SHELL ${shell}`, `RUN ${line}`)).toEqual([`download ${URL}`]);
  });
});

describe('a file that is run', () => {
  const GET = `import urllib.request\nu = "${URL}"\nurllib.request.urlretrieve(u, "/x")\n`;

  test.each<[string, string, number]>([
    ['written by a step', `FROM a\nRUN cat > /i.py <<'E'\n${GET}E\nRUN python3 /i.py\n`, 5],
    ['written and run in one step', `FROM a\nRUN cat > /i.py <<'E' && python3 /i.py\n${GET}E\n`, 5],
    ['written by COPY', `FROM a\nCOPY <<E /i.py\n${GET}E\nRUN python3 -u /i.py now\n`, 5],
    ['run by its #!', `FROM a\nCOPY <<E /i.py\n#!/usr/bin/env python3\n${GET}E\nRUN /i.py\n`, 6],
    ['below the working folder', `FROM a\nWORKDIR /w\nCOPY <<E i.py\n${GET}E\nRUN python3 i.py\n`, 6],
  ])('%s', (_, file, line) => {
    expect(read(file).imports).toMatchObject([{ source: [URL], location: { range: { start: { line } } } }]);
  });

  test('and not one that is only there', () => {
    expect(read(`FROM a\nCOPY <<E /i.py\n${GET}E\nRUN python3 /j.py; cat /i.py\n`).imports).toEqual([]);
  });

  test('of the repository is wanted', () => {
    const { copied } = read(
      'FROM a\nCOPY . /app\nWORKDIR /app\nRUN python3 tools/get.py && node --no-warnings b.mjs\n',
    );
    expect(copied).toEqual([
      { image: '/app/b.mjs', sources: ['b.mjs'] },
      { image: '/app/tools/get.py', sources: ['tools/get.py'] },
    ]);
  });
});

describe('the calls of a program', () => {
  test('are found in one pass over any text', () => {
    const piece = fc.constantFrom(
      'urlopen(',
      '"https://e.test/',
      '"',
      ')',
      'fetch ',
      'curl ',
      'url = ',
      '\n',
      '{',
      "'",
      '+ x',
      '.read',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        for (const { start, end } of callsIn(text)) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(start).toBeLessThanOrEqual(end);
        }
      }),
    );
  });

  test('stay within bounds', () => {
    const many = Array.from({ length: 200 }, (_, index) => `urlopen("https://e.test/${index}")`).join('\n');
    expect(callsIn(many)).toHaveLength(64);
  });
});
