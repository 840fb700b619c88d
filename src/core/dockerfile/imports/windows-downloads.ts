import type { Argument } from '../../shell/trace.ts';
import { prefix } from '../../value.ts';
// PowerShell's downloads, and those by tools that Windows brings along.
import { downloads, streamed, whole, written } from './download.ts';
import { at, type Fetcher, type Weakening } from './fetch.ts';

const TRUSTS_ANYBODY = /ServerCertificateValidationCallback\s*=\s*\{\s*(?:return\s+)?\$true\b/i;

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
  if (TRUSTS_ANYBODY.test(command.instruction.script?.text ?? ''))
    weakened.push({ option: 'ServerCertificateValidationCallback', location: whole(command) });
  return downloads(command, stage, [url], {
    plain: 'no',
    weakened,
    output: () => (file === undefined ? streamed(command, stage) : written(file.value, null)),
  });
};

/** `(New-Object Net.WebClient).DownloadFile(url, file)` and `.DownloadString(url)`. */
export const webClient: Fetcher = (command, stage) => {
  const [url, file] = command.invocation.argv.slice(1);
  const start = url === undefined ? '' : prefix(url.value);
  if (url === undefined || (start !== '' && !/^(https?|ftp):/i.test(start))) return [];
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
