// Registry clients that need no daemon: crane, gcrane, regctl, oras, img.
import { EMPTY, format } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, type Effect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { retagged } from './crane.ts';

/** https://github.com/opencontainers/image-spec/blob/main/media-types.md and Docker's older ones. */
const IMAGE_TYPES =
  /application\/vnd\.(oci\.image\.(layer|config|rootfs)|docker\.(image\.rootfs|container\.image))/;

/**
 * `oras push` stores files, which is an image where they are given the media types of one; `attach` stores files
 * beside images; `oras cp` copies whatever it is told.
 */
export const oras: Tool = {
  id: 'oras',
  family: 'oras',
  documentation: 'https://oras.land/docs/commands/oras_cp',
  commands: [
    'oras cp',
    'oras copy',
    'oras tag',
    'oras push',
    'oras manifest push',
    'oras manifest index create',
  ],
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
        '--artifact-type',
        '--config',
        '--annotation-file',
        '--image-spec',
        '--media-type',
        '--username',
        '-u',
        '--password',
        '-p',
        '--export-manifest',
        '--ca-file',
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
    if (call.command === 'oras push')
      return call.words.some((word) => IMAGE_TYPES.test(format(word)))
        ? [pushEffect({ names: [first] })]
        : [];
    if (call.command === 'oras manifest push' || call.command === 'oras manifest index create')
      return [pushEffect({ names: [first] })];
    return [pushEffect({ names: [second], origins: [first] })];
  },
  actions: [],
  examples: [
    {
      script: 'oras push ghcr.io/acme/api:1 api.tar:application/vnd.oci.image.layer.v1.tar',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: 'oras push ghcr.io/acme/notes:1 notes.txt:text/plain', delivers: [] },
    { script: 'oras cp acme/api:1 ghcr.io/acme/api:1', delivers: ['registry-push ghcr.io/acme/api:1'] },
    {
      script: 'oras attach --artifact-type application/spdx+json ghcr.io/acme/api:1 sbom.json',
      delivers: [],
    },
  ],
};
