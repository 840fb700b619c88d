// Every way in which another project of the organisation gets into a delivery: it is cleared there, or decided here.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DELIVERY, type Gate, POLICY, startGate } from '../app/harness.ts';

jest.setTimeout(120_000);

let gate: Gate;
beforeAll(async () => {
  gate = await startGate({ policy: POLICY.replace('[registry.acme.internal]', "['*.acme.internal']") });
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

const HEADER = '# SPDX-License-Identifier: MIT\n';
const pushing = (image: string, steps = ''): string => `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
${steps}      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ghcr.io/acme/${image}:1
`;

/** Each brings in a project of its own, so that every one of them has to be asked about. */
const KINDS = {
  image: 'ghcr.io/acme/base-image',
  'image from a registry inside': 'registry.acme.internal/team/tools',
  clone: 'github.com/acme/cloned',
  'download from the forge': 'github.com/acme/released',
  'download from a server inside': 'files.acme.internal/tool-1.2.tgz',
  'package feed': 'npm.acme.internal/feed',
  'package feed of the forge': 'npm.pkg.github.com/acme',
  // Of the forge under review itself, which has an address of its own here.
  submodule: '127.0.0.1/acme/module',
  'further checkout': '127.0.0.1/acme/beside',
} as const;

const PRODUCT = {
  Dockerfile: `${HEADER}FROM registry.acme.internal/team/tools:3 AS tools
FROM ghcr.io/acme/base-image:1
RUN git clone -b v1.0 https://github.com/acme/cloned /opt/cloned
ADD --checksum=sha256:${'7c'.repeat(32)} https://github.com/acme/released/releases/download/v1/part.bin /opt/
ADD --checksum=sha256:${'7d'.repeat(32)} https://files.acme.internal/tool-1.2.tgz /opt/
RUN npm install --registry https://npm.acme.internal/feed thing@1.2.0
RUN npm install --registry https://npm.pkg.github.com/@acme @acme/part@1.2.0
COPY --from=tools /usr/bin/tool /usr/bin/tool
COPY vendor /srv/vendor
`,
  '.gitmodules': '[submodule "module"]\n\tpath = vendor/module\n\turl = ../module.git\n',
  'vendor/module': { submodule: '5d'.repeat(20) },
  '.github/workflows/image.yml': pushing(
    'product',
    `      - uses: actions/checkout@v5
        with:
          repository: acme/beside
          path: beside
`,
  ),
};

test('is asked about, one by one, until its own project is cleared or the OSPO decides on all of it', async () => {
  const product = gate.repository('product', { files: { 'README.md': '# Product\n' } });
  const pull = product.openPullRequest({ author: 'dev', branch: 'image', files: PRODUCT });
  await gate.settled();
  expect(pull.check(DELIVERY)?.conclusion).toBe('action_required');
  const packet = () => pull.comments().find(({ body }) => body.includes('approval packet'))?.body ?? '';
  const inside = () =>
    packet()
      .split('\n')
      .filter((line) => /^- \[.\] .*\(flow 4\)/.test(line));
  for (const name of Object.values(KINDS))
    expect([name, inside().filter((line) => line.startsWith('- [ ]') && line.includes(`\`${name}`))]).toEqual(
      [name, [expect.stringContaining('no delivery of it is known to be cleared')]],
    );
  expect(inside()).toHaveLength(Object.keys(KINDS).length);

  // One of them delivers something of its own, and is cleared for it.
  const library = gate.repository('cloned', { files: { 'README.md': '# Cloned\n' } });
  const release = library.openPullRequest({
    author: 'eve',
    branch: 'image',
    files: {
      Dockerfile: `${HEADER}FROM scratch\nCOPY lib /lib\n`,
      '.github/workflows/image.yml': pushing('cloned'),
    },
  });
  await gate.settled();
  await release.label('delivery: approved', { as: 'olga' });
  await gate.settled();
  await release.merge({ as: 'eve' });
  await gate.settled();
  await pull.push({ 'README.md': '# Product\n\nReady.\n' });
  await gate.settled();
  expect(inside().filter((line) => line.startsWith('- [x]'))).toEqual([
    expect.stringContaining('comes from `acme/cloned`, whose newest delivery was cleared'),
  ]);
  expect(inside().filter((line) => line.startsWith('- [ ]'))).toHaveLength(Object.keys(KINDS).length - 1);

  // The rest is rolled into this request.
  await pull.label('delivery: approved', { as: 'olga' });
  await gate.settled();
  expect(pull.check(DELIVERY)?.conclusion).toBe('success');
  await pull.push({ '.gitmodules': PRODUCT['.gitmodules'].replace('../module.git', '../another.git') });
  await gate.settled();
  expect(pull.check(DELIVERY)?.conclusion).toBe('action_required');
  expect(pull.check(DELIVERY)?.summary).toContain('`127.0.0.1/acme/another`');
});
