// Earthly pushes what the Earthfile saves, with --push.
import { format, known, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { earthlyArguments, earthlyPushes } from '../earthfile.ts';
import { buildSource, type Effect, opaqueEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const earthly: Tool = {
  id: 'earthly',
  family: 'earthly',
  documentation: 'https://docs.earthly.dev/docs/earthly-command',
  commands: ['earthly', 'earth'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--build-arg',
        '--secret',
        '--platform',
        '--buildkit-host',
        '--artifact',
        '-a',
        '--org',
        '--sat',
        '--satellite',
        '--config',
        '--remote-cache',
      ],
      switches: [
        '--push',
        '--ci',
        '--no-output',
        '-P',
        '--allow-privileged',
        '--strict',
        '--no-cache',
        '--output',
      ],
    });
    const push = line.on('--push');
    // A target has a plus sign; without any, the first word is a command of its own (`earthly secrets ls`).
    const isOther = /^[a-z][a-z-]*$/.test(known(line.operands[0] ?? []) ?? '');
    if (push === 'no' || isOther) return [];
    const target = format(line.operands[0] ?? text('the target'));
    const folder = known(call.path(text('.')));
    const found =
      folder === null
        ? null
        : earthlyPushes(target, folder === '.' ? '' : folder, earthlyArguments(call.words), call.files);
    const unseen = (name: string): Effect =>
      opaqueEffect({
        what: `earthly --push ${name}`,
        doubt: {
          what: `which images ${name} saves in its Earthfile`,
          settledBy: 'keep the Earthfile in the repository, or approve it as it is',
        },
      });
    if (found === null) return [unseen(target)];
    return [
      ...found.images.map(({ name, happens }) =>
        pushEffect({ names: [name], source: buildSource({}), happens: push === 'yes' ? happens : 'unknown' }),
      ),
      ...found.unseen.map(unseen),
    ];
  },
  actions: ['earthly/actions-setup'],
  action: () => [],
  examples: [
    { script: 'earthly --push +image', delivers: ['opaque earthly --push +image?'] },
    { script: 'earthly +test', delivers: [] },
    { script: 'earthly registry setup "$HOST"', delivers: [] },
    {
      script: 'earthly --ci --push +all --TAG=2',
      files: {
        Earthfile:
          'VERSION 0.8\nall:\n  ARG TAG=1\n  BUILD ./web+image --TAG=$TAG\n  BUILD +api\napi:\n  FROM +base-image\n  SAVE IMAGE --push acme/api:1\n  SAVE IMAGE local\nbase-image:\n  FROM alpine\n',
        'web/Earthfile':
          'VERSION 0.8\nimage:\n  ARG TAG\n  IF [ -f x ]\n    SAVE IMAGE --push acme/web:$TAG\n  END\n',
      },
      delivers: ['registry-push docker.io/acme/api:1', 'registry-push docker.io/acme/web:2?'],
    },
    {
      script: 'earthly --push github.com/acme/build+image',
      delivers: ['opaque earthly --push github.com/acme/build+image?'],
    },
  ],
};
