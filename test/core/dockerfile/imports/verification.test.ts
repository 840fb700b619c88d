import { describe, expect, test } from '@jest/globals';
import { imports, read } from './imported.ts';

const SUM = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const COMMIT = '3f786850e387550fdab836ed7e6dc881de23001b';
const GET = 'curl -fsSLo a.tgz https://e.test/a.tgz';

function method(...lines: readonly string[]): string | undefined {
  return imports(...lines).find((one) => one.kind === 'download')?.verification.method;
}

describe('checksums', () => {
  test.each([
    [`${GET} && echo "${SUM}  a.tgz" | sha256sum -c -`, 'pinned-checksum'],
    [`${GET}; echo "${SUM} *a.tgz" > s; sha256sum -c s`, 'pinned-checksum'],
    [`${GET} && sha256sum -c <(echo "${SUM}  a.tgz")`, 'pinned-checksum'],
    [`${GET} && printf "%s  %s\\n" ${SUM} a.tgz | sha256sum --check --status`, 'pinned-checksum'],
    [`${GET} && shasum -a 256 -c <<< "${SUM}  a.tgz"`, 'pinned-checksum'],
    [`${GET} && [ "$(sha256sum a.tgz | cut -d' ' -f1)" = "${SUM}" ]`, 'pinned-checksum'],
    [
      `${GET} && if [ "$(openssl dgst -sha256 -r a.tgz)" != "${SUM} *a.tgz" ]; then exit 1; fi`,
      'pinned-checksum',
    ],
    [`${GET} && got=$(sha256sum a.tgz) && test "$got" = "${SUM}  a.tgz"`, 'pinned-checksum'],
    [`${GET} && sha256sum a.tgz | grep -q ${SUM}`, 'pinned-checksum'],
    [
      `case $(uname -m) in x) s=${SUM};; y) s=${SUM.replace('9', '8')};; esac; ${GET}; echo "$s a.tgz" | sha256sum -c`,
      'pinned-checksum',
    ],
    [`${GET} && mv a.tgz b.tgz && echo "${SUM}  b.tgz" | sha256sum -c`, 'pinned-checksum'],
    [`${GET} && curl -o s https://e.test/a.tgz.sha256 && sha256sum -c s`, 'fetched-checksum'],
    [
      `${GET} && curl -O https://e.test/SHA256SUMS && grep " a.tgz$" SHA256SUMS | sha256sum -c`,
      'fetched-checksum',
    ],
    [`${GET} && echo "$(curl -fsSL https://e.test/a.tgz.sha256)  a.tgz" | sha256sum -c`, 'fetched-checksum'],
    [`${GET} && curl -o s https://e.test/s && echo "$(cat s)  a.tgz" | sha256sum -c`, 'fetched-checksum'],
    [`${GET} && echo "$GIVEN  a.tgz" | sha256sum -c`, 'unknown'],
    [`${GET} && S=$(sha256sum a.tgz | cut -d' ' -f1) && echo "$S  a.tgz" | sha256sum -c`, 'unknown'],
    [`${GET} && sha256sum a.tgz`, 'none'],
    [`echo "${SUM}  a.tgz" | sha256sum -c; ${GET}`, 'none'],
    [`${GET} && echo "${SUM}  other.tgz" | sha256sum -c`, 'none'],
    [`${GET} && echo "${SUM}  xa.tgz" | sha256sum -c`, 'none'],
    [`curl -fsSL https://e.test/a.tgz | tar xz && echo "${SUM}  a.tgz" | sha256sum -c`, 'none'],
  ])('%s: %s', (command, expected) => {
    expect(method('SHELL ["/bin/bash", "-c"]', `RUN ${command}`)).toBe(expected);
  });

  test('a checksum in ENV counts when it is used, in whichever RUN', () => {
    expect(method(`ENV S=${SUM}`, `RUN ${GET}`, 'RUN echo "$S  a.tgz" | sha256sum -c -')).toBe(
      'pinned-checksum',
    );
    expect(method(`ENV S=${SUM}`, `RUN ${GET}`, 'RUN tar xf a.tgz')).toBe('none');
  });

  test('a list from the repository is pinned', () => {
    expect(method('COPY SHA256SUMS .', `RUN ${GET}`, 'RUN sha256sum -c SHA256SUMS')).toBe('none');
    expect(method('COPY SHA256SUMS .', `RUN ${GET} && sha256sum -c SHA256SUMS`)).toBe('pinned-checksum');
  });

  test('another stage does not check', () => {
    const text = `FROM a AS one\nRUN ${GET}\nFROM b\nRUN echo "${SUM}  a.tgz" | sha256sum -c`;
    expect(read(text).imports).toMatchObject([{ verification: { method: 'none' } }]);
  });

  test('Get-FileHash in PowerShell', () => {
    const shell = 'SHELL ["powershell", "-Command"]';
    const get = 'Invoke-WebRequest -OutFile a.zip https://e.test/a.zip';
    expect(method(shell, `RUN ${get}; if ((Get-FileHash a.zip).Hash -ne '${SUM}') { exit 1 }`)).toBe(
      'pinned-checksum',
    );
    expect(method(shell, `RUN ${get}; Get-FileHash a.zip`)).toBe('none');
  });

  test.each([
    [`if ((Get-FileHash a.zip).Hash -ne '${SUM}') { Write-Host bad }`, 'none'],
    [`if ((Get-FileHash a.zip).Hash -ne '${SUM}') { exit 0 }; Start-Process setup.exe`, 'none'],
    [`if ((Get-FileHash a.zip).Hash -ne '${SUM}') { Write-Host bad; throw 'bad' }`, 'pinned-checksum'],
    [`if ((Get-FileHash a.zip).Hash -eq '${SUM}') { Expand-Archive a.zip }`, 'pinned-checksum'],
    [`if ((Get-FileHash a.zip).Hash -eq '${SUM}') { Write-Host ok } else { exit 1 }`, 'pinned-checksum'],
    [`if ((Get-FileHash a.zip).Hash -eq '${SUM}') { Write-Host ok } else { Write-Host bad }`, 'none'],
    [`(Get-FileHash a.zip).Hash -eq '${SUM}'`, 'none'],
    [`$ok = (Get-FileHash a.zip).Hash -eq '${SUM}'; if (-not $ok) { throw }`, 'pinned-checksum'],
  ])('in PowerShell: %s: %s', (check, expected) => {
    const get = 'Invoke-WebRequest -OutFile a.zip https://e.test/a.zip';
    expect(method('SHELL ["powershell", "-Command"]', `RUN ${get}; ${check}`)).toBe(expected);
  });

  test('certutil in cmd', () => {
    const get = 'curl -o a.zip https://e.test/a.zip && certutil -hashfile a.zip SHA256';
    const shell = 'SHELL ["cmd", "/S", "/C"]';
    expect(method(shell, `RUN ${get} | findstr ${SUM}`)).toBe('pinned-checksum');
    expect(method(shell, `RUN ${get}`)).toBe('none');
  });

  test('the checking command is told', () => {
    const [found] = imports(`RUN ${GET} \\`, `  && echo "${SUM}  a.tgz" | sha256sum -c -`);
    expect(found?.verification.location?.range.start).toMatchObject({ line: 3 });
  });

  test.each([
    ['under the name it is given', '/v/a.tgz', 'a.tgz'],
    ['under its own name in a folder', '/v', 'tool-1.tgz'],
    ['under its own name behind a slash', '/v/', 'tool-1.tgz'],
  ])('ADD, verified %s', (_, target, name) => {
    const found = imports(
      `ADD https://e.test/tool-1.tgz ${target}`,
      `RUN cosign verify-blob --bundle ${name}.sigstore ${name} && tar xf ${name}`,
    );
    expect(found).toMatchObject([{ kind: 'remote-add', verification: { method: 'signature' } }]);
  });

  test.each([
    [
      'compared with the digest',
      'if [ \\"\\$(openssl sha512 -r a.tgz)\\" = \\"SUM *a.tgz\\" ]; then true; else exit 1; fi',
      'pinned-checksum',
    ],
    [
      'compared with a variable that holds it',
      'S=\\"SUM *a.tgz\\" && if [ \\"\\$(openssl sha512 -r a.tgz)\\" = \\"\\$S\\" ]; then true; else exit 1; fi',
      'pinned-checksum',
    ],
    [
      'of another file',
      'if [ \\"\\$(openssl sha512 -r b.tgz)\\" = \\"SUM *b.tgz\\" ]; then true; fi',
      'none',
    ],
    ['only printed', 'openssl sha512 -r a.tgz', 'none'],
  ])('in a script for another user, a checksum %s', (_, check, method) => {
    const script = `curl -O https://e.test/a.tgz && ${check.replaceAll('SUM', '8d'.repeat(64))}`;
    expect(imports(`RUN su nobody -s /bin/sh -c "${script}"`)).toMatchObject([{ verification: { method } }]);
  });

  test('ADD --checksum', () => {
    const pinned = imports(`ADD --checksum=sha256:${SUM} https://e.test/a /a`);
    expect(pinned).toMatchObject([{ verification: { method: 'pinned-checksum' }, pinning: 'digest' }]);
    expect(imports('ADD https://e.test/a /a')).toMatchObject([{ verification: { method: 'none' } }]);
  });
});

