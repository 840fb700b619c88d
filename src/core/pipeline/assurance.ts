// What a build takes in and whose it runs as → what is missing to know that it is what was meant, in words.
import type { Stage } from '../model/dockerfile.ts';
import type { Import } from '../model/import.ts';
import { format } from '../value.ts';

/** The account is said by the last `USER` of the stage or of those it starts from; of the image below, nobody here knows. */
const ROOT = 'the image runs as root, or as its base image says';

/**
 * Cumulative: what is better assured lacks a part of what is worse assured, so that a check that is taken away adds a word
 * and one that is added takes one away.
 */
export function lacksOf(imports: readonly Import[], stages: readonly Stage[], last: Stage | null): string[] {
  return [
    ...imports.flatMap(lacksOfImport),
    ...(last === null || runsAsSomebody(stages, last) ? [] : [ROOT]),
  ];
}

function lacksOfImport(one: Import): readonly string[] {
  // Images stand with their digests in the names of what is taken.
  if (/-image$/.test(one.kind)) return [];
  const lacks = [
    ...(one.secureChannel === 'yes' ? [] : ['over a channel that others can write to']),
    ...(one.pipedToShell ? ['run as it arrives'] : []),
    ...one.weakened.map(({ option }) => `with ${option}`),
    ...verificationLacks(one),
    ...pinningLacks(one),
  ];
  const source = `${one.kind} ${format(one.source)}`;
  const names = one.packages.length === 0 ? [source] : one.packages.map((name) => `${source} ${name}`);
  return names.flatMap((name) => lacks.map((lack) => `${name}: ${lack}`));
}

function verificationLacks({ verification: { method }, packages }: Import): readonly string[] {
  switch (method) {
    case 'signature':
    case 'pinned-checksum':
      return [];
    case 'fetched-checksum':
      // What a package manager does for every name says nothing about this one.
      return packages.length === 0 ? ['no digest or signature of its own'] : [];
    case 'none':
    case 'unknown':
      return ['no digest or signature of its own', 'not known to be checked'];
    default:
      return method satisfies never;
  }
}

/** Versions of packages, and what an address names, stand in the names of what is taken. */
function pinningLacks({ kind, pinning }: Import): readonly string[] {
  if ((kind !== 'git-clone' && kind !== 'package-url') || pinning === 'digest') return [];
  return pinning === 'version' ? ['no commit of its own'] : ['no commit of its own', 'no version of its own'];
}

function runsAsSomebody(stages: readonly Stage[], last: Stage): boolean {
  for (
    let stage: Stage | undefined = last, hops = 0;
    stage !== undefined && hops <= stages.length;
    hops += 1
  ) {
    const user = stage.instructions.filter(({ keyword }) => keyword === 'USER').at(-1);
    if (user !== undefined) {
      const said = user.words.map(({ text }) => text).join(' ');
      return !/^["']?(?:root|0+)["']?(?::|$)|\$|^$/.test(said);
    }
    stage = stage.base.kind === 'stage' ? stages[stage.base.stage] : undefined;
  }
  return false;
}

/** Licences, notices, bills of materials, keys, signatures and checksums: who takes these out takes out what others rely on. */
const RELIED_ON =
  /licen[cs]e|copying|copyright|notices?\b|\bsbom|\bbom\.|spdx|cyclonedx|(?:sha\d*|md5|check)sums?|gpg|keyring|cosign|in-?toto|provenance|attest|ca-certificates|\.(?:asc|sig|sign|minisig|sha\d+|md5|pem|crt|pub|key|p7s|intoto\.jsonl)\b/i;

/** Licences and their like that stages are given by name, from the build context or another stage. */
export function givenAlong(stages: readonly Stage[]): string[] {
  return stages.flatMap(({ instructions }) =>
    instructions
      .filter(({ keyword }) => keyword === 'COPY' || keyword === 'ADD')
      .flatMap(({ words }) => words.map(({ text }) => text).filter(isReliedOn)),
  );
}

/** Whether whoever gets the delivery may rely on it being there. */
export function isReliedOn(word: string): boolean {
  return RELIED_ON.test(word);
}
