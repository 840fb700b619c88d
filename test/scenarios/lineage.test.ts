// Where images come from, asked of registries beside the judgement: what is shown before, what after, and what never.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { COMPLIANCE, type Gate, POLICY, startGate } from '../app/harness.ts';
import { type Generations, putGenerations } from '../registry/support/generations.ts';
import { putImage } from '../registry/support/images.ts';
import { type Registry, startRegistry } from '../registry/support/registry.ts';

jest.setTimeout(60_000);

let registry: Registry;
let images: Generations;
let gate: Gate;

beforeAll(async () => {
  registry = await startRegistry();
  images = putGenerations(registry);
  gate = await startGate({
    policy: `${POLICY.replace('registries:\n', `registries:\n  ask: ['${registry.host}']\n`)}base-images:
  allow: [{image: '${registry.host}/**', owner: acme/platform, reason: Ours to try.}]
vetting:
  require-lineage: true
  images:
    - image: ${registry.host}/base/runtime:4
      vetted-by: acme/security
      on: 2026-01-01
      expires: 2026-12-31
      digests: ['${images.runtime.newer.digest}']
      copy: '${registry.host}/inside/runtime:{tag}'
    - {image: '${registry.host}/base/runtime:3', vetted-by: acme/security, on: 2025-01-01, expires: 2026-12-31}
    - {image: '${registry.host}/gone/**', vetted-by: acme/security, on: 2025-01-01, expires: 2026-12-31}
    - {image: 'docker.io/acme/tool:*', vetted-by: acme/security, on: 2025-07-20, expires: 2026-01-20, scan: 'https://scans.acme.example/7'}
    - {image: 'docker.io/acme/gone:*', vetted-by: eve, on: 2025-01-01, expires: 2026-01-04}
    - {image: 'registry.example.com/**', vetted-by: acme/security, on: 2025-01-01, expires: 2026-12-31}
`,
    settings: {
      registries: { isAsked: true, inside: [{ host: registry.host, scheme: 'http' }], credentials: null },
    },
  });
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
  await registry.close();
});

const dockerfile = (base: string): string =>
  `# SPDX-License-Identifier: MIT\nFROM ${base}\nCOPY app /app\nCMD ["/app"]\n`;
const LICENSED = { LICENSE: 'MIT License\n', app: 'binary' };

describe('a new base', () => {
  test('is shown at once, looked up beside it, and judged again when its registry has answered', async () => {
    registry.fault = (_, response) => {
      response.writeHead(429, { 'retry-after': '600' }).end();
      return true;
    };
    const pull = gate.repository('fresh', { files: LICENSED }).openPullRequest({
      author: 'dev',
      branch: 'image',
      files: { Dockerfile: dockerfile(`${registry.host}/base/runtime:3`) },
    });
    const shown = (): string => pull.check(COMPLIANCE)?.summary ?? '';
    while (!shown().includes('HTTP 429')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('action_required');
    registry.fault = null;
    await gate.settled();
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
  });

  test('that is known already costs no request', async () => {
    const asked = registry.log.length;
    const pull = gate.repository('known', { files: LICENSED }).openPullRequest({
      author: 'dev',
      branch: 'image',
      files: { Dockerfile: dockerfile(`${registry.host}/base/runtime:3`) },
    });
    await gate.settled();
    expect(pull.checks().filter(({ name }) => name === COMPLIANCE)).toHaveLength(1);
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
    expect(registry.log.length).toBe(asked);
  });

  test('of which there is a copy inside gets the copy suggested, by its digest, once', async () => {
    const pull = gate
      .repository('copied', {
        files: { ...LICENSED, Dockerfile: dockerfile(`${registry.host}/base/runtime:3`) },
      })
      .openPullRequest({
        author: 'dev',
        branch: 'bump',
        files: { Dockerfile: dockerfile(`${registry.host}/base/runtime:4`) },
      });
    await gate.settled();
    const bodies = pull.reviewComments().map(({ body }) => body);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain(`FROM ${registry.host}/inside/runtime:4@${images.copy.digest}`);
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
  });
});

describe('what can’t be known', () => {
  test('an image that is not there is undecided, with the reason', async () => {
    const pull = gate.repository('gone', { files: LICENSED }).openPullRequest({
      author: 'dev',
      branch: 'image',
      files: { Dockerfile: dockerfile(`${registry.host}/gone/image:1`) },
    });
    await gate.settled();
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('action_required');
    expect(pull.check(COMPLIANCE)?.summary).toContain('There is no such image');
  });

  test('a registry that policy does not name is not asked', async () => {
    const pull = gate.repository('stranger', { files: LICENSED }).openPullRequest({
      author: 'dev',
      branch: 'image',
      files: { Dockerfile: dockerfile('registry.example.com/some/image:1') },
    });
    await gate.settled();
    expect(pull.checks().filter(({ name }) => name === COMPLIANCE)).toHaveLength(1);
    expect(pull.check(COMPLIANCE)?.conclusion).toBe('action_required');
    expect(pull.check(COMPLIANCE)?.summary).toContain('none of the registries that policy lets ask');
  });
});

test('whoever vetted an image is told before that ends, once', async () => {
  const about = (): readonly { readonly title: string; readonly body: string | null }[] =>
    gate.policies.issues().filter(({ title }) => title.startsWith('The vetting of'));
  await gate.server.heal();
  await gate.settled();
  expect(about().map(({ title }) => title)).toEqual([
    'The vetting of docker.io/acme/tool:* ends on 2026-01-20',
  ]);
  expect(about()[0]?.body).toContain('@acme/security');
  gate.github.clock.advance(24 * 3600 + 60);
  await gate.server.heal();
  await gate.settled();
  expect(about()).toHaveLength(1);
});

test('a merge group asks registries too, and is judged again when its image turns out to be another', async () => {
  const repository = gate.repository('queued', { files: LICENSED });
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'image',
    files: { Dockerfile: dockerfile(`${registry.host}/base/runtime:3`) },
  });
  await gate.settled();
  expect(pull.check(COMPLIANCE)?.conclusion).toBe('success');
  gate.github.clock.advance(20 * 60);
  putImage(registry.shelf('base/runtime'), { layers: [['something else', 'COPY else /']] }, '3');
  const group = await pull.enqueue({ as: 'dev' });
  await gate.settled();
  const run = repository.checks(group.headSha).find(({ name }) => name === COMPLIANCE);
  expect(run?.conclusion).toBe('action_required');
  expect(run?.summary).toContain('Only its history suggests');
  expect(pull.comments()).toEqual([]);
});
