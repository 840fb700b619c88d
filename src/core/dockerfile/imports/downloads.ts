// curl, wget and other programs that fetch files by URL, each read by its own options.
import type { Value } from '../../model/value.ts';
import { lastValue, type OptionSpec, type Options, readOptions } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { hole, join, known, prefix, text } from '../../value.ts';
import {
  at,
  channelOf,
  downstream,
  type Fetch,
  type Fetcher,
  fileNameOf,
  isLocal,
  isRun,
  type Output,
  pinningOfUrl,
  type Surroundings,
  type Weakening,
} from './fetch.ts';
import type { StageCommand } from './stage-commands.ts';

const CURL: OptionSpec = {
  valued: [
    '-A',
    '-b',
    '-c',
    '-C',
    '-d',
    '-D',
    '-e',
    '-E',
    '-F',
    '-H',
    '-K',
    '-m',
    '-o',
    '-P',
    '-Q',
    '-r',
    '-t',
    '-T',
    '-u',
    '-U',
    '-w',
    '-x',
    '-X',
    '-y',
    '-Y',
    '-z',
    '--user-agent',
    '--cookie',
    '--cookie-jar',
    '--continue-at',
    '--data',
    '--data-raw',
    '--data-binary',
    '--data-urlencode',
    '--dump-header',
    '--referer',
    '--cert',
    '--form',
    '--header',
    '--config',
    '--max-time',
    '--output',
    '--quote',
    '--range',
    '--upload-file',
    '--user',
    '--proxy-user',
    '--write-out',
    '--proxy',
    '--request',
    '--speed-time',
    '--speed-limit',
    '--time-cond',
    '--url',
    '--retry',
    '--retry-delay',
    '--retry-max-time',
    '--connect-timeout',
    '--proto',
    '--proto-redir',
    '--proto-default',
    '--cacert',
    '--capath',
    '--key',
    '--ciphers',
    '--tls-max',
    '--limit-rate',
    '--resolve',
    '--output-dir',
    '--interface',
    '--dns-servers',
    '--max-redirs',
    '--max-filesize',
    '--netrc-file',
    '--json',
    '--cert-type',
    '--key-type',
    '--pass',
    '--socks5',
    '--socks5-hostname',
    '--noproxy',
    '--connect-to',
    '--keepalive-time',
    '--oauth2-bearer',
    '--pinnedpubkey',
    '--unix-socket',
    '--create-file-mode',
  ],
  flags: [
    '-f',
    '-s',
    '-S',
    '-L',
    '-k',
    '-O',
    '-J',
    '-R',
    '-I',
    '-i',
    '-g',
    '-n',
    '-v',
    '-#',
    '-N',
    '-4',
    '-6',
    '-a',
    '-G',
    '-j',
    '-l',
    '-p',
    '-q',
    '-Z',
    '-0',
    '-1',
    '-2',
    '-3',
  ],
  aliases: {
    '--output': '-o',
    '--insecure': '-k',
    '--remote-name': '-O',
    '--remote-name-all': '-O',
    '--head': '-I',
    '--request': '-X',
    '--upload-file': '-T',
  },
};

export const curl: Fetcher = (command, stage) => {
  const options = readOptions(command.invocation.argv.slice(1), CURL);
  if (options.flags.has('-I') || options.flags.has('-T') || options.values.has('-T')) return [];
  const urls = [...options.operands, ...(options.values.get('--url') ?? [])];
  const outputs = options.values.get('-o') ?? [];
  const folder = lastValue(options, '--output-dir');
  const plain = known(lastValue(options, '--proto-default') ?? []) === 'https' ? 'yes' : 'no';
  return downloads(command, stage, urls, {
    plain,
    weakened: flagged(command, options, ['-k', '--proxy-insecure'], stage, 'curl'),
    output: (url, index) => {
      const named = outputs[index];
      if (named !== undefined) return written(named.value, folder);
      return options.flags.has('-O') ? { kind: 'file', name: fileNameOf(url) } : streamed(command, stage);
    },
  });
};

