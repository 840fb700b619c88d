// Programs that talk to another machine and keep, run or mount what it answers: socat, telnet, dig, openssl, mount, smbclient.
import type { Truth, Value } from '../../model/value.ts';
import { readOptions } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { format, join, known, prefix, text } from '../../value.ts';
import { downloads, streamed } from './download.ts';
import { downstream, type Fetch, type Fetcher, isRun, type Output, type Surroundings } from './fetch.ts';
import type { StageCommand } from './stage-commands.ts';

/** What comes out goes into a file or is run; null where it is only printed, or text for the script. */
function kept(command: StageCommand, stage: Surroundings): Output | null {
  const output = streamed(command, stage);
  if (output.kind === 'file' || isRun(command, stage.commands)) return output;
  const last = downstream(command, stage.commands).find((one) => streamed(one, stage).kind === 'file');
  return last === undefined ? null : streamed(last, stage);
}

function fetched(
  command: StageCommand,
  stage: Surroundings,
  word: Argument,
  source: Value,
  { output, channel = 'no', run = false }: { output: Output; channel?: Truth; run?: boolean },
): readonly Fetch[] {
  return downloads(command, stage, [{ ...word, value: source }], {
    plain: 'no',
    weakened: [],
    output: () => output,
  }).map(
    (fetch): Fetch => ({
      ...fetch,
      probe: false,
      pinning: 'moving',
      secureChannel: channel,
      pipedToShell: fetch.pipedToShell || run,
    }),
  );
}

/** socat(1), "ADDRESS TYPES": what connects, and what takes what arrives. */
const CONNECTS =
  /^(TCP[46]?|TCP[46]?-CONNECT|OPENSSL|SSL|OPENSSL-CONNECT|SSL-L|UDP[46]?|UDP[46]?-CONNECT|SCTP|SOCKS4A?|PROXY|DCCP)(-CONNECT)?:(.+)$/i;
const TAKES = /^(OPEN|CREATE|CREAT|FILE|GOPEN|EXEC|SYSTEM|SHELL|PIPE):(.+)$/i;

/** `socat -u TCP:host:port OPEN:file`, `socat TCP:host:port EXEC:sh`, `socat - TCP:host:port | sh`. */
export const socat: Fetcher = (command, stage) => {
  const valued = ['-b', '-L', '-lf', '-lp', '-t', '-T', '-d'];
  const { operands } = readOptions(command.invocation.argv.slice(1), { valued, flags: [], singleDash: true });
  const index = operands.findIndex((word) => CONNECTS.test(format(word.value)));
  const remote = operands[index];
  const other = operands[1 - index];
  if (remote === undefined || other === undefined) return [];
  const [, kind = '', , place = ''] = CONNECTS.exec(format(remote.value)) ?? [];
  const [, taker = '', target = ''] = TAKES.exec(format(other.value)) ?? [];
  const isProgram = /^(EXEC|SYSTEM|SHELL)$/i.test(taker);
  const output: Output | null =
    taker === ''
      ? kept(command, stage)
      : isProgram
        ? { kind: 'stream' }
        : { kind: 'file', name: text(target.split(',', 1)[0] ?? '') };
  if (output === null) return [];
  const [address = '', ...options] = place.split(',');
  const isTls = /SSL/i.test(kind) && !options.some((one) => /^verify=0$/i.test(one));
  const source = join([isTls ? 'tls://' : 'tcp://', address]);
  return fetched(command, stage, remote, source, { output, channel: isTls ? 'yes' : 'no', run: isProgram });
};

/** `telnet HOST PORT | sh`, `finger user@host | sh`: what the other side says is kept. */
export const telnet: Fetcher = (command, stage) => {
  const { operands } = readOptions(command.invocation.argv.slice(1), {
    valued: ['-l', '-b', '-h', '-p'],
    flags: [],
  });
  const [host, port] = operands;
  const output = host === undefined ? null : kept(command, stage);
  if (host === undefined || output === null) return [];
  const source = join([`${command.name}://`, host.value, ...(port === undefined ? [] : [':', port.value])]);
  return fetched(command, stage, host, source, { output });
};

