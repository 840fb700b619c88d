// Builders in the cloud that push by nature: gcloud, az, aws, Heroku, Fly, Cloud Foundry.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, join, known, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, opaqueEffect, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';
import { dockerfilePath, pairs } from './docker-build.ts';

const unseen = (expression: string, why: string): Value => [{ expression, why }];

export const gcloud: Tool = {
  id: 'gcloud',
  family: 'cloud-build',
  documentation: 'https://cloud.google.com/sdk/gcloud/reference/builds/submit',
  commands: [
    'gcloud builds submit',
    'gcloud beta builds submit',
    'gcloud run deploy',
    'gcloud beta run deploy',
    'gcloud functions deploy',
    'gcloud artifacts docker tags add',
    'gcloud container images add-tag',
    'gcloud builds triggers run',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--tag',
        '-t',
        '--image',
        '--config',
        '--substitutions',
        '--region',
        '--project',
        '--source',
        '--timeout',
        '--machine-type',
        '--platform',
        '--service-account',
        '--gcs-source-staging-dir',
        '--gcs-log-dir',
        '--set-env-vars',
        '--update-env-vars',
        '--env-vars-file',
        '--memory',
        '--cpu',
        '--port',
        '--allow-unauthenticated',
        '--ignore-file',
        '--pack',
        '--format',
        '--branch',
        '--worker-pool',
        '--concurrency',
        '--max-instances',
        '--min-instances',
        '--set-secrets',
        '--runtime',
        '--entry-point',
        '--verbosity',
        '--account',
      ].filter((name) => name !== '--allow-unauthenticated'),
      switches: ['--async', '--quiet', '-q', '--no-source', '--no-cache', '--allow-unauthenticated'],
    });
    if (/tags add|add-tag/.test(call.command))
      return [pushEffect({ names: line.operands.slice(1), origins: line.operands.slice(0, 1) })];
    if (call.command.endsWith('builds submit'))
      return submit(call, line.value('--tag', '-t'), line.value('--config'), line.operands[0] ?? text('.'));
    if (call.command.endsWith('run deploy')) {
      const folder = line.value('--source');
      return folder === null
        ? []
        : [
            deployed(
              call,
              line.value('--region'),
              line.value('--project'),
              folder,
              line.operands[0] ?? EMPTY,
            ),
          ];
    }
    if (call.command.endsWith('triggers run')) return [unseenBuild(call, 'the Cloud Build trigger')];
    return [];
  },
  actions: ['google-github-actions/deploy-cloudrun'],
  action: (call) => {
    const source = call.input('source');
    if (source === null || source.length === 0) return [];
    const registry = regionHost(call.input('region'));
    return [
      pushEffect({
        names: [
          join([
            registry,
            '/',
            unseen('project', 'the project of the credentials'),
            '/cloud-run-source-deploy/',
            call.input('service') ?? EMPTY,
          ]),
        ],
        source: buildSource({ context: call.path(source) }),
      }),
    ];
  },
  examples: [
    {
      script: 'gcloud builds submit --tag gcr.io/acme/api:1 .',
      delivers: ['registry-push gcr.io/acme/api:1'],
    },
    { script: 'gcloud run deploy api --image gcr.io/acme/api', delivers: [] },
    {
      script: 'gcloud run deploy api --source . --region us-east1 --project acme',
      delivers: ['registry-push us-east1-docker.pkg.dev/acme/cloud-run-source-deploy/api:latest'],
    },
  ],
};

function submit(call: CommandCall, tag: Value | null, config: Value | null, folder: Value) {
  if (tag !== null) {
    return [
      pushEffect({
        names: [tag],
        source: buildSource({
          dockerfile: dockerfilePath(call.path, folder, null, false),
          context: call.path(folder),
        }),
      }),
    ];
  }
  return [unseenBuild(call, format(config ?? text('cloudbuild.yaml')))];
}

function unseenBuild(call: CommandCall, where: string) {
  return opaqueEffect({
    what: call.command,
    doubt: {
      what: `what ${where} builds and pushes`,
      settledBy: `put ${where} into the repository, or approve it as it is`,
    },
  });
}