const WGET: OptionSpec = {
  valued: [
    '-O',
    '-o',
    '-a',
    '-e',
    '-i',
    '-B',
    '-t',
    '-T',
    '-w',
    '-Q',
    '-P',
    '-U',
    '-l',
    '-A',
    '-R',
    '-D',
    '-I',
    '-X',
    '--output-document',
    '--output-file',
    '--append-output',
    '--execute',
    '--input-file',
    '--base',
    '--tries',
    '--timeout',
    '--dns-timeout',
    '--connect-timeout',
    '--read-timeout',
    '--wait',
    '--waitretry',
    '--quota',
    '--directory-prefix',
    '--user-agent',
    '--level',
    '--accept',
    '--reject',
    '--header',
    '--user',
    '--password',
    '--http-user',
    '--http-password',
    '--post-data',
    '--post-file',
    '--method',
    '--body-data',
    '--progress',
    '--limit-rate',
    '--ca-certificate',
    '--ca-directory',
    '--certificate',
    '--private-key',
    '--secure-protocol',
    '--referer',
    '--max-redirect',
    '--load-cookies',
    '--save-cookies',
    '--cut-dirs',
    '--domains',
    '--prefer-family',
    '--default-page',
    '--compression',
    '--start-pos',
    '--ciphers',
    '--retry-on-http-error',
  ],
  flags: [
    '-q',
    '-v',
    '-nv',
    '-c',
    '-N',
    '-S',
    '-4',
    '-6',
    '-b',
    '-r',
    '-k',
    '-K',
    '-m',
    '-p',
    '-nc',
    '-nd',
    '-nH',
    '-np',
    '-d',
    '-E',
    '-x',
    '--spider',
    '--no-check-certificate',
  ],
  aliases: { '--output-document': '-O', '--directory-prefix': '-P' },
};

export const wget: Fetcher = (command, stage) => {
  const words = command.invocation.argv.slice(1);
  const options = readOptions(words, WGET);
  if (options.flags.has('--spider')) return [];
  const document = options.values.get('-O')?.at(-1)?.value ?? null;
  const folder = lastValue(options, '-P');
  const list = options.values.get('-i') ?? options.values.get('--input-file') ?? [];
  const urls = [
    ...options.operands,
    ...list.map((word) => ({
      ...word,
      value: hole(`the addresses in ${known(word.value) ?? 'a file'}`, 'the file is not read'),
    })),
  ];
  return downloads(command, stage, urls, {
    plain: 'no',
    weakened: flagged(command, options, ['--no-check-certificate', '--no-hsts'], stage, 'wget').filter(
      (one) => one.option !== '--no-hsts',
    ),
    output: (url) => {
      if (document === null) return written(fileNameOf(url), folder);
      return known(document) === '-' ? streamed(command, stage) : written(document, null);
    },
  });
};

const ARIA2: OptionSpec = {
  valued: [
    '-o',
    '-d',
    '-x',
    '-s',
    '-j',
    '-k',
    '-i',
    '-l',
    '-c',
    '--out',
    '--dir',
    '--checksum',
    '--max-connection-per-server',
    '--split',
    '--max-tries',
    '--retry-wait',
    '--header',
    '--input-file',
  ],
  flags: ['--check-certificate'],
  aliases: { '--out': '-o', '--dir': '-d' },
};

export const aria2c: Fetcher = (command, stage) => {
  const options = readOptions(command.invocation.argv.slice(1), ARIA2);
  const off = known(lastValue(options, '--check-certificate') ?? []) === 'false';
  const weakened = off ? [{ option: '--check-certificate=false', location: whole(command) }] : [];
  const sum = options.values.get('--checksum')?.at(-1);
  return downloads(command, stage, options.operands, {
    plain: 'no',
    weakened,
    output: (url) => written(lastValue(options, '-o') ?? fileNameOf(url), lastValue(options, '-d')),
  }).map((fetch) =>
    sum === undefined
      ? fetch
      : { ...fetch, verification: { method: 'pinned-checksum', location: at(command, sum) } },
  );
};

const SIMPLE: OptionSpec = {
  valued: ['-o', '-n', '-a', '-U', '-H', '-T', '--output'],
  flags: ['-q', '-k', '--no-verify-peer', '--no-verify-hostname', '--insecure'],
  aliases: { '--output': '-o' },
};

/** axel and FreeBSD's fetch. */
export const fetchFile: Fetcher = (command, stage) => {
  const options = readOptions(command.invocation.argv.slice(1), SIMPLE);
  return downloads(command, stage, options.operands, {
    plain: 'no',
    weakened: flagged(
      command,
      options,
      ['-k', '--insecure', '--no-verify-peer', '--no-verify-hostname'],
      stage,
      command.name,
    ),
    output: (url) => written(lastValue(options, '-o') ?? fileNameOf(url), null),
  });
};

