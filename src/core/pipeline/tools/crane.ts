// crane and gcrane: a registry client that pushes, copies, changes and saves images.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, join, known } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';

const CRANE_VALUES = [
  '--platform',
  '-t',
  '--tag',
  '--new_tag',
  '--base',
  '-b',
  '-f',
  '--new_layer',
  '--image-refs',
  '-e',
  '--env',
  '-l',
  '--label',
  '-a',
  '--annotation',
  '--entrypoint',
  '--cmd',
  '-u',
  '--user',
  '--repo',
  '-r',
  '-o',
  '--output',
  '-m',
  '--manifest',
  '--jobs',
  '-j',
  '--workdir',
  '-w',
  '--format',
];

export const crane: Tool = {
  id: 'crane',
  family: 'crane',
  documentation: 'https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane.md',
  commands: [
    'crane push',
    'crane copy',
    'crane cp',
    'crane append',
    'crane mutate',
    'crane rebase',
    'crane flatten',
    'crane tag',
    'crane index append',
    'crane pull',
    'crane export',
    'crane index filter',
    'gcrane cp',
    'gcrane copy',
    'gcrane push',
    'gcrane append',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: CRANE_VALUES,
      switches: ['--insecure', '--all-tags', '--no-clobber', '-v'],
    });
    const [first = EMPTY, second = EMPTY] = line.operands;
    const verb = call.command.split(' ').slice(1).join(' ');
    const named = line.value('--tag', '-t', '--new_tag');
    switch (verb) {
      case 'push':
        return [pushEffect({ names: [second], origins: [first] })];
      case 'copy':
      case 'cp':
        return [pushEffect({ names: [second], origins: [first] })];
      case 'tag':
        return [pushEffect({ names: [retagged(first, second)], origins: [first] })];
      case 'pull':
      case 'export': {
        const path = line.operands.at(-1);
        if (line.operands.length < 2 || path === undefined || known(path) === '-') {
          return call.output === null
            ? []
            : [archiveEffect({ path: call.path(call.output), names: [first] })];
        }
        return [archiveEffect({ path: call.path(path), names: line.operands.slice(0, -1) })];
      }
      case 'append': {
        const file = line.value('-o', '--output');
        if (file !== null)
          return [archiveEffect({ path: call.path(file), names: named === null ? [] : [named] })];
        return [pushEffect({ names: named === null ? [] : [named] })];
      }
      default:
        return [pushEffect({ names: [named ?? first], origins: [first] })];
    }
  },
  actions: [],
  examples: [
    { script: 'crane copy acme/api:1 ghcr.io/acme/api:1', delivers: ['registry-push ghcr.io/acme/api:1'] },
    { script: 'crane tag acme/api:1 latest', delivers: ['registry-push docker.io/acme/api:latest'] },
    { script: 'crane digest acme/api:1', delivers: [] },
    { script: 'crane pull acme/api:1 api.tar', delivers: ['image-archive api.tar?'] },
  ],
};

export function retagged(name: Value, tag: Value): Value {
  const written = format(name);
  const cut = Math.max(
    written.lastIndexOf('@'),
    written.lastIndexOf(':') > written.lastIndexOf('/') ? written.lastIndexOf(':') : -1,
  );
  if (cut === -1) return join([name, ':', tag]);
  // Only a known tail can be cut; a hole in the tag goes with it.
  const kept: (Value | string)[] = [];
  let length = 0;
  for (const part of name) {
    const size = typeof part === 'string' ? part.length : part.expression.length;
    if (length + size <= cut) kept.push([part]);
    else if (typeof part === 'string' && length < cut) kept.push(part.slice(0, cut - length));
    length += size;
  }
  return join([...kept, ':', tag]);
}
