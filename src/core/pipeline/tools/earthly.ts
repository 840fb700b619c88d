// Earthly pushes what the Earthfile saves, with --push.
import { format, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { opaqueEffect } from '../effect.ts';
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
    if (push === 'no') return [];
    const target = format(line.operands[0] ?? text('the target'));
    return [
      opaqueEffect({
        what: `earthly --push ${target}`,
        doubt: {
          what: `which images ${target} saves in the Earthfile`,
          settledBy: 'approve it as it is, or push in the open',
        },
      }),
    ];
  },
  actions: ['earthly/actions-setup'],
  action: () => [],
  examples: [
    { script: 'earthly --push +image', delivers: ['opaque earthly --push +image?'] },
    { script: 'earthly +test', delivers: [] },
  ],
};
