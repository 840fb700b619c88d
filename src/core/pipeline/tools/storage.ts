// Object storage and artifact servers that take a file.
import { prefix } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Tool } from '../tool.ts';
import { actionPaths, carry } from './carried.ts';

export const storage: Tool = {
  id: 'storage',
  family: 'archive',
  documentation: 'https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html',
  commands: [
    'aws s3 cp',
    'aws s3 sync',
    'aws s3 mv',
    'aws s3api put-object',
    'gsutil cp',
    'gsutil rsync',
    'gsutil mv',
    'gcloud storage cp',
    'gcloud storage rsync',
    'az storage blob upload',
    'az storage blob upload-batch',
    's3cmd put',
    's3cmd sync',
    'rclone copy',
    'rclone sync',
    'rclone move',
    'mc cp',
    'mc mirror',
    'azcopy copy',
    'azcopy cp',
    'ossutil cp',
    'coscmd upload',
    'b2 upload-file',
    'b2 file upload',
    'wrangler r2 object put',
    'jf rt upload',
    'jf rt u',
    'gcloud artifacts generic upload',
    'glab packages upload',
    'huggingface-cli upload',
    'jfrog rt u',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--body',
        '--bucket',
        '--key',
        '--file',
        '-f',
        '--source',
        '-s',
        '--region',
        '--profile',
        '--acl',
        '--content-type',
        '--exclude',
        '--include',
        '--endpoint-url',
        '--account-name',
        '--container-name',
        '-c',
        '--name',
        '-n',
        '--storage-class',
        '--config',
        '--metadata',
        '--package',
        '--repository',
        '--location',
        '--project',
        '--version',
      ],
      switches: [
        '--recursive',
        '-r',
        '--delete',
        '-q',
        '--quiet',
        '-m',
        '--only-show-errors',
        '--no-progress',
      ],
    });
    const named = [...line.all('--body'), ...line.all('--file', '-f'), ...line.all('--source', '-s')];
    const from = named.length > 0 ? named : line.operands.slice(0, Math.max(1, line.operands.length - 1));
    // A download has the remote side first.
    if (named.length === 0 && from.some((path) => /^(s3|gs|oss|https?|cos):\/\//.test(prefix(path))))
      return [];
    return [carry(call, from, 'object-storage')];
  },
  actions: [
    'jakejarvis/s3-sync-action',
    'google-github-actions/upload-cloud-storage',
    'shallwefootball/s3-upload-action',
    'bacongobbler/azure-blob-storage-upload',
    'azure/cli-storage-upload',
    'reggionick/s3-deploy',
    'tpaschalis/s3-sync-action',
  ],
  action: (call) => actionPaths(call, ['source_dir', 'path', 'folder', 'source'], 'object-storage'),
  examples: [
    {
      script: 'docker save acme/api -o api.tar; aws s3 cp api.tar s3://acme/',
      delivers: ['image-archive api.tar'],
    },
  ],
};
