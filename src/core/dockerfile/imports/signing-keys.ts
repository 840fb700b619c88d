// Which keys a signature is verified with, and whether the file says which they have to be.
import type { Verification } from '../../model/import.ts';
import { prefix } from '../../value.ts';
import type { Check } from './checks.ts';
import { baseName, downstream, type Fetch, outputNames } from './fetch.ts';
import type { StageCommand, StageRun } from './stage-commands.ts';
import { mentions, strengthOfSum } from './sums.ts';

/** Where keys come from that signatures are verified with, in the order of the stage. */
export type KeyOrigin = {
  readonly order: number;
  /** `shown`: a fingerprint in the file says which key it has to be. */
  readonly trust: 'fetched' | 'shown';
  /** The file that holds it; null for what went straight into the keyring. */
  readonly name: string | null;
};

const WHOLE_FINGERPRINT = /(?:[0-9a-f]{4} ?){5} ?(?:[0-9a-f]{4} ?){4}[0-9a-f]{4}/i;
const COMPARES_KEY = /^(e|f)?grep$|^(\[|\[\[|test|gpg2?)$/;

export function keyOrigins(
  fetches: readonly Fetch[],
  checks: readonly Check[],
  run: StageRun,
): readonly KeyOrigin[] {
  if (!checks.some((check) => check.method === 'signature')) return [];
  const pinned = checks.filter((check) => check.stops && check.sum !== null && check.method === 'checksum');
  const isPinned = (name: string) =>
    pinned.some(
      (check) => strengthOfSum(check.sum ?? []) === 'pinned-checksum' && mentions(check.subject, name),
    );
  const fetched = fetches.flatMap((fetch): KeyOrigin[] => {
    const command = run.commands[fetch.order];
    if (fetch.verification?.method === 'pinned-checksum') return [];
    if (command?.name.startsWith('gpg') === true)
      return fetch.pinning === 'moving' ? [{ order: fetch.order, trust: 'fetched', name: null }] : [];
    if (fetch.kind !== 'download' && fetch.kind !== 'remote-add') return [];
    if (command !== undefined && downstream(command, run.commands).some(importsKey))
      return [{ order: fetch.order, trust: 'fetched', name: null }];
    return outputNames(fetch)
      .filter((name) => !isPinned(name))
      .map((name) => ({ order: fetch.order, trust: 'fetched', name }));
  });
  const names = new Map(fetched.map((one) => [one.name, one]));
  const imported = run.commands
    .filter(importsKey)
    .flatMap((command): KeyOrigin[] =>
      command.invocation.argv.slice(1).some((word) => names.has(baseName(word.value)))
        ? [{ order: command.order, trust: 'fetched', name: null }]
        : [],
    );
  const shown = run.commands
    .filter((one) => COMPARES_KEY.test(one.name) && !importsKey(one) && WHOLE_FINGERPRINT.test(one.text))
    .map(({ order }): KeyOrigin => ({ order, trust: 'shown', name: null }));
  return [...fetched, ...imported, ...shown].sort((left, right) => left.order - right.order);
}

/**
 * A signature by a key that came the same way as the file says no more than a checksum that did: whoever changes one
 * changes the other. Which key it is has to stand in the file.
 */
export function strengthOfSignature(check: Check, origins: readonly KeyOrigin[]): Verification['method'] {
  const before = origins.filter(({ order }) => order < check.order);
  const words = check.command.invocation.argv.slice(1);
  const takesAny = words.some((word) => /^--auto-key-(retrieve|locate|import)/.test(prefix(word.value)));
  if (takesAny) return 'fetched-checksum';
  const usesRing = /^gpg/.test(check.command.name);
  const isShown = before.some(({ trust }) => trust === 'shown');
  const given = words.flatMap((word, index): string[] => {
    const [option = '', value] = prefix(word.value).split('=', 2);
    if (!KEY_OPTION.test(option)) return [];
    return [value === undefined ? baseName(words[index + 1]?.value ?? []) : baseName(word.value)];
  });
  const isFetched = before.some(
    ({ name, trust }) => trust === 'fetched' && (name === null ? usesRing : given.includes(name)),
  );
  return isFetched && !isShown ? 'fetched-checksum' : 'signature';
}

const KEY_OPTION =
  /^(--keyring|--key|--pubkey|-p|-verify|-CAfile|--trusted-root|--signer-file|--certificate)$/;

export function importsKey(command: StageCommand): boolean {
  return /^gpg2?$/.test(command.name) && command.text.includes('--import');
}
