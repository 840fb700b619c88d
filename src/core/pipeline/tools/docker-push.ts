// `docker push` and its like: a local image goes to the registry its name says.
import type { Value } from '../../model/value.ts';
import { text } from '../../value.ts';
import { booleanOf, readCommandLine } from '../command-line.ts';
import { type Effect, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';

export const dockerPush: Tool = {
  id: 'docker-push',
  family: 'docker-push',
  documentation: 'https://docs.docker.com/reference/cli/docker/image/push/',
  commands: [
    'docker push',
    'docker image push',
    'docker manifest push',
    'docker trust sign',
    'nerdctl push',
    'nerdctl image push',
    'img push',
    'finch push',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, { values: ['--platform'], switches: [] });
    return line.operands.slice(0, 1).flatMap((name) => pushed(call, name, trusted(call, line)));
  },
  actions: [],
  examples: [
    { script: 'docker push acme/api:1', delivers: ['registry-push docker.io/acme/api:1'] },
    {
      script: 'docker push --disable-content-trust=false Ghcr.io/acme/api',
      delivers: ['registry-push ghcr.io/acme/api:latest'],
    },
    { script: 'docker manifest push quay.io/acme/api:1', delivers: ['registry-push quay.io/acme/api:1'] },
    { script: 'echo docker push acme/api:1', delivers: [] },
    { script: 'docker push localhost:5000/acme/api', delivers: [] },
    {
      script: 'for t in a b; do docker push "acme/api:$t"; done',
      delivers: ['registry-push docker.io/acme/api:a,b'],
    },
  ],
};

function pushed(call: CommandCall, name: Value, signed: 'yes' | 'no' | 'unknown'): readonly Effect[] {
  const effects: Effect[] = [
    pushEffect({ names: [name], signed: call.command === 'docker trust sign' ? 'yes' : signed }),
  ];
  // `docker trust sign` pushes the tag it signs, and what carries the tag is signed from then on.
  if (call.command === 'docker trust sign') effects.push({ kind: 'sign', names: [name], happens: 'yes' });
  return effects;
}

function trusted(call: CommandCall, line: ReturnType<typeof readCommandLine>): 'yes' | 'no' | 'unknown' {
  if (call.command.startsWith('docker manifest')) return 'no';
  const disabled = line.on('--disable-content-trust');
  if (line.value('--disable-content-trust') !== null)
    return disabled === 'yes' ? 'no' : disabled === 'no' ? 'yes' : 'unknown';
  if (disabled === 'yes') return 'no';
  return booleanOf(call.variable('DOCKER_CONTENT_TRUST') ?? text('0'));
}
