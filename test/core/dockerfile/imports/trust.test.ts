import { describe, expect, test } from '@jest/globals';
import { imports } from './imported.ts';

function weakened(...lines: readonly string[]): readonly string[] {
  return imports(...lines).flatMap((one) => one.weakened.map(({ option }) => option));
}

describe('checks switched off', () => {
  test.each([
    'npm set strict-ssl=false && npm i x',
    'NPM_CONFIG_STRICT_SSL=false npm install x',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 npm install x',
    `NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "require('https').get('https://e.test/a')"`,
    `PYTHONHTTPSVERIFY=0 python3 -c "urlretrieve('https://e.test/a', 'a')"`,
    'PIP_TRUSTED_HOST=e.test pip install x',
    'GIT_SSL_NO_VERIFY=1 git clone https://e.test/r',
    'GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no" git clone git@e.test:r.git',
    'go env -w GOINSECURE=* && go install e.test/x@v1.0.0',
    'GOFLAGS=-insecure go get e.test/x',
    'GOSUMDB=off go install e.test/x@v1.0.0',
    'bundle config ssl_verify_mode 0 && bundle install',
    'conda config --set ssl_verify false && conda install x',
    'composer config disable-tls true && composer install',
    "echo ':ssl_verify_mode: 0' > ~/.gemrc && gem install x",
    'zypper --no-gpgcheck in x',
    'zypper ar --no-gpgcheck https://e.test/r r',
    'zypper ar -G https://e.test/r r',
    "sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.conf && yum install -y x",
    "sed -i 's/SigLevel.*/SigLevel = Never/' /etc/pacman.conf && pacman -S x",
    'apt-get -o Acquire::AllowInsecureRepositories=true update && apt-get install -y x',
    "printf 'Types: deb\\nURIs: https://e.test\\nTrusted: yes\\n' > /etc/apt/sources.list.d/x.sources",
    'echo "deb [ arch=amd64 trusted=yes ] https://e.test/d ./" >> /etc/apt/sources.list',
    "alias curl='curl -k'; curl -O https://e.test/a-1.tgz",
    'mvn -Dmaven.wagon.http.ssl.insecure=true package',
    'helm pull --insecure-skip-tls-verify https://e.test/c.tgz',
    'choco install x --ignore-checksums',
    'aws s3 cp --no-verify-ssl s3://bucket/a.tgz a.tgz',
    "sed -i 's/Signed-By:.*/Trusted: yes/' /etc/apt/sources.list.d/debian.sources && apt-get install -y x",
    "sed -i 's/^deb /deb [trusted=yes] /' /etc/apt/sources.list && apt-get install -y x",
    'git config --global url.http://e.test/.insteadOf https://github.com/ && git clone https://github.com/o/r',
  ])('%s', (command) => {
    expect(weakened(`RUN ${command}`)).toHaveLength(1);
  });

  test.each([
    'NODE_TLS_REJECT_UNAUTHORIZED=1 npm install x',
    'GIT_SSL_NO_VERIFY=0 git clone https://e.test/r',
    'GIT_SSL_NO_VERIFY=1 git clone git@e.test:r.git',
    'GONOSUMDB=git.acme.test go install e.test/x@v1.0.0',
    'npm config set strict-ssl true && npm i x',
    "sed -i 's/gpgcheck=0/gpgcheck=1/' /etc/yum.conf && yum install -y x",
    'npm install x && npm config set strict-ssl false',
    'PYTHONHTTPSVERIFY=0 npm install x',
    'git config --global url.https://github.com/.insteadOf git://github.com/ && git clone https://github.com/o/r',
  ])('not by %s', (command) => {
    expect(weakened(`RUN ${command}`)).toEqual([]);
  });

  test('by ENV, for what heeds it', () => {
    const lines = ['ENV PIP_TRUSTED_HOST=e.test', 'RUN npm ci', 'RUN pip install x'];
    expect(imports(...lines).map((one) => [one.source.join(''), one.weakened.length])).toEqual([
      ['npm', 0],
      ['pip', 1],
    ]);
  });

  test.each<[string, readonly string[]]>([
    ['COPY <<E /root/.curlrc\ninsecure\nE', ['RUN curl -O https://e.test/a-1.tgz']],
    ['COPY <<E /etc/pip.conf\n[global]\ntrusted-host = e.test\nE', ['RUN pip install x']],
    [
      'COPY <<E /etc/apt/apt.conf.d/99x\nAPT::Get::AllowUnauthenticated "true";\nE',
      ['RUN apt-get install -y x'],
    ],
    ['ENV WGETRC=/etc/w', ['RUN echo check_certificate=off > /etc/w', 'RUN wget https://e.test/a-1.tgz']],
    [
      'ENV PIP_CONFIG_FILE=/p',
      ["RUN printf '[global]\\ntrusted-host = e.test\\n' > /p", 'RUN pip install x'],
    ],
  ])('by a file of settings: %s', (first, rest) => {
    expect(weakened(first, ...rest)).toHaveLength(1);
    expect(weakened(...rest.slice(-1), first)).toHaveLength(0);
  });

  test('for every download of a PowerShell script', () => {
    const script =
      '[Net.ServicePointManager]::ServerCertificateValidationCallback = { $true }; iwr https://e.test/a-1.zip -OutFile a.zip';
    expect(weakened('SHELL ["powershell", "-Command"]', `RUN ${script}`)).toHaveLength(1);
  });

  test('addresses in a configuration of curl are not known', () => {
    expect(imports('RUN curl -K list.cfg')).toMatchObject([{ kind: 'download', pinning: 'unknown' }]);
  });
});
