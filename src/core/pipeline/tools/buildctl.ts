// BuildKit's own client: it pushes where an output says so.
import { text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { buildSource, PLAIN } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { buildEffects } from './build-output.ts';

export const buildctl: Tool = {
  id: 'buildctl',
  family: 'buildkit',
  documentation: 'https://github.com/moby/buildkit#output',
  commands: ['buildctl build', 'buildctl-daemonless.sh build', 'buildctl b'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--output',
        '-o',
        '--frontend',
        '--opt',
        '--local',
        '--oci-layout',
        '--secret',
        '--ssh',
        '--export-cache',
        '--import-cache',
        '--metadata-file',
        '--progress',
        '--allow',
        '--trace',
        '--source-policy-file',
        '--ref-file',
      ],
      switches: ['--no-cache', '--debug-json-cache-metrics'],
    });
    return buildEffects({
      names: [],
      outputs: line.all('--output', '-o'),
      caches: line.all('--export-cache'),
      source: buildSource({ context: call.path(text('.')) }),
      options: PLAIN,
      push: 'no',
      condition: null,
      stdout: call.output,
      path: call.path,
    });
  },
  actions: [],
  examples: [
    {
      script:
        'buildctl build --frontend dockerfile.v0 --local context=. --output type=image,name=docker.io/acme/api:1,push=true',
      delivers: ['registry-push docker.io/acme/api:1'],
    },
    {
      script: 'buildctl build --frontend dockerfile.v0 -o type=image,name=acme/api:1',
      delivers: [],
    },
  ],
};
