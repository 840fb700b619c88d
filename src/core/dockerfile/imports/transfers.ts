// Programs that copy from storages and other machines: what they fetch, and over what channel.
import type { Truth, Value } from '../../model/value.ts';
import { readOptions } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { format, join, known, prefix } from '../../value.ts';
import { downloads, streamed } from './download.ts';
import { type Fetch, type Fetcher, fileNameOf } from './fetch.ts';

type Transfer = {
  /** Words in front of what is copied; without it there are none. */
  readonly verbs?: RegExp;
  /** What tells a place elsewhere from one here. */
  readonly remote: RegExp;
  /** `scheme`: by the address alone. */
  readonly channel: Truth | 'scheme';
  readonly valued: readonly string[];
  /** Stands in front of the names that the tool takes. */
  readonly base?: string;
};

/** Addresses of object stores; their own tools speak TLS to them. */
const STORED = /^(gs|s3|s3a|az|abfss?|oss|cos|swift|b2|minio):\/\//i;
/** `host:path` and `user@host:path`, as scp and rsync have them. */
const HOST = /^(?:[\w.-]+@)?[\w][\w.-]+:(?!\/\/)/;

const TRANSFERS: Readonly<Record<string, Transfer>> = {
  // https://cloud.google.com/storage/docs/gsutil/commands/cp
  gsutil: {
    verbs: /^(cp|mv|rsync|cat)$/,
    remote: STORED,
    channel: 'yes',
    valued: ['-o', '-h', '-I', '-L', '-x'],
  },
  // https://cloud.google.com/sdk/gcloud/reference/storage/cp
  gcloud: {
    verbs: /^(storage|alpha|beta|cp|mv|rsync|cat)$/,
    remote: STORED,
    channel: 'yes',
    valued: ['--project', '--account'],
  },
  // https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html
  aws: {
    verbs: /^(s3|cp|mv|sync)$/,
    remote: STORED,
    channel: 'yes',
    valued: [
      '--region',
      '--profile',
      '--endpoint-url',
      '--exclude',
      '--include',
      '--acl',
      '--request-payer',
      '--source-region',
    ],
  },
  s5cmd: {
    verbs: /^(cp|mv|sync|cat)$/,
    remote: STORED,
    channel: 'yes',
    valued: ['--endpoint-url', '--profile'],
  },
  s3cmd: {
    verbs: /^(get|sync)$/,
    remote: STORED,
    channel: 'yes',
    valued: ['-c', '--host', '--host-bucket', '--access_key', '--secret_key'],
  },
  ossutil: { verbs: /^cp$/, remote: STORED, channel: 'yes', valued: ['-c', '-e', '-i', '-k'] },
  azcopy: { verbs: /^(copy|cp|sync)$/, remote: /^https?:\/\//i, channel: 'scheme', valued: [] },
  // https://min.io/docs/minio/linux/reference/minio-mc/mc-cp.html: `alias/bucket/object`
  mc: {
    verbs: /^(cp|mirror|cat|get)$/,
    remote: /^[\w-]+\/[^/]/,
    channel: 'unknown',
    valued: ['-C', '--config-dir'],
  },
  // https://rclone.org/commands/rclone_copy/
  rclone: {
    verbs: /^(copy|copyto|sync|cat|copyurl|move)$/,
    remote: /^(:?[\w-]+:|https?:)/,
    channel: 'unknown',
    valued: ['--config', '--include', '--exclude', '--filter'],
  },
  rsync: {
    remote: /^rsync:\/\/|^(?:[\w.-]+@)?[\w][\w.-]+:/i,
    channel: 'scheme',
    valued: [
      '-e',
      '--rsh',
      '-f',
      '--exclude',
      '--include',
      '--filter',
      '--files-from',
      '--password-file',
      '--port',
      '--timeout',
    ],
  },
  scp: {
    remote: new RegExp(`${HOST.source}|^scp://`, 'i'),
    channel: 'yes',
    valued: ['-i', '-P', '-o', '-F', '-c', '-J', '-l', '-S'],
  },
  sftp: {
    remote: new RegExp(`${HOST.source}|^sftp://`, 'i'),
    channel: 'yes',
    valued: ['-i', '-P', '-o', '-F', '-c', '-J', '-b', '-B', '-R'],
  },
  ftp: { remote: /^[\w-]+(\.[\w-]+)+$|^ftp:/i, channel: 'no', valued: [] },
  ncftpget: { remote: /^[\w-]+(\.[\w-]+)+$|^ftp:/i, channel: 'no', valued: ['-u', '-p', '-P'] },
  tftp: { remote: /^[\w-]+(\.[\w-]+)+$/, channel: 'no', valued: ['-c', '-m'] },
  lftp: { remote: /\bs?ftps?:\/\/|^https?:\/\//i, channel: 'scheme', valued: ['-u', '-p'] },
  // https://oras.land/docs/commands/oras_pull
  oras: {
    verbs: /^(pull|cp|copy|blob|fetch)$/,
    remote: /^[\w-]+(\.[\w-]+)+(:\d+)?\//,
    channel: 'yes',
    valued: ['-o', '--output', '-u', '-p', '--platform'],
  },
  // https://github.com/containers/skopeo/blob/main/docs/skopeo-copy.1.md
  skopeo: {
    verbs: /^(copy|sync)$/,
    remote: /^docker:\/\//,
    channel: 'yes',
    valued: [
      '--src-creds',
      '--dest-creds',
      '--authfile',
      '--override-arch',
      '--override-os',
      '-f',
      '--format',
      '--src',
      '--dest',
    ],
  },
  // https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc
  crane: {
    verbs: /^(export|pull|blob)$/,
    remote: /^(?!-$)[\w.-]+(:\d+)?([/:@][\w./:@-]+)?$/,
    channel: 'yes',
    valued: ['--platform'],
  },
  gdown: {
    remote: /^https?:\/\/|^[\w-]{20,}$/i,
    channel: 'yes',
    valued: ['-O', '--output', '--id', '--format'],
  },
  'yt-dlp': { remote: /^https?:\/\//i, channel: 'scheme', valued: ['-o', '-f', '-P'] },
  // https://huggingface.co/docs/huggingface_hub/guides/cli
  'huggingface-cli': {
    base: 'https://huggingface.co/',
    verbs: /^download$/,
    remote: /^[\w.-]+\/[\w.-]+$/,
    channel: 'yes',
    valued: ['--revision', '--local-dir', '--cache-dir', '--include', '--exclude', '--repo-type', '--token'],
  },
  hf: {
    base: 'https://huggingface.co/',
    verbs: /^download$/,
    remote: /^[\w.-]+\/[\w.-]+$/,
    channel: 'yes',
    valued: ['--revision', '--local-dir', '--cache-dir', '--include', '--exclude', '--repo-type', '--token'],
  },
};

export const TRANSFER_NAMES: readonly string[] = Object.keys(TRANSFERS);

/** The places elsewhere among the operands; the last of several is where it goes, and an upload fetches nothing. */
export const transfer: Fetcher = (command, stage) => {
  const kind = Object.hasOwn(TRANSFERS, command.name) ? TRANSFERS[command.name] : undefined;
  if (kind === undefined) return [];
  const options = readOptions(command.invocation.argv.slice(1), { valued: kind.valued, flags: [] });
  const words = [...options.operands];
  const { verbs } = kind;
  if (verbs !== undefined) {
    const isVerb = (word: Argument | undefined) => word !== undefined && verbs.test(known(word.value) ?? '');
    if (!isVerb(words[0])) return [];
    while (isVerb(words[0])) words.shift();
  }
  const target = words.length > 1 ? words.at(-1) : undefined;
  const sources = words.filter((word) => word !== target && kind.remote.test(format(word.value)));
  const weakened = NO_HOST_KEYS.test(command.text)
    ? [
        {
          option: 'StrictHostKeyChecking=no',
          location: command.locate(command.invocation.start, command.invocation.end),
        },
      ]
    : [];
  const places = sources.map((word) => ({ ...word, value: join([kind.base ?? '', word.value]) }));
  return downloads(command, stage, places, {
    plain: 'no',
    weakened,
    output: (url) => {
      if (target === undefined) return streamed(command, stage);
      if (known(target.value) === '-') return streamed(command, stage);
      return { kind: 'file', name: target.value, inFolder: fileNameOf(url) };
    },
  }).map((fetch): Fetch => {
    const channel = kind.channel === 'scheme' ? channelOfCopy(fetch.source) : kind.channel;
    const digest = /@sha256:[0-9a-f]{64}/.test(format(fetch.source));
    return {
      ...fetch,
      probe: fetch.output.kind === 'discarded',
      secureChannel: weakened.length > 0 ? 'no' : channel,
      ...(digest
        ? { pinning: 'digest', verification: { method: 'pinned-checksum', location: fetch.location } }
        : {}),
    };
  });
};

const NO_HOST_KEYS =
  /StrictHostKeyChecking[ =](?:no|off)\b|--no-verify-ssl\b|--no-check-certificate\b|--insecure\b/i;

/** rsync's own protocol is open; what has a host and a path goes through ssh. */
function channelOfCopy(source: Value): Truth {
  const start = prefix(source);
  if (/^(https|sftp|ftps):/i.test(start)) return 'yes';
  if (/^(rsync|ftp|http):/i.test(start) || /^[\w.@-]+::/.test(start)) return 'no';
  return HOST.test(start) ? 'yes' : 'unknown';
}
