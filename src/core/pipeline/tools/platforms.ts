// Platforms that build and push when they deploy: Heroku, Fly, CodeBuild, Okteto.
import { EMPTY, format, join, known, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, opaqueEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { unseen } from './gcloud.ts';

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