/** PowerShell's parameters: one dash, any case, `-Uri`, or by position. */
export const webRequest: Fetcher = (command, stage) => {
  const words = command.invocation.argv.slice(1);
  let url: Argument | undefined;
  let file: Argument | undefined;
  const weakened: Weakening[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const name = word === undefined ? '' : prefix(word.value).toLowerCase();
    const next = words[index + 1];
    if (/^-(uri|source)$/.test(name)) {
      url = next;
      index += 1;
    } else if (/^-(outfile|o|destination|out)$/.test(name)) {
      file = next;
      index += 1;
    } else if (
      /^-(method|headers|useragent|timeoutsec|maximumretrycount|retryintervalsec|proxy|sessionvariable|websession|credential|body|contenttype|displayname|description)$/.test(
        name,
      )
    )
      index += 1;
    else if (name === '-skipcertificatecheck' && word !== undefined)
      weakened.push({ option: '-SkipCertificateCheck', location: at(command, word) });
    else if (!name.startsWith('-')) {
      if (url === undefined) url = word;
      else file ??= word;
    }
  }
  if (url === undefined) return [];
  return downloads(command, stage, [url], {
    plain: 'no',
    weakened,
    output: () => (file === undefined ? streamed(command, stage) : written(file.value, null)),
  });
};

/** `(New-Object Net.WebClient).DownloadFile(url, file)` and `.DownloadString(url)`. */
export const webClient: Fetcher = (command, stage) => {
  const [url, file] = command.invocation.argv.slice(1);
  if (
    url === undefined ||
    !/^https?:|^ftp:|^$/.test(prefix(url.value).slice(0, 6).toLowerCase().replace(/\/+$/, ''))
  ) {
    if (url === undefined || !/^(https?|ftp):/i.test(prefix(url.value))) return [];
  }
  const follows = stage.commands[command.order + 1];
  const before = stage.commands[command.order - 2];
  const run =
    command.name === '.downloadstring' &&
    [follows, before, stage.commands[command.order + 2]].some((one) =>
      /^(iex|invoke-expression)$/.test(one?.name ?? ''),
    );
  return downloads(command, stage, [url], {
    plain: 'no',
    weakened: [],
    output: () => (file === undefined ? { kind: 'stream' } : written(file.value, null)),
  }).map((fetch) => ({ ...fetch, probe: false, pipedToShell: fetch.pipedToShell || run }));
};

/** `certutil -urlcache -f URL FILE` and `bitsadmin /transfer job URL FILE`. */
export const windowsTool: Fetcher = (command, stage) => {
  const urls = command.invocation.argv.slice(1).filter((word) => /^https?:/i.test(prefix(word.value)));
  const last = command.invocation.argv.at(-1);
  return downloads(command, stage, urls.slice(0, 1), {
    plain: 'no',
    weakened: [],
    output: () => (last === undefined ? { kind: 'stream' } : written(last.value, null)),
  });
};

