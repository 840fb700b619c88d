// `docker save`, `docker export` and their like: a whole image becomes a file.
import { EMPTY } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { archiveEffect, type Effect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const dockerSave: Tool = {
  id: 'docker-save',
  family: 'archive',
  documentation: 'https://docs.docker.com/reference/cli/docker/image/save/',
  commands: [
    'docker save',
    'docker image save',
    'docker export',
    'docker container export',
    'podman save',
    'podman image save',
    'podman export',
    'nerdctl save',
    'nerdctl image save',
    'ctr image export',
    'ctr images export',
    'finch save',
    'img save',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: ['--output', '-o', '--platform', '--format'],
      switches: ['--compress', '-m', '--multi-image-archive', '-q', '--quiet', '--all-platforms'],
    });
    const byName = call.command.startsWith('ctr ');
    const path = byName ? (line.operands[0] ?? EMPTY) : (line.value('--output', '-o') ?? call.output);
    const names = byName ? line.operands.slice(1) : line.operands;
    if (path === null) return carriedByPipe(call.feeds.length > 0, names);
    return [archiveEffect({ path: call.path(path), names })];
  },
  actions: [],
  examples: [
    { script: 'docker save acme/api -o api.tar', delivers: ['image-archive api.tar?'] },
    {
      steps:
        '- run: docker save acme/api | gzip > api.tgz\n- uses: actions/upload-artifact@v4\n  with: {path: api.tgz}',
      delivers: ['image-archive api.tgz'],
    },
    {
      script:
        'docker save -o api.tar acme/api; zstd api.tar -o api.tar.zst; gh release upload v1 api.tar.zst',
      delivers: ['image-archive api.tar'],
    },
    { script: 'docker save acme/api | docker load', delivers: [] },
  ],
};

/** An archive that flows into a pipe and no file: what the pipe ends in decides; see `carriers`. */
function carriedByPipe(
  feeds: boolean,
  names: Parameters<typeof archiveEffect>[0]['names'],
): readonly Effect[] {
  return feeds ? [archiveEffect({ path: ['-'], ...(names === undefined ? {} : { names }) })] : [];
}
