import { describe, expect, test } from '@jest/globals';
import { imports, sources } from './imported.ts';

const SUM = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

describe('copies from storages and other machines', () => {
  test.each([
    ['gsutil cp gs://bucket/a.tgz /a.tgz', 'gs://bucket/a.tgz', 'yes'],
    ['gcloud storage cp gs://bucket/a.tgz /a.tgz', 'gs://bucket/a.tgz', 'yes'],
    ['aws s3 cp --region eu-west-1 s3://bucket/a.tgz .', 's3://bucket/a.tgz', 'yes'],
    ['aws s3 sync s3://bucket/dir /dir', 's3://bucket/dir', 'yes'],
    ['s3cmd get s3://bucket/a.tgz', 's3://bucket/a.tgz', 'yes'],
    ['rsync -a rsync://host.test/module/ /opt', 'rsync://host.test/module/', 'no'],
    ['rsync -a host.test::module/ /opt', 'host.test::module/', 'no'],
    ['rsync -a -e ssh user@host.test:/src/ /opt', 'user@host.test:/src/', 'yes'],
    ['scp -i key user@host.test:/a.tgz /a.tgz', 'user@host.test:/a.tgz', 'yes'],
    ['scp -o StrictHostKeyChecking=no user@host.test:/a.tgz /a.tgz', 'user@host.test:/a.tgz', 'no'],
    ['lftp -c "open ftp://host.test; get a.tgz"', 'open ftp://host.test; get a.tgz', 'unknown'],
    ['tftp host.test -c get a.bin', 'host.test', 'no'],
    ['oras pull registry.test/a:1.0', 'registry.test/a:1.0', 'yes'],
    ['skopeo copy docker://registry.test/a:1.0 dir:/a', 'docker://registry.test/a:1.0', 'yes'],
    ['crane export registry.test/a:1.0 - | tar x', 'registry.test/a:1.0', 'yes'],
    ['hf download owner/model --local-dir /m', 'https://huggingface.co/owner/model', 'yes'],
    ['http --download https://e.test/a.tgz -o a.tgz', 'https://e.test/a.tgz', 'yes'],
    ['http e.test/a.tgz > a.tgz', 'e.test/a.tgz', 'no'],
    ['lynx -source https://e.test/a.tgz > a.tgz', 'https://e.test/a.tgz', 'yes'],
    ['busybox wget http://e.test/a.tgz', 'http://e.test/a.tgz', 'no'],
    ['nc e.test 80 > a.tgz', 'tcp://e.test:80', 'no'],
    ['ssh user@host.test cat a.tgz | tar xz', 'ssh://user@host.test', 'yes'],
    ['cat < /dev/tcp/e.test/80 > a.tgz', 'tcp://e.test:80', 'no'],
    ['exec 3<>/dev/tcp/e.test/80 && cat <&3 > a.tgz', 'tcp://e.test:80', 'no'],
  ])('%s', (command, source, secureChannel) => {
    const found = imports('SHELL ["/bin/bash", "-c"]', `RUN ${command}`);
    expect(found).toMatchObject([{ kind: 'download', secureChannel, verification: { method: 'none' } }]);
    expect(sources('SHELL ["/bin/bash", "-c"]', `RUN ${command}`)).toEqual([`download ${source}`]);
  });

  test.each([
    'gsutil cp /a.tgz gs://bucket/a.tgz',
    'aws s3 cp a.tgz s3://bucket/a.tgz',
    'aws s3 ls s3://bucket',
    'aws sts get-caller-identity',
    'rsync -a /src/ /opt/',
    'rsync -a /src/ user@host.test:/opt/',
    'scp /a.tgz user@host.test:/a.tgz',
    'nc -z db.test 5432',
    'nc -l 8080 > a',
    'nc db.test 80',
    'ssh user@host.test restart',
    'mc alias set s3 https://s3.test key secret',
  ])('nothing comes in by %s', (command) => {
    expect(sources(`RUN ${command}`)).toEqual([]);
  });

  test('they are checked like any other file', () => {
    const found = imports(
      `RUN aws s3 cp s3://bucket/a-1.0.tgz a.tgz && echo "${SUM}  a.tgz" | sha256sum -c -`,
    );
    expect(found).toMatchObject([{ verification: { method: 'pinned-checksum' } }]);
    const named = imports(`RUN oras pull registry.test/a@sha256:${SUM}`);
    expect(named).toMatchObject([{ verification: { method: 'pinned-checksum' }, pinning: 'digest' }]);
  });
});

describe('a program that nobody knows and that is given an address', () => {
  test.each([
    'getit https://e.test/a.tgz',
    '/opt/setup https://e.test/a.tgz /opt',
    '"$DOWNLOADER" https://e.test/a.tgz',
    'uv run https://e.test/a.tgz',
  ])('%s', (command) => {
    expect(imports(`RUN ${command}`)).toMatchObject([
      { kind: 'download', secureChannel: 'yes', verification: { method: 'unknown', location: null } },
    ]);
  });

  test.each([
    'echo https://e.test/a.tgz',
    'sed -i s#x#https://e.test# f',
    'getit --endpoint=https://e.test',
    'git config --global url.https://a.test.insteadOf https://b.test',
    'keytool -importcert https://e.test',
    'f() { echo "$1"; }; f https://e.test/a.tgz',
  ])('not %s', (command) => {
    expect(sources(`RUN ${command}`)).toEqual([]);
  });
});

describe('packages by programs for other languages', () => {
  test.each([
    [
      `R -e "install.packages('x', repos='http://cran.test')"`,
      ['package-manager cran', 'package-repository http://cran.test'],
    ],
    [`Rscript -e "devtools::install_github('o/x@v1.0')"`, ['package-url https://github.com/o/x']],
    [
      `Rscript -e "install.packages('https://e.test/x_1.0.tar.gz', repos=NULL)"`,
      ['package-url https://e.test/x_1.0.tar.gz'],
    ],
    [`julia -e 'using Pkg; Pkg.add(url="https://github.com/o/x")'`, ['package-url https://github.com/o/x']],
    [`perl -MCPAN -e 'install Foo'`, ['package-manager cpan']],
    ['helm repo add x http://charts.test', ['package-repository http://charts.test']],
    [
      'dnf config-manager addrepo --from-repofile=http://e.test/a.repo',
      ['package-repository http://e.test/a.repo'],
    ],
    ['uvx ruff', ['package-manager pip']],
    ['go run example.test/x@latest', ['package-manager go']],
    ['go run ./cmd', []],
    ['git submodule update --init --remote', ['git-clone the submodules']],
    ['git submodule update --init', []],
  ])('%s', (command, expected) => {
    expect(sources(`RUN ${command}`)).toEqual(expected);
  });

  test('a reference behind the name pins it', () => {
    const pinned = (ref: string) =>
      imports(`RUN Rscript -e "remotes::install_github('o/x${ref}')"`).map((one) => one.pinning);
    expect(pinned('')).toEqual(['moving']);
    expect(pinned('@v1.0')).toEqual(['version']);
    expect(pinned(`@${SUM.slice(0, 40)}`)).toEqual(['digest']);
  });
});