describe('signatures', () => {
  test.each([
    `${GET} && curl -o a.tgz.asc https://e.test/a.tgz.asc && gpg --batch --verify a.tgz.asc a.tgz`,
    `${GET} && curl -O https://e.test/a.tgz.sig && gpg --verify a.tgz.sig`,
    `${GET} && gpgv --keyring k.gpg a.tgz.sig a.tgz`,
    `${GET} && minisign -Vm a.tgz -P key`,
    `${GET} && cosign verify-blob --key k.pub --signature a.sig a.tgz`,
    `${GET} && gh attestation verify a.tgz -R o/r`,
    `${GET} && openssl dgst -sha256 -verify k.pem -signature a.sig a.tgz`,
    `${GET} && curl -O https://e.test/SUMS.asc && gpg --decrypt -o SUMS SUMS.asc && grep a.tgz SUMS | sha256sum -c`,
    `curl -o a.gpg https://e.test/a.gpg && gpg --decrypt --output a a.gpg`,
  ])('%s', (command) => {
    expect(method(`RUN ${command}`)).toBe('signature');
  });

  test.each([
    [`--certificate-identity-regexp '.*' --certificate-oidc-issuer https://i.test`, 'none'],
    [`--certificate-identity a@e.test --certificate-oidc-issuer-regexp=^.+$`, 'none'],
    [
      `--certificate-identity-regexp '^https://github.com/o/r/' --certificate-oidc-issuer https://i.test`,
      'signature',
    ],
  ])('cosign of whoever fits %s: %s', (options, expected) => {
    expect(method(`RUN ${GET} && cosign verify-blob ${options} --bundle a.sigstore a.tgz`)).toBe(expected);
  });

  test('signatures and checksums are no imports of their own when they are used', () => {
    const used = imports(`RUN ${GET} && curl -O https://e.test/a.tgz.asc && gpg --verify a.tgz.asc a.tgz`);
    expect(used.filter((one) => one.kind === 'download')).toHaveLength(1);
    const unused = imports(`RUN ${GET} && curl -O https://e.test/a.tgz.asc`);
    expect(unused).toHaveLength(2);
  });
});

