// What publishing steps do about signatures, provenance and bills of materials, and which destinations that reaches.
import { describe, expect, test } from '@jest/globals';
import { format } from '../../../src/core/value.ts';
import { found, scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const PUSH =
  '- id: push\n  uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: |\n      docker.io/acme/api:1\n      ghcr.io/acme/api:1\n';

/** `registry: signed provenance sbom` for each destination, sorted. */
function options(steps: string): readonly string[] {
  const { deliveries } = found({
    Dockerfile: 'FROM debian:12\n',
    [WORKFLOW]: workflowOf(`${PUSH}${steps}`, '[push]'),
  });
  return deliveries
    .filter(({ kind }) => kind === 'registry-push')
    .map(
      ({ destination, options: { signed, provenance, sbom } }) =>
        `${format(destination.registry)}: ${signed} ${provenance} ${sbom}`,
    )
    .toSorted();
}

const attest = (action: string, image: string, more = '') =>
  `- uses: ${action}\n  with:\n    subject-name: ${image}\n    subject-digest: \${{ steps.push.outputs.digest }}\n${more}`;

describe('signatures', () => {
  test('nothing signs', () => {
    expect(options('')).toEqual(['docker.io: no no no', 'ghcr.io: no no no']);
  });

  test.each([
    ['cosign', 'cosign sign --yes ghcr.io/acme/api@sha256:1'],
    [
      'cosign, digest of a step',
      'cosign sign --yes --recursive "ghcr.io/acme/api@${{ steps.push.outputs.digest }}"',
    ],
    ['notation', 'notation sign ghcr.io/acme/api@sha256:1'],
  ])('%s reaches the destination it names, not the other', (_name, command) => {
    expect(options(scriptStep(command))).toEqual(['docker.io: no no no', 'ghcr.io: yes no no']);
  });

  test('each of them', () => {
    const script = 'for registry in docker.io ghcr.io; do\n  cosign sign --yes $registry/acme/api:1\ndone';
    expect(options(scriptStep(script))).toEqual(['docker.io: yes no no', 'ghcr.io: yes no no']);
  });

  test('a subject that is known in part may be any image that fits', () => {
    const digest = `\${{ steps.push.outputs.digest }}`;
    const told = (subject: string): readonly string[] =>
      options(scriptStep(`cosign sign --yes "${subject}@${digest}"`));
    const fits = ['docker.io: no no no', 'ghcr.io: unknown no no'];
    expect(told(`ghcr.io/acme/\${{ vars.NAME }}`)).toEqual(fits);
    expect(told(`ghcr.io/\${{ vars.ORG }}/api`)).toEqual(fits);
    expect(told(`ghcr.io/acme/\${{ vars.NAME }}-web`)).toEqual(['docker.io: no no no', 'ghcr.io: no no no']);
    expect(told(`ghcr.io/other/\${{ vars.NAME }}`)).toEqual(['docker.io: no no no', 'ghcr.io: no no no']);
  });

  test('a step that may be left out signs nothing for certain', () => {
    const steps = `- if: \${{ vars.SIGN == 'true' }}\n  run: cosign sign --yes ghcr.io/acme/api:1\n`;
    expect(options(steps)).toEqual(['docker.io: no no no', 'ghcr.io: unknown no no']);
  });
});

describe('provenance that the forge signs', () => {
  const push = '    push-to-registry: true\n';

  test.each(['actions/attest-build-provenance@v3', 'actions/attest@v3'])(
    '%s, put beside the image',
    (action) => {
      expect(options(attest(action, 'ghcr.io/acme/api', push))).toEqual([
        'docker.io: no no no',
        'ghcr.io: yes yes no',
      ]);
    },
  );

  test('kept by the forge alone: who pulls finds no signature', () => {
    expect(options(attest('actions/attest-build-provenance@v3', 'ghcr.io/acme/api'))).toEqual([
      'docker.io: no no no',
      'ghcr.io: no yes no',
    ]);
    const never = '    push-to-registry: false\n';
    expect(options(attest('actions/attest-build-provenance@v3', 'ghcr.io/acme/api', never))[1]).toBe(
      'ghcr.io: no yes no',
    );
  });

  test('put there if a variable says so', () => {
    const maybe = '    push-to-registry: ${{ vars.ATTEST }}\n';
    expect(options(attest('actions/attest-build-provenance@v3', 'ghcr.io/acme/api', maybe))[1]).toBe(
      'ghcr.io: unknown yes no',
    );
  });

  test('a bill of materials stands for nothing', () => {
    expect(options(attest('actions/attest-sbom@v3', 'ghcr.io/acme/api', push))[1]).toBe('ghcr.io: no no yes');
  });
});

describe('what the build itself attests', () => {
  test.each([
    ['provenance: mode=max', 'yes', 'no'],
    ['sbom: true', 'no', 'yes'],
    ['attests: type=sbom', 'no', 'yes'],
    ['provenance: false', 'no', 'no'],
  ])('%s goes to every destination', (input, provenance, sbom) => {
    const steps = PUSH.replace('    push: true\n', `    push: true\n    ${input}\n`);
    const { deliveries } = found({ Dockerfile: 'FROM debian:12\n', [WORKFLOW]: workflowOf(steps) });
    expect(deliveries.map(({ options: made }) => [made.signed, made.provenance, made.sbom])).toEqual([
      ['no', provenance, sbom],
      ['no', provenance, sbom],
    ]);
  });
});
