// What carries files out of a job: artifacts, release assets, object storage, copies to other machines.
import type { ArchiveChannel } from '../../model/delivery.ts';
import type { Value } from '../../model/value.ts';
import { format, prefix, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Effect } from '../effect.ts';
import type { ActionCall, CommandCall, Tool } from '../tool.ts';

const carry = (
  call: { readonly path: (path: Value) => Value },
  paths: readonly Value[],
  channel: ArchiveChannel,
): Effect => ({
  kind: 'carry',
  paths: paths.map((path) => (format(path) === '-' ? path : call.path(path))),
  channel,
});

export const artifacts: Tool = {
  id: 'artifacts',
  family: 'archive',
  documentation: 'https://github.com/actions/upload-artifact#inputs',
  commands: [],
  actions: [
    'actions/upload-artifact',
    'actions/upload-pages-artifact',
    'buildjet/upload-artifact',
    'christopherhx/gitea-upload-artifact',
    'forgejo/upload-artifact',
  ],
  action: (call) => [carry(call, included(call.lines('path')), 'workflow-artifact')],
  examples: [
    {
      steps:
        '- run: docker save acme/api > build/api.tar\n- uses: actions/upload-artifact@v4\n  with: {name: x, path: "build/*.tar"}',
      delivers: ['image-archive build/api.tar'],
    },
    { steps: '- uses: actions/upload-artifact@v4\n  with: {name: x, path: coverage}', delivers: [] },
  ],
};

const RELEASE_INPUTS: Readonly<Record<string, readonly string[]>> = {
  'softprops/action-gh-release': ['files'],
  'ncipollo/release-action': ['artifacts', 'artifact'],
  'svenstaro/upload-release-action': ['file'],
  'actions/upload-release-asset': ['asset_path'],
  'marvinpinto/action-automatic-releases': ['files'],
  'shogo82148/actions-upload-release-asset': ['asset_path'],
  'alexellis/upload-assets': ['asset_paths'],
  'csexton/release-asset-action': ['file', 'files', 'pattern'],
  'xresloader/upload-to-github-release': ['file'],
  'skx/github-action-publish-binaries': ['args'],
  'termux/upload-release-action': ['file'],
  'eloquent/github-release-action': ['assets'],
};

export const releases: Tool = {
  id: 'releases',
  family: 'archive',
  documentation: 'https://cli.github.com/manual/gh_release_upload',
  commands: [
    'gh release upload',
    'gh release create',
    'hub release create',
    'hub release edit',
    'ghr',
    'glab release upload',
    'glab release create',
    'github-release upload',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--repo',
        '-R',
        '--notes',
        '-n',
        '--notes-file',
        '-F',
        '--title',
        '-t',
        '--target',
        '--discussion-category',
        '--notes-start-tag',
        '-a',
        '--attach',
        '-m',
        '--message',
        '--file',
        '-f',
        '--name',
        '--tag',
        '--user',
        '-u',
        '-r',
        '--token',
        '-c',
        '-b',
      ],
      switches: [
        '--draft',
        '-d',
        '--prerelease',
        '-p',
        '--clobber',
        '--generate-notes',
        '--latest',
        '--verify-tag',
        '--replace',
      ],
    });
    const files = [
      ...line.operands.slice(1),
      ...line.all('-a', '--attach'),
      ...(call.command === 'github-release upload' ? line.all('--file', '-f') : []),
    ];
    return files.length === 0 ? [] : [carry(call, files.map(withoutLabel), 'release-asset')];
  },
  actions: Object.keys(RELEASE_INPUTS),
  action: (call) => {
    const files = (RELEASE_INPUTS[call.action] ?? []).flatMap((name) => call.lines(name));
    return files.length === 0 ? [] : [carry(call, included(files), 'release-asset')];
  },
  examples: [
    {
      steps:
        '- run: docker save acme/api > api.tar\n- uses: softprops/action-gh-release@v2\n  with:\n    files: |\n      notes.md\n      api.tar',
      delivers: ['image-archive api.tar'],
    },
  ],
};

