// Dagger: functions of modules in other languages; `publish` at the end of a chain pushes what it is given.
import { EMPTY, format, hole, known } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { type Effect, opaqueEffect, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';

export const dagger: Tool = {
  id: 'dagger',
  family: 'wrapper',
  documentation: 'https://docs.dagger.io/reference/cli/',
  commands: ['dagger call'],
  command: (call) => daggerEffects(call),
  actions: ['dagger/dagger-for-github'],
  action: (call) => {
    const verb = call.input('verb');
    const args = call.input('args') ?? call.input('call') ?? call.input('shell');
    if (args === null && verb === null) return [];
    return unseen(`${format(verb ?? EMPTY)} ${format(args ?? EMPTY)}`.trim());
  },
  examples: [
    {
      script: 'dagger call -m github.com/acme/m build --source=. publish --address=ttl.sh/acme/api:1',
      delivers: ['registry-push ttl.sh/acme/api:1'],
    },
    { script: 'dagger call test --source=.', delivers: [] },
  ],
};

function daggerEffects(call: CommandCall): readonly Effect[] {
  const words = call.words.map((word) => known(word));
  if (words.includes('publish')) {
    const line = readCommandLine(call.words, { values: ['--address'], switches: [] });
    const address = line.value('--address') ?? hole('--address', 'the module names the image itself');
    return [pushEffect({ names: [address] })];
  }
  return unseen(call.words.map(format).join(' '));
}

/** What a module does is written in its own language; only where the job can push somewhere is it worth a question. */
function unseen(written: string): readonly Effect[] {
  return [
    opaqueEffect({
      what: `dagger ${written.split(' ').slice(0, 3).join(' ')}`,
      doubt: {
        what: 'what the functions of the Dagger module push',
        settledBy: 'push with a command in the open, or approve it as it is',
      },
      needsCredentials: !/publish|push|release|ship|deploy/i.test(written),
      content: [written],
    }),
  ];
}
