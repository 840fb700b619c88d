// Text that nobody can see and that is piped into a shell or another interpreter: what runs then is anything.

import { isPosixShell } from '../../shell/shells.ts';
import { format, hole, known, prefix } from '../../value.ts';
import { whole } from './download.ts';
import { type Fetch, upstream } from './fetch.ts';
import { readsProgram } from './program-files.ts';
import type { StageCommand } from './stage-commands.ts';

/** Commands that turn one text into another, so that its author's words don't show what runs. */
const DECODES = /^(base(?:64|32|nc)|xxd|uudecode|openssl|gpg2?|gunzip|zcat|xzcat|rev|tr|age|ccdecrypt)$/;

/** `mytool | sh`, `echo "$X" | base64 -d | bash`, where nothing in the pipe is known to fetch. */
export function pipedPrograms(
  commands: readonly StageCommand[],
  fetched: readonly Fetch[],
): readonly Fetch[] {
  const told = new Set(fetched.map(({ order }) => order));
  return commands.flatMap((command): readonly Fetch[] => {
    if (isSeen(command)) return [];
    const origins = takesInput(command) ? upstream(command, commands) : decodedFor(command, commands);
    const first = origins.at(-1);
    if (first === undefined || origins.some(({ order }) => told.has(order))) return [];
    const shown = [...origins].reverse().map(written).join(' | ').slice(0, 120);
    return [
      {
        kind: 'download',
        source: hole(shown, 'what is run is only known when it runs'),
        location: whole(first),
        order: first.order,
        output: { kind: 'stream' },
        secureChannel: 'unknown',
        pinning: 'unknown',
        pipedToShell: true,
        packages: [],
        weakened: [],
        verification: { method: 'unknown', location: null },
        probe: false,
      },
    ];
  });
}

/** Whether the text it runs is in the trace, or begins with words that show what it is. */
function isSeen({ invocation: { stdin, entered } }: StageCommand): boolean {
  if (stdin === null) return entered;
  // What nobody can decode is empty as well.
  return stdin.length > 0 && (known(stdin) !== null || prefix(stdin) !== '');
}

/** A shell or interpreter that is given no program otherwise. */
function takesInput({ name, invocation }: StageCommand): boolean {
  if (readsProgram(name, invocation)) return true;
  if (!isPosixShell(name)) return false;
  const words = invocation.argv.slice(1).map(({ value }) => known(value) ?? format(value));
  if (words.some((word) => /^-[a-z]*c$|^--(?:version|help)$/.test(word))) return false;
  return (
    words.some((word) => /^-[a-z]*s$/.test(word)) || words.every((word) => /^[-+]|^\/dev\/stdin$/.test(word))
  );
}

/** `eval "$(… | base64 -d)"`, `sh -c "$(…)"`: only where something is decoded, since settings are made this way as well. */
function decodedFor(
  { name, base, invocation }: StageCommand,
  commands: readonly StageCommand[],
): readonly StageCommand[] {
  if (
    name !== 'eval' &&
    !(isPosixShell(name) && invocation.argv.some(({ value }) => /^-[a-z]*c$/.test(prefix(value))))
  )
    return [];
  const inner = invocation.argv
    .flatMap(({ substitutions }) => substitutions)
    .flatMap((index) => commands[base + index] ?? []);
  return inner.some((one) => DECODES.test(one.name)) ? inner.toReversed() : [];
}

function written({ text }: StageCommand): string {
  return text.replace(/\s+/g, ' ').trim();
}
