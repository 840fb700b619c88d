// Signatures and statements about images: cosign, notation, attest actions, syft and the like.
import type { Truth, Value } from '../../model/value.ts';
import { format, known, split } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Effect } from '../effect.ts';
import type { ActionCall, Tool } from '../tool.ts';

const COSIGN = {
  values: [
    '--key',
    '-k',
    '--predicate',
    '--type',
    '-a',
    '--annotations',
    '--attachment',
    '--bundle',
    '--certificate',
    '--certificate-chain',
    '--cert',
    '--output-signature',
    '--output-certificate',
    '--output-payload',
    '--identity-token',
    '--fulcio-url',
    '--rekor-url',
    '--sk-slot',
    '--slot',
    '--payload',
    '--sbom',
    '--tlog-upload-url',
    '--timeout',
    '--registry-referrers-mode',
    '--oidc-issuer',
    '--oidc-provider',
    '--sign-container-identity',
    '--new-bundle-format',
    '--signing-config',
    '--output-file',
    '--registry-username',
    '--registry-password',
  ].filter((name) => name !== '--new-bundle-format'),
  switches: [
    '--yes',
    '-y',
    '--recursive',
    '-r',
    '--upload',
    '--tlog-upload',
    '--allow-insecure-registry',
    '--force',
    '-f',
    '--sk',
  ],
};

export const cosign: Tool = {
  id: 'cosign',
  family: 'signing',
  documentation: 'https://docs.sigstore.dev/cosign/signing/signing_with_containers/',
  commands: [
    'cosign sign',
    'cosign attest',
    'cosign attach sbom',
    'cosign attach attestation',
    'cosign copy',
    'notation sign',
    'notary addhash',
    'notary publish',
    'notary sign',
    'oras attach',
  ],
  command: (call): readonly Effect[] => {
    const line = readCommandLine(call.words, COSIGN);
    const names = line.operands;
    if (call.command === 'cosign copy') {
      const [from, to] = names;
      return from === undefined || to === undefined ? [] : [{ kind: 'sign', names: [to], happens: 'yes' }];
    }
    if (call.command === 'oras attach') {
      const type = (call.words
        .map(format)
        .join(' ')
        .match(/spdx|cyclonedx|sbom|in-toto|slsa|provenance/i) ?? [''])[0].toLowerCase();
      if (type === '') return [];
      return [
        {
          kind: 'attest',
          names: names.slice(0, 1),
          what: /slsa|provenance|in-toto/.test(type) ? 'provenance' : 'sbom',
        },
      ];
    }
    if (call.command === 'cosign attach sbom') return [{ kind: 'attest', names, what: 'sbom' }];
    if (call.command === 'cosign attest' || call.command === 'cosign attach attestation') {
      const type = known(line.value('--type') ?? []) ?? '';
      return [{ kind: 'attest', names, what: /spdx|cyclonedx|sbom/i.test(type) ? 'sbom' : 'provenance' }];
    }
    // `notary addhash NAME TAG SIZE`: the first operand names the image.
    return [
      { kind: 'sign', names: call.command.startsWith('notary') ? names.slice(0, 1) : names, happens: 'yes' },
    ];
  },
  actions: [
    'sigstore/cosign-installer',
    'actions/attest',
    'actions/attest-build-provenance',
    'actions/attest-sbom',
    'sudo-bot/action-docker-sign',
    'slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml',
  ],
  action: (call): readonly Effect[] => {
    if (call.action === 'sigstore/cosign-installer') return [];
    if (call.action === 'sudo-bot/action-docker-sign') {
      const name = call.input('image-ref');
      return name === null ? [] : [{ kind: 'sign', names: [name], happens: 'yes' }];
    }
    const subject = call.input('subject-name') ?? call.input('image');
    if (subject === null) return [];
    const names = subjects(subject);
    const what = call.action === 'actions/attest-sbom' ? 'sbom' : 'provenance';
    return [{ kind: 'attest', names, what }, ...signedWith(call, names, what)];
  },
  examples: [{ script: 'cosign sign --yes acme/api@sha256:1', delivers: [] }],
};

/**
 * A provenance is signed, so that it vouches for the image too, where it is put beside it: who pulls finds nothing of
 * what only the forge keeps. Source: github.com/actions/attest-build-provenance README, slsa-github-generator.
 */
function signedWith(
  call: ActionCall,
  names: readonly Value[],
  what: 'provenance' | 'sbom',
): readonly Effect[] {
  if (what === 'sbom') return [];
  const pushes = call.action.startsWith('actions/') ? pushesStatement(call.input('push-to-registry')) : 'yes';
  return pushes === 'no' ? [] : [{ kind: 'sign', names, happens: pushes }];
}

function pushesStatement(input: Value | null): Truth {
  const text = input === null ? 'false' : known(input);
  if (text === null) return 'unknown';
  return text.trim().toLowerCase() === 'true' ? 'yes' : 'no';
}

function subjects(subject: Value): readonly Value[] {
  return split(subject, '\n').filter((name) => name.length > 0);
}
