// Registry log-ins: where a job can push at all.
import { text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Effect } from '../effect.ts';
import type { Tool } from '../tool.ts';

const HUB = text('docker.io');

export const login: Tool = {
  id: 'login',
  family: 'login',
  documentation: 'https://docs.docker.com/reference/cli/docker/login/',
  commands: [
    'docker login',
    'podman login',
    'buildah login',
    'skopeo login',
    'crane auth login',
    'oras login',
    'regctl registry login',
    'helm registry login',
    'nerdctl login',
    'ko login',
    'cosign login',
    'az acr login',
    'gcloud auth configure-docker',
    'heroku container:login',
    'ibmcloud cr login',
    'doctl registry login',
  ],
  command: ({ command, words }) => {
    const line = readCommandLine(words, {
      values: [
        '-u',
        '--username',
        '-p',
        '--password',
        '--authfile',
        '--cert-dir',
        '--name',
        '-n',
        '--user',
        '--pass',
        '--subscription',
        '--expiry-seconds',
      ],
      switches: ['--password-stdin'],
    });
    if (command === 'az acr login') return [loggedIn([...(line.value('--name', '-n') ?? []), '.azurecr.io'])];
    if (command.startsWith('heroku')) return [loggedIn(text('registry.heroku.com'))];
    if (command.startsWith('doctl')) return [loggedIn(text('registry.digitalocean.com'))];
    if (command.startsWith('ibmcloud')) return [loggedIn(text('icr.io'))];
    const [registry] = line.operands;
    return [loggedIn(registry ?? (command.startsWith('gcloud') ? text('gcr.io') : HUB))];
  },
  actions: [
    'docker/login-action',
    'redhat-actions/podman-login',
    'azure/docker-login',
    'aws-actions/amazon-ecr-login',
    'azure/acr-login',
    'google-github-actions/setup-docker',
    'aliyun/acr-login',
    'actions-hub/docker/login',
    'jamescurtin/github-oci-login-action',
  ],
  action: (call) => {
    if (call.action === 'aws-actions/amazon-ecr-login') {
      const registry = {
        expression: `\${{ steps.${call.step}.outputs.registry }}`,
        why: 'the AWS account and region of the credentials decide it',
      };
      return [
        loggedIn([registry]),
        {
          kind: 'outputs',
          outputs: new Map([['registry', { kind: 'text', value: [registry] }]]),
          environment: new Map(),
        },
      ];
    }
    return [
      loggedIn(call.input('registry') ?? call.input('login-server') ?? call.input('login_server') ?? HUB),
    ];
  },
  examples: [{ script: 'docker login -u x -p y ghcr.io', delivers: [] }],
};

function loggedIn(registry: Extract<Effect, { kind: 'login' }>['registry']): Effect {
  return { kind: 'login', registry };
}
