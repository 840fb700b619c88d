// Programs given on the command line or by heredoc to an interpreter: the addresses they fetch.
import type { Value } from '../../model/value.ts';
import type { Argument } from '../../shell/trace.ts';
import { withoutTrailing } from '../../shell/trailing.ts';
import { join, known, text } from '../../value.ts';
import { downloads, whole } from './download.ts';
import type { Fetch, Fetcher } from './fetch.ts';
import type { StageCommand } from './stage-commands.ts';
import { weakeningVariables } from './weakening-variables.ts';

// Commands for the shell inside a program: `os.system("curl https://…")`.
const SHELLED = /\b(?:curl|wget)\b[^"'\n|;]*?((?:https?|ftp):\/\/[^\s"'|;)\\]+)/g;

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
  const found = [
    ...[...shown.matchAll(CALLS)].map((match) => ({ address: match[2] ?? '', file: match[3] })),
    ...[...shown.matchAll(SHELLED)].map((match) => ({ address: match[1] ?? '', file: undefined })),
  ];
  for (const { address, file } of found) {
    const url = restore(address, content);
    const argument = carrier ?? words[0];
    if (argument === undefined) continue;
    const [one] = downloads(
      command,
      stage,
      [{ ...argument, value: url, ...placeOf(command, argument, address) }],
      {
        plain: 'no',
        weakened:
          /CERT_NONE|verify\s*=\s*False|_create_unverified_context|verify_peer['"]?\s*=>\s*false|VERIFY_NONE/.test(
            shown,
          )
            ? [{ option: 'certificate checks off', location: whole(command) }]
            : weakeningVariables(command, withoutTrailing(command.name, '0123456789.')),
        output: () => (file === undefined ? { kind: 'stream' } : { kind: 'file', name: text(file) }),
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