/** Record types and classes are no names. */
const RECORD = /^(@.*|-.*|\+.*|A|AAAA|TXT|MX|NS|CNAME|SOA|SRV|ANY|PTR|NULL|IN|CH|txt|any|a|aaaa)$/;

/** `dig +short TXT name | sh`: an answer of the domain name system that is kept. */
export const nameLookUp: Fetcher = (command, stage) => {
  const { operands } = readOptions(command.invocation.argv.slice(1), {
    valued: ['-t', '-q', '-b', '-p', '-c', '-W', '-R', '-k', '-y'],
    flags: [],
    singleDash: true,
  });
  const name = operands.find((word) => !RECORD.test(format(word.value)));
  const output = name === undefined ? null : kept(command, stage);
  if (name === undefined || output === null) return [];
  return fetched(command, stage, name, join(['dns://', name.value]), { output });
};

/** `openssl s_client -connect host:443 | sh`, and certificates taken from whoever answers. */
export const tlsClient: Fetcher = (command, stage) => {
  const words = command.invocation.argv.slice(1);
  if (known(words[0]?.value ?? []) !== 's_client') return [];
  const at = words.findIndex((word) => /^--?connect$/.test(known(word.value) ?? ''));
  const host = at < 0 ? undefined : words[at + 1];
  const output = host === undefined ? null : kept(command, stage);
  if (host === undefined || output === null) return [];
  // Without this switch s_client goes on whatever the certificate says.
  const isChecked = words.some((word) => /^--?verify_return_error$/.test(known(word.value) ?? ''));
  return fetched(command, stage, host, join(['tls://', host.value]), {
    output,
    channel: isChecked ? 'yes' : 'no',
  });
};

const NETWORK_FILES = /^(nfs4?|cifs|smb3?|smbfs|9p|davfs2?|ceph|glusterfs|afs|fuse\.\w+|sshfs|s3fs)$/;
/** `host:/path`, `//host/share`, `user@host:path`. */
const SHARE = /^(?:[\w.-]+@)?\[?[\w.:-]+\]?:\/?[\w./~-]*$|^(?:smb:)?\/\/[\w.-]+\//;

/** A file system of another machine: everything in it comes from there. */
export const mount: Fetcher = (command, stage) => {
  const { operands, values } = readOptions(command.invocation.argv.slice(1), {
    valued: ['-t', '-o', '--types', '--options', '-p', '-U', '-A', '-W'],
    flags: [],
  });
  const kind = known((values.get('-t') ?? values.get('--types'))?.[0]?.value ?? []) ?? '';
  const [share] = operands;
  if (share === undefined) return [];
  const shown = format(share.value);
  const isRemote =
    command.name !== 'mount' || kind.split(',').some((one) => NETWORK_FILES.test(one)) || SHARE.test(shown);
  if (
    !isRemote ||
    /^(none|tmpfs|proc|sysfs|overlay|devpts)$/.test(kind) ||
    prefix(share.value).startsWith('/dev/')
  )
    return [];
  const channel: Truth = /^sshfs$/.test(command.name) || /^https:/i.test(shown) ? 'yes' : 'no';
  return fetched(command, stage, share, share.value, { output: { kind: 'stream' }, channel });
};

/** `smbclient //host/share -c 'get file'`, `smbget smb://host/share/file`. */
export const share: Fetcher = (command, stage) => {
  const { operands, values } = readOptions(command.invocation.argv.slice(1), {
    valued: ['-c', '-U', '-A', '-p', '-D', '-W', '-m', '-o', '-u', '-w', '-T'],
    flags: ['-N', '-q', '-R'],
  });
  const [place] = operands;
  if (place === undefined) return [];
  const commands = format(values.get('-c')?.[0]?.value ?? []);
  if (command.name === 'smbclient' && !/\b(m?get|recurse|tar)\b/.test(commands) && !values.has('-T'))
    return [];
  return fetched(command, stage, place, place.value, { output: { kind: 'stream' } });
};
