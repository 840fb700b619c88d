// `docker run`: a container may hold a tool that pushes.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, known } from '../../value.ts';
import { type Effect, opaqueEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';
import { crane } from './crane.ts';
import { kanikoEffects } from './kaniko.ts';
import { oras } from './oras.ts';
import { podmanPush } from './podman-push.ts';
import { regctl } from './regctl.ts';
import { skopeo } from './skopeo.ts';

const RUN_VALUES = [
  '-v',
  '--volume',
  '-e',
  '--env',
  '--env-file',
  '-w',
  '--workdir',
  '-p',
  '--publish',
  '--name',
  '--entrypoint',
  '-u',
  '--user',
  '--network',
  '--net',
  '--mount',
  '--platform',
  '-h',
  '--hostname',
  '-l',
  '--label',
  '--add-host',
  '--cap-add',
  '--cap-drop',
  '--device',
  '--dns',
  '--gpus',
  '--ip',
  '--ipc',
  '--link',
  '--log-driver',
  '--log-opt',
  '-m',
  '--memory',
  '--pid',
  '--pull',
  '--restart',
  '--runtime',
  '--security-opt',
  '--shm-size',
  '--tmpfs',
  '--ulimit',
  '--userns',
  '--volumes-from',
  '--cpus',
  '--cidfile',
  '--expose',
  '--health-cmd',
  '--health-interval',
  '--health-timeout',
  '--health-retries',
  '--health-start-period',
  '--stop-timeout',
  '--sysctl',
  '--storage-opt',
  '--cgroupns',
  '--annotation',
  '--group-add',
  '--stop-signal',
  '-a',
  '--attach',
];

/** `docker run`: a container may hold a tool that pushes. */
export const containerRun: Tool = {
  id: 'container-run',
  family: 'wrapper',
  documentation: 'https://docs.docker.com/reference/cli/docker/container/run/',
  commands: ['docker run', 'docker container run', 'podman run'],
  command: (call) => {
    const start = imagePosition(call.words);
    const image = call.words[start] ?? EMPTY;
    const inside = call.words.slice(start + 1);
    if (/kaniko-project\/executor|\/kaniko(:|@|$)/.test(format(image))) return kanikoEffects(call, inside);
    const client = clientEffects(call, format(image), inside);
    if (client !== null) return client;
    const options = call.words.slice(0, start).map(format);
    if (!options.some((option) => option.includes('docker.sock'))) return [];
    return [
      opaqueEffect({
        what: `docker run ${format(image)}`,
        doubt: {
          what: `what ${format(image)} does with the Docker daemon it is given`,
          settledBy: 'look into that image, or run the commands in the open',
        },
        needsCredentials: true,
      }),
    ];
  },
  actions: [],
  examples: [
    {
      script: 'docker run --rm quay.io/skopeo/stable copy docker://a/b:1 docker://ghcr.io/acme/b:1',
      delivers: ['registry-push ghcr.io/acme/b:1'],
    },
    { script: 'docker run --rm -it alpine ls', delivers: [] },
  ],
};

const CLIENTS: readonly Tool[] = [crane, oras, podmanPush, regctl, skopeo];

/** An image that holds one registry client, with or without the client's name in front of its words. */
function clientEffects(call: CommandCall, image: string, inside: readonly Value[]): readonly Effect[] | null {
  const name = /(?:^|\/)(buildah|crane|gcrane|oras|podman|regctl|skopeo)(?=[/:@]|$)/.exec(image)?.[1];
  if (name === undefined) return null;
  const words = known(inside[0] ?? EMPTY) === name ? inside.slice(1) : inside;
  const spoken = `${[name, ...words.map((word) => known(word) ?? '?')].join(' ')} `;
  for (const tool of CLIENTS) {
    const command = tool.commands.find((each) => spoken.startsWith(`${each} `));
    if (command === undefined) continue;
    const own = words.slice(command.split(' ').length - 1);
    return tool.command?.({ ...call, command, words: own }) ?? null;
  }
  return null;
}

function imagePosition(words: readonly Value[]): number {
  for (let at = 0; at < words.length; at += 1) {
    const word = known(words[at] ?? EMPTY);
    if (word === null) {
      if (typeof words[at]?.[0] === 'string' && String(words[at]?.[0]).startsWith('-')) continue;
      return at;
    }
    if (!word.startsWith('-')) return at;
    if (RUN_VALUES.includes(word)) at += 1;
  }
  return words.length;
}
