// Copies to other machines: scp, rsync, ssh, curl uploads.
import type { Value } from '../../model/value.ts';
import { prefix, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Effect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';
import { actionPaths, carry } from './carried.ts';

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
