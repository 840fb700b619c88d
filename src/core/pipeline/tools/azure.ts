// Azure builders: az acr builds in the cloud and pushes by nature.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, join, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, opaqueEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { dockerfilePath, pairs } from './docker-build.ts';
import { unseen } from './gcloud.ts';

export const azure: Tool = {
  id: 'azure',
  family: 'cloud-build',
  documentation: 'https://learn.microsoft.com/cli/azure/acr#az-acr-build',
  commands: [
    'az acr build',
    'az acr import',
    'az acr run',
    'az acr pack build',
    'az containerapp up',
    'az acr task run',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--registry',
        '-r',
        '--image',
        '-t',
        '--file',
        '-f',
        '--build-arg',
        '--secret-build-arg',
        '--target',
        '--platform',
        '--name',
        '-n',
        '--source',
        '--resource-group',
        '-g',
        '--subscription',
        '--username',
        '-u',
        '--password',
        '-p',
        '--agent-pool',
        '--auth-mode',
        '--timeout',
        '--log-template',
        '--cmd',
        '--builder',
        '--environment',
        '--location',
        '-l',
        '--repository',
      ],
      switches: ['--no-push', '--no-logs', '--no-wait', '--force', '--no-format'],
    });
    const registry = line.value('--registry', '-r') ?? line.value('--name', '-n');
    const host: Value =
      registry === null
        ? unseen('az default registry', 'the account has a default registry')
        : azureHost(registry);
    const images = line.all('--image', '-t');
    if (call.command === 'az acr build' || call.command === 'az acr pack build') {
      if (line.on('--no-push') === 'yes') return [];
      const folder = line.operands[0] ?? text('.');
      const source = buildSource({
        dockerfile: dockerfilePath(call.path, folder, line.value('--file', '-f'), false),
        context: call.path(folder),
        target: line.value('--target'),
        arguments: pairs(line.all('--build-arg')),
      });
      return [pushEffect({ names: images.map((image) => underHost(host, image)), source })];
    }
    if (call.command === 'az acr import') {
      const from = line.value('--source') ?? EMPTY;
      return [
        pushEffect({
          names: (images.length > 0 ? images : [from]).map((image) => join([host, '/', image])),
          origins: [from],
        }),
      ];
    }
    if (call.command === 'az containerapp up' && line.value('--source') === null) return [];
    return [
      opaqueEffect({
        what: call.command,
        doubt: {
          what: 'what the task builds and pushes',
          settledBy: 'approve it as it is, or build in the open',
        },
      }),
    ];
  },
  actions: ['azure/container-apps-deploy-action'],
  action: (call) => {
    const registry = call.input('acrName');
    if (registry === null || call.input('appSourcePath') === null) return [];
    return [
      pushEffect({
        names: [
          join([
            azureHost(registry),
            '/',
            call.input('imageToBuild') ?? unseen('imageToBuild', 'the action names the image'),
          ]),
        ],
      }),
    ];
  },
  examples: [
    {
      script: 'az acr build --registry acme --image api:1 .',
      delivers: ['registry-push acme.azurecr.io/api:1'],
    },
    { script: 'az acr build -r acme -t api:1 --no-push .', delivers: [] },
    {
      script: 'az acr import -n acme --source docker.io/library/nginx:1 -t nginx:1',
      delivers: ['registry-push acme.azurecr.io/nginx:1'],
    },
  ],
};

/** az takes an image name with or without the host of its registry. */
function underHost(host: Value, image: Value): Value {
  return format(image).startsWith(`${format(host)}/`) ? image : join([host, '/', image]);
}

function azureHost(registry: Value): Value {
  return format(registry).includes('.azurecr.') ? registry : join([registry, '.azurecr.io']);
}
