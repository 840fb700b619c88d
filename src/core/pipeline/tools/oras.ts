// Registry clients that need no daemon: crane, gcrane, regctl, oras, img.
import { EMPTY } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, type Effect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { retagged } from './crane.ts';

/** `oras push` and `attach` store files beside images, which is no image; `oras cp` copies whatever it is told. */
export const oras: Tool = {
  id: 'oras',
  family: 'oras',
  documentation: 'https://oras.land/docs/commands/oras_cp',
  commands: ['oras cp', 'oras copy', 'oras tag', 'oras manifest index create'],
  command: (call): readonly Effect[] => {
    const line = readCommandLine(call.words, {
      values: [
        '--from-username',
        '--from-password',
        '--to-username',
        '--to-password',
        '--platform',
        '--concurrency',
        '--from-registry-config',
        '--to-registry-config',
        '--annotation',
        '-a',
      ],
      switches: [
        '-r',
        '--recursive',
        '--from-oci-layout',
        '--to-oci-layout',
        '--from-plain-http',
        '--to-plain-http',
        '--oci-layout',
      ],
    });
    const [first = EMPTY, second = EMPTY] = line.operands;
    if (line.on('--to-oci-layout') === 'yes')
      return [archiveEffect({ path: call.path(second), names: [first] })];
    if (call.command === 'oras tag')
      return [pushEffect({ names: [retagged(first, second)], origins: [first] })];
    if (call.command === 'oras manifest index create') return [pushEffect({ names: [first] })];
    return [pushEffect({ names: [second], origins: [first] })];
  },
  actions: [],
  examples: [
    { script: 'oras cp acme/api:1 ghcr.io/acme/api:1', delivers: ['registry-push ghcr.io/acme/api:1'] },
    {
      script: 'oras attach --artifact-type application/spdx+json ghcr.io/acme/api:1 sbom.json',
      delivers: [],
    },
  ],
};