/** `file#Display label`. */
function withoutLabel(path: Value): Value {
  return path
    .map((part) => (typeof part === 'string' ? (part.split('#')[0] ?? '') : part))
    .filter((part) => part !== '');
}

function included(paths: readonly Value[]): readonly Value[] {
  return paths.filter((path) => !prefix(path).startsWith('!'));
}

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

export const transfers: Tool = {
  id: 'transfers',
  family: 'archive',
  documentation: 'https://man.openbsd.org/scp',
  commands: [
    'scp',
    'rsync',
    'sftp',
    'lftp',
    'ftp',
    'curl',
    'ssh',
    'sshpass',
    'croc send',
    'tailscale file cp',
    'kubectl cp',
    'wormhole send',
  ],
  command: (call) => transferred(call),
  actions: [
    'appleboy/scp-action',
    'burnett01/rsync-deployments',
    'easingthemes/ssh-deploy',
    'samkirkland/ftp-deploy-action',
    'garygrossgarten/github-action-scp',
    'wlixcc/sftp-deploy-action',
    'cross-the-world/scp-pipeline',
    'nogsantos/scp-deploy',
  ],
  action: (call) =>
    actionPaths(call, ['source', 'path', 'local', 'local-dir', 'local_path', 'src'], 'file-transfer'),
  examples: [
    { script: 'docker save acme/api | gzip | ssh deploy@host docker load', delivers: ['image-archive -'] },
    { script: 'docker save -o a.tar acme/api && scp a.tar host:/srv', delivers: ['image-archive a.tar'] },
    { script: 'curl -fsSL https://example.org/a.tar -o a.tar', delivers: [] },
  ],
};

function transferred(call: CommandCall): readonly Effect[] {
  if (call.command === 'ssh' || call.command === 'sshpass')
    return call.fedBy.length > 0 ? [carry(call, [text('-')], 'file-transfer')] : [];
  const line = readCommandLine(call.words, {
    values: [
      '-i',
      '-P',
      '-p',
      '-o',
      '-e',
      '-F',
      '-T',
      '--upload-file',
      '--data-binary',
      '-H',
      '--header',
      '-u',
      '--user',
      '-X',
      '--request',
      '-d',
      '--data',
      '-A',
      '-c',
      '--output',
      '--exclude',
      '--include',
      '--rsh',
      '-J',
      '-l',
      '--retry',
      '-n',
      '--form',
      '-b',
    ],
    switches: ['-r', '-C', '-q', '-a', '-v', '-z', '-s', '-S', '-L', '-f'],
  });
  if (call.command === 'curl') {
    const uploaded = [
      ...line.all('-T', '--upload-file'),
      ...[...line.all('--data-binary'), ...line.all('-F', '--form')].flatMap((value) => atFile(value)),
    ];
    return uploaded.length === 0 ? [] : [carry(call, uploaded, 'file-transfer')];
  }
  const last = line.operands.at(-1);
  // `host:path` first means that files come in.
  const incoming = line.operands.slice(0, -1).some((path) => /^[\w.@-]+:/.test(prefix(path)));
  return last === undefined || incoming ? [] : [carry(call, line.operands.slice(0, -1), 'file-transfer')];
}

/** `@file`, `name=@file`. */
function atFile(value: Value): readonly Value[] {
  const start = prefix(value);
  const at = start.indexOf('@');
  return at === -1 ? [] : [[...text(start.slice(at + 1)), ...value.slice(1)]];
}

function actionPaths(
  call: ActionCall,
  inputs: readonly string[],
  channel: ArchiveChannel,
): readonly Effect[] {
  const paths = inputs.flatMap((name) => call.lines(name));
  return paths.length === 0 ? [] : [carry(call, paths, channel)];
}