describe('a signature is as good as what is known of its key', () => {
  const signed = `${GET} && curl -O https://e.test/a.tgz.asc`;
  const whole = 'A1B2C3D4E5F60718293A4B5C6D7E8F9012345678';
  test.each([
    [`${signed} && gpg --recv-keys ${whole} && gpg --verify a.tgz.asc a.tgz`, 'signature'],
    [`${signed} && gpg --recv-keys 12345678 && gpg --verify a.tgz.asc a.tgz`, 'fetched-checksum'],
    [
      `${signed} && curl https://e.test/KEYS | gpg --import && gpg --verify a.tgz.asc a.tgz`,
      'fetched-checksum',
    ],
    [
      `${signed} && curl -O https://e.test/KEYS && gpg --import KEYS && gpg --verify a.tgz.asc a.tgz`,
      'fetched-checksum',
    ],
    [
      `${signed} && curl https://e.test/KEYS | gpg --import && gpg --fingerprint ${whole} && gpg --verify a.tgz.asc`,
      'signature',
    ],
    [
      `${signed} && curl -O https://e.test/KEYS && echo "${SUM}  KEYS" | sha256sum -c && gpg --import KEYS && gpg --verify a.tgz.asc`,
      'signature',
    ],
    [`${signed} && gpg --auto-key-retrieve --verify a.tgz.asc a.tgz`, 'fetched-checksum'],
    [`${signed} && gpg --import /keys.asc && gpg --verify a.tgz.asc a.tgz`, 'signature'],
    [
      `${signed} && curl -o k.gpg https://e.test/k && gpgv --keyring k.gpg a.tgz.asc a.tgz`,
      'fetched-checksum',
    ],
    [`${GET} && curl -o k.pub https://e.test/k && minisign -Vm a.tgz -p k.pub`, 'fetched-checksum'],
  ])('%s: %s', (command, expected) => {
    expect(method(`RUN ${command}`)).toBe(expected);
  });
});