function regionHost(region: Value | null): Value {
  return join([region ?? unseen('region', 'the default region of the account'), '-docker.pkg.dev']);
}

/** https://cloud.google.com/run/docs/deploying-source-code : images land in `cloud-run-source-deploy` of the region. */
function deployed(
  call: CommandCall,
  region: Value | null,
  project: Value | null,
  folder: Value,
  service: Value,
) {
  const where = region ?? call.variable('CLOUDSDK_RUN_REGION');
  const owner =
    project ?? call.variable('CLOUDSDK_CORE_PROJECT') ?? unseen('project', 'the project of the credentials');
  return pushEffect({
    names: [join([regionHost(where), '/', owner, '/cloud-run-source-deploy/', service])],
    source: buildSource({ context: call.path(folder) }),
  });
}

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

export const platforms: Tool = {
  id: 'platforms',
  family: 'cloud-build',
  documentation: 'https://devcenter.heroku.com/articles/container-registry-and-runtime',
  commands: [
    'heroku container:push',
    'heroku container:release',
    'fly deploy',
    'flyctl deploy',
    'aws codebuild start-build',
    'copilot deploy',
    'copilot svc deploy',
    'railway up',
    'scw registry',
    'okteto build',
    'okteto deploy',
    'sam build',
    'doctl apps create-deployment',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--app',
        '-a',
        '--config',
        '-c',
        '--image',
        '-i',
        '--dockerfile',
        '--build-arg',
        '--project-name',
        '--context-path',
        '--arg',
        '-t',
        '--tag',
        '-f',
        '--file',
      ],
      switches: ['--remote-only', '--local-only', '--recursive', '-R', '--build-only', '--push'],
    });
    if (call.command === 'heroku container:push') {
      const app = line.value('--app', '-a') ?? unseen('--app', 'the app of the Heroku remote');
      const kinds = line.operands.length > 0 ? line.operands : [text('web')];
      return [
        pushEffect({
          names: kinds.map((kind) => join(['registry.heroku.com/', app, '/', kind])),
          source: buildSource({}),
        }),
      ];
    }
    if (/^fly(ctl)? deploy$/.test(call.command) && line.value('--image', '-i') === null) {
      return [
        pushEffect({
          names: [
            join(['registry.fly.io/', line.value('--app', '-a') ?? unseen('app', 'fly.toml names the app')]),
          ],
          source: buildSource({ context: call.path(line.operands[0] ?? text('.')) }),
        }),
      ];
    }
    if (call.command === 'okteto build') {
      const tag = line.value('-t', '--tag');
      return tag === null ? [] : [pushEffect({ names: [tag] })];
    }
    if (!/codebuild|copilot|railway/.test(call.command)) return [];
    return [
      opaqueEffect({
        what: `${call.command} ${known(line.value('--project-name') ?? EMPTY) ?? ''}`.trim(),
        doubt: {
          what: 'what the remote build pushes',
          settledBy: 'approve it as it is, or build in the open',
        },
      }),
    ];
  },
  actions: ['akhileshns/heroku-deploy', 'superfly/flyctl-actions', 'aws-actions/aws-codebuild-run-build'],
  action: (call) => {
    if (call.action === 'akhileshns/heroku-deploy') {
      if (call.on('usedocker', 'no') === 'no') return [];
      return [
        pushEffect({
          names: [join(['registry.heroku.com/', call.input('heroku_app_name') ?? EMPTY, '/web'])],
          source: buildSource({}),
        }),
      ];
    }
    if (call.action === 'superfly/flyctl-actions' && !format(call.input('args') ?? EMPTY).includes('deploy'))
      return [];
    return [
      opaqueEffect({
        what: call.action,
        doubt: {
          what: 'what the remote build pushes',
          settledBy: 'approve it as it is, or build in the open',
        },
      }),
    ];
  },
  examples: [
    {
      script: 'heroku container:push web --app acme',
      delivers: ['registry-push registry.heroku.com/acme/web:latest'],
    },
    { script: 'fly deploy --image acme/api', delivers: [] },
  ],
};
