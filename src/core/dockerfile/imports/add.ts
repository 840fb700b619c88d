// `ADD` with a URL or a repository as its source.
import type { Instruction } from '../../model/dockerfile.ts';
import type { Value } from '../../model/value.ts';
import { format, known, prefix, suffix, text } from '../../value.ts';
import { channelOf, type Fetch, fileNameOf, isLocal, type Output } from './fetch.ts';
import { pinningOf } from './git.ts';
import { strengthOfSum } from './sums.ts';
import { pinningOfUrl } from './url-pinning.ts';

/** One entry per remote source; sources from the build context bring in nothing. */
export function additions(given: Instruction): readonly Fetch[] {
  const instruction = given.trigger ?? given;
  if (instruction.keyword !== 'ADD') return [];
  const sum = instruction.flags.find((flag) => flag.name === 'checksum')?.value ?? null;
  const strength = sum === null || isDigest(sum.value) ? 'pinned-checksum' : 'unknown';
  return instruction.words.slice(0, -1).flatMap((word): readonly Fetch[] => {
    const source = word.value;
    const isGit = isRepository(format(source));
    if (!isGit && !mayBeUrl(source)) return [];
    if (isLocal(source)) return [];
    const ref = /#([^:]*)/.exec(format(source))?.[1] ?? '';
    const query = /[?&](?:checksum|commit)=([0-9a-f]{40,64})/i.exec(format(source))?.[1];
    const pinning = isGit
      ? query !== undefined
        ? 'digest'
        : ref === ''
          ? 'moving'
          : pinningOf(text(ref))
      : sum !== null && strength === 'pinned-checksum'
        ? 'digest'
        : pinningOfUrl(source);
    const checked = sum?.location ?? (isGit && pinning === 'digest' ? word.location : null);
    return [
      {
        kind: isGit ? 'git-clone' : 'remote-add',
        source,
        location: word.location,
        order: -1,
        output: isGit ? { kind: 'file', name: [] } : outputOf(source, instruction),
        secureChannel: channelOf(source, isGit ? 'yes' : 'no'),
        pinning,
        pipedToShell: false,
        packages: [],
        weakened: [],
        verification:
          checked === null
            ? null
            : strength === 'pinned-checksum'
              ? { method: strength, location: checked }
              : { method: 'unknown', location: null },
        probe: false,
      },
    ];
  });
}

/** A whole digest of an algorithm that BuildKit compares, or one for each platform; it refuses others. */
function isDigest(sum: Value): boolean {
  const content = known(sum);
  if (content !== null)
    return /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/i.test(content);
  return strengthOfSum(sum) === 'pinned-checksum';
}

/** Behind a last `/` is the file as the address names it; otherwise the target is the file, or a folder for it. */
function outputOf(source: Value, { words }: Instruction): Output {
  const target = words.at(-1)?.value ?? [];
  const own = fileNameOf(source);
  const isFolder = words.length !== 2 || /(?:^|\/)\.{0,2}$/.test(suffix(target));
  return isFolder ? { kind: 'file', name: own } : { kind: 'file', name: target, inFolder: own };
}

/** What BuildKit takes for a git source: `git@…`, `git://`, or an http(s) or ssh URL whose path ends in `.git`. */
function isRepository(source: string): boolean {
  return (
    /^git@|^git:\/\/|^ssh:\/\//i.test(source) ||
    /^(https?:\/\/|github\.com\/).*\.git(#.*|\?.*)?$/i.test(source)
  );
}

// A source that starts with an unknown part may be either. Arguments called so are meant for an address.
function mayBeUrl(source: Fetch['source']): boolean {
  if (/^(https?|ftp):\/\//i.test(prefix(source))) return true;
  const [first] = source;
  if (known(source) !== null || typeof first !== 'object') return false;
  if (first.choices !== undefined)
    return first.choices.some((one) => /^(https?|ftp):\/\//i.test(prefix(one)));
  return /UR[LI]|LINK|MIRROR|DOWNLOAD/i.test(first.expression);
}
