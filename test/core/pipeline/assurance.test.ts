// What a change takes away may be what others rely on: that is never merely less.
import { describe, expect, test } from '@jest/globals';
import { readDockerfile } from '../../../src/core/dockerfile/read.ts';
import type { Delivery, DeliveryChange } from '../../../src/core/model/delivery.ts';
import { compareDeliveries, isLess, UNASSURED } from '../../../src/core/pipeline/about.ts';
import { delivery } from '../verdict/cases.ts';

const SUM = '7c'.repeat(32);
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const pushed: Delivery = delivery({
  build: { dockerfile: 'Dockerfile', context: ['.'], target: null, arguments: {}, contexts: {} } as never,
});

/** The one delivery of a repository whose Dockerfile changes so. */
function changeOf(before: string, after: string): DeliveryChange | undefined {
  const read = (text: string) => () => readDockerfile('Dockerfile', 'a'.repeat(40), { kind: 'text', text });
  const [change] = compareDeliveries([pushed], [pushed], { base: read(before), head: read(after) });
  return change;
}

const DEBIAN = 'FROM debian:12.12\n';
/** Goes away in every change, so that there is always something less as well. */
const BAIT = 'RUN apt-get install -y curl git\n';
const LEFT = 'RUN apt-get install -y curl\n';

const ADD = 'https://example.com/tool.tgz';
const FETCH = `curl -fsSLo tool.tgz ${ADD}`;