describe('a hash that can be forged only shows that the transfer was whole', () => {
  const md5 = '9f86d081884c7d659a2feaa0c55ad015';
  test.each([
    [`${GET} && echo "${md5}  a.tgz" | md5sum -c -`, 'fetched-checksum'],
    [`${GET} && [ "$(openssl md5 -r a.tgz)" = "${md5} *a.tgz" ]`, 'fetched-checksum'],
    [`${GET} && echo "${md5}01234567  a.tgz" | sha1sum -c -`, 'pinned-checksum'],
  ])('%s: %s', (command, expected) => {
    expect(method(`RUN ${command}`)).toBe(expected);
  });
});

describe('a check counts for the content that is there when it happens, and before that is run', () => {
  const check = `echo "${SUM}  a.sh" | sha256sum -c -`;
  const get = 'curl -fsSLo a.sh https://e.test/a.sh';
  test.each([
    [`${get} && sh a.sh && ${check}`, 'none'],
    [`${get} && chmod +x ./a.sh && ./a.sh && ${check}`, 'none'],
    [`${get} && ${check} && sh a.sh`, 'pinned-checksum'],
    [`${get} && sh -n a.sh && ${check} && sh a.sh`, 'pinned-checksum'],
    [`curl -fsSLo b.sh https://e.test/b.sh && mv b.sh a.sh && ${check}`, 'pinned-checksum'],
    [`curl -fsSLo b.sh https://e.test/b.sh && ${check} && mv b.sh a.sh`, 'none'],
  ])('%s: %s', (command, expected) => {
    expect(method(`RUN ${command}`)).toBe(expected);
  });
});

describe('a check under a condition that the fetch is not under may be left out', () => {
  const check = `echo "${SUM}  a.tgz" | sha256sum -c -`;
  test.each([
    [`${GET}; if [ -n "$STRICT" ]; then ${check}; fi; tar xf a.tgz`, 'unknown'],
    [`${GET}; case "$MODE" in strict) ${check};; esac; tar xf a.tgz`, 'unknown'],
    [`${GET}; [ -z "$STRICT" ] || ${check}; tar xf a.tgz`, 'unknown'],
    [`if [ -n "$FETCH" ]; then ${GET}; ${check}; fi`, 'pinned-checksum'],
    [`${GET}; if [ -n "$STRICT" ]; then ${check}; fi; ${check}`, 'pinned-checksum'],
    [`${GET} && mkdir -p b && ${check}`, 'pinned-checksum'],
  ])('%s: %s', (command, expected) => {
    expect(method(`RUN set -e; ${command}`)).toBe(expected);
  });

  test('unless the file itself settles it', () => {
    const run = `RUN set -e; ${GET}; if [ "$CHECK" = "true" ]; then ${check}; fi`;
    expect(method('ENV CHECK=true', run)).toBe('pinned-checksum');
    expect(method('ENV CHECK=false', run)).toBe('unknown');
  });
});

