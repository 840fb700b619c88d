// ko builds Go programs into images and pushes them unless told not to.

import type { Truth, Value } from '../../model/value.ts';
import { join, known, split, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, buildSource, type Effect, PLAIN, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { unseen } from './bazel.ts';

export const ko: Tool = {
  id: 'ko',
  family: 'ko',
  documentation: 'https://ko.build/reference/ko_build/',
  commands: ['ko build', 'ko publish', 'ko resolve', 'ko apply', 'ko create', 'ko run'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--tags',
        '-t',
        '--platform',
        '--image-refs',
        '--tarball',
        '--oci-layout-path',
        '--image-label',
        '--sbom',
        '--sbom-dir',
        '-f',
        '--filename',
        '--tag-only',
        '--jobs',
        '-j',
        '--image-annotation',
        '--image-user',
        '--debug',
      ].filter((name) => name !== '--tag-only' && name !== '--debug'),
      switches: [
        '--local',
        '-L',
        '--push',
        '--bare',
        '-B',
        '--base-import-paths',
        '--preserve-import-paths',
        '-P',
        '--insecure-registry',
        '--tag-only',
      ],
    });
    const repository = call.variable('KO_DOCKER_REPO');
    const where = repository === null ? null : known(repository);
    if (line.on('--local', '-L') === 'yes' || where === 'ko.local' || where === 'kind.local') return [];
    const push: Truth = line.value('--push') === null ? 'yes' : line.on('--push');
    const tags = line.all('--tags', '-t').flatMap((tag) => split(tag, ','));
    const base =
      repository ??
      unseen('$KO_DOCKER_REPO', 'ko takes the registry from KO_DOCKER_REPO, which nothing in sight sets');
    const bare = line.on('--bare', '-B');
    const image = bare === 'yes' ? base : join([base, '/', packageName(line.operands[0] ?? text('.'))]);
    const names = tags.length === 0 ? [image] : tags.map((tag) => join([image, ':', tag]));
    const sbom = line.value('--sbom');
    const options = {
      ...PLAIN,
      sbom: sbom !== null && known(sbom) !== 'none' ? ('yes' as const) : ('no' as const),
    };
    const effects: Effect[] = [pushEffect({ names, happens: push, source: buildSource({}), options })];
    for (const path of line.all('--tarball', '--oci-layout-path'))
      effects.push(archiveEffect({ path: call.path(path), names }));
    return effects;
  },
  actions: [],
  examples: [
    {
      script: 'KO_DOCKER_REPO=ghcr.io/acme/api ko build --bare -t 1 ./cmd/api',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: 'ko build --local ./cmd/api', delivers: [] },
    { script: 'export KO_DOCKER_REPO=kind.local; ko apply -f x.yaml', delivers: [] },
  ],
};

/** ko names an image after the import path; without its module only the folder is certain. */
function packageName(path: Value): Value {
  const leaf = split(path, '/').at(-1) ?? path;
  return known(leaf) === '.' || leaf.length === 0
    ? unseen('import path', 'ko names the image after the import path')
    : leaf;
}
