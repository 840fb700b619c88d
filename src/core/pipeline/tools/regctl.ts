// regctl: another registry client.
import { EMPTY } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const regctl: Tool = {
  id: 'regctl',
  family: 'regctl',
  documentation: 'https://regclient.org/cli/regctl/image/',
  commands: [
    'regctl image copy',
    'regctl image import',
    'regctl image mod',
    'regctl image export',
    'regctl index create',
    'regctl index add',
    'regctl manifest put',
    'regsync once',
    'regctl image create',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--create',
        '-p',
        '--platform',
        '--ref',
        '--digest',
        '-f',
        '--format',
        '--annotation',
        '--label-to-annotation',
        '--referrers-src',
        '--referrers-tgt',
        '--platforms',
      ],
      switches: [
        '--digest-tags',
        '--referrers',
        '--replace',
        '--force-recursive',
        '--include-external',
        '--fast',
      ],
    });
    const [first = EMPTY, second = EMPTY] = line.operands;
    switch (call.command) {
      case 'regctl image copy':
        return [pushEffect({ names: [second], origins: [first] })];
      case 'regctl image export':
        return [
          archiveEffect({
            path: call.path(second.length > 0 ? second : (call.output ?? ['-'])),
            names: [first],
          }),
        ];
      case 'regctl image mod':
        if (line.value('--create') === null && line.on('--replace') === 'no') return [];
        return [pushEffect({ names: [line.value('--create') ?? first], origins: [first] })];
      default:
        return [pushEffect({ names: [first] })];
    }
  },
  actions: [],
  examples: [
    {
      script: 'regctl image copy acme/api:1 quay.io/acme/api:1',
      delivers: ['registry-push quay.io/acme/api:1'],
    },
  ],
};
