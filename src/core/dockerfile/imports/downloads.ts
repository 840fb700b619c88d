// Commands that download what their addresses name.
import { lastValue, readOptions } from '../../shell/options.ts';
import type { Argument } from '../../shell/trace.ts';
import { hole, known } from '../../value.ts';
import { downloads, flagged, streamed, whole, written } from './download.ts';
import { ARIA2, CURL, SIMPLE, WGET } from './download-options.ts';
import { at, type Fetcher, fileNameOf } from './fetch.ts';
export const curl: Fetcher = (command, stage) => {
  const options = readOptions(command.invocation.argv.slice(1), CURL);
  if (options.flags.has('-I') || options.flags.has('-T') || options.values.has('-T')) return [];
  const lists = [...(options.values.get('-K') ?? []), ...(options.values.get('--config') ?? [])];
  const urls = [...options.operands, ...(options.values.get('--url') ?? []), ...lists.map(listed)];
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

export const wget: Fetcher = (command, stage) => {
  const words = command.invocation.argv.slice(1);
  const options = readOptions(words, WGET);
  if (options.flags.has('--spider')) return [];
  const document = options.values.get('-O')?.at(-1)?.value ?? null;
  const folder = lastValue(options, '-P');
  const list = options.values.get('-i') ?? options.values.get('--input-file') ?? [];
  const urls = [...options.operands, ...list.map(listed)];
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

function listed(word: Argument): Argument {
  return {
    ...word,
    value: hole(`the addresses in ${known(word.value) ?? 'a file'}`, 'the file is not read'),
  };
}

export const aria2c: Fetcher = (command, stage) => {
  const options = readOptions(command.invocation.argv.slice(1), ARIA2);
  const off = known(lastValue(options, '--check-certificate') ?? []) === 'false';
  const weakened = off ? [{ option: '--check-certificate=false', location: whole(command) }] : [];
  const sum = options.values.get('--checksum')?.at(-1);
  const lists = [...(options.values.get('-i') ?? []), ...(options.values.get('--input-file') ?? [])];
  return downloads(command, stage, [...options.operands, ...lists.map(listed)], {
    plain: 'no',
    weakened,
    output: (url) => written(lastValue(options, '-o') ?? fileNameOf(url), lastValue(options, '-d')),
  }).map((fetch) =>
    sum === undefined
      ? fetch
      : { ...fetch, verification: { method: 'pinned-checksum', location: at(command, sum) } },
  );
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