describe('repositories', () => {
  test.each([
    ['git clone https://e.test/r', 'none', 'moving'],
    ['git clone -b main https://e.test/r', 'none', 'moving'],
    ['git clone --depth 1 --branch v1.2 https://e.test/r', 'none', 'version'],
    [`git clone https://e.test/r && cd r && git checkout ${COMMIT}`, 'pinned-checksum', 'digest'],
    [`git clone https://e.test/r && git -C r reset --hard ${COMMIT}`, 'pinned-checksum', 'digest'],
    ['git clone https://e.test/r && cd r && git checkout v2', 'none', 'version'],
    [`git clone https://e.test/r && git checkout ${COMMIT.slice(0, 7)}`, 'none', 'version'],
    ['git clone https://e.test/r && cd r && git verify-tag v2 && git checkout v2', 'signature', 'version'],
    [
      `git init r && git remote add origin https://e.test/r && git fetch --depth 1 origin ${COMMIT} && git checkout FETCH_HEAD`,
      'pinned-checksum',
      'digest',
    ],
    ['svn export https://e.test/r', 'none', 'moving'],
  ])('%s: %s, %s', (command, verification, pinning) => {
    expect(imports(`RUN ${command}`)).toMatchObject([
      { kind: 'git-clone', verification: { method: verification }, pinning },
    ]);
  });

  test('a checkout belongs to the clone before it', () => {
    const found = imports(
      `RUN git clone https://e.test/a && git clone https://e.test/b && cd b && git checkout ${COMMIT}`,
    );
    expect(found.map((one) => one.pinning)).toEqual(['moving', 'digest']);
  });
});

describe('a check whose failure nothing notices is none', () => {
  const check = `echo "${SUM}  a.tgz" | sha256sum -c -`;
  test.each([
    [`RUN ${GET} && ${check} || true`, 'none'],
    [`RUN ${GET} && (${check} || echo "oh well")`, 'none'],
    [`RUN ${GET}; ${check}; tar xf a.tgz`, 'none'],
    [`RUN ${GET} && { ${check}; true; }`, 'none'],
    [`RUN set -e; ${GET}; set +e; ${check}; tar xf a.tgz`, 'none'],
    [`RUN ${GET} && ${check} || exit 1`, 'pinned-checksum'],
    // `exit` in brackets of their own leaves only those.
    [`RUN ${GET} && ${check} || (echo "oh no" && exit 1); tar xf a.tgz`, 'none'],
    [`RUN ${GET} && ${check} || (echo "oh no" && exit 1) && tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && ${check} || { echo "oh no"; exit 1; }; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && ${check} || exit; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && ${check} || { echo "oh no"; exit; }; tar xf a.tgz`, 'none'],
    [`RUN ${GET} && ${check} || /bin/true`, 'none'],
    [`RUN ${GET} && ${check} || exit 0; tar xf a.tgz`, 'none'],
    [`RUN ${GET} && ${check} || { true; }`, 'none'],
    [`RUN ${GET} && ${check} || ls`, 'none'],
    [`RUN ${GET} && ${check} || false; tar xf a.tgz`, 'none'],
    [`RUN set -e; ${GET} && ${check} || false; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && ${check} && echo good; tar xf a.tgz`, 'none'],
    [`RUN set -e; ${GET}; ${check} && echo good; tar xf a.tgz`, 'none'],
    [`RUN ${GET} && ${check}; exit 0`, 'none'],
    [`RUN ${GET} && (${check}) & tar xf a.tgz`, 'none'],
    [`RUN ${GET} && ! ${check}`, 'none'],
    [`RUN ${GET} && ! ${check} && exit 1; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; if ! ${check}; then echo "oh no"; fi; tar xf a.tgz`, 'none'],
    [`RUN ${GET}; if ${check}; then echo good; fi; tar xf a.tgz`, 'none'],
    [`RUN ${GET}; if ${check}; then tar xf a.tgz; fi`, 'pinned-checksum'],
    [`RUN ${GET}; if ${check}; then echo good; else echo bad; exit 1; fi; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; if ${check}; then echo good; elif true; then exit 1; fi; tar xf a.tgz`, 'none'],
    [`RUN ${GET}; if [ "$(sha256sum a.tgz)" != "${SUM}  a.tgz" ]; then echo bad; fi; tar xf a.tgz`, 'none'],
    [`RUN ${GET}; [ "$(sha256sum a.tgz)" != "${SUM}  a.tgz" ] && tar xf a.tgz`, 'none'],
    [`RUN ${GET}; [ "$(sha256sum a.tgz)" != "${SUM}  a.tgz" ] && exit 1; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; [ "$(sha256sum a.tgz)" = "${SUM}  a.tgz" ] || echo bad; tar xf a.tgz`, 'none'],
    [`RUN ${GET} && ${check} | tee log && tar xf a.tgz`, 'none'],
    [`RUN set -o pipefail; ${GET} && ${check} | tee log && tar xf a.tgz`, 'pinned-checksum'],
    [`SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN ${GET} && ${check} | tee log`, 'pinned-checksum'],
    [`RUN ${GET} && ${check} | grep OK && tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && ${check} | grep OK; tar xf a.tgz`, 'none'],
    [`RUN ${GET}; f() { ${check}; }; f; tar xf a.tgz`, 'none'],
    [`RUN ${GET}; f() { ${check}; }; f && tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; f() { ${check}; echo done; }; f && tar xf a.tgz`, 'none'],
    [`RUN ${GET}; f() { ${check} || return 1; echo done; }; f && tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; die() { echo "$1"; exit 1; }; ${check} || die bad; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; warn() { echo "$1"; }; ${check} || warn bad; tar xf a.tgz`, 'none'],
    [`RUN set -e; ${GET}; sh -c '${check}; tar xf a.tgz'`, 'none'],
    [`RUN ${GET}; sh -ec '${check}; tar xf a.tgz'`, 'pinned-checksum'],
    [`RUN ${GET} && sh -c '${check}' && tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && echo $(${check}) && tar xf a.tgz`, 'none'],
    [`RUN ${GET} && x=$(${check}) && tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && for i in 1 2; do ${check} && break; done; tar xf a.tgz`, 'none'],
    [
      `RUN ${GET} && until ${check}; do curl -fsSLo a.tgz https://e.test/a.tgz; done; tar xf a.tgz`,
      'pinned-checksum',
    ],
    [`RUN ${GET} && while true; do ${check} && break; done; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET} && find . -name a.tgz.sha256 -exec sha256sum -c a.tgz.sha256 ';'`, 'none'],
    [`RUN set -eux; ${GET}; ${check}; tar xf a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; ${check}`, 'pinned-checksum'],
    [`RUN ${GET}; ${check} && tar xf a.tgz; rm -f a.tgz`, 'pinned-checksum'],
    [`RUN ${GET}; if ! ${check}; then exit 1; fi; tar xf a.tgz`, 'pinned-checksum'],
    [`SHELL ["/bin/bash", "-euo", "pipefail", "-c"]\nRUN ${GET}; ${check}; tar xf a.tgz`, 'pinned-checksum'],
  ])('%s: %s', (lines, method) => {
    expect(imports(lines).find((one) => one.kind === 'download')?.verification.method).toBe(method);
  });
});

