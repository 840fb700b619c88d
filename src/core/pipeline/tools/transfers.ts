// Copies to other machines: scp, rsync, ssh, curl uploads, also by a registry's own API.
import type { Value } from '../../model/value.ts';
import { format, join, known, prefix, text } from '../../value.ts';
import { type CommandLine, readCommandLine } from '../command-line.ts';
import { type Effect, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';
import { actionPaths, carry } from './carried.ts';
import { dispatchRequest } from './dispatches.ts';

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
    {
      script: 'curl -X PUT --data-binary @manifest.json https://ghcr.io/v2/acme/api/manifests/1.0',
      delivers: ['registry-push ghcr.io/acme/api:1.0'],
    },
    {
      script:
        'curl -X POST https://api.github.com/repos/acme/images/dispatches -d "{\\"event_type\\":\\"publish\\"}"',
      delivers: ['opaque curl acme/images?'],
    },
    { script: 'curl -fsSL https://ghcr.io/v2/acme/api/manifests/1.0', delivers: [] },
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
    const manifest = line.operands.find((url) => namesManifest(format(url)));
    if (manifest !== undefined && sends(line)) return [pushEffect({ names: [uploadedName(manifest)] })];
    const started = line.operands.map((url) => dispatchRequest('curl', url, call.words)).find(Boolean);
    if (started) return [started];
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

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests : what makes a push complete. */
function namesManifest(url: string): boolean {
  const version = url.indexOf('/v2/', 1);
  const manifests = url.indexOf('/manifests/', version + '/v2/'.length + 1);
  const isWhole = version !== -1 && manifests !== -1 && !url.endsWith('/manifests/');
  return isWhole && !/\s/.test(url);
}

function sends(line: CommandLine): boolean {
  const method = line.value('-X', '--request');
  const body = line.all('-T', '--upload-file', '--data-binary', '-d', '--data');
  return method === null ? body.length > 0 : known(method) === 'PUT' || known(method) === null;
}

function uploadedName(url: Value): Value {
  return join(
    url.map((part) =>
      typeof part === 'string'
        ? part
            .replace(/^https?:\/\//, '')
            .replace('/v2/', '/')
            .replace('/manifests/', ':')
        : [part],
    ),
  );
}

/** `@file`, `name=@file`. */
function atFile(value: Value): readonly Value[] {
  const start = prefix(value);
  const at = start.indexOf('@');
  return at === -1 ? [] : [[...text(start.slice(at + 1)), ...value.slice(1)]];
}
