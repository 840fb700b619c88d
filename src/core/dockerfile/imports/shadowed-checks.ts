// Names of checking programs that a stage gives to something else: what is called so afterwards checks nothing.
import { format, known } from '../../value.ts';
import { baseName } from './fetch.ts';
import type { StageRun } from './stage-commands.ts';

const CHECKING =
  /^(?:g?sha(?:1|224|256|384|512)?sum|shasum|g?md5sum|b2sum|b3sum|gpgv?2?|cosign|minisign|signify)$/;
/** Programs that hold many under one name, and the system's own under another. */
const REAL =
  /^(?:g?sha(?:1|224|256|384|512)?sum|shasum|g?md5sum|b[23]sum|gpg\S*|busybox\S*|coreutils|toybox|cosign\S*|minisign\S*|signify\S*)$/;

/** The position in the stage from which on a name is something else's, by the name. */
export function shadowedChecks(run: StageRun): ReadonlyMap<string, number> {
  const shadowed = new Map<string, number>();
  const add = (name: string, order: number): void => {
    if (CHECKING.test(name) && (shadowed.get(name) ?? Number.POSITIVE_INFINITY) > order)
      shadowed.set(name, order);
  };
  for (const { name, invocation, order } of run.commands) {
    const words = invocation.argv.slice(1);
    if (name === 'alias')
      for (const { value } of words) {
        const [, alias = '', body = ''] = /^([^=]+)=["']?(\S*)/.exec(format(value)) ?? [];
        if (!REAL.test(baseName([body]))) add(alias, order);
      }
    else if (/^(?:ln|cp|mv|install)$/.test(name)) {
      const operands = words.filter(({ value }) => !(known(value) ?? '').startsWith('-'));
      const [from, to] = [operands.at(-2), operands.at(-1)].map((word) => baseName(word?.value ?? []));
      if (operands.length > 1 && to !== undefined && !REAL.test(from ?? '')) add(to, order);
    }
  }
  for (const { target, instruction } of run.writes) {
    const first = run.commands.find((one) => one.instruction === instruction);
    if (format(target).includes('/')) add(baseName(target), (first?.order ?? 0) - 1);
  }
  for (const { source, target } of run.files.copies) {
    const name = source.slice(source.lastIndexOf('/') + 1);
    if (/(?:^|\/)s?bin(?:\/|$)/.test(target)) add(CHECKING.test(name) ? name : baseName([target]), -1);
  }
  return shadowed;
}
