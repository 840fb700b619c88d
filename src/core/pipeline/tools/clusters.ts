// Manifests and charts given to a cluster: Kaniko and its like build and push there.
import type { Value } from '../../model/value.ts';
import { format, known, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { type Effect, opaqueEffect } from '../effect.ts';
import { filesAt, handedFiles, speaksOfImages } from '../handed-files.ts';
import type { CommandCall, Tool } from '../tool.ts';

const KANIKO =
  'spec:\n  containers:\n    - image: gcr.io/kaniko-project/executor:v1\n      args: [--destination=ghcr.io/acme/api]\n';

export const clusters: Tool = {
  id: 'clusters',
  family: 'wrapper',
  documentation: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_apply/',
  commands: [
    'kubectl apply',
    'kubectl create',
    'kubectl replace',
    'kubectl run',
    'oc apply',
    'oc create',
    'oc new-build',
    'oc start-build',
    'helm install',
    'helm upgrade',
    'argo submit',
    'tkn pipeline start',
    'tkn task start',
  ],
  command: (call) => effects(call),
  actions: [],
  examples: [
    {
      script: 'kubectl apply -f deploy/job.yaml',
      files: { 'deploy/job.yaml': KANIKO },
      delivers: ['opaque kubectl apply deploy/job.yaml?'],
    },
    {
      script: 'helm upgrade --install build ./chart --set tag=1',
      files: { 'chart/Chart.yaml': 'name: build\n', 'chart/templates/job.yaml': KANIKO },
      delivers: ['opaque helm upgrade ./chart?'],
    },
    {
      script: 'kubectl run k --image=gcr.io/kaniko-project/executor -- --destination=ghcr.io/acme/api',
      delivers: ['opaque kubectl run k?'],
    },
    { script: 'oc start-build api --follow', delivers: ['opaque oc start-build api?'] },
    {
      script: 'kubectl apply -f deploy/',
      files: { 'deploy/service.yaml': 'kind: Service\nspec: {ports: [{port: 80}]}\n' },
      delivers: [],
    },
    { script: 'kubectl create namespace build', delivers: [] },
    { script: 'helm upgrade --install db oci://registry.example.org/charts/db', delivers: [] },
  ],
};

const MANIFEST = /\.(?:ya?ml|json|tpl)$/;

function effects(call: CommandCall): readonly Effect[] {
  const line = readCommandLine(call.words, {
    values: [
      '-f',
      '--filename',
      '-k',
      '--kustomize',
      '-n',
      '--namespace',
      '--context',
      '--kubeconfig',
      '--set',
      '--set-string',
      '--set-file',
      '--values',
      '--version',
      '--timeout',
      '-p',
      '--parameter',
      '--image',
      '--overrides',
      '--from',
    ],
    switches: [
      '--install',
      '-i',
      '--wait',
      '--atomic',
      '--create-namespace',
      '--follow',
      '-R',
      '--recursive',
    ],
  });
  const isHelm = call.command.startsWith('helm ');
  const [first, second] = line.operands;
  const shown = (place: Value | undefined): string =>
    `${call.command} ${place === undefined ? '' : format(place)}`.trim();
  if (/^oc (?:new|start)-build$|^tkn /.test(call.command))
    return [unseenBuild(shown(first), call.words, call.command.startsWith('tkn '))];
  const given = isHelm
    ? [second ?? first].filter((place) => place !== undefined)
    : [
        ...line.all('-f', '--filename', '-k', '--kustomize'),
        ...(call.command === 'argo submit' && first !== undefined ? [first] : []),
      ];
  for (const place of given) {
    const paths = filesAt(call.files, call.path(place), MANIFEST);
    const effect = paths === null ? null : handedFiles(shown(place), paths, call.files);
    if (effect !== null) return [effect];
  }
  const words = [...call.words, ...(call.stdin === null ? [] : [call.stdin])].map(format).join(' ');
  return speaksOfImages(words) ? [unseenBuild(shown(first ?? text('')), call.words, false)] : [];
}

function unseenBuild(what: string, words: readonly Value[], needsCredentials: boolean): Effect {
  return opaqueEffect({
    what: what.trim(),
    needsCredentials: needsCredentials && !words.some((word) => /image|docker|push/i.test(known(word) ?? '')),
    content: [what, ...words.map(format)],
    doubt: {
      what: 'the cluster builds an image, and where it pushes it is not visible here',
      settledBy: 'push with a command that can be read, or approve it as it is',
    },
  });
}
