// Builders in the cloud that push by nature: gcloud, az, aws, Heroku, Fly, Cloud Foundry.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, join, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, opaqueEffect, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';
import { dockerfilePath } from './docker-build.ts';

export const unseen = (expression: string, why: string): Value => [{ expression, why }];

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