// Calls by which a program given on the command line fetches a URL written in it.
const CALLS =
  /(?:urlretrieve|urlopen|requests\.get|httpx\.get|wget\.download|file_get_contents|copy|fopen|getstore|get|open|fetch|download_file|readfile)\s*\(?\s*(?:URI\s*\(?\s*)?(["'])((?:https?|ftp):\/\/[^"'\s]+)\1(?:\s*,\s*["']([^"']+)["'])?/g;

/** `python -c`, `perl -e`, `ruby -e`, `node -e`, `php -r` and programs fed by heredoc. */
export const program: Fetcher = (command, stage) => {
  const words = command.invocation.argv;
  const index = words.findIndex(
    (word, place) => place > 0 && /^-[a-zA-Z]*[cer]$/.test(known(word.value) ?? ''),
  );
  const carrier = index < 0 ? undefined : words[index + 1];
  const content = carrier === undefined ? command.invocation.stdin : carrier.value;
  if (content === null) return [];
  const shown = content
    .map((part) => (typeof part === 'string' ? part : `\u{f8ff}`))
    .join('')
    .slice(0, 20_000);
  const fetches: Fetch[] = [];
  for (const match of shown.matchAll(CALLS)) {
    const url = restore(match[2] ?? '', content);
    const argument = carrier ?? words[0];
    if (argument === undefined) continue;
    const [one] = downloads(
      command,
      stage,
      [{ ...argument, value: url, ...placeOf(command, argument, match[2] ?? '') }],
      {
        plain: 'no',
        weakened:
          /CERT_NONE|verify\s*=\s*False|_create_unverified_context|verify_peer['"]?\s*=>\s*false|VERIFY_NONE/.test(
            shown,
          )
            ? [{ option: 'certificate checks off', location: whole(command) }]
            : [],
        output: () => (match[3] === undefined ? { kind: 'stream' } : { kind: 'file', name: text(match[3]) }),
      },
    );
    if (one !== undefined) fetches.push({ ...one, probe: false });
  }
  return fetches;
};

// The URL's own place in the text, where the text stands there word for word.
function placeOf(command: StageCommand, argument: Argument, url: string): { start: number; end: number } {
  const offset = command.text.indexOf(url);
  if (offset < 0 || url.includes('\u{f8ff}')) return { start: argument.start, end: argument.end };
  const start = command.invocation.start + offset;
  return { start, end: start + url.length };
}

function restore(shown: string, content: Value): Value {
  const pieces = shown.split('\u{f8ff}');
  const holes = content.filter((part) => typeof part !== 'string');
  return join(
    pieces.flatMap((piece, index): (Value | string)[] =>
      index === 0 ? [piece] : [holes.slice(index - 1, index), piece],
    ),
  );
}

type Reading = {
  readonly plain: 'yes' | 'no';
  readonly weakened: readonly Weakening[];
  readonly output: (url: Value, index: number) => Output;
};

function downloads(
  command: StageCommand,
  stage: Surroundings,
  urls: readonly Argument[],
  reading: Reading,
): readonly Fetch[] {
  return urls.flatMap((word, index): readonly Fetch[] => {
    const url = word.value;
    // `-` is a stream, and an option's slip such as `-0` leaves one behind.
    if (url.length === 0 || isLocal(url) || /^(-|\.{0,2})$|^[&|<>;]/.test(known(url) ?? 'x')) return [];
    const output = reading.output(url, index);
    const run = isRun(command, stage.commands);
    const scheme = channelOf(url, reading.plain);
    return [
      {
        kind: 'download',
        source: url,
        location: at(command, word),
        order: command.order,
        output,
        secureChannel: reading.weakened.length > 0 ? 'no' : scheme,
        pinning: pinningOfUrl(url),
        pipedToShell: run,
        packages: [],
        weakened: reading.weakened,
        verification: null,
        probe:
          output.kind === 'discarded' ||
          (output.kind === 'stream' && command.invocation.substitution && !run && !keeps(command, stage)),
      },
    ];
  });
}

// Inside `$(…)` the output is text for the script, unless a command on the way puts it into files.
function keeps(command: StageCommand, stage: Surroundings): boolean {
  return downstream(command, stage.commands).some((one) =>
    /^(tar|unzip|bsdtar|tee|dd|cpio|gpg|xz|gunzip|apt-key|install)$/.test(one.name),
  );
}

function written(name: Value, folder: Value | null): Output {
  const content = known(name);
  if (content === '/dev/null' || content === 'NUL' || content === '$null') return { kind: 'discarded' };
  if (content === '-' || content === '/dev/stdout') return { kind: 'stream' };
  return { kind: 'file', name: folder === null ? name : join([folder, '/', name]) };
}

/** What comes out on stdout: a redirect's file, or what the next command in the pipe writes. */
function streamed(command: StageCommand, stage: Surroundings): Output {
  const redirect = command.invocation.redirects.find(
    (one) => one.descriptor === 1 && one.operator.includes('>'),
  );
  if (redirect !== undefined) return written(redirect.target, null);
  const [next] = downstream(command, stage.commands);
  if (next?.name === 'tee') {
    const file = next.invocation.argv.slice(1).find((word) => !prefix(word.value).startsWith('-'));
    if (file !== undefined) return written(file.value, null);
  }
  return { kind: 'stream' };
}

function flagged(
  command: StageCommand,
  options: Options,
  names: readonly string[],
  stage: Surroundings,
  tool: string,
): readonly Weakening[] {
  const own = names.flatMap((name) => {
    const word = options.flags.get(name);
    return word === undefined
      ? []
      : [
          {
            option: prefix(word.value).startsWith('--') ? prefix(word.value) : name,
            location: at(command, word),
          },
        ];
  });
  return [...own, ...stage.weakenedBefore(tool, command.order)];
}

export function whole(command: StageCommand) {
  return command.locate(command.invocation.start, command.invocation.end);
}