describe('a check whose status is asked for later', () => {
  const check = `echo "${SUM}  a.tgz" | sha256sum -c`;

  test.each([
    '[ $? = 0 ] || exit 1; tar xf a.tgz',
    'test $? -eq 0 || exit 1; tar xf a.tgz',
    '[ "$?" -ne 0 ] && exit 1; tar xf a.tgz',
    'if [ $? -ne 0 ]; then echo bad; exit 1; fi; tar xf a.tgz',
    'if ! [ $? -eq 0 ]; then exit 1; fi; tar xf a.tgz',
    'if [ $? -eq 0 ]; then tar xf a.tgz; fi',
    'rc=$?; if [ $rc -ne 0 ]; then exit $rc; fi; tar xf a.tgz',
    'rc=$?; echo "$rc"; [ "$rc" -eq 0 ] && tar xf a.tgz',
    'exit $?',
    '[ $? = 0 ]',
  ])('counts: %s', (rest) => {
    expect(method(`RUN ${GET}; ${check}; ${rest}`)).toBe('pinned-checksum');
  });

  test.each(['[[ $? -eq 0 ]] || exit 1; tar xf a.tgz', '(( $? == 0 )) || exit 1; tar xf a.tgz'])(
    'in bash: %s',
    (rest) => {
      expect(method('SHELL ["/bin/bash", "-c"]', `RUN ${GET}; ${check}; ${rest}`)).toBe('pinned-checksum');
    },
  );

  test('of a function that checks', () => {
    const line = `verify() { echo "$1  $2" | sha256sum -c; }; ${GET}; verify ${SUM} a.tgz; [ $? = 0 ] || exit 1; tar xf a.tgz`;
    expect(method(`RUN ${line}`)).toBe('pinned-checksum');
  });

  test.each([
    'echo done; [ $? = 0 ] || exit 1; tar xf a.tgz',
    '[ $? = 0 ] || echo bad; tar xf a.tgz',
    '[ $? = 1 ] || exit 1; tar xf a.tgz',
    '[ $? -ne 0 ] || exit 1; tar xf a.tgz',
    'rc=$?; rc=$?; [ $rc = 0 ] || exit 1; tar xf a.tgz',
    'rc=$?; [ $other = 0 ] || exit 1; tar xf a.tgz',
    '[ $? = 0 ] && echo fine; tar xf a.tgz',
    '[ $? = 0 ]; tar xf a.tgz',
    'exit 0',
  ])('is none: %s', (rest) => {
    expect(method(`RUN ${GET}; ${check}; ${rest}`)).toBe('none');
  });

  test.each([
    ['"^https://github.com/o/a/.*@refs/tags/v$V$"', 'signature'],
    ['"$V"', 'none'],
    ["'.*'", 'none'],
  ])('an identity of which a part is open is one: %s', (identity, expected) => {
    const verify = `cosign verify-blob --bundle a.b --certificate-oidc-issuer x --certificate-identity-regexp ${identity} a.tgz`;
    expect(method('ARG V', `RUN ${GET} && ${verify}`)).toBe(expected);
  });
});

