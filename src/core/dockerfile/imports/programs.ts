// Programs given on the command line, by heredoc or in a file to an interpreter: the addresses they fetch.
import type { Value } from '../../model/value.ts';
import type { Argument } from '../../shell/trace.ts';
import { withoutTrailing } from '../../shell/trailing.ts';
import { hole, join, text } from '../../value.ts';
import { downloads, whole } from './download.ts';
import { at, type Fetch, type Fetcher, type Surroundings } from './fetch.ts';
import { callsIn, OPEN, type ProgramCall } from './program-calls.ts';
import { givenPrograms, readsProgram } from './program-files.ts';
import type { StageCommand } from './stage-commands.ts';
import { weakeningVariables } from './weakening-variables.ts';

/** Stands for a part of the text that the shell puts in. */
const GIVEN = '\u{f8ff}';

/** `python -c`, `perl -e`, `ruby -e`, `node -e`, `php -r`, programs fed by heredoc, and files that are run. */
export const program: Fetcher = (command, stage) => {
  const { argv, stdin } = command.invocation;
  const [first] = argv;
  if (first === undefined) return [];
  const carried = givenPrograms(command.name, argv.slice(1));
  const texts: readonly { readonly content: Value; readonly carrier: Argument | null }[] =
    carried.length > 0
      ? carried.map((carrier) => ({ content: carrier.value, carrier }))
      : stdin !== null && readsProgram(command.name, command.invocation)
        ? [{ content: stdin, carrier: null }]
        : [];
  return [
    ...texts.flatMap(({ content, carrier }) => {
      const shown = content.map((part) => (typeof part === 'string' ? part : GIVEN)).join('');
      return callsIn(shown).flatMap((call) => {
        const argument = carrier ?? first;
        const place = placeOf(command, argument, shown, call);
        return fetchOf(command, stage, { ...argument, ...place }, call, shown, content);
      });
    }),
    ...fromFile(command, stage, first),
  ];
};

/** A file that is run; what it checks by itself is taken for a check that can't be seen. */
function fromFile(command: StageCommand, stage: Surroundings, first: Argument): readonly Fetch[] {
  const { program: file } = command;
  if (file === null) return [];
  return callsIn(file.text).flatMap((call) =>
    fetchOf(command, stage, first, call, file.text, []).map((fetch) => ({
      ...fetch,
      location: file.locate(call.start, call.end),
    })),
  );
}

function fetchOf(
  command: StageCommand,
  stage: Surroundings,
  place: Argument,
  call: ProgramCall,
  shown: string,
  content: Value,
): readonly Fetch[] {
  const source =
    call.address === null
      ? hole(written(shown, call), 'the program decides what it fetches')
      : restore(call, shown, content);
  const location = at(command, place);
  return downloads(command, stage, [{ ...place, value: source }], {
    plain: 'no',
    weakened: weakenings(command, shown),
    output: () => (call.file === null ? { kind: 'stream' } : { kind: 'file', name: text(call.file) }),
  }).map(
    (fetch): Fetch => ({
      ...fetch,
      location,
      probe: false,
      pipedToShell: fetch.pipedToShell || call.isRun,
      verification: COMPARES.test(shown) ? { method: 'unknown', location: null } : fetch.verification,
    }),
  );
}

/** Words of programs that compute or compare digests by themselves. */
const COMPARES =
  /\b(?:hashlib|Digest::|createHash|hash_file|hash_equals|MessageDigest|tarfile_sha|sha256|sha512)\b/i;

const UNCHECKED =
  /CERT_NONE|verify\s*=\s*False|_create_unverified_context|verify_peer['"]?\s*=>\s*false|VERIFY_NONE|rejectUnauthorized\s*:\s*false|CURLOPT_SSL_VERIFYPEER\s*,\s*(?:0|false)|verify_SSL\s*=>\s*0|--no-check-certificate/;

function weakenings(command: StageCommand, shown: string) {
  return UNCHECKED.test(shown)
    ? [{ option: 'certificate checks off', location: whole(command) }]
    : weakeningVariables(command, withoutTrailing(command.name, '0123456789.'));
}

function written(shown: string, { start, end }: ProgramCall): string {
  return shown.slice(start, end).replaceAll(GIVEN, '…').replace(/\s+/g, ' ').trim().slice(0, 80);
}

// The call's own place in the text, where the text stands there word for word.
function placeOf(
  command: StageCommand,
  argument: Argument,
  shown: string,
  { start: from, end: to }: ProgramCall,
): { start: number; end: number } {
  const url = shown.slice(from, to);
  const offset = url.includes(GIVEN) ? -1 : command.text.indexOf(url);
  if (offset < 0) return { start: argument.start, end: argument.end };
  const start = command.invocation.start + offset;
  return { start, end: start + url.length };
}

/** The address with what the shell puts in, in the order of the text, and what the program puts in. */
function restore({ address, start }: ProgramCall, shown: string, content: Value): Value {
  const holes = content.filter((part) => typeof part !== 'string');
  let at = shown.slice(0, start).split(GIVEN).length - 1;
  const parts = (address ?? '').split(/([\u{f8fe}\u{f8ff}])/u);
  return join(
    parts.map((part): Value | string => {
      if (part === OPEN) return hole('…', 'the program decides it');
      if (part !== GIVEN) return part;
      const own = holes[at];
      at += 1;
      return own === undefined ? hole('…', 'the shell decides it') : [own];
    }),
  );
}