describe('a change that takes something away, and with it', () => {
  test.each([
    ['the checksum of a file', `ADD --checksum=sha256:${SUM} ${ADD} /`, `ADD ${ADD} /`],
    [
      'the line that compares a checksum',
      `RUN ${FETCH} && echo "${SUM}  tool.tgz" | sha256sum -c -`,
      `RUN ${FETCH}`,
    ],
    [
      'the end of a build whose checksum is wrong',
      `RUN ${FETCH} && echo "${SUM}  tool.tgz" | sha256sum -c -`,
      `RUN ${FETCH} && (echo "${SUM}  tool.tgz" | sha256sum -c - || true)`,
    ],
    [
      'the list of checksums and its use',
      `RUN ${FETCH} && curl -fsSLo SUMS https://example.com/SHA256SUMS && sha256sum -c SUMS`,
      `RUN ${FETCH}`,
    ],
    [
      'the signature, its key and its use',
      `COPY key.asc /\nRUN gpg --import /key.asc && ${FETCH} && curl -fsSLO ${ADD}.asc && gpg --verify tool.tgz.asc tool.tgz`,
      `RUN ${FETCH}`,
    ],
    [
      'a signature, for a list of checksums from the same server',
      `COPY key.asc /\nRUN gpg --import /key.asc && ${FETCH} && curl -fsSLO ${ADD}.asc && gpg --verify tool.tgz.asc tool.tgz`,
      `RUN ${FETCH} && curl -fsSLO ${ADD}.asc`,
    ],
    [
      'the commit that is checked out',
      `RUN git clone https://github.com/acme/tool /tool && git -C /tool checkout ${COMMIT}`,
      'RUN git clone https://github.com/acme/tool /tool',
    ],
    [
      'the commit in an address',
      `ADD https://github.com/acme/tool.git#${COMMIT} /tool`,
      'ADD https://github.com/acme/tool.git /tool',
    ],
    ['the hashes of packages', 'RUN pip install --require-hashes -r r.txt', 'RUN pip install -r r.txt'],
    ['the version of a package', 'RUN pip install tool==1.2', 'RUN pip install tool'],
    ['the look at certificates', `RUN ${FETCH}`, `RUN ${FETCH} -k`],
    [
      'the look at signatures of packages',
      'RUN apt-get install -y tool',
      'RUN apt-get install -y --allow-unauthenticated tool',
    ],
    ['the file between the network and a shell', `RUN ${FETCH}`, `RUN curl -fsSL ${ADD} | sh`],
    ['the account it runs as', 'USER app', ''],
    ['the account it runs as, for root', 'USER app', 'USER root'],
    ['the account it runs as, for root by number', 'USER 1000:1000', 'USER 0:0'],
    ['the account it runs as, for whoever builds to say', 'USER app', 'ARG WHO\nUSER $WHO'],
    ['a licence', 'ADD https://example.com/LICENSE /usr/share/doc/', ''],
    ['our own licence', 'COPY LICENSE /usr/share/doc/', ''],
    ['a licence among other files', 'COPY package.json LICENSE ./', 'COPY package.json ./'],
    ['licences of what was built', 'COPY --from=0 /out/licenses /usr/share/', ''],
    ['an image of notices', 'COPY --from=acme/notices:1.0 /all /usr/share/doc/', ''],
    ['a bill of materials', 'ADD https://example.com/tool.spdx.json /usr/share/', ''],
    ['keys of a distribution', 'RUN apt-get install -y debian-archive-keyring', ''],
    ['the certificates', 'RUN apt-get install -y ca-certificates', ''],
  ])('%s is asked about', (_, before, after) => {
    const [was, now] = [`${DEBIAN}${BAIT}${before}\n`, `${DEBIAN}${LEFT}${after}\n`];
    expect(changeOf(was, now)?.change).toBe('changed');
    // And on its own as well.
    expect(changeOf(`${DEBIAN}${before}\n`, `${DEBIAN}${after}\n`)?.change).toBe('changed');
  });

  test.each([
    ['a file', `ADD ${ADD} /`, ''],
    ['a file with its checksum', `ADD --checksum=sha256:${SUM} ${ADD} /`, ''],
    ['a checkout', `RUN git clone https://github.com/acme/tool /tool && git -C /tool checkout ${COMMIT}`, ''],
    ['files of another image', 'COPY --from=acme/tools:1.0 /bin /bin', ''],
    ['what was missing to a checksum', `ADD ${ADD} /`, `ADD --checksum=sha256:${SUM} ${ADD} /`],
    ['root', '', 'USER app'],
    ['nothing, and gains a licence,', 'COPY package.json ./', 'COPY package.json LICENSE ./'],
    ['the switch that looked at no certificates', `RUN ${FETCH} -k`, `RUN ${FETCH}`],
    [
      'a branch, for a commit',
      'RUN git clone https://github.com/acme/tool',
      `RUN git clone https://github.com/acme/tool && git -C tool checkout ${COMMIT}`,
    ],
  ])('%s is the delivery that was there', (_, before, after) => {
    expect(changeOf(`${DEBIAN}${BAIT}${before}\n`, `${DEBIAN}${LEFT}${after}\n`)?.change).toBe('unchanged');
  });

  test('a stage’s account is that of the stage it starts from, unless it says otherwise', () => {
    const of = (text: string): readonly string[] | undefined => changeOf(text, text)?.about[UNASSURED];
    const root = ['the image runs as root, or as its base image says'];
    expect(of('FROM debian:12 AS low\nUSER app\nFROM low\nUSER "root"\n')).toEqual(root);
    expect(of('FROM debian:12 AS low\nUSER app\nFROM low\n')).toBeUndefined();
    expect(of('FROM debian:12 AS low\nUSER app\nFROM debian:12\n')).toEqual(root);
  });

  test('the stage that is built is the one that counts', () => {
    const target = { ...pushed, build: { ...pushed.build, target: ['run'] } as never };
    const read = (text: string) => () => readDockerfile('Dockerfile', 'a'.repeat(40), { kind: 'text', text });
    const before = 'FROM debian:12 AS run\nUSER app\nFROM run AS tests\nUSER root\n';
    const after = 'FROM debian:12 AS run\nFROM run AS tests\nUSER root\n';
    const [change] = compareDeliveries([target], [target], { base: read(before), head: read(after) });
    expect(change?.change).toBe('changed');
  });
});

test.each(['packages', 'imports'])('%s that others rely on are more than names', (aspect) => {
  for (const word of [
    'x/LICENSE',
    'acme/notices',
    'a.tgz.sig',
    'tool.sha256',
    'SHA512SUMS',
    'x-keyring',
    'sbom.json',
  ])
    expect([word, isLess({ [aspect]: ['a', word] }, { [aspect]: ['a'] })]).toEqual([word, false]);
  for (const word of ['curl', 'noticeboard', 'keyboard-configuration', 'signal', 'https://e.com/v1/tool.tgz'])
    expect([word, isLess({ [aspect]: ['a', word] }, { [aspect]: ['a'] })]).toEqual([word, true]);
});