describe('a program that only has the name of one that checks', () => {
  const check = `${GET} && echo "${SUM}  a.tgz" | sha256sum -c`;

  test.each([
    `RUN alias sha256sum=true; ${check}`,
    `RUN sha256sum() { true; }; ${check}`,
    `RUN ln -s /bin/true /usr/local/bin/sha256sum; ${check}`,
    `RUN cp /bin/true /usr/bin/sha256sum && ${check}`,
    `RUN printf '#!/bin/sh\\nexit 0\\n' > /usr/local/bin/sha256sum && chmod +x /usr/local/bin/sha256sum && ${check}`,
    `COPY sha256sum /usr/local/bin/\nRUN ${check}`,
    `RUN alias gpg=true; ${GET} && gpg --verify a.tgz.asc a.tgz`,
    `RUN gpg() { :; }; ${GET} && gpg --verify a.tgz.asc a.tgz`,
  ])('%s', (lines) => {
    expect(method(...lines.split('\n'))).toBe('none');
  });

  test.each([
    `RUN alias sha256sum=gsha256sum; ${check}`,
    `RUN ln -s /bin/busybox /usr/bin/sha256sum; ${check}`,
    `RUN ln -s /usr/bin/gpg2 /usr/bin/gpg && ${check}`,
    `RUN ${check} && ln -sf /bin/true /usr/bin/sha256sum`,
    `RUN echo "${SUM}  a.tgz" > sha256sum; ${check}`,
  ])('unlike %s', (line) => {
    expect(method(line)).toBe('pinned-checksum');
  });
});

describe('the checksum of ADD', () => {
  const add = (sum: string) => imports('ARG SUM', `ADD --checksum=${sum} https://e.test/a-1.tgz /a`);

  test.each([`sha256:${SUM}`, `sha512:${SUM}${SUM}`, `sha384:${SUM}${SUM.slice(0, 32)}`])(
    'counts: %s',
    (sum) => {
      expect(add(sum)).toMatchObject([{ pinning: 'digest', verification: { method: 'pinned-checksum' } }]);
    },
  );

  test.each([SUM, 'sha256:abc', `md5:${SUM.slice(0, 32)}`, '$SUM', 'sha256:$SUM', `sha1:${COMMIT}`])(
    'is none that BuildKit compares, or not known: %s',
    (sum) => {
      expect(add(sum)).toMatchObject([{ pinning: 'version', verification: { method: 'unknown' } }]);
    },
  );
});
