// `buildkite-agent pipeline upload`: the steps that follow are those of another file.
import { format, known } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { opaqueEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';

export const buildkiteUpload: Tool = {
  id: 'buildkite-upload',
  family: 'wrapper',
  documentation: 'https://buildkite.com/docs/agent/v3/cli-pipeline',
  commands: ['buildkite-agent pipeline upload'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: ['--job', '--agent-access-token', '--endpoint', '--redacted-vars'],
      switches: ['--replace', '--dry-run', '--no-interpolation', '--reject-secrets', '--no-color', '--debug'],
    });
    const [file] = line.operands;
    if (line.on('--dry-run') === 'yes' || (file === undefined ? !isPiped(call) : isRead(call))) return [];
    return [
      opaqueEffect({
        what: `pipeline upload ${file === undefined ? 'of what a command prints' : format(file)}`,
        doubt: {
          what: 'the steps that are uploaded are not in sight',
          settledBy: 'keep them in a file below .buildkite, or approve it as it is',
        },
        content: [
          call.words.map(format).join(' '),
          ...call.fedBy.map((words) => words.map(format).join(' ')),
        ],
      }),
    ];
  },
  actions: [],
  examples: [
    {
      script: './steps | buildkite-agent pipeline upload',
      delivers: ['opaque pipeline upload of what a command prints?'],
    },
    {
      script: 'buildkite-agent pipeline upload .buildkite/more.yml',
      files: { '.buildkite/more.yml': 'steps: []\n' },
      delivers: [],
    },
    { script: 'buildkite-agent pipeline upload', delivers: [] },
  ],
};

/** Without a file it takes what is piped into it, else the pipeline's own file, which is read by itself. */
function isPiped(call: CommandCall): boolean {
  return call.fedBy.length > 0 || call.stdin !== null;
}

function isRead(call: CommandCall): boolean {
  const [first] = readCommandLine(call.words, { values: [], switches: [] }).operands;
  const path = first === undefined ? null : known(call.path(first));
  return path !== null && /^\.?buildkite\//.test(path) && call.files.has(path);
}
